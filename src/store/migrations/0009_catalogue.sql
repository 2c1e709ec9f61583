-- The catalogue: what those concerned count and filter by, what the public sees, and lists of read models written set by set.

create table gongshu.item (
  id uuid primary key,
  object text not null,
  name text not null,
  code text not null,
  units text[] not null,
  holder text not null,
  readers text[] not null,
  division text not null,
  industry text not null,
  theme text not null,
  format text not null,
  frequency text not null,
  library text not null,
  sharing text not null,
  opening text not null,
  grade text not null,
  collected boolean,
  registered text not null,
  batch text not null,
  state text not null,
  published boolean not null,
  secret boolean not null,
  same text not null,
  fields int not null,
  complete int not null,
  fresh_due date,
  refreshed date,
  summary text not null,
  updated date not null
);
comment on table gongshu.item is 'Read model: one row per entry that is not removed, published or not. complete: hundredths of what an entry should say. fresh_due: last day on which collected data is up to date.';
create index item_holder on gongshu.item (holder, name);
create index item_division on gongshu.item (division text_pattern_ops, same);
create index item_readers on gongshu.item using gin (readers);
create index item_stale on gongshu.item (fresh_due) where fresh_due is not null;
alter table gongshu.item enable row level security;
create policy readers on gongshu.item for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);

create table gongshu.public_item (
  id uuid primary key,
  object text not null,
  name text not null,
  code text not null,
  units text[] not null,
  division text not null,
  industry text not null,
  theme text not null,
  format text not null,
  frequency text not null,
  sharing text not null,
  opening text not null,
  grade text not null,
  collected boolean,
  registered text not null,
  batch text not null,
  summary text not null,
  detail jsonb not null,
  updated date not null
);
comment on table gongshu.public_item is 'Read model: the published catalogue: publishable columns only.';

create table gongshu.once (
  key text primary key,
  at timestamptz not null default now()
);
comment on table gongshu.once is 'What is said once: a day''s digest of overdue data to a unit. Written with what it keeps from being said again.';

create table gongshu.progress (
  stream uuid primary key,
  done bigint not null,
  total bigint not null,
  says text not null,
  at timestamptz not null default now()
);
comment on table gongshu.progress is 'How far long work on a case has come. Lost with a crash, and told again.';
alter table gongshu.progress enable row level security;
create policy readers on gongshu.progress for select to gongshu_app using (exists (select 1 from gongshu.stream s where s.id = stream));

/* Says how far a job has come, and that whoever works on it is alive. */
create function gongshu.note_progress(p_job bigint, p_stream uuid, p_done bigint, p_total bigint, p_says text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  update gongshu.outbox set lease = now() + interval '60 seconds' where id = p_job and done is null;
  insert into gongshu.progress (stream, done, total, says) values (p_stream, p_done, p_total, p_says)
  on conflict (stream) do update set done = excluded.done, total = excluded.total, says = excluded.says, at = now()
$$;

/* Tables that follow from cases row by row, and that commit() may therefore write: those whose comment begins so. */
create function gongshu.read_models() returns text[] language sql stable set search_path = pg_catalog as $$
  select array_agg(c.relname::text order by c.relname) from pg_class c
  where c.relnamespace = 'gongshu'::regnamespace and c.relkind = 'r' and obj_description(c.oid, 'pg_class') like 'Read model:%'
$$;
comment on table gongshu.public_record is 'Read model: registrations as the public sees them.';
comment on table gongshu.public_notice is 'Read model: applications in public notice.';
comment on table gongshu.public_announcement is 'Read model: endings that are announced.';
comment on table gongshu.organisation is 'Read model: bodies.';
comment on table gongshu.person is 'Read model: people.';
comment on table gongshu.membership is 'Read model: duties of people in bodies.';
comment on table gongshu.hold is 'Read model: legal holds.';

/* Writes rows of read models, [{table, id, row}]: each table once. A row that is null goes. */
create function gongshu.put_rows(p_rows jsonb) returns void
language plpgsql as $$
declare
  t text;
begin
  for t in select distinct r ->> 'table' from jsonb_array_elements(p_rows) r loop
    if not t = any (gongshu.read_models()) then raise exception 'gongshu: no read model %', t; end if;
    execute format('delete from gongshu.%I where id = any (array(select (r ->> ''id'')::uuid from jsonb_array_elements($1) r where r ->> ''table'' = $2))', t)
      using p_rows, t;
    execute format('insert into gongshu.%1$I select p.* from jsonb_array_elements($1) r, jsonb_populate_record(null::gongshu.%1$I, r -> ''row'') p
      where r ->> ''table'' = $2 and r -> ''row'' <> ''null''', t) using p_rows, t;
  end loop;
end $$;

/* What stands under an id beside its head, for comparing with what its events say. */
create or replace function gongshu.stored_projection(p_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, gongshu as $$
declare
  t text;
  r jsonb;
  found_rows jsonb := '{}';
begin
  foreach t in array gongshu.read_models() loop
    execute format('select to_jsonb(x) from gongshu.%I x where id = $1', t) into r using p_id;
    found_rows := found_rows || jsonb_build_object(t, r);
  end loop;
  return jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(jsonb_build_object('scope', scope, 'key', key)), '[]') from gongshu.claim where stream = p_id),
    'deadlines', (select coalesce(jsonb_agg(jsonb_build_object('act', act, 'day', day, 'kind', kind)), '[]') from gongshu.deadline where stream = p_id),
    'links', (select coalesce(jsonb_object_agg(name, target), '{}') from gongshu.link where source = p_id),
    'rows', found_rows);
end $$;

/*
 Writes documents together, each table once; raises where they cannot all stand. Snapshots come beside the documents, numbered from 1,
 because every statement goes through the documents from end to end.
*/
create or replace function gongshu.apply(p_docs jsonb, p_snapshots text[]) returns void
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

  -- whoever comes second has nothing left to say
  if p_docs @? '$[*].once' then
    insert into gongshu.once (key) select k #>> '{}' from jsonb_path_query(p_docs, '$[*].once') k;
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

  if p_docs @? '$[*].rows[*]' then perform gongshu.put_rows(jsonb_path_query_array(p_docs, '$[*].rows[*]')); end if;

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
drop function gongshu.put_row(text, uuid, jsonb);

grant select on gongshu.item, gongshu.public_item, gongshu.progress to gongshu_app;
revoke all on function gongshu.note_progress(bigint, uuid, bigint, bigint, text) from public;
grant execute on function gongshu.note_progress(bigint, uuid, bigint, bigint, text) to gongshu_app;
revoke all on function gongshu.read_models(), gongshu.put_rows(jsonb), gongshu.apply(jsonb, text[]), gongshu.stored_projection(uuid) from public;
grant execute on function gongshu.stored_projection(uuid) to gongshu_app;
