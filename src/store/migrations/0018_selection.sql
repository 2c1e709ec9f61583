-- Selections as anybody may read them; cases that no supervisor of their territory sees.

create table gongshu.public_selection (
  id uuid primary key,
  variant text not null,
  kind text not null,
  method text not null,
  state text not null,
  title text not null,
  division text not null,
  organiser text not null,
  announced date not null,
  until date not null,
  scope text not null,
  contact text not null,
  platform text not null,
  project text not null,
  link text not null,
  files text[] not null,
  conditions text[] not null,
  criteria jsonb not null,
  result jsonb,
  draw jsonb
);
comment on table gongshu.public_selection is 'Read model: selections from their announcement on.';
create index public_selection_until on gongshu.public_selection (announced desc, id desc);
grant select on gongshu.public_selection to gongshu_app;

alter policy readers on gongshu.stream using (
  readers @> array[(select gongshu.viewer_org())]
  or division <> '' and division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);
comment on column gongshu.stream.division is 'Territory whose supervisors read the case; empty while only its readers do.';
