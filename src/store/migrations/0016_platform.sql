-- Rules of the platform as anybody may read them, relations between organisations, the pool of experts.

create table gongshu.public_platform_rule (
  id uuid primary key,
  name text not null,
  version int not null,
  division text not null,
  publisher text not null,
  effective date not null,
  document text not null,
  summary text not null,
  text text not null,
  state text not null
);
comment on table gongshu.public_platform_rule is 'Read model: versions of the rules of the platform from their publication on.';
create index public_platform_rule_state on gongshu.public_platform_rule (state, division);
grant select on gongshu.public_platform_rule to gongshu_app;

create table gongshu.affiliation (
  id uuid primary key,
  a text not null,
  b text not null,
  kind text not null,
  since date not null,
  until date,
  readers text[] not null,
  division text not null
);
comment on table gongshu.affiliation is 'Read model: relations between two organisations, in no direction. until: last day of one that has ended.';
create index affiliation_a on gongshu.affiliation (a);
create index affiliation_b on gongshu.affiliation (b);
alter table gongshu.affiliation enable row level security;
create policy readers on gongshu.affiliation for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);
grant select on gongshu.affiliation to gongshu_app;

create table gongshu.expert (
  id uuid primary key,
  person text not null,
  bureau text not null,
  division text not null,
  state text not null,
  employer text not null,
  fields text[] not null,
  recused text[] not null
);
comment on table gongshu.expert is 'Read model: who may be drawn from a pool of experts. recused: organisations in whose matters they take no part.';
create index expert_pool on gongshu.expert (bureau, state);
alter table gongshu.expert enable row level security;
create policy readers on gongshu.expert for select to gongshu_app using (
  person = (select gongshu.viewer_org())
  or bureau = (select gongshu.viewer_org())
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);
grant select on gongshu.expert to gongshu_app;
