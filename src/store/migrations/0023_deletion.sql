-- What was supplied is deleted: whose copies a full sync has made, and content that no batch of its owner needs any more.

alter table gongshu.batch add column whole text not null default '';
update gongshu.batch b set whole = coalesce(s.snapshot -> 'seats' ->> 'whole', '') from gongshu.stream s where s.id = b.id;
alter table gongshu.batch alter column whole drop default;
comment on column gongshu.batch.whole is 'Whoever a full sync brings its copies to.';
create index batch_whole on gongshu.batch (whole) where kind = 'fullSync';

/* Forgets content that no batch of this owner holds and no sync has brought to it; its key, or null where it stays. */
create or replace function gongshu.content_drop(p_owner text, p_sha256 text) returns text
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  gone text;
begin
  delete from gongshu.content where owner = p_owner and sha256 = p_sha256
    and not exists (select 1 from gongshu.batch b where b.sha256 = p_sha256 and b.source = p_owner)
    and not exists (
      select 1 from gongshu.batch b
      where b.kind = 'fullSync' and b.whole = p_owner
        and b.synced @> jsonb_build_array(jsonb_build_object('sha256', p_sha256))
    )
  returning key into gone;
  return gone;
end $$;
