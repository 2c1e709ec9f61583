-- Data on its way into an authorization: uploads piece by piece, what is kept of them, the batches as they are counted.

create table gongshu.batch (
  id uuid primary key,
  kind text not null,
  agreement text not null,
  item text not null,
  source text not null,
  readers text[] not null,
  division text not null,
  state text not null,
  sha256 text not null,
  rows bigint not null,
  opened date not null,
  synced jsonb not null
);
comment on table gongshu.batch is 'Read model: batches of supplied data. sha256: the content it holds now, empty where it holds none. synced: what a full sync has brought.';
create index batch_agreement on gongshu.batch (agreement, item, opened desc);
create index batch_content on gongshu.batch (sha256) where sha256 <> '';
alter table gongshu.batch enable row level security;
create policy readers on gongshu.batch for select to gongshu_app using (
  readers @> array[(select gongshu.viewer_org())]
  or division like (select gongshu.viewer_area())
  or (select gongshu.viewer_system())
);

create table gongshu.upload (
  batch uuid primary key,
  owner text not null,
  person text not null,
  name text not null,
  size bigint not null check (size > 0),
  opened timestamptz not null default now()
);
comment on table gongshu.upload is 'Files on their way in. What has come of one is in its pieces.';
create table gongshu.upload_piece (
  batch uuid not null references gongshu.upload on delete cascade,
  start bigint not null,
  size bigint not null check (size > 0),
  sha256 text not null,
  key text not null,
  primary key (batch, start)
);
comment on table gongshu.upload_piece is 'Pieces of a file, without gaps from its beginning. key: in the file store.';
alter table gongshu.upload enable row level security;
alter table gongshu.upload_piece enable row level security;
create policy owner on gongshu.upload for select to gongshu_app using (
  owner = (select gongshu.viewer_org()) or (select gongshu.viewer_system())
);
create policy owner on gongshu.upload_piece for select to gongshu_app using (
  exists (select 1 from gongshu.upload u where u.batch = upload_piece.batch)
);

create table gongshu.content (
  owner text not null,
  sha256 text not null,
  sm3 text not null,
  size bigint not null,
  rows bigint not null,
  key text not null,
  kept timestamptz not null default now(),
  primary key (owner, sha256)
);
comment on table gongshu.content is 'Supplied data by its digest, once for each owner. Nobody reads it through the application but the system.';
alter table gongshu.content enable row level security;
create policy system on gongshu.content for select to gongshu_app using ((select gongshu.viewer_system()));
grant select on gongshu.batch, gongshu.upload, gongshu.upload_piece, gongshu.content to gongshu_app;

/* Begins the upload of a batch, or finds it begun. */
create function gongshu.upload_open(p_batch uuid, p_owner text, p_person text, p_name text, p_size bigint) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.upload (batch, owner, person, name, size) values (p_batch, p_owner, p_person, p_name, p_size)
  on conflict (batch) do nothing
$$;

/* Takes a piece that follows on what is there; says how much is there, and whether this one was taken. */
create function gongshu.upload_take(p_batch uuid, p_start bigint, p_size bigint, p_sha256 text, p_key text) returns jsonb
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  whole bigint;
  have bigint;
begin
  select size into whole from gongshu.upload where batch = p_batch for update;
  if whole is null then return null; end if;
  select coalesce(sum(size), 0) into have from gongshu.upload_piece where batch = p_batch;
  if p_start <> have or have + p_size > whole then
    return jsonb_build_object('taken', false, 'have', have);
  end if;
  insert into gongshu.upload_piece (batch, start, size, sha256, key) values (p_batch, p_start, p_size, p_sha256, p_key);
  insert into gongshu.progress (stream, done, total, says) values (p_batch, have + p_size, whole, '正在上传')
  on conflict (stream) do update set done = excluded.done, total = excluded.total, says = excluded.says, at = now();
  return jsonb_build_object('taken', true, 'have', have + p_size);
end $$;

/* Forgets an upload; what its pieces are called in the file store. */
create function gongshu.upload_drop(p_batch uuid) returns text[]
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  keys text[];
begin
  select coalesce(array_agg(key), '{}') into keys from gongshu.upload_piece where batch = p_batch;
  delete from gongshu.upload where batch = p_batch;
  return keys;
end $$;

/* Keeps content under its digest; the key under which it stands, which is another than the one given where it was there before. */
create function gongshu.content_keep(p_owner text, p_sha256 text, p_sm3 text, p_size bigint, p_rows bigint, p_key text) returns text
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  insert into gongshu.content (owner, sha256, sm3, size, rows, key) values (p_owner, p_sha256, p_sm3, p_size, p_rows, p_key)
  on conflict (owner, sha256) do nothing;
  return (select key from gongshu.content where owner = p_owner and sha256 = p_sha256);
end $$;

/* Forgets content that no batch holds and no sync has brought any more; its key, or null where it stays. */
create function gongshu.content_drop(p_owner text, p_sha256 text) returns text
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  gone text;
begin
  delete from gongshu.content where owner = p_owner and sha256 = p_sha256
    and not exists (select 1 from gongshu.batch b where b.sha256 = p_sha256 and b.source = p_owner)
    and not exists (
      select 1 from gongshu.batch b
      where b.kind = 'fullSync' and b.readers @> array[p_owner]
        and b.synced @> jsonb_build_array(jsonb_build_object('sha256', p_sha256))
    )
  returning key into gone;
  return gone;
end $$;
revoke all on function gongshu.upload_open(uuid, text, text, text, bigint), gongshu.upload_take(uuid, bigint, bigint, text, text),
  gongshu.upload_drop(uuid), gongshu.content_keep(text, text, text, bigint, bigint, text), gongshu.content_drop(text, text) from public;
grant execute on function gongshu.upload_open(uuid, text, text, text, bigint), gongshu.upload_take(uuid, bigint, bigint, text, text),
  gongshu.upload_drop(uuid), gongshu.content_keep(text, text, text, bigint, bigint, text), gongshu.content_drop(text, text) to gongshu_app;
