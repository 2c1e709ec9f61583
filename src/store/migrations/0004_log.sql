-- The transparency log: logs of one form over events (register) and over accesses. Entries are written with the acts
-- themselves; a single sequencer puts them in an order, and everything here follows from that order. An entry is the SHA-256 of the
-- body: it can be published without telling anything of a case that is not.

create table gongshu.log (
  name text primary key check (name ~ '^[a-z][a-z0-9-]{0,40}$'),
  source text not null check (source in ('register', 'access')),
  hash text not null check (hash in ('sha256', 'sm3')),
  origin text not null unique,
  key text not null,
  follows text unique references gongshu.log (name),
  begins text check ((begins is null) = (follows is null)),
  opened timestamptz not null default now(),
  frozen timestamptz,
  gen int not null default 0,
  xid xid8 not null default '0',
  id bigint not null default 0,
  size bigint not null default 0
);
create unique index log_growing on gongshu.log (source, hash) where frozen is null;
comment on table gongshu.log is 'Where the sequencer stands: (gen, xid, id) is the last entry taken. A log has one key; another key or hash makes a successor, whose entry 0 is the last checkpoint (begins) of the log it follows.';

-- no foreign key from here on: only log_grow writes, for a log it has just found, and a check per entry would cost as much as all the rest
create table gongshu.leaf (
  log text not null,
  index bigint not null,
  entry bigint not null,
  month int,
  digest bytea,
  primary key (log, index),
  unique (log, entry)
);
comment on column gongshu.leaf.entry is 'id in event or access; 0: the checkpoint of the log this one follows.';
comment on column gongshu.leaf.month is 'Of an access: the partition it is in.';
comment on column gongshu.leaf.digest is 'The entry, where it is not SHA-256 of the body, which the database computes by itself.';
create trigger leaf_append_only before update or delete or truncate on gongshu.leaf
  for each statement execute function gongshu.append_only();

create table gongshu.tile (
  log text not null,
  level int not null,
  index bigint not null,
  width int not null check (width between 1 and 256),
  hashes bytea not null check (octet_length(hashes) = 32 * width),
  primary key (log, level, index)
);
-- hashes do not compress, so do not try
alter table gongshu.tile alter column hashes set storage external;
comment on table gongshu.tile is 'Grows to 256 hashes; a narrower tile published earlier is the beginning of the same row.';

create table gongshu.checkpoint (
  log text not null,
  size bigint not null,
  root bytea not null check (octet_length(root) = 32),
  at timestamptz not null default now(),
  note text,
  primary key (log, size)
);
comment on table gongshu.checkpoint is 'One root for one size, durable before it is signed; note is the signed text.';

/* Nothing of a checkpoint changes but that it is signed, once. */
create function gongshu.checkpoint_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.note is null and new.note is not null
    and (new.log, new.size, new.root, new.at) = (old.log, old.size, old.root, old.at) then return new; end if;
  raise exception 'gongshu: a checkpoint is kept as it is' using errcode = 'insufficient_privilege';
end $$;
create trigger checkpoint_kept before update or delete on gongshu.checkpoint
  for each row execute function gongshu.checkpoint_kept();
create trigger checkpoint_not_emptied before truncate on gongshu.checkpoint
  for each statement execute function gongshu.append_only();

/* Begins a log, or finds it begun. */
create function gongshu.log_open(p_name text, p_source text, p_hash text, p_origin text, p_key text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.log (name, source, hash, origin, key) values (p_name, p_source, p_hash, p_origin, p_key) on conflict do nothing
$$;

/* Freezes a log and begins the one that follows it, under another key, from the same place. Raises unless all of it is signed. */
create function gongshu.log_succeed(p_log text, p_name text, p_origin text, p_key text, p_begins text) returns void
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  perform pg_advisory_xact_lock(hashtext('gongshu.log'), hashtext(p_log));
  if exists (select 1 from gongshu.checkpoint where log = p_log and note is null) then
    raise exception 'gongshu: log % is not signed to its end', p_log;
  end if;
  update gongshu.log set frozen = now() where name = p_log and frozen is null and size > 0;
  if not found then raise exception 'gongshu: log % cannot be followed', p_log; end if;
  insert into gongshu.log (name, source, hash, origin, key, follows, begins, gen, xid, id)
  select p_name, source, hash, p_origin, p_key, name, p_begins, gen, xid, id from gongshu.log where name = p_log;
end $$;

/*
 The next entries after the cursor, in the order of (gen, xid, id). Only those below the oldest transaction still running: ids are given
 out before commit, so whoever goes by id alone steps over what commits later. What a restore brought back is all committed. A log of
 another hash than SHA-256 needs the body itself.
*/
create function gongshu.log_next(p_log text, p_most int) returns table (entry bigint, month int, gen int, xid xid8, digest bytea, body text)
language plpgsql security definer set search_path = pg_catalog, gongshu
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  s gongshu.log;
  g int := (select n.gen from gongshu.generation n);
begin
  select * into s from gongshu.log where name = p_log;
  if s.source = 'register' then
    return query select e.id, null::int, e.gen, e.xid, case when s.hash = 'sha256' then sha256(convert_to(e.body, 'UTF8')) end,
        case when s.hash <> 'sha256' then e.body end
      from gongshu.event e
      where (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id) and (e.gen < g or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
      order by e.gen, e.xid, e.id limit p_most;
  else
    return query select e.id, e.month, e.gen, e.xid, case when s.hash = 'sha256' then sha256(convert_to(e.body, 'UTF8')) end,
        case when s.hash <> 'sha256' then e.body end
      from gongshu.access e
      where (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id) and (e.gen < g or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
      order by e.gen, e.xid, e.id limit p_most;
  end if;
end $$;

/* Holds the sequencer's place until the transaction ends; null while another holds it, or when the log is frozen. */
create function gongshu.log_hold(p_log text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  if not pg_try_advisory_xact_lock(hashtext('gongshu.log'), hashtext(p_log)) then return null; end if;
  return (select jsonb_build_object('size', l.size, 'begins', l.begins, 'tiles', (
      select coalesce(jsonb_agg(jsonb_build_object('level', level, 'index', index, 'width', width, 'hashes', encode(hashes, 'hex')) order by level), '[]')
      from gongshu.tile t where t.log = p_log and t.width < 256))
    from gongshu.log l where l.name = p_log and l.frozen is null);
end $$;

/* Puts entries behind those already there; raises where the log is not as long as the sequencer took it to be. */
create function gongshu.log_grow(p_log text, p_from bigint, p_entries bigint[], p_months int[], p_digests bytea[],
  p_gen int, p_xid xid8, p_id bigint, p_tiles jsonb, p_root bytea) returns void
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  n bigint := p_from + cardinality(p_entries);
begin
  update gongshu.log set gen = coalesce(p_gen, gen), xid = coalesce(p_xid, xid), id = coalesce(p_id, id), size = n
  where name = p_log and size = p_from and frozen is null;
  if not found then raise exception 'gongshu: log % is not of size %', p_log, p_from; end if;
  insert into gongshu.leaf (log, index, entry, month, digest)
  select p_log, p_from + ord - 1, e, m, d from unnest(p_entries, p_months, p_digests) with ordinality as u (e, m, d, ord);
  insert into gongshu.tile (log, level, index, width, hashes)
  select p_log, level, index, width, decode(hashes, 'hex') from jsonb_to_recordset(p_tiles) as t (level int, index bigint, width int, hashes text)
  on conflict (log, level, index) do update set width = excluded.width, hashes = excluded.hashes;
  insert into gongshu.checkpoint (log, size, root) values (p_log, n, p_root);
end $$;

create function gongshu.log_unsigned(p_log text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_agg(jsonb_build_object('size', size, 'root', encode(root, 'hex')) order by size), '[]')
  from gongshu.checkpoint where log = p_log and note is null
$$;
create index checkpoint_unsigned on gongshu.checkpoint (log) where note is null;
create function gongshu.log_signed(p_log text, p_size bigint, p_note text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  update gongshu.checkpoint set note = p_note where log = p_log and size = p_size and note is null
$$;

/* Entries as they are published: digests. */
create function gongshu.log_entries(p_log text, p_from bigint, p_count int) returns setof bytea
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(l.digest, sha256(convert_to(coalesce(e.body, a.body), 'UTF8')), convert_to(g.begins, 'UTF8'))
  from gongshu.log g join gongshu.leaf l on l.log = g.name
    left join gongshu.event e on g.source = 'register' and e.id = l.entry
    left join gongshu.access a on g.source = 'access' and a.id = l.entry and a.month = l.month
  where g.name = p_log and l.index >= p_from and l.index < p_from + p_count order by l.index
$$;
/* How many entries wait to be sequenced, and since when the oldest does; what is still being written is not counted. */
create function gongshu.log_lag(p_log text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('entries', count(*), 'seconds', coalesce(extract(epoch from now() - min(x.at)), 0)) from gongshu.log s, lateral (
    select e.at from gongshu.event e where s.source = 'register' and (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id)
    union all select a.at from gongshu.access a where s.source = 'access' and (a.gen, a.xid, a.id) > (s.gen, s.xid, s.id) limit 100000) x
  where s.name = p_log
$$;

/* Does something written by transactions before this one wait to be taken or signed? A transaction still running counts when it is seen. */
create function gongshu.log_behind(p_before xid8) returns boolean
language sql stable security definer set search_path = pg_catalog, gongshu
  set enable_seqscan = off set enable_bitmapscan = off as $$
  select exists (select 1 from gongshu.checkpoint where note is null)
    or exists (select 1 from gongshu.log s where s.frozen is null and (s.size = 0 and s.begins is not null or case s.source
      when 'register' then exists (select 1 from gongshu.event e, gongshu.generation n
        where (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id) and (e.gen < n.gen or e.xid < p_before))
      else exists (select 1 from gongshu.access a, gongshu.generation n
        where (a.gen, a.xid, a.id) > (s.gen, s.xid, s.id) and (a.gen < n.gen or a.xid < p_before)) end))
$$;

grant select on gongshu.log, gongshu.leaf, gongshu.tile, gongshu.checkpoint to gongshu_app, gongshu_log;
revoke all on function gongshu.log_open(text, text, text, text, text), gongshu.log_succeed(text, text, text, text, text),
  gongshu.log_next(text, int), gongshu.log_hold(text),
  gongshu.log_grow(text, bigint, bigint[], int[], bytea[], int, xid8, bigint, jsonb, bytea), gongshu.log_unsigned(text),
  gongshu.log_signed(text, bigint, text), gongshu.log_entries(text, bigint, int), gongshu.log_lag(text),
  gongshu.log_behind(xid8), gongshu.checkpoint_kept(), gongshu.access_month(timestamptz) from public;
grant usage on schema gongshu to gongshu_log;
grant execute on function gongshu.log_open(text, text, text, text, text), gongshu.log_succeed(text, text, text, text, text),
  gongshu.log_next(text, int), gongshu.log_hold(text),
  gongshu.log_grow(text, bigint, bigint[], int[], bytea[], int, xid8, bigint, jsonb, bytea), gongshu.log_unsigned(text),
  gongshu.log_signed(text, bigint, text), gongshu.log_behind(xid8) to gongshu_log;
grant execute on function gongshu.log_entries(text, bigint, int), gongshu.log_lag(text) to gongshu_app;
