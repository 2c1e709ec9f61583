-- Sharing between units: what a unit may know of another's entries, and one row per case of sharing for statistics.

create table gongshu.shared_item (
  id uuid primary key,
  name text not null,
  code text not null,
  summary text not null,
  holder text not null,
  co_holder text not null,
  units text[] not null,
  division text not null,
  sharing text not null,
  terms text not null,
  frequency text not null,
  fields text[] not null,
  grams text[] not null,
  updated date not null
);
comment on table gongshu.shared_item is 'Read model: 政务数据共享目录: entries that are listed and not secret, as other units may know them. grams: pairs of characters of the name, and names of information items, for finding what is alike.';
create index shared_item_grams on gongshu.shared_item using gin (grams);
create index shared_item_name on gongshu.shared_item using gin (name gin_trgm_ops);
create index shared_item_updated on gongshu.shared_item (updated desc, id);
alter table gongshu.shared_item enable row level security;
-- between organisations only: who acts for themselves finds what is published elsewhere
create policy organisations on gongshu.shared_item for select to gongshu_app using (
  (select gongshu.viewer() ->> 'self') = 'false'
  or (select gongshu.viewer_system())
);

create table gongshu.share (
  id uuid primary key,
  kind text not null,
  item uuid,
  requester text not null,
  holder text not null,
  division text not null,
  readers text[] not null,
  sharing text not null,
  state text not null,
  asked date not null,
  answer text not null,
  answered date,
  answer_limit date,
  answer_took int,
  legal_basis boolean not null,
  provided date,
  provide_limit date,
  provide_took int,
  confirmed date,
  compared int not null,
  questions int not null,
  disputed boolean not null,
  decided text not null,
  feedbacks int not null,
  used boolean not null,
  times bigint not null,
  matters bigint not null,
  rating text not null
);
comment on table gongshu.share is 'Read model: one row per case of sharing. took: working days. limit: last day of the period that ran.';
create index share_holder on gongshu.share (holder, asked);
create index share_requester on gongshu.share (requester, asked);
create index share_division on gongshu.share (division text_pattern_ops, asked);
create index share_readers on gongshu.share using gin (readers);
alter table gongshu.share enable row level security;
create policy readers on gongshu.share for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);

grant select on gongshu.shared_item, gongshu.share to gongshu_app;
