-- The transparency log: two logs of one form, register over events and access over accesses. Entries are written with the acts
-- themselves; a single sequencer puts them in an order, and everything here follows from that order. An entry is the SHA-256 of the
-- body: it can be published without telling anything of a case that is not.

create table gongshu.log (
  name text primary key check (name in ('register', 'access')),
  origin text not null,
  key text not null,
  gen int not null default 0,
  xid xid8 not null default '0',
  id bigint not null default 0,
  size bigint not null default 0
);
comment on table gongshu.log is 'Where the sequencer stands. (gen, xid, id) is the last entry it has taken.';

create table gongshu.leaf (
  log text not null references gongshu.log (name),
  index bigint not null,
  entry bigint not null,
  primary key (log, index),
  unique (log, entry)
);
create trigger leaf_append_only before update or delete or truncate on gongshu.leaf
  for each statement execute function gongshu.append_only();

create table gongshu.tile (
  log text not null references gongshu.log (name),
  level int not null,
  index bigint not null,
  width int not null check (width between 1 and 256),
  hashes bytea not null check (octet_length(hashes) = 32 * width),
  primary key (log, level, index)
);
comment on table gongshu.tile is 'Grows to 256 hashes; a narrower tile published earlier is the beginning of the same row.';

create table gongshu.checkpoint (
  log text not null references gongshu.log (name),
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

/* Begins a log under an origin and a verifier key, or says under which it was begun. */
create function gongshu.log_open(p_log text, p_origin text, p_key text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  insert into gongshu.log (name, origin, key) values (p_log, p_origin, p_key) on conflict do nothing;
  return (select jsonb_build_object('origin', origin, 'key', key, 'size', size) from gongshu.log where name = p_log);
end $$;

/*
 The next entries after the cursor, in the order of (gen, xid, id). Only those below the oldest transaction still running: ids are given
 out before commit, so whoever goes by id alone steps over what commits later. What a restore brought back is all committed.
*/
create function gongshu.log_next(p_log text, p_most int) returns table (entry bigint, gen int, xid xid8, digest bytea)
language plpgsql security definer set search_path = pg_catalog, gongshu
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  s gongshu.log;
  g int := (select n.gen from gongshu.generation n);
begin
  select * into s from gongshu.log where name = p_log;
  if p_log = 'register' then
    return query select e.id, e.gen, e.xid, sha256(convert_to(e.body, 'UTF8')) from gongshu.event e
      where (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id) and (e.gen < g or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
      order by e.gen, e.xid, e.id limit p_most;
  else
    return query select e.id, e.gen, e.xid, sha256(convert_to(e.body, 'UTF8')) from gongshu.access e
      where (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id) and (e.gen < g or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
      order by e.gen, e.xid, e.id limit p_most;
  end if;
end $$;

/* Holds the sequencer's place until the transaction ends; null while another holds it. The right edge comes as hex. */
create function gongshu.log_hold(p_log text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  n bigint;
begin
  if not pg_try_advisory_xact_lock(hashtext('gongshu.log'), hashtext(p_log)) then return null; end if;
  select size into n from gongshu.log where name = p_log;
  return jsonb_build_object('size', n, 'tiles', (
    select coalesce(jsonb_agg(jsonb_build_object('level', level, 'index', index, 'width', width, 'hashes', encode(hashes, 'hex')) order by level), '[]')
    from gongshu.tile t where t.log = p_log and t.width < 256));
end $$;

/* Puts entries behind those already there; raises where the log is not as long as the sequencer took it to be. */
create function gongshu.log_grow(p_log text, p_from bigint, p_entries bigint[], p_gen int, p_xid xid8, p_tiles jsonb, p_root bytea) returns void
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  n bigint := p_from + cardinality(p_entries);
begin
  update gongshu.log set gen = p_gen, xid = p_xid, id = p_entries[cardinality(p_entries)], size = n where name = p_log and size = p_from;
  if not found then raise exception 'gongshu: log % is not of size %', p_log, p_from; end if;
  insert into gongshu.leaf (log, index, entry) select p_log, p_from + ord - 1, e from unnest(p_entries) with ordinality as u (e, ord);
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
  select sha256(convert_to(coalesce(e.body, a.body), 'UTF8')) from gongshu.leaf l
    left join gongshu.event e on p_log = 'register' and e.id = l.entry
    left join gongshu.access a on p_log = 'access' and a.id = l.entry
  where l.log = p_log and l.index >= p_from and l.index < p_from + p_count order by l.index
$$;
/* How many entries wait to be sequenced, and since when the oldest does; what is still being written is not counted. */
create function gongshu.log_lag(p_log text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('entries', count(*), 'seconds', coalesce(extract(epoch from now() - min(x.at)), 0)) from gongshu.log s, lateral (
    select e.at from gongshu.event e where p_log = 'register' and (e.gen, e.xid, e.id) > (s.gen, s.xid, s.id)
    union all select a.at from gongshu.access a where p_log = 'access' and (a.gen, a.xid, a.id) > (s.gen, s.xid, s.id) limit 100000) x
  where s.name = p_log
$$;

grant select on gongshu.log, gongshu.leaf, gongshu.tile, gongshu.checkpoint to gongshu_app, gongshu_log;
revoke all on function gongshu.log_open(text, text, text), gongshu.log_next(text, int), gongshu.log_hold(text),
  gongshu.log_grow(text, bigint, bigint[], int, xid8, jsonb, bytea), gongshu.log_unsigned(text), gongshu.log_signed(text, bigint, text),
  gongshu.log_entries(text, bigint, int), gongshu.log_lag(text), gongshu.checkpoint_kept() from public;
grant usage on schema gongshu to gongshu_log;
grant execute on function gongshu.log_open(text, text, text), gongshu.log_next(text, int), gongshu.log_hold(text),
  gongshu.log_grow(text, bigint, bigint[], int, xid8, jsonb, bytea), gongshu.log_unsigned(text), gongshu.log_signed(text, bigint, text) to gongshu_log;
grant execute on function gongshu.log_entries(text, bigint, int), gongshu.log_lag(text) to gongshu_app;
