-- Who is asking. gongshu.viewer is set for one transaction: {person, org, duties, area, system}. Unset means nobody.

create function gongshu.viewer() returns jsonb language sql stable as
$$ select nullif(current_setting('gongshu.viewer', true), '')::jsonb $$;
create function gongshu.viewer_org() returns text language sql stable as $$ select gongshu.viewer() ->> 'org' $$;
create function gongshu.viewer_area() returns text language sql stable as $$ select gongshu.viewer() ->> 'area' $$;
create function gongshu.viewer_system() returns boolean language sql stable as
$$ select coalesce((gongshu.viewer() ->> 'system')::boolean, false) $$;

alter table gongshu.stream enable row level security;
create policy readers on gongshu.stream for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);
alter table gongshu.event enable row level security;
create policy readers on gongshu.event for select to gongshu_app using (exists (select 1 from gongshu.stream s where s.id = stream));
alter table gongshu.sealed enable row level security;
create policy readers on gongshu.sealed for select to gongshu_app using (exists (select 1 from gongshu.stream s where s.id = stream));
alter table gongshu.link enable row level security;
create policy readers on gongshu.link for select to gongshu_app using (exists (select 1 from gongshu.stream s where s.id = source));
alter table gongshu.deadline enable row level security;
create policy readers on gongshu.deadline for select to gongshu_app using (exists (select 1 from gongshu.stream s where s.id = stream));
alter table gongshu.draft enable row level security;
-- a draft is its author's own: the registrar and the supervisor do not look over the shoulder
create policy readers on gongshu.draft for select to gongshu_app using (
  exists (select 1 from gongshu.stream s where s.id = stream and s.snapshot -> 'seats' ->> 'applicant' = (select gongshu.viewer_org()))
);
alter table gongshu.notice enable row level security;
create policy readers on gongshu.notice for select to gongshu_app using (
  principal = (select gongshu.viewer_org()) or (select gongshu.viewer_system())
);
alter table gongshu.file enable row level security;
create policy readers on gongshu.file for select to gongshu_app using (
  owner = (select gongshu.viewer_org()) or (select gongshu.viewer_system())
);
alter table gongshu.access enable row level security;
-- an auditor sees what was done in the name of their own organisation and of those in its territory; the audit administrator of the platform, everything
create policy readers on gongshu.access for select to gongshu_app using (
  (select gongshu.viewer_system())
  or (select (gongshu.viewer() -> 'duties') ? 'auditadmin' and (gongshu.viewer() -> 'roles') ? 'platform')
  or (select (gongshu.viewer() -> 'duties') ? 'auditor') and (
    org = (select gongshu.viewer_org())
    or org in (select o.id::text from gongshu.organisation o where o.division like (select gongshu.viewer_area()))
  )
);

/* The session behind a token, as a viewer; null when there is none or it has been idle too long. Sets the viewer for this transaction. */
create function gongshu.enter(p_token bytea, p_idle interval) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  s record;
  v jsonb;
begin
  select t.person, t.org, t.org = t.person::text as self, t.seen, t.strong, t.demo, p.name, p.real_name, m.duties, o.name as org_name, o.division, o.roles
  into s
  from gongshu.session t join gongshu.person p on p.id = t.person and p.active
    left join gongshu.membership m on m.person = t.person and m.org::text = t.org
    left join gongshu.organisation o on o.id = m.org
  where t.token = p_token and t.seen >= now() - p_idle;
  if not found or (not s.self and s.duties is null) then return null; end if;
  v := jsonb_build_object('person', s.person, 'name', s.name, 'realName', s.real_name, 'org', s.org, 'self', s.self, 'strong', s.strong, 'demo', s.demo)
    || case when s.self then jsonb_build_object('orgName', s.name, 'duties', '["handler", "approver"]'::jsonb, 'roles', '[]'::jsonb)
       else jsonb_build_object('orgName', s.org_name, 'division', s.division, 'duties', s.duties, 'roles', s.roles,
         'area', case when 'bureau' = any (s.roles) then regexp_replace(s.division, '(00)+$', '') || '%' end) end;
  v := jsonb_strip_nulls(v);
  -- never waits: whoever holds the row is noting the same
  if s.seen < now() - interval '1 minute' then
    update gongshu.session set seen = now() where token = (select token from gongshu.session where token = p_token for update skip locked);
  end if;
  perform set_config('gongshu.viewer', v::text, true);
  return v;
end $$;

/*
 kin: snapshots of these cases, of those linked to them in either direction and of those linked to the same targets, all but the case
 being decided (null while it is only being opened). seen: how often these cases and those they are linked to have stirred; whatever
 may join or change the kin stirs one of them. For deciding, not for showing.
*/
create function gongshu.around(p_streams uuid[], p_self uuid, out seen json, out kin json)
language plpgsql stable security definer set search_path = pg_catalog, gongshu as $$
begin
  with forward as (select target as id from gongshu.link where source = any (p_streams)),
       watched as (select unnest(p_streams) as id union select id from forward),
       near as (select id from watched
                union select source from gongshu.link where target = any (p_streams)
                union select l.source from forward f join gongshu.link l on l.target = f.id)
  select (select coalesce(json_object_agg(id, stir), '{}') from watched join gongshu.stream using (id)),
         (select coalesce(json_agg(snapshot), '[]') from near join gongshu.stream using (id) where id is distinct from p_self)
  into seen, kin;
end $$;

create function gongshu.parties(p_orgs text[]) returns json
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(json_object_agg(o.id, json_build_object('name', o.name, 'uscc', o.uscc, 'form', o.form, 'division', o.division, 'roles', o.roles,
    'contact', coalesce(o.detail ->> 'contact', ''))), '{}')
  from gongshu.organisation o where o.id in (select case when length(x) = 36 then x::uuid end from unnest(p_orgs) x)
$$;

/*
 Everything acts need, in one trip: session, head, kin, parties, files of the caller, and the answer already given to this key. Each ask
 is answered in its own session and sees only what that may see; answers come in the order of the asks.
 All goes by keys, and a plan made while a table was small must not scan it when it has grown.
*/
create function gongshu.load(p_asks jsonb) returns setof json
language plpgsql set search_path = pg_catalog, gongshu
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  ask record;
  near record;
  v jsonb;
  head json;
begin
  for ask in select a.stream, decode(a.token, 'hex') as token, a.idle, coalesce(a.kin, '{}') as kin, coalesce(a.orgs, '{}') as orgs,
      coalesce(a.files, '{}') as files, a.key
    from jsonb_to_recordset(p_asks) as a (token text, idle interval, stream uuid, kin uuid[], orgs text[], files uuid[], key uuid)
  loop
    -- nobody inherits the session of the one before
    perform set_config('gongshu.viewer', '', true);
    -- first of all: each statement has its own view of the database, and what stirs after this one is noticed by commit()
    select * into near from gongshu.around(array_remove(ask.kin || ask.stream, null), ask.stream);
    v := gongshu.enter(ask.token, ask.idle);
    if v is null then
      return next json_build_object('viewer', null);
      continue;
    end if;
    head := null;
    select snapshot into head from gongshu.stream where id = ask.stream;
    return next json_build_object(
      'viewer', v,
      'seen', near.seen,
      -- the kin of a case that the caller may not see is not theirs to see either
      'kin', case when head is null and ask.stream is not null then '[]' else near.kin end,
      'day', (select day from gongshu.clock),
      'head', head,
      'orgs', gongshu.parties(ask.orgs || array[v ->> 'org'] || coalesce((select array_agg(value) from json_each_text(head -> 'seats')), '{}')),
      'files', (select coalesce(json_object_agg(f.id, json_build_object('sha256', f.sha256, 'sm3', f.sm3, 'name', f.name, 'size', f.size)), '{}')
                from gongshu.file f where f.id = any (ask.files) and f.owner = v ->> 'org'),
      'reply', gongshu.replied(ask.key, v ->> 'person'));
  end loop;
end $$;

/* The same for the system: no session, every case. */
create function gongshu.load_system(p_stream uuid, p_orgs text[]) returns json
language plpgsql stable security definer set search_path = pg_catalog, gongshu
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return (
    select json_build_object('seen', near.seen, 'kin', near.kin, 'day', (select day from gongshu.clock), 'head', s.snapshot,
      'orgs', gongshu.parties(p_orgs || coalesce((select array_agg(value) from json_each_text(s.snapshot -> 'seats')), '{}')))
    from gongshu.stream s, gongshu.around(array[s.id], s.id) near where s.id = p_stream);
end $$;

create function gongshu.replied(p_request uuid, p_person text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('digest', digest, 'reply', reply) from gongshu.request where key = p_request and person = p_person
$$;

/* Read models that commit() may write, by name. */
create function gongshu.put_row(p_table text, p_id uuid, p_row jsonb) returns void
language plpgsql as $$
begin
  if not p_table = any (array['public_record', 'public_notice', 'public_announcement', 'organisation', 'person', 'membership', 'hold']) then
    raise exception 'gongshu: no read model %', p_table;
  end if;
  execute format('delete from gongshu.%I where id = $1', p_table) using p_id;
  if p_row is not null then
    execute format('insert into gongshu.%1$I select * from jsonb_populate_record(null::gongshu.%1$I, $1)', p_table) using p_row;
  end if;
end $$;

/*
 Writes documents together, each table once; raises where they cannot all stand. Snapshots come beside the documents, numbered from 1,
 because every statement goes through the documents from end to end.
*/
create function gongshu.apply(p_docs jsonb, p_snapshots text[]) returns void
language plpgsql as $$
declare
  heads jsonb := jsonb_path_query_array(p_docs, '$[*].heads[*]');
  n_opened int;
  n_moved int;
  r jsonb;
begin
  if p_docs @? '$[*].request' then
    insert into gongshu.request (key, person, digest, reply)
    select * from jsonb_to_recordset(jsonb_path_query_array(p_docs, '$[*].request')) as q (key uuid, person text, digest text, reply jsonb);
  end if;

  if p_docs @? '$[*].seen.*' and exists (
    select 1 from jsonb_path_query(p_docs, '$[*].seen') d, jsonb_each_text(d) x join gongshu.stream s on s.id = x.key::uuid
    where s.stir <> x.value::bigint) then
    raise exception 'stirred' using errcode = 'GS003';
  end if;

  -- before the heads, which let go of deadlines that no longer run; whoever comes second has nothing left to do or to tell
  if p_docs @? '$[*].fired' then
    for r in select jsonb_path_query(p_docs, '$[*].fired') loop
      update gongshu.deadline d set fired = now() from jsonb_to_recordset(r) as f (stream uuid, act text, day date, kind text)
      where d.stream = f.stream and d.act = f.act and d.day = f.day and d.kind = f.kind and d.fired is null;
      if not found then raise exception 'fired' using errcode = 'GS001'; end if;
    end loop;
  end if;

  if p_docs @? '$[*].rules[*]' then
    insert into gongshu.rules (hash, division, body)
    select * from jsonb_to_recordset(jsonb_path_query_array(p_docs, '$[*].rules[*]')) as q (hash text, division text, body jsonb)
    on conflict do nothing;
  end if;

  if heads <> '[]' then
    n_opened := 0;
    n_moved := 0;
    if heads @? '$[*] ? (@.expected == 0)' then
      insert into gongshu.stream (id, process, kind, variant, state, version, final, title, division, readers, turn, due, opened, touched, rules, snapshot)
      select h.id, h.process, h.kind, h.variant, h.state, h.version, h.final, h.title, h.division, h.readers, h.turn, h.due, h.opened, h.touched, h.rules, p_snapshots[h.snapshot]::json
      from jsonb_to_recordset(heads) as h (id uuid, expected int, process text, kind text, variant text, state text, version int, final boolean,
        title text, division text, readers text[], turn text[], due date, opened date, touched timestamptz, rules text, snapshot int)
      where h.expected = 0;
      get diagnostics n_opened = row_count;
    end if;
    if heads @? '$[*] ? (@.expected > 0)' then
      update gongshu.stream s set state = h.state, version = h.version, final = h.final, title = h.title, readers = h.readers, turn = h.turn,
        due = h.due, touched = h.touched, rules = h.rules, snapshot = p_snapshots[h.snapshot]::json, stir = s.stir + 1
      from jsonb_to_recordset(heads) as h (id uuid, expected int, state text, version int, final boolean, title text, readers text[],
        turn text[], due date, touched timestamptz, rules text, snapshot int)
      where s.id = h.id and s.version = h.expected and h.expected > 0;
      get diagnostics n_moved = row_count;
    end if;
    if n_opened + n_moved <> jsonb_array_length(heads) then raise exception 'version' using errcode = 'GS001'; end if;

    if heads @? '$[*].links.*' then
      insert into gongshu.link (source, name, target)
      select h.id, l.key, l.value::uuid from jsonb_to_recordset(heads) as h (id uuid, links jsonb), jsonb_each_text(h.links) l
      where not exists (select 1 from gongshu.link k where k.source = h.id and k.name = l.key and k.target = l.value::uuid)
      on conflict (source, name) do update set target = excluded.target;
    end if;
    if p_docs @? '$[*].stirs[*]' then
      update gongshu.stream s set stir = s.stir + 1
      where s.id in (select (x #>> '{}')::uuid from jsonb_path_query(p_docs, '$[*].stirs[*]') x);
    end if;

    if heads @? '$[*].deadlines' then
      delete from gongshu.deadline d using jsonb_to_recordset(heads) as h (id uuid, deadlines jsonb)
      where d.stream = h.id and not h.deadlines @> jsonb_build_array(jsonb_build_object('act', d.act, 'day', d.day, 'kind', d.kind));
      insert into gongshu.deadline (stream, act, day, kind)
      select h.id, d.act, d.day, d.kind from jsonb_to_recordset(heads) as h (id uuid, deadlines jsonb),
        jsonb_to_recordset(h.deadlines) as d (act text, day date, kind text)
      on conflict do nothing;
    end if;

    -- every release before any taking, so that a claim can pass from one case to another
    if heads @? '$[*].claims' then
      delete from gongshu.claim c using jsonb_to_recordset(heads) as h (id uuid, claims jsonb)
      where c.stream = h.id and not h.claims @> jsonb_build_array(jsonb_build_object('scope', c.scope, 'key', c.key));
      insert into gongshu.claim (scope, key, stream)
      select distinct c.scope, c.key, h.id from jsonb_to_recordset(heads) as h (id uuid, claims jsonb),
        jsonb_to_recordset(h.claims) as c (scope text, key text)
      where not exists (select 1 from gongshu.claim k where k.scope = c.scope and k.key = c.key and k.stream = h.id)
      order by c.scope, c.key;
    end if;
  end if;

  if p_docs @? '$[*].events[*]' then
    insert into gongshu.event (gen, stream, seq, type, v, day, at, actor, org, rules, request, body)
    select g.gen, b.stream, b.seq, b.type, b.v, b.day, b.at, b.actor, b.org, b.rules, b.request, e ->> 'body'
    from gongshu.generation g, jsonb_path_query(p_docs, '$[*].events[*]') with ordinality as t (e, ord), jsonb_to_record((e ->> 'body')::jsonb)
      as b (stream uuid, seq int, type text, v int, day date, at timestamptz, actor text, org text, rules text, request uuid)
    order by ord;
  end if;
  if p_docs @? '$[*].events[*].sealed' then
    insert into gongshu.sealed (stream, seq, fields)
    select b.stream, b.seq, e -> 'sealed' from jsonb_path_query(p_docs, '$[*].events[*] ? (exists (@.sealed))') e,
      jsonb_to_record((e ->> 'body')::jsonb) as b (stream uuid, seq int);
  end if;

  if p_docs @? '$[*].rows[*]' then
    for r in select jsonb_path_query(p_docs, '$[*].rows[*]') loop
      perform gongshu.put_row(r ->> 'table', (r ->> 'id')::uuid, nullif(r -> 'row', 'null'));
    end loop;
  end if;

  if p_docs @? '$[*].outbox[*]' then
    insert into gongshu.outbox (topic, stream, payload)
    select * from jsonb_to_recordset(jsonb_path_query_array(p_docs, '$[*].outbox[*]')) as q (topic text, stream uuid, payload jsonb);
  end if;
  if p_docs @? '$[*].notices[*]' then
    insert into gongshu.notice (principal, stream, term, title, day, at, urgent)
    select q.principal, q.stream, q.term, q.title, q.day, q.at, coalesce(q.urgent, false)
    from jsonb_to_recordset(jsonb_path_query_array(p_docs, '$[*].notices[*]'))
      as q (principal text, stream uuid, term text, title text, day date, at timestamptz, urgent boolean);
  end if;
  if p_docs @? '$[*].files[*]' then
    insert into gongshu.file (id, owner, name, mime, size, sha256, sm3, key, person)
    select * from jsonb_to_recordset(jsonb_path_query_array(p_docs, '$[*].files[*]'))
      as q (id uuid, owner text, name text, mime text, size bigint, sha256 text, sm3 text, key text, person text);
  end if;

  if p_docs @? '$[*].draft' then
    for r in select jsonb_path_query(p_docs, '$[*].draft') loop
      if r -> 'content' is null then
        delete from gongshu.draft where stream = (r ->> 'stream')::uuid;
      else
        insert into gongshu.draft (stream, rev, content) values ((r ->> 'stream')::uuid, (r ->> 'rev')::int + 1, r -> 'content')
        on conflict (stream) do update set rev = excluded.rev, content = excluded.content, at = now() where draft.rev = excluded.rev - 1;
        if not found then raise exception 'draft' using errcode = 'GS002'; end if;
      end if;
    end loop;
  end if;

  -- after all else that is written: what follows from the decision has to be there
  if p_docs @? '$[*].restrict[*]' then perform gongshu.restrict_to_keeper(x) from jsonb_path_query(p_docs, '$[*].restrict[*]') x; end if;
  if p_docs @? '$[*].erase[*]' then perform gongshu.erase(x) from jsonb_path_query(p_docs, '$[*].erase[*]') x; end if;

  if p_docs @? '$[*].done[*]' then
    update gongshu.outbox set done = now() where id in (select value::bigint from jsonb_path_query(p_docs, '$[*].done[*]') value);
  end if;
  -- a change of duties takes effect at once
  if p_docs @? '$[*].signOut[*]' then
    delete from gongshu.session where person in (select (value #>> '{}')::uuid from jsonb_path_query(p_docs, '$[*].signOut[*]') value);
  end if;

  if p_docs @? '$[*].access[*]' then
    perform gongshu.access_month(m.at) from (
      select distinct date_trunc('month', (a ->> 'at')::timestamptz, 'UTC') as at from jsonb_path_query(p_docs, '$[*].access[*]') a) m;
    insert into gongshu.access (month, gen, at, kind, person, org, subject, body)
    select extract(year from q.at at time zone 'UTC') * 100 + extract(month from q.at at time zone 'UTC'),
      g.gen, q.at, q.kind, q.person, q.org, q.subject, q.body
    from gongshu.generation g, jsonb_to_recordset(jsonb_path_query_array(p_docs, '$[*].access[*]'))
      as q (at timestamptz, kind text, person text, org text, subject text, body text);
  end if;
end $$;

/*
 The only way to write. Each document is one act with all its consequences and stands or falls alone; the documents of a call share
 one durable commit, and no two of them a case. p_cases: all cases they change, join or have looked at. p_snapshots: those of the heads, by number. Answers, in order:
 {"ok": true} or {"conflict": "version" | "stirred" | "claim" | "request" | "draft", …}.
 Every statement goes by keys, and a plan made while a table was small must not scan it when it has grown.
*/
create function gongshu.commit(p_docs jsonb, p_cases uuid[], p_snapshots text[]) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu, public
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  doc jsonb;
  answers jsonb := '[]';
  failed_constraint text;
  failed_state text;
  failed_message text;
begin
  -- one order of locks for all writers, so that two groups cannot wait for each other
  perform 1 from gongshu.stream where id = any (p_cases) order by id for update;

  -- all together first, which costs a fraction; where one cannot stand, each alone
  if jsonb_array_length(p_docs) > 1 then
    begin
      perform gongshu.apply(p_docs, p_snapshots);
      return format('[%s{"ok": true}]', repeat('{"ok": true}, ', jsonb_array_length(p_docs) - 1))::jsonb;
    exception when others then null;
    end;
  end if;

  for doc in select * from jsonb_array_elements(p_docs) loop
    begin
      perform gongshu.apply(jsonb_build_array(doc), p_snapshots);
      answers := answers || jsonb_build_array(jsonb_build_object('ok', true));
    exception
      when sqlstate 'GS001' then answers := answers || jsonb_build_array(jsonb_build_object('conflict', 'version'));
      when sqlstate 'GS003' then answers := answers || jsonb_build_array(jsonb_build_object('conflict', 'stirred'));
      when sqlstate 'GS002' then answers := answers || jsonb_build_array(jsonb_build_object('conflict', 'draft'));
      when unique_violation then
        get stacked diagnostics failed_constraint = constraint_name, failed_message = pg_exception_detail;
        answers := answers || jsonb_build_array(jsonb_build_object('conflict',
          case failed_constraint when 'claim_pkey' then 'claim' when 'request_pkey' then 'request' when 'stream_pkey' then 'version'
            when 'event_once' then 'version' else failed_constraint end, 'detail', failed_message));
      when deadlock_detected or serialization_failure or lock_not_available then
        answers := answers || jsonb_build_array(jsonb_build_object('conflict', 'retry'));
      when others then
        get stacked diagnostics failed_state = returned_sqlstate, failed_message = message_text;
        answers := answers || jsonb_build_array(jsonb_build_object('error', failed_state, 'detail', failed_message));
    end;
  end loop;
  return answers;
end $$;

grant usage on schema gongshu to gongshu_app;
grant select on gongshu.event, gongshu.sealed, gongshu.stream, gongshu.link, gongshu.deadline, gongshu.draft, gongshu.notice, gongshu.file,
  gongshu.access, gongshu.rules, gongshu.public_record, gongshu.public_notice, gongshu.public_announcement, gongshu.organisation,
  gongshu.membership, gongshu.clock, gongshu.generation to gongshu_app;
revoke all on all functions in schema gongshu from public;
grant execute on function gongshu.viewer(), gongshu.viewer_org(), gongshu.viewer_area(), gongshu.viewer_system(), gongshu.enter(bytea, interval),
  gongshu.around(uuid[], uuid), gongshu.parties(text[]), gongshu.load(jsonb), gongshu.load_system(uuid, text[]),
  gongshu.replied(uuid, text), gongshu.commit(jsonb, uuid[], text[]) to gongshu_app;
