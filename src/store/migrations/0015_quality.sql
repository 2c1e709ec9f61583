-- What checks found of an entry's data, and tickets about it, as dashboards count them.

alter table gongshu.item
  add score int,
  add quality text not null default '',
  add dimensions jsonb not null default '{}',
  add assessed date;

create table gongshu.ticket (
  id uuid primary key,
  kind text not null,
  item uuid not null,
  holder text not null,
  readers text[] not null,
  division text not null,
  state text not null,
  open boolean not null,
  corrected date,
  due date,
  levels int not null,
  raised date not null,
  marks jsonb not null
);
comment on table gongshu.ticket is 'Read model: tickets about data. corrected: day on which its data was corrected. marks: what each unit did with it, by when it should have, and whether it was late.';
create index ticket_item on gongshu.ticket (item);
create index ticket_readers on gongshu.ticket using gin (readers);
alter table gongshu.ticket enable row level security;
create policy readers on gongshu.ticket for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);
grant select on gongshu.ticket to gongshu_app;
