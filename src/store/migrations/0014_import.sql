-- Lists on their way into the catalogue: how their columns were said to be read, work that takes long beside work that does not.

create table gongshu.import_mapping (
  id uuid primary key,
  importer text not null,
  signature text not null,
  mapping jsonb not null
);
comment on table gongshu.import_mapping is 'Read model: what the columns of a list mean, as its importer confirmed, by the digest of its titles.';
create index import_mapping_known on gongshu.import_mapping (importer, signature, id desc);
alter table gongshu.import_mapping enable row level security;
create policy readers on gongshu.import_mapping for select to gongshu_app using (
  importer = (select gongshu.viewer_org()) or (select gongshu.viewer_system())
);
grant select on gongshu.import_mapping to gongshu_app;

/* Claims due work of some topics, or of all but those: what takes minutes must not keep waiting what takes moments. */
create function gongshu.lease_outbox(p_most int, p_lease interval, p_topics text[], p_others boolean) returns jsonb
language sql security definer set search_path = pg_catalog, gongshu as $$
  with due as (
    select id from gongshu.outbox where done is null and due <= now() and (lease is null or lease < now()) and tried < 12
      and (topic = any (p_topics)) <> p_others
    order by id limit p_most for update skip locked
  ), taken as (
    update gongshu.outbox o set lease = now() + p_lease, tried = tried + 1 from due where o.id = due.id returning o.*
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', id, 'topic', topic, 'stream', stream, 'payload', payload, 'tried', tried) order by id), '[]') from taken
$$;
revoke all on function gongshu.lease_outbox(int, interval, text[], boolean) from public;
grant execute on function gongshu.lease_outbox(int, interval, text[], boolean) to gongshu_app;
drop function gongshu.lease_outbox(int, interval);

/* Says how far a job has come, and that whoever works on it is alive. What gets further than it ever was has not been tried in vain. */
create or replace function gongshu.note_progress(p_job bigint, p_stream uuid, p_done bigint, p_total bigint, p_says text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  update gongshu.outbox set lease = now() + interval '60 seconds',
    tried = case when exists (select 1 from gongshu.progress p where p.stream = p_stream and p.says = p_says and p.done >= p_done) then tried else 1 end
  where id = p_job and done is null;
  insert into gongshu.progress (stream, done, total, says) values (p_stream, p_done, p_total, p_says)
  on conflict (stream) do update set done = excluded.done, total = excluded.total, says = excluded.says, at = now()
$$;
