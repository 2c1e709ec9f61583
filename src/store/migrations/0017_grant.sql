-- What may be done under an agreement now: asked by every access that rests on one.

create table gongshu.grant_state (
  id uuid primary key,
  state text not null,
  holder text not null,
  valid_from date not null,
  valid_to date not null,
  closures jsonb not null,
  kept jsonb not null,
  readers text[] not null,
  division text not null
);
comment on table gongshu.grant_state is 'Read model: one row an agreement that is or was carried out. closures: what orders have closed (by, scope, objects, since). kept: services that somebody else carries on (by, object, keeper, from, until).';
alter table gongshu.grant_state enable row level security;
create policy readers on gongshu.grant_state for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);
grant select on gongshu.grant_state to gongshu_app;

/*
 Session, day and grant in one trip. Nothing of it is kept between two questions: what an order closes is closed for whoever asks after
 its commit. Without a token it is the system that asks.
*/
create function gongshu.grant_for(p_token bytea, p_idle interval, p_agreement uuid) returns json
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  v jsonb;
  g record;
begin
  if p_token is not null then
    v := gongshu.enter(p_token, p_idle);
    if v is null then return json_build_object('viewer', null); end if;
  end if;
  select * into g from gongshu.grant_state where id = p_agreement;
  return json_build_object('viewer', v, 'day', (select day from gongshu.clock), 'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'grant',
    case when g.id is not null and (p_token is null or g.readers @> array[v ->> 'org'] or g.division like v ->> 'area'
        or exists (select 1 from jsonb_array_elements(g.kept) k where k ->> 'keeper' = v ->> 'org')) then
      json_build_object('state', g.state, 'holder', g.holder, 'from', g.valid_from, 'to', g.valid_to, 'closures', g.closures, 'kept', g.kept) end);
end $$;
revoke all on function gongshu.grant_for(bytea, interval, uuid) from public;
grant execute on function gongshu.grant_for(bytea, interval, uuid) to gongshu_app;
