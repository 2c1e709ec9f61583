-- Keeping: what was backed up, tried and exported; how long what must be kept is kept; and taking off what may go.

create table gongshu.keeping (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('backup', 'verify', 'export', 'drop')),
  at timestamptz not null default clock_timestamp(),
  place text not null,
  size bigint not null,
  ok boolean not null,
  detail jsonb not null
);
comment on table gongshu.keeping is 'Backups, trial restores, exports to write-once media and months taken off, as they were done. size in bytes.';
create index keeping_kind on gongshu.keeping (kind, id desc);
create trigger keeping_append_only before update or delete or truncate on gongshu.keeping
  for each statement execute function gongshu.append_only();
grant select on gongshu.keeping to gongshu_app;

-- ── terms and holds ───────────────────────────────────────────────────────────────────────────────────────────

create table gongshu.term (
  kind text primary key check (kind in ('voucher', 'access')),
  years int not null check (years > 0),
  basis text not null
);
comment on table gongshu.term is 'How long what is kept must be kept at least, from the rule packs. A term is raised and never lowered. access: the access log; voucher: shown beside it, a case goes by the rules it is pinned to.';
create function gongshu.term_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.kind = old.kind and new.years >= old.years then return new; end if;
  raise exception 'gongshu: a term is raised, never lowered' using errcode = 'insufficient_privilege';
end $$;
create trigger term_kept before update or delete on gongshu.term for each row execute function gongshu.term_kept();
create trigger term_not_emptied before truncate on gongshu.term for each statement execute function gongshu.append_only();

create function gongshu.term_raise(p_kind text, p_years int, p_basis text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.term as t (kind, years, basis) values (p_kind, p_years, p_basis)
  on conflict (kind) do update set years = excluded.years, basis = excluded.basis
  where excluded.years > t.years or (excluded.years = t.years and excluded.basis <> t.basis)
$$;

create table gongshu.month_hold (
  id bigint generated always as identity primary key,
  month text not null,
  reason text not null check (reason <> ''),
  at timestamptz not null default clock_timestamp(),
  lifted timestamptz,
  lifting text
);
comment on table gongshu.month_hold is 'Months of the access log that may not be taken off whatever their term, until the hold is lifted. month: YYYYMM, or * for all.';
create function gongshu.month_hold_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.lifted is null and new.lifted is not null and new.lifting <> ''
    and (new.id, new.month, new.reason, new.at) = (old.id, old.month, old.reason, old.at) then return new; end if;
  raise exception 'gongshu: a hold is lifted once, with a reason' using errcode = 'insufficient_privilege';
end $$;
create trigger month_hold_kept before update or delete on gongshu.month_hold for each row execute function gongshu.month_hold_kept();
create trigger month_hold_not_emptied before truncate on gongshu.month_hold for each statement execute function gongshu.append_only();
grant select on gongshu.term, gongshu.month_hold to gongshu_app;

/*
 Raises unless a month of the access log may go: its term is over and nothing holds it. GS010: no term known; GS011: the term runs;
 GS012: held. By the server's clock: the legal day can be simulated.
*/
create function gongshu.month_may_go(p_month int) returns void
language plpgsql stable security definer set search_path = pg_catalog, gongshu as $$
declare
  t gongshu.term;
  h gongshu.month_hold;
  ends timestamptz := make_timestamptz(p_month / 100, p_month % 100, 1, 0, 0, 0, 'UTC') + interval '1 month';
begin
  select * into t from gongshu.term where kind = 'access';
  if not found then raise exception 'gongshu: no term is known for the access log' using errcode = 'GS010'; end if;
  if ends + make_interval(years => t.years) > now() then
    raise exception 'gongshu: month % is kept until %', p_month, (ends + make_interval(years => t.years))::date
      using errcode = 'GS011', detail = t.basis;
  end if;
  select * into h from gongshu.month_hold where month in (p_month::text, '*') and lifted is null order by id limit 1;
  if found then raise exception 'gongshu: month % is held', p_month using errcode = 'GS012', detail = h.reason; end if;
end $$;

-- ── the access log, month by month ────────────────────────────────────────────────────────────────────────────

create table gongshu.log_pruned (
  log text primary key references gongshu.log (name),
  below bigint not null
);
comment on table gongshu.log_pruned is 'Entries of a log below this index are no longer published: their bodies are gone. Tiles and checkpoints stay, and with them every proof.';
create table gongshu.log_gone (
  log text not null references gongshu.log (name),
  index bigint not null,
  digest bytea not null,
  primary key (log, index)
);
comment on table gongshu.log_gone is 'Entries without a body that stand among others that have one: the end of one month and the beginning of the next overlap in the log.';
grant select on gongshu.log_pruned, gongshu.log_gone to gongshu_app, gongshu_log;

/*
 Takes a month off the access log: bodies only. Refuses before the term (GS011) and under a hold (GS012), while an earlier month is there
 (GS013), and unless every entry of it stands in an export that was read back and found whole (GS014). For the owner of the schema.
*/
create function gongshu.access_drop(p_month int) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  part text := 'access_' || p_month;
  l record;
  n bigint;
  of_log bigint;
  logged bigint := 0;
  below_ bigint;
  out_ jsonb := '[]';
begin
  if to_regclass('gongshu.' || part) is null then raise exception 'gongshu: no month %', p_month using errcode = 'GS013'; end if;
  perform gongshu.month_may_go(p_month);
  execute format('lock table gongshu.%I in share mode', part);
  if exists (select 1 from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'gongshu.access'::regclass and c.relname ~ '^access_\d{6}$' and c.relname < part) then
    raise exception 'gongshu: an earlier month than % is still there', p_month using errcode = 'GS013';
  end if;
  execute format('select count(*) from gongshu.%I', part) into n;
  for l in select * from gongshu.log where source = 'access' order by name loop
    select count(*) into of_log from gongshu.leaf where log = l.name and month = p_month;
    if of_log > 0 and not exists (select 1 from gongshu.keeping k where k.kind = 'export' and k.ok
        and k.detail ->> 'log' = l.name and k.detail ->> 'month' = p_month::text and (k.detail ->> 'entries')::bigint = of_log) then
      raise exception 'gongshu: month % of log % has not been exported', p_month, l.name using errcode = 'GS014';
    end if;
    if l.hash = 'sha256' then logged := logged + of_log; end if;
    -- what is first among what stays
    select coalesce(min(index), l.size) into below_ from gongshu.leaf where log = l.name and month > p_month;
    execute format('insert into gongshu.log_gone (log, index, digest)
      select f.log, f.index, coalesce(f.digest, sha256(convert_to(a.body, ''UTF8''))) from gongshu.leaf f join gongshu.%I a on a.id = f.entry
      where f.log = $1 and f.month = $2 and f.index >= $3', part) using l.name, p_month, below_;
    delete from gongshu.log_gone g where g.log = l.name and g.index < below_;
    insert into gongshu.log_pruned as p (log, below) values (l.name, below_)
      on conflict (log) do update set below = greatest(p.below, excluded.below);
    out_ := out_ || jsonb_build_object('log', l.name, 'entries', of_log, 'below', below_);
  end loop;
  if logged <> n then raise exception 'gongshu: month % has % entries, of which % are in the log', p_month, n, logged using errcode = 'GS014'; end if;
  execute format('alter table gongshu.access detach partition gongshu.%I', part);
  execute format('drop table gongshu.%I', part);
  insert into gongshu.keeping (kind, place, size, ok, detail)
  values ('drop', part, 0, true, jsonb_build_object('month', p_month, 'entries', n, 'logs', out_));
  return jsonb_build_object('month', p_month, 'entries', n, 'logs', out_);
end $$;

/* Entries as they are published: digests, from the first that has not been taken off. */
create or replace function gongshu.log_entries(p_log text, p_from bigint, p_count int) returns setof bytea
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(l.digest, sha256(convert_to(coalesce(e.body, a.body), 'UTF8')), x.digest, convert_to(g.begins, 'UTF8'))
  from gongshu.log g join gongshu.leaf l on l.log = g.name
    left join gongshu.event e on g.source = 'register' and e.id = l.entry
    left join gongshu.access a on g.source = 'access' and a.id = l.entry and a.month = l.month
    left join gongshu.log_gone x on x.log = l.log and x.index = l.index
  where g.name = p_log and l.index >= p_from and l.index < p_from + p_count
    and l.index >= coalesce((select p.below from gongshu.log_pruned p where p.log = p_log), 0) order by l.index
$$;

revoke all on function gongshu.term_kept(), gongshu.term_raise(text, int, text), gongshu.month_hold_kept(),
  gongshu.month_may_go(int), gongshu.access_drop(int) from public;
grant execute on function gongshu.term_raise(text, int, text) to gongshu_app;
