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
  s gongshu.session;
  p gongshu.person;
  o gongshu.organisation;
  m gongshu.membership;
  v jsonb;
begin
  select * into s from gongshu.session where token = p_token;
  if not found or s.seen < now() - p_idle then return null; end if;
  select * into p from gongshu.person where id = s.person and active;
  if not found then return null; end if;
  if s.org = s.person::text then
    v := jsonb_build_object('person', s.person, 'name', p.name, 'realName', p.real_name, 'org', s.org, 'orgName', p.name,
      'duties', '["handler", "approver"]'::jsonb, 'roles', '[]'::jsonb, 'self', true);
  else
    select * into m from gongshu.membership where person = s.person and org = s.org::uuid;
    if not found then return null; end if;
    select * into o from gongshu.organisation where id = m.org;
    v := jsonb_build_object('person', s.person, 'name', p.name, 'realName', p.real_name, 'org', s.org, 'orgName', o.name,
      'division', o.division, 'duties', to_jsonb(m.duties), 'roles', to_jsonb(o.roles), 'self', false,
      'area', case when 'bureau' = any (o.roles) then regexp_replace(o.division, '(00)+$', '') || '%' end);
  end if;
  v := jsonb_strip_nulls(v || jsonb_build_object('strong', s.strong, 'demo', s.demo));
  if s.seen < now() - interval '1 minute' then update gongshu.session set seen = now() where token = p_token; end if;
  perform set_config('gongshu.viewer', v::text, true);
  return v;
end $$;

/*
 Snapshots of these cases, of those linked to them in either direction and of those linked to the same targets, all but the case
 being decided (null while it is only being opened). For deciding, not for showing.
*/
create function gongshu.kin(p_streams uuid[], p_self uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  with forward as (select target as id from gongshu.link where source = any (p_streams)),
       back as (select source as id from gongshu.link where target = any (p_streams) or target in (select id from forward)),
       near as (select unnest(p_streams) as id union select id from forward union select id from back)
  select coalesce(jsonb_agg(s.snapshot), '[]') from gongshu.stream s where s.id in (select id from near) and s.id is distinct from p_self
$$;

/* How often these cases and those they are linked to have stirred. Whatever may join or change their kin stirs one of them. */
create function gongshu.seen(p_streams uuid[]) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_object_agg(id, stir), '{}') from gongshu.stream
  where id = any (p_streams) or id in (select target from gongshu.link where source = any (p_streams))
$$;

create function gongshu.parties(p_orgs text[]) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_object_agg(o.id, jsonb_build_object('name', o.name, 'uscc', o.uscc, 'form', o.form, 'division', o.division, 'roles', to_jsonb(o.roles),
    'contact', coalesce(o.detail ->> 'contact', ''))), '{}')
  from gongshu.organisation o where o.id::text = any (p_orgs)
$$;

/* Everything an act needs, in one trip: session, head, kin, parties, files of the caller, and the answer already given to this key. */
create function gongshu.load(p_token bytea, p_idle interval, p_stream uuid, p_kin uuid[], p_orgs text[], p_files uuid[], p_request uuid) returns jsonb
language plpgsql set search_path = pg_catalog, gongshu as $$
declare
  v jsonb;
  head gongshu.stream;
  -- first of all: each statement has its own view of the database, and what stirs after this one is noticed by commit()
  seen jsonb := gongshu.seen(array_remove(p_kin || p_stream, null));
begin
  v := gongshu.enter(p_token, p_idle);
  if v is null then return jsonb_build_object('viewer', null); end if;
  select * into head from gongshu.stream where id = p_stream;
  return jsonb_build_object(
    'viewer', v,
    'seen', seen,
    'day', (select day from gongshu.clock),
    'head', case when head.id is null then null else head.snapshot end,
    'kin', gongshu.kin(array_remove(p_kin || head.id, null), head.id),
    'orgs', gongshu.parties(p_orgs || array[v ->> 'org'] || coalesce((select array_agg(value) from jsonb_each_text(head.snapshot -> 'seats')), '{}')),
    'files', (select coalesce(jsonb_object_agg(f.id, jsonb_build_object('sha256', f.sha256, 'sm3', f.sm3, 'name', f.name, 'size', f.size)), '{}')
              from gongshu.file f where f.id = any (p_files) and f.owner = v ->> 'org'),
    'reply', gongshu.replied(p_request, v ->> 'person'));
end $$;

/* The same for the system: no session, every case. */
create function gongshu.load_system(p_stream uuid, p_orgs text[]) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('day', (select day from gongshu.clock), 'head', s.snapshot, 'kin', gongshu.kin(array[s.id], s.id), 'seen', gongshu.seen(array[s.id]),
    'orgs', gongshu.parties(p_orgs || coalesce((select array_agg(value) from jsonb_each_text(s.snapshot -> 'seats')), '{}')))
  from gongshu.stream s where s.id = p_stream
$$;

create function gongshu.replied(p_request uuid, p_person text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('digest', digest, 'reply', reply) from gongshu.request where key = p_request and person = p_person
$$;

/* Read models that commit() may write, by name. */
create function gongshu.put_row(p_table text, p_id uuid, p_row jsonb) returns void
language plpgsql as $$
begin
  if not p_table = any (array['public_record', 'public_notice', 'public_announcement', 'organisation', 'person', 'membership']) then
    raise exception 'gongshu: no read model %', p_table;
  end if;
  execute format('delete from gongshu.%I where id = $1', p_table) using p_id;
  if p_row is not null then
    execute format('insert into gongshu.%1$I select * from jsonb_populate_record(null::gongshu.%1$I, $1)', p_table) using p_row;
  end if;
end $$;

/*
 The only way to write. Each document is one act with all its consequences and stands or falls alone; the documents of a call share
 one durable commit. Answers, in order: {"ok": true} or {"conflict": "version" | "stirred" | "claim" | "request" | "draft", …}.
*/
create function gongshu.commit(p_docs jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu, public as $$
declare
  doc jsonb;
  h jsonb;
  r jsonb;
  n int;
  g int := (select gen from gongshu.generation);
  answers jsonb := '[]';
  failed_constraint text;
  failed_state text;
  failed_message text;
begin
  -- one order of locks for all writers, so that two groups cannot wait for each other
  perform 1 from gongshu.stream where id in (
    select (x ->> 'id')::uuid from jsonb_array_elements(p_docs) d, jsonb_array_elements(d -> 'heads') x
    union select l.target::uuid from jsonb_array_elements(p_docs) d, jsonb_array_elements(d -> 'heads') x, jsonb_each_text(x -> 'links') as l (name, target)
    union select k::uuid from jsonb_array_elements(p_docs) d, jsonb_object_keys(d -> 'seen') k
  ) order by id for update;

  for doc in select * from jsonb_array_elements(p_docs) loop
    begin
      if doc ? 'request' then
        insert into gongshu.request (key, person, digest, reply)
        values ((doc -> 'request' ->> 'key')::uuid, doc -> 'request' ->> 'person', doc -> 'request' ->> 'digest', doc -> 'request' -> 'reply');
      end if;

      if exists (select 1 from jsonb_each_text(doc -> 'seen') x join gongshu.stream s on s.id = x.key::uuid where s.stir <> x.value::bigint) then
        raise exception 'stirred' using errcode = 'GS003';
      end if;

      -- before the heads, which let go of deadlines that no longer run; whoever comes second has nothing left to do or to tell
      if doc ? 'fired' then
        update gongshu.deadline d set fired = now() from jsonb_to_recordset(doc -> 'fired') as f (stream uuid, act text, day date, kind text)
        where d.stream = f.stream and d.act = f.act and d.day = f.day and d.kind = f.kind and d.fired is null;
        if not found then raise exception 'fired' using errcode = 'GS001'; end if;
      end if;

      if doc ? 'rules' then
        insert into gongshu.rules (hash, division, body)
        select x ->> 'hash', x ->> 'division', x -> 'body' from jsonb_array_elements(doc -> 'rules') x on conflict do nothing;
      end if;

      for h in select * from jsonb_array_elements(coalesce(doc -> 'heads', '[]')) loop
        if (h ->> 'expected')::int = 0 then
          insert into gongshu.stream (id, process, kind, variant, state, version, final, title, division, readers, turn, due, opened, touched, snapshot)
          values ((h ->> 'id')::uuid, h ->> 'process', h ->> 'kind', h ->> 'variant', h ->> 'state', (h ->> 'version')::int, (h ->> 'final')::boolean,
            h ->> 'title', h ->> 'division', array(select jsonb_array_elements_text(h -> 'readers')), array(select jsonb_array_elements_text(h -> 'turn')),
            (h ->> 'due')::date, (h ->> 'opened')::date, (h ->> 'touched')::timestamptz, h -> 'snapshot');
        else
          update gongshu.stream set state = h ->> 'state', version = (h ->> 'version')::int, final = (h ->> 'final')::boolean, title = h ->> 'title',
            readers = array(select jsonb_array_elements_text(h -> 'readers')), turn = array(select jsonb_array_elements_text(h -> 'turn')),
            due = (h ->> 'due')::date, touched = (h ->> 'touched')::timestamptz, snapshot = h -> 'snapshot'
          where id = (h ->> 'id')::uuid and version = (h ->> 'expected')::int;
          if not found then raise exception 'version' using errcode = 'GS001'; end if;
        end if;
        if h ? 'links' then
          insert into gongshu.link (source, name, target)
          select (h ->> 'id')::uuid, key, value::uuid from jsonb_each_text(h -> 'links') on conflict (source, name) do update set target = excluded.target;
        end if;
        if h ? 'deadlines' then
          delete from gongshu.deadline where stream = (h ->> 'id')::uuid and not exists (
            select 1 from jsonb_to_recordset(h -> 'deadlines') as d (act text, day date, kind text)
            where d.act = deadline.act and d.day = deadline.day and d.kind = deadline.kind);
          insert into gongshu.deadline (stream, act, day, kind)
          select distinct (h ->> 'id')::uuid, d.act, d.day, d.kind from jsonb_to_recordset(h -> 'deadlines') as d (act text, day date, kind text)
          on conflict do nothing;
        end if;
        if h ? 'claims' then
          delete from gongshu.claim where stream = (h ->> 'id')::uuid and not exists (
            select 1 from jsonb_to_recordset(h -> 'claims') as c (scope text, key text) where c.scope = claim.scope and c.key = claim.key);
        end if;
      end loop;
      -- after every release of this act, so that a claim can pass from one case to another
      for h in select * from jsonb_array_elements(coalesce(doc -> 'heads', '[]')) loop
        insert into gongshu.claim (scope, key, stream)
        select distinct c.scope, c.key, (h ->> 'id')::uuid from jsonb_to_recordset(coalesce(h -> 'claims', '[]')) as c (scope text, key text)
        where not exists (select 1 from gongshu.claim k where k.scope = c.scope and k.key = c.key and k.stream = (h ->> 'id')::uuid);
      end loop;

      update gongshu.stream set stir = stir + 1 where id in (
        select (x ->> 'id')::uuid from jsonb_array_elements(doc -> 'heads') x
        union select l.target::uuid from jsonb_array_elements(doc -> 'heads') x, jsonb_each_text(x -> 'links') as l (name, target));

      insert into gongshu.event (gen, stream, seq, type, v, day, at, actor, org, rules, request, body)
      select g, (b ->> 'stream')::uuid, (b ->> 'seq')::int, b ->> 'type', (b ->> 'v')::int, (b ->> 'day')::date, (b ->> 'at')::timestamptz,
        b ->> 'actor', b ->> 'org', b ->> 'rules', (b ->> 'request')::uuid, e ->> 'body'
      from jsonb_array_elements(coalesce(doc -> 'events', '[]')) with ordinality as t (e, ord), lateral (select (e ->> 'body')::jsonb as b) x
      order by ord;
      insert into gongshu.sealed (stream, seq, fields)
      select (b ->> 'stream')::uuid, (b ->> 'seq')::int, e -> 'sealed'
      from jsonb_array_elements(coalesce(doc -> 'events', '[]')) e, lateral (select (e ->> 'body')::jsonb as b) x where e ? 'sealed';

      for r in select * from jsonb_array_elements(coalesce(doc -> 'rows', '[]')) loop
        perform gongshu.put_row(r ->> 'table', (r ->> 'id')::uuid, nullif(r -> 'row', 'null'));
      end loop;

      insert into gongshu.outbox (topic, stream, payload)
      select x ->> 'topic', (x ->> 'stream')::uuid, x -> 'payload' from jsonb_array_elements(coalesce(doc -> 'outbox', '[]')) x;
      insert into gongshu.notice (principal, stream, term, title, day, at, urgent)
      select x ->> 'principal', (x ->> 'stream')::uuid, x ->> 'term', x ->> 'title', (x ->> 'day')::date, (x ->> 'at')::timestamptz, coalesce((x ->> 'urgent')::boolean, false)
      from jsonb_array_elements(coalesce(doc -> 'notices', '[]')) x;
      insert into gongshu.file (id, owner, name, mime, size, sha256, sm3, key, person)
      select (x ->> 'id')::uuid, x ->> 'owner', x ->> 'name', x ->> 'mime', (x ->> 'size')::bigint, x ->> 'sha256', x ->> 'sm3', x ->> 'key', x ->> 'person'
      from jsonb_array_elements(coalesce(doc -> 'files', '[]')) x;

      if doc ? 'draft' then
        if doc -> 'draft' -> 'content' is null then
          delete from gongshu.draft where stream = (doc -> 'draft' ->> 'stream')::uuid;
        else
          insert into gongshu.draft (stream, rev, content)
          values ((doc -> 'draft' ->> 'stream')::uuid, (doc -> 'draft' ->> 'rev')::int + 1, doc -> 'draft' -> 'content')
          on conflict (stream) do update set rev = excluded.rev, content = excluded.content, at = now()
          where draft.rev = excluded.rev - 1;
          if not found then raise exception 'draft' using errcode = 'GS002'; end if;
        end if;
      end if;

      if doc ? 'done' then
        update gongshu.outbox set done = now() where id in (select value::bigint from jsonb_array_elements_text(doc -> 'done'));
      end if;
      -- a change of duties takes effect at once
      if doc ? 'signOut' then
        delete from gongshu.session where person in (select value::uuid from jsonb_array_elements_text(doc -> 'signOut'));
      end if;

      insert into gongshu.access (gen, at, kind, person, org, subject, body)
      select g, (x ->> 'at')::timestamptz, x ->> 'kind', x ->> 'person', x ->> 'org', x ->> 'subject', x ->> 'body'
      from jsonb_array_elements(coalesce(doc -> 'access', '[]')) x;

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
  gongshu.kin(uuid[], uuid), gongshu.seen(uuid[]), gongshu.parties(text[]), gongshu.load(bytea, interval, uuid, uuid[], text[], uuid[], uuid), gongshu.load_system(uuid, text[]),
  gongshu.replied(uuid, text), gongshu.commit(jsonb) to gongshu_app;
