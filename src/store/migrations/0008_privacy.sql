-- Personal values: erased for good, or withdrawn from everybody but the registrar's keeper for as long as a voucher has to be kept.
-- A value leaves through a decision (a case of the process erasure) written in the same commit, and never before its time, whoever asks.

alter table gongshu.sealed add column restricted text[];
comment on column gongshu.sealed.restricted is 'Fields whose value and salt lie in gongshu.retained; in fields they are null, as if erased.';

create table gongshu.retained (
  stream uuid not null,
  seq int not null,
  field text not null,
  request uuid not null,
  until date not null,
  salt bytea not null,
  value text not null,
  primary key (stream, seq, field),
  foreign key (stream, seq) references gongshu.event (stream, seq)
);
comment on table gongshu.retained is 'Restricted values, as the canonical JSON whose commitment stands in the leaf. Read through retained_read() only.';
create index retained_request on gongshu.retained (request);
create table gongshu.retained_file (
  id uuid primary key,
  request uuid not null,
  until date not null,
  file jsonb not null
);
comment on table gongshu.retained_file is 'Rows of gongshu.file that were restricted: for everyone else there is no such file.';

create table gongshu.hold (
  id uuid primary key,
  stream uuid not null,
  reason text not null,
  by text not null,
  since date not null,
  until date
);
comment on table gongshu.hold is 'Legal holds: while until is null nothing of the case is erased, whatever its term.';
create index hold_stream on gongshu.hold (stream) where until is null;
alter table gongshu.hold enable row level security;
create policy readers on gongshu.hold for select to gongshu_app using (exists (select 1 from gongshu.stream s where s.id = stream));

-- ── terms ─────────────────────────────────────────────────────────────────────────────────────────────────────

create function gongshu.legal_day() returns date language sql stable set search_path = pg_catalog, gongshu as
$$ select coalesce((select day from gongshu.clock), (now() at time zone 'Asia/Shanghai')::date) $$;

/*
 The last day on which what an event says has to be kept as a voucher of registration, by the rules the case is pinned to; null where it
 is no voucher: people, and applications that were never handed in. Rules that name no term set none that could end.
*/
create function gongshu.kept_until(p_stream uuid, p_seq int) returns date
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce((e.day + t.n * case t.unit when 'year' then interval '1 year' when 'month' then interval '1 month' when 'day' then interval '1 day' end)::date,
    'infinity')
  from gongshu.event e join gongshu.stream s on s.id = e.stream left join gongshu.rules r on r.hash = s.rules,
    lateral (select v ->> 'unit' as unit, (v ->> 'value')::int as n from (select r.body #> '{values,registration.retention.vouchers,value}' as v) x) t
  where e.stream = p_stream and e.seq = p_seq and s.process in ('application', 'record', 'objection', 'obligation')
    and (s.process <> 'application' or exists (select 1 from gongshu.event f where f.stream = s.id and f.type = 'application/submit'))
$$;
/* Why what an event says may not be erased today: held, kept, or null. */
create function gongshu.kept(p_stream uuid, p_seq int) returns text
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select case when exists (select 1 from gongshu.hold where stream = p_stream and until is null) then 'held'
    when gongshu.kept_until(p_stream, p_seq) >= gongshu.legal_day() then 'kept' end
$$;

/* Sealed values stay as they were written, but for those erased in due time or moved to where only the keeper reads. */
create function gongshu.sealed_kept() returns trigger language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  gone record;
  why text;
begin
  if tg_op = 'DELETE' then raise exception 'gongshu: sealed values are erased, not deleted' using errcode = 'insufficient_privilege'; end if;
  if (new.stream, new.seq) <> (old.stream, old.seq) or exists (
    select 1 from jsonb_each(new.fields) n where n.value <> 'null' and n.value is distinct from old.fields -> n.key) then
    raise exception 'gongshu: a sealed value is kept as it was written' using errcode = 'insufficient_privilege';
  end if;
  for gone in select key from jsonb_each(old.fields) o where o.value <> 'null' and new.fields -> o.key is distinct from o.value loop
    if new.fields -> gone.key is null then raise exception 'gongshu: sealed values are erased, not deleted' using errcode = 'insufficient_privilege'; end if;
    if not exists (select 1 from gongshu.retained r where (r.stream, r.seq, r.field) = (old.stream, old.seq, gone.key)) then
      why := gongshu.kept(old.stream, old.seq);
      if why is not null then raise exception '%', why using errcode = 'GS004'; end if;
    end if;
  end loop;
  return new;
end $$;
create trigger sealed_kept before update or delete on gongshu.sealed for each row execute function gongshu.sealed_kept();
create trigger sealed_not_emptied before truncate on gongshu.sealed for each statement execute function gongshu.append_only();

create function gongshu.retained_kept() returns trigger language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  why text;
begin
  if tg_op = 'UPDATE' then raise exception 'gongshu: a retained value is kept as it is' using errcode = 'insufficient_privilege'; end if;
  why := case when old.until >= gongshu.legal_day() then 'kept' else gongshu.kept(old.stream, old.seq) end;
  if why is not null then raise exception '%', why using errcode = 'GS004'; end if;
  return old;
end $$;
create trigger retained_kept before update or delete on gongshu.retained for each row execute function gongshu.retained_kept();
create trigger retained_not_emptied before truncate on gongshu.retained for each statement execute function gongshu.append_only();

/* A file stays as long as a voucher that has to be kept names it. A file is named by cases its owner reads. */
create function gongshu.file_kept() returns trigger language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  why text;
begin
  if tg_op = 'UPDATE' then raise exception 'gongshu: a file is kept as it is' using errcode = 'insufficient_privilege'; end if;
  if exists (select 1 from gongshu.retained_file r where r.id = old.id) then return old; end if;
  select gongshu.kept(e.stream, e.seq) into why
  from gongshu.stream s join gongshu.event e on e.stream = s.id left join gongshu.sealed v on (v.stream, v.seq) = (e.stream, e.seq)
  where s.readers @> array[old.owner] and position(old.id::text in e.body || coalesce(v.fields::text, '')) > 0
    and gongshu.kept(e.stream, e.seq) is not null limit 1;
  if why is not null then raise exception '%', why using errcode = 'GS004'; end if;
  return old;
end $$;
create trigger file_kept before update or delete on gongshu.file for each row execute function gongshu.file_kept();
create trigger file_not_emptied before truncate on gongshu.file for each statement execute function gongshu.append_only();

create function gongshu.retained_file_kept() returns trigger language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  if tg_op = 'UPDATE' then raise exception 'gongshu: a file is kept as it is' using errcode = 'insufficient_privilege'; end if;
  -- the values that name it are erased first, which is where terms and holds are looked at
  if old.until >= gongshu.legal_day() or exists (select 1 from gongshu.retained r where position(old.id::text in r.value) > 0) then
    raise exception 'kept' using errcode = 'GS004';
  end if;
  return old;
end $$;
create trigger retained_file_kept before update or delete on gongshu.retained_file for each row execute function gongshu.retained_file_kept();
create trigger retained_file_not_emptied before truncate on gongshu.retained_file for each statement execute function gongshu.append_only();

-- ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────

/* The decision that a removal names, written with it; its state says what was decided. */
create function gongshu.decided(p_request uuid, p_states text[]) returns void language plpgsql as $$
begin
  if not exists (select 1 from gongshu.stream where id = p_request and process = 'erasure' and state = any (p_states)) then
    raise exception 'gongshu: nothing was decided by %', p_request using errcode = 'insufficient_privilege';
  end if;
end $$;
/*
 What was derived from a case and is no function of its events: names in notifications, what somebody had begun to fill in, and the
 digests by which a repeated request is recognised, from which a short value could be found by trying.
*/
create function gongshu.forget(p_stream uuid) returns void language sql as $$
  update gongshu.notice n set title = s.title from gongshu.stream s where s.id = p_stream and n.stream = s.id and n.title <> s.title;
  delete from gongshu.draft where stream = p_stream;
  update gongshu.request q set digest = 'erased' from gongshu.event e where e.stream = p_stream and q.key = e.request;
$$;

/* Those of these files that no case names any more. A file is named by cases its owner reads. */
create function gongshu.unnamed(p_files uuid[]) returns setof uuid language sql stable as $$
  select f.id from gongshu.file f where f.id = any (p_files) and not exists (
    select 1 from gongshu.stream s join gongshu.event e on e.stream = s.id left join gongshu.sealed v on (v.stream, v.seq) = (e.stream, e.seq)
    where s.readers @> array[f.owner] and position(f.id::text in e.body || coalesce(v.fields::text, '')) > 0)
$$;

/* Takes values of one event out for good, with their salts: {request, stream, seq, fields, files}. A file goes with the last value that names it. */
create function gongshu.erase(p jsonb) returns void language plpgsql as $$
declare
  at_stream uuid := p ->> 'stream';
  at_seq int := p ->> 'seq';
  gone text[] := array(select jsonb_array_elements_text(p -> 'fields'));
  files uuid[] := array(select jsonb_array_elements_text(p -> 'files')::uuid);
  retained text;
begin
  perform gongshu.decided((p ->> 'request')::uuid, '{erased,restricted}');
  select string_agg(value, ' ') into retained from gongshu.retained where (stream, seq) = (at_stream, at_seq) and field = any (gone);
  delete from gongshu.retained where (stream, seq) = (at_stream, at_seq) and field = any (gone);
  update gongshu.sealed set fields = fields || (select jsonb_object_agg(f, null) from unnest(gone) f where fields ? f),
    restricted = nullif(array(select unnest(restricted) except select unnest(gone)), '{}')
  where (stream, seq) = (at_stream, at_seq);
  -- what the store holds under their keys goes after the commit
  with kept as (
      delete from gongshu.retained_file f where position(f.id::text in retained) > 0
        and not exists (select 1 from gongshu.retained r where position(f.id::text in r.value) > 0) returning file ->> 'key' as key),
    plain as (delete from gongshu.file where id in (select gongshu.unnamed(files)) returning key)
  insert into gongshu.outbox (topic, stream, payload)
  select 'shred', (p ->> 'request')::uuid, jsonb_build_object('key', key) from (select key from kept union all select key from plain) k;
  perform gongshu.forget(at_stream);
  -- whoever has no name here any more has no account either
  if exists (select 1 from gongshu.stream where id = at_stream and process = 'person') then
    delete from gongshu.session where person = at_stream;
    delete from gongshu.invitation where person = at_stream;
    delete from gongshu.credential where person = at_stream;
  end if;
end $$;

/* Moves values of one event to where only the keeper reads them: {request, stream, seq, until, values: {field: canonical JSON}, files}. */
create function gongshu.restrict_to_keeper(p jsonb) returns void language plpgsql as $$
declare
  at_stream uuid := p ->> 'stream';
  at_seq int := p ->> 'seq';
  files uuid[] := array(select jsonb_array_elements_text(p -> 'files')::uuid);
  n int;
begin
  perform gongshu.decided((p ->> 'request')::uuid, '{restricted}');
  insert into gongshu.retained (stream, seq, field, request, until, salt, value)
  select s.stream, s.seq, v.key, (p ->> 'request')::uuid, (p ->> 'until')::date, decode(s.fields -> v.key ->> 0, 'hex'), v.value
  from gongshu.sealed s, jsonb_each_text(p -> 'values') v
  where (s.stream, s.seq) = (at_stream, at_seq) and s.fields -> v.key -> 1 = v.value::jsonb;
  get diagnostics n = row_count;
  if n <> (select count(*) from jsonb_object_keys(p -> 'values')) then raise exception 'version' using errcode = 'GS001'; end if;
  update gongshu.sealed set fields = fields || (select jsonb_object_agg(k, null) from jsonb_object_keys(p -> 'values') k),
    restricted = array(select unnest(restricted) union select jsonb_object_keys(p -> 'values'))
  where (stream, seq) = (at_stream, at_seq);
  insert into gongshu.retained_file (id, request, until, file)
  select f.id, (p ->> 'request')::uuid, (p ->> 'until')::date, to_jsonb(f) from gongshu.file f where f.id in (select gongshu.unnamed(files));
  delete from gongshu.file where id in (select r.id from gongshu.retained_file r where r.id = any (files));
  perform gongshu.forget(at_stream);
end $$;

-- ── the keeper, and the audit ─────────────────────────────────────────────────────────────────────────────────

/*
 What was restricted by a decision, for the keeper of the registrar that decided it and for nobody else; the entry that says who read it
 and why is written in the same transaction. Null for anyone else.
*/
create function gongshu.retained_read(p_token bytea, p_idle interval, p_request uuid, p_entry jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  v jsonb := gongshu.enter(p_token, p_idle);
  said jsonb := (p_entry ->> 'body')::jsonb;
begin
  if v is null or not v -> 'duties' ? 'keeper' or not exists (
    select 1 from gongshu.stream s where s.id = p_request and s.process = 'erasure' and s.snapshot -> 'seats' ->> 'registrar' = v ->> 'org') then
    return null;
  end if;
  if coalesce(said ->> 'reason', '') = '' or (said ->> 'person', said ->> 'subject', p_entry ->> 'person', p_entry ->> 'subject')
    is distinct from (v ->> 'person', p_request::text, v ->> 'person', p_request::text) then
    raise exception 'gongshu: no reason given' using errcode = 'insufficient_privilege';
  end if;
  perform gongshu.apply(jsonb_build_array(jsonb_build_object('access', jsonb_build_array(p_entry))), '{}');
  return jsonb_build_object(
    'values', (select coalesce(jsonb_agg(jsonb_build_object('stream', stream, 'seq', seq, 'field', field, 'until', until, 'value', value::jsonb) order by stream, seq, field), '[]')
               from gongshu.retained where request = p_request),
    'files', (select coalesce(jsonb_agg(file), '[]') from gongshu.retained_file where request = p_request));
end $$;

/* Restricted values that are not there, or do not open the commitment that stands in the leaf. */
create function gongshu.retained_problems() returns table (stream uuid, seq int, field text)
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select s.stream, s.seq, f from gongshu.sealed s join gongshu.event e on (e.stream, e.seq) = (s.stream, s.seq) cross join unnest(s.restricted) f
    left join gongshu.retained r on (r.stream, r.seq, r.field) = (s.stream, s.seq, f)
  where s.restricted is not null and encode(sha256('\x02' || int2send(octet_length(e.type || '.' || f)::int2) || convert_to(e.type || '.' || f, 'UTF8')
    || r.salt || convert_to(r.value, 'UTF8')), 'hex') is distinct from e.body::jsonb -> 'sealed' ->> f
$$;
create index sealed_restricted on gongshu.sealed (stream) where restricted is not null;

/* The case, what it led to and what it came from, and requests about any of these: where the same personal value may stand again. */
create function gongshu.family(p_stream uuid) returns uuid[]
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  with recursive f (id) as (
    select p_stream union
    select case when l.source = f.id then l.target else l.source end from f
      join gongshu.link l on f.id in (l.source, l.target) and l.name in ('application', 'record', 'case'))
  select array_agg(id) from f
$$;

create or replace function gongshu.stored_projection(p_id uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(jsonb_build_object('scope', scope, 'key', key)), '[]') from gongshu.claim where stream = p_id),
    'deadlines', (select coalesce(jsonb_agg(jsonb_build_object('act', act, 'day', day, 'kind', kind)), '[]') from gongshu.deadline where stream = p_id),
    'links', (select coalesce(jsonb_object_agg(name, target), '{}') from gongshu.link where source = p_id),
    'rows', jsonb_build_object(
      'public_record', (select to_jsonb(t) from gongshu.public_record t where id = p_id),
      'public_notice', (select to_jsonb(t) from gongshu.public_notice t where id = p_id),
      'public_announcement', (select to_jsonb(t) from gongshu.public_announcement t where id = p_id),
      'organisation', (select to_jsonb(t) from gongshu.organisation t where id = p_id),
      'person', (select to_jsonb(t) from gongshu.person t where id = p_id),
      'membership', (select to_jsonb(t) from gongshu.membership t where id = p_id),
      'hold', (select to_jsonb(t) from gongshu.hold t where id = p_id)))
$$;

grant select on gongshu.hold to gongshu_app;
-- that something is restricted, by which decision and until when: not what
grant select (stream, seq, field, request, until) on gongshu.retained to gongshu_app;
revoke all on function gongshu.legal_day(), gongshu.kept_until(uuid, int), gongshu.kept(uuid, int), gongshu.sealed_kept(), gongshu.retained_kept(),
  gongshu.file_kept(), gongshu.retained_file_kept(), gongshu.decided(uuid, text[]), gongshu.forget(uuid), gongshu.unnamed(uuid[]), gongshu.erase(jsonb),
  gongshu.restrict_to_keeper(jsonb), gongshu.retained_read(bytea, interval, uuid, jsonb), gongshu.retained_problems(), gongshu.family(uuid) from public;
grant execute on function gongshu.retained_read(bytea, interval, uuid, jsonb), gongshu.retained_problems(), gongshu.family(uuid) to gongshu_app;
