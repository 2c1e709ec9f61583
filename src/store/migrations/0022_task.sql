-- Whose turn a case is, one row for each seat and duty, in the order in which tasks are listed: somebody with ten thousand cases reads
-- a page of them without reading the others, and counts them without reading their cases.

create table gongshu.task (
  pair text not null,
  due date not null,
  id uuid not null,
  process text not null,
  state text not null,
  primary key (pair, due, id) include (process, state)
);
comment on table gongshu.task is 'Follows from gongshu.stream by its triggers: who has the turn, until when. A case without a day stands at the end of days.';
alter table gongshu.task enable row level security;
create policy readers on gongshu.task for select to gongshu_app using (
  split_part(pair, ':', 1) = (select gongshu.viewer_org()) or (select gongshu.viewer_system())
);
grant select on gongshu.task to gongshu_app;

create function gongshu.tasks_begun() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
begin
  insert into gongshu.task (pair, due, id, process, state)
  select distinct t.pair, coalesce(s.due, date '9999-12-31'), s.id, s.process, s.state from fresh s, unnest(s.turn) t (pair) where not s.final;
  return null;
end $$;
create function gongshu.tasks_moved() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
begin
  delete from gongshu.task k using was w join fresh f using (id), unnest(w.turn) t (pair)
  where (w.turn, w.due, w.final, w.state) is distinct from (f.turn, f.due, f.final, f.state)
    and k.pair = t.pair and k.due = coalesce(w.due, date '9999-12-31') and k.id = w.id;
  insert into gongshu.task (pair, due, id, process, state)
  select distinct t.pair, coalesce(f.due, date '9999-12-31'), f.id, f.process, f.state from was w join fresh f using (id), unnest(f.turn) t (pair)
  where (w.turn, w.due, w.final, w.state) is distinct from (f.turn, f.due, f.final, f.state) and not f.final;
  return null;
end $$;
create function gongshu.tasks_gone() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
begin
  truncate gongshu.task;
  return null;
end $$;
create trigger task_begun after insert on gongshu.stream referencing new table as fresh for each statement execute function gongshu.tasks_begun();
create trigger task_moved after update on gongshu.stream referencing old table as was new table as fresh
  for each statement execute function gongshu.tasks_moved();
create trigger task_gone after truncate on gongshu.stream for each statement execute function gongshu.tasks_gone();

insert into gongshu.task (pair, due, id, process, state)
select distinct t.pair, coalesce(s.due, date '9999-12-31'), s.id, s.process, s.state from gongshu.stream s, unnest(s.turn) t (pair) where not s.final;
