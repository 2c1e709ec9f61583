-- A batch that is being taken in holds the content it found, before it is itself known to have it: another batch with the same content may
-- be deleted in that very moment.

alter table gongshu.content add column wanted uuid[] not null default '{}';
comment on column gongshu.content.wanted is 'Batches that found or kept it while they were being taken in.';

drop function gongshu.content_keep(text, text, text, bigint, bigint, text), gongshu.content_drop(text, text);
/* Keeps content under its digest for a batch; the key under which it stands, which is another than the one given where it was there before. */
create function gongshu.content_keep(p_owner text, p_sha256 text, p_sm3 text, p_size bigint, p_rows bigint, p_key text, p_batch uuid) returns text
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  at text;
begin
  insert into gongshu.content as c (owner, sha256, sm3, size, rows, key, wanted)
  values (p_owner, p_sha256, p_sm3, p_size, p_rows, p_key, array[p_batch])
  on conflict (owner, sha256) do update set wanted = array_remove(c.wanted, p_batch) || p_batch
  returning c.key into at;
  return at;
end $$;
/* Whether an owner has this content already; from then on it is held for the batch. */
create function gongshu.content_want(p_owner text, p_sha256 text, p_batch uuid) returns boolean
language sql security definer set search_path = pg_catalog, gongshu as $$
  with held as (
    update gongshu.content set wanted = array_remove(wanted, p_batch) || p_batch where owner = p_owner and sha256 = p_sha256 returning 1
  ) select exists (select 1 from held);
$$;
/* A batch lets content go: forgotten where no batch of this owner holds it, no other that is being taken in wants it and no sync has brought it; its key, or null where it stays. */
create function gongshu.content_drop(p_owner text, p_sha256 text, p_batch uuid) returns text
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  gone text;
begin
  delete from gongshu.content where owner = p_owner and sha256 = p_sha256
    and not exists (select 1 from gongshu.batch b where b.sha256 = p_sha256 and b.source = p_owner)
    and not exists (
      select 1 from gongshu.stream s where s.id = any (wanted) and s.id <> p_batch and s.state in ('receiving', 'checking')
    )
    and not exists (
      select 1 from gongshu.batch b
      where b.kind = 'fullSync' and b.whole = p_owner
        and b.synced @> jsonb_build_array(jsonb_build_object('sha256', p_sha256))
    )
  returning key into gone;
  return gone;
end $$;
revoke all on function gongshu.content_keep(text, text, text, bigint, bigint, text, uuid), gongshu.content_want(text, text, uuid),
  gongshu.content_drop(text, text, uuid) from public;
grant execute on function gongshu.content_keep(text, text, text, bigint, bigint, text, uuid), gongshu.content_want(text, text, uuid),
  gongshu.content_drop(text, text, uuid) to gongshu_app;
