-- What is open to everybody or under conditions, what is planned to be, what is asked for, and how much it is used.

create table gongshu.public_dataset (
  id uuid primary key,
  name text not null,
  units text[] not null,
  division text not null,
  theme text not null,
  frequency text not null,
  summary text not null,
  class text not null,
  licence jsonb not null,
  file uuid not null,
  size bigint not null,
  sha256 text not null,
  sm3 text not null,
  rows bigint not null,
  keys text[] not null,
  columns jsonb not null,
  data_day date,
  version int not null,
  opened date not null
);
comment on table gongshu.public_dataset is 'Read model: open data, one row an entry: what it is, never a row of it. class: unconditional or conditional. version: how often it has been opened.';
create index public_dataset_theme on gongshu.public_dataset (theme, opened desc);

create table gongshu.opening_plan (
  id uuid primary key,
  item uuid not null,
  year text not null,
  planned date not null,
  name text not null,
  unit text not null,
  theme text not null,
  division text not null,
  state text not null,
  updated date not null
);
comment on table gongshu.opening_plan is 'Read model: entries of the opening plans. Only published entries can be planned, so it is public.';
create index opening_plan_year on gongshu.opening_plan (year, division);

create table gongshu.public_demand (
  id uuid primary key,
  kind text not null,
  name text not null,
  what text not null,
  purpose text not null,
  theme text not null,
  division text not null,
  state text not null,
  answer text not null,
  says text not null,
  items uuid[] not null,
  promised date,
  satisfaction text not null,
  raised date not null,
  updated date not null
);
comment on table gongshu.public_demand is 'Read model: demands whose authors agreed to publish them, from acceptance on; nothing of who they are.';
create index public_demand_updated on gongshu.public_demand (updated desc, id);

create table gongshu.dataset_use (
  id uuid not null,
  day date not null,
  kind text not null check (kind in ('view', 'download', 'api')),
  count bigint not null,
  primary key (id, day, kind)
);
comment on table gongshu.dataset_use is 'How often open data was looked at, downloaded and read through the interface, by day. Counted by processes together, a second late; of nobody in particular.';

create function gongshu.count_use(p_uses jsonb) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.dataset_use (id, day, kind, count)
  select u.id, u.day, u.kind, u.count from jsonb_to_recordset(p_uses) as u (id uuid, day date, kind text, count bigint)
  order by u.id, u.day, u.kind
  on conflict (id, day, kind) do update set count = dataset_use.count + excluded.count
$$;

grant select on gongshu.public_dataset, gongshu.opening_plan, gongshu.public_demand, gongshu.dataset_use to gongshu_app;
revoke all on function gongshu.count_use(jsonb) from public;
grant execute on function gongshu.count_use(jsonb) to gongshu_app;
