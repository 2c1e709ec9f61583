-- Who is authorized for what, until when: what anyone may read of agreements (27号 第十八条).

create table gongshu.public_authorization (
  id uuid primary key,
  kind text not null,
  mode text not null,
  number text not null,
  title text not null,
  implementer text not null,
  operator text not null,
  division text not null,
  items uuid[] not null,
  products text[] not null,
  term_from date not null,
  term_to date not null,
  state text not null,
  -- how it ended: by its term, or before
  ended text not null,
  transitional boolean not null,
  signed date not null,
  updated date not null
);
comment on table gongshu.public_authorization is 'Read model: agreements of authorized operation from the day all have signed. items: entries in scope; only the published ones are shown, by name.';
create index public_authorization_updated on gongshu.public_authorization (updated desc, id desc);
grant select on gongshu.public_authorization to gongshu_app;
