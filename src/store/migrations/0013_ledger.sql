-- The catalogue as a ledger: filings, batches in public notice, what has been decided of sources, kinds of holders, overdue data.

alter table gongshu.item
  add column co_holder text not null default '',
  add column source text not null default '',
  add column guideline text not null default '',
  add column filed text not null default '';
comment on column gongshu.item.co_holder is 'The second of two units that hold it together.';
comment on column gongshu.item.source is 'What has been decided of the entry as a source: sole, reference, distinct or nothing.';
comment on column gongshu.item.guideline is 'Version of the guideline under which it was compiled.';
comment on column gongshu.item.filed is 'Receipt of the last filing.';
create index item_co_holder on gongshu.item (co_holder) where co_holder <> '';
create index item_name on gongshu.item (name, id);
create index item_updated on gongshu.item (updated, id);

alter table gongshu.organisation add column holder text not null default '';
comment on column gongshu.organisation.holder is 'Kind of holder as it was decided; empty where nobody has said.';

create table gongshu.filing (
  id uuid primary key,
  kind text not null,
  unit text not null,
  division text not null,
  readers text[] not null,
  state text not null,
  batch text not null,
  due date,
  entries int not null,
  collected int not null,
  uncollected int not null,
  marked int not null,
  receipt text not null,
  filed date,
  changes int not null,
  opened date not null
);
comment on table gongshu.filing is 'Read model: what units file of the catalogue and how far it is.';
create index filing_unit on gongshu.filing (unit, kind, opened);
create index filing_readers on gongshu.filing using gin (readers);
alter table gongshu.filing enable row level security;
create policy readers on gongshu.filing for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);

create table gongshu.public_catalogue_notice (
  id uuid primary key,
  batch text not null,
  bureau text not null,
  division text not null,
  notice_from date not null,
  notice_to date not null,
  channels text not null,
  contact text not null,
  how text not null,
  state text not null,
  entries int not null,
  adopted int not null,
  refused int not null,
  detail jsonb not null
);
comment on table gongshu.public_catalogue_notice is 'Read model: batches of the catalogue shown to the public: publishable columns only.';

/*
 Units with collected entries whose data became overdue by a day since the unit was last told: how many are overdue, how many of them
 newly, the names of some, and one of the newly overdue. What is still to be collected raises no alarm.
*/
create function gongshu.stale_units(p_day date, p_most int) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  with overdue as (
    select u.unit, i.id, i.name, i.fresh_due >
      coalesce((select max(right(o.key, 10)::date) from gongshu.once o
                where o.key between 'stale ' || u.unit || ' 0' and 'stale ' || u.unit || ' 9999'), date '0001-01-01') - 1 as fresh
    from gongshu.item i, unnest(array[i.holder, i.co_holder]) u (unit)
    where i.fresh_due < p_day and i.collected and i.state = 'listed' and u.unit <> ''),
  units as (
    select unit, count(*) as overdue, count(*) filter (where fresh) as newly,
      (array_agg(name order by name) filter (where fresh))[1:3] as names, (array_agg(id order by name) filter (where fresh))[1] as one
    from overdue group by unit having bool_or(fresh))
  select coalesce(jsonb_agg(to_jsonb(u)), '[]') from (select * from units order by unit limit p_most) u
$$;

grant select on gongshu.filing, gongshu.public_catalogue_notice to gongshu_app;
revoke all on function gongshu.stale_units(date, int) from public;
grant execute on function gongshu.stale_units(date, int) to gongshu_app;
