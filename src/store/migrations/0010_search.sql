-- What finds published items. The application makes the tokens, because the server does not split Chinese; everything is part of the row,
-- so that an item is found by the request after the one that wrote it.

create table gongshu.public_fact (
  id int primary key,
  fact text not null unique
);
comment on table gongshu.public_fact is 'Numbers of facet values ("unit:…", "sharing:…"), given when first seen and never given up. 33 and up: each is one character in packed.';

create sequence gongshu.public_item_places;

alter table gongshu.public_item
  add column tokens tsvector not null default '',
  add column spelling text not null default '',
  add column place bigint not null default 0,
  add column packed text not null default '';
alter table gongshu.public_item alter column tokens drop default;
alter table gongshu.public_item alter column spelling drop default;
comment on column gongshu.public_item.tokens is 'Pairs of characters (=: in name, unit or code), pinyin (~ whole, ^ initials), # facets, $ information items.';
comment on column gongshu.public_item.place is 'Raised with every change: a later change of the same day stands before an earlier one.';
comment on column gongshu.public_item.packed is 'What counting and ordering need of a row, a character each: place in three digits of base 16384 from @, day since 2000, length of the name, facet values; ends in U+0001. A text, because that is what travels fastest.';

-- a search reads a thousand rows to count them: what it does not count lies elsewhere
alter table gongshu.public_item set (toast_tuple_target = 128);
alter table gongshu.public_item
  alter column name set storage main, alter column code set storage main, alter column units set storage main,
  alter column industry set storage main, alter column theme set storage main, alter column packed set storage main,
  alter column spelling set storage main;
-- the tokens are read by nobody but the index
alter table gongshu.public_item alter column tokens set statistics 0;

create function gongshu.place_item() returns trigger language plpgsql set search_path = pg_catalog, gongshu as $$
declare
  facts text[] := array(select substr(t, 2) from unnest(tsvector_to_array(new.tokens)) t where t like '#%');
  signs text;
  known int;
begin
  select coalesce(string_agg(chr(id), ''), ''), count(*) into signs, known from gongshu.public_fact where fact = any (facts) and id < 55000;
  if known < cardinality(facts) then
    perform pg_advisory_xact_lock(hashtext('gongshu.public_fact'));
    insert into gongshu.public_fact (id, fact)
    select (select coalesce(max(id), 32) from gongshu.public_fact) + row_number() over (), f from unnest(facts) f
    where not exists (select from gongshu.public_fact k where k.fact = f);
    select coalesce(string_agg(chr(id), ''), '') into signs from gongshu.public_fact where fact = any (facts) and id < 55000;
  end if;
  -- rows are replaced when they change, and updated only to be indexed anew
  if tg_op = 'INSERT' then new.place := nextval('gongshu.public_item_places'); end if;
  new.packed := chr(64 + (new.place >> 28)::int) || chr(64 + ((new.place >> 14) & 16383)::int) || chr(64 + (new.place & 16383)::int)
    || chr(32 + greatest(0, new.updated - date '2000-01-01')) || chr(32 + least(length(new.name), 200)) || signs || chr(1);
  return new;
end $$;
create trigger place_item before insert or update on gongshu.public_item for each row execute function gongshu.place_item();

create index public_item_tokens on gongshu.public_item using gin (tokens);
-- what has been written and not been sorted into the index is read by every search: 300 rows cost it half a millisecond
alter function gongshu.commit(jsonb, uuid[], text[]) set gin_pending_list_limit = '1MB';
create unique index public_item_place on gongshu.public_item (place);
create index public_item_updated on gongshu.public_item (updated desc, place desc);

/* Packed rows of up to p_most items for each tsquery ('*': of all); and, as number 0, the newest facet value. */
create function gongshu.find_items(p_queries text[], p_most int) returns table (i int, packs text)
language plpgsql stable set search_path = pg_catalog, gongshu set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  wanted text;
begin
  i := 0;
  select max(id)::text into packs from gongshu.public_fact;
  return next;
  foreach wanted in array p_queries loop
    i := i + 1;
    packs := null;
    if wanted = '*' then
      select string_agg(x.packed, '') into packs from (select packed from gongshu.public_item limit p_most) x;
    elsif wanted <> '' then
      select string_agg(x.packed, '') into packs from (select packed from gongshu.public_item where tokens @@ wanted::tsquery limit p_most) x;
    end if;
    return next;
  end loop;
end $$;

/* Writes the search columns of items anew, [{id, tokens, spelling}]: after the words have been cut differently. None: sorts what waits into the index. */
create function gongshu.reindex_items(p_rows jsonb) returns int
language plpgsql security definer set search_path = pg_catalog, gongshu set gin_pending_list_limit = '16MB' as $$
declare
  n int;
begin
  if p_rows = '[]' then return gin_clean_pending_list('gongshu.public_item_tokens'); end if;
  update gongshu.public_item p set tokens = r.tokens, spelling = r.spelling
  from jsonb_to_recordset(p_rows) as r (id uuid, tokens tsvector, spelling text)
  where p.id = r.id;
  get diagnostics n = row_count;
  return n;
end $$;

/* What stands under an id beside its head, but for what the table makes itself. */
create or replace function gongshu.stored_projection(p_id uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, gongshu as $$
declare
  t text;
  r jsonb;
  found_rows jsonb := '{}';
begin
  foreach t in array gongshu.read_models() loop
    execute format('select to_jsonb(x) - ''place'' - ''packed'' from gongshu.%I x where id = $1', t) into r using p_id;
    found_rows := found_rows || jsonb_build_object(t, r);
  end loop;
  return jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(jsonb_build_object('scope', scope, 'key', key)), '[]') from gongshu.claim where stream = p_id),
    'deadlines', (select coalesce(jsonb_agg(jsonb_build_object('act', act, 'day', day, 'kind', kind)), '[]') from gongshu.deadline where stream = p_id),
    'links', (select coalesce(jsonb_object_agg(name, target), '{}') from gongshu.link where source = p_id),
    'rows', found_rows);
end $$;

grant select on gongshu.public_fact to gongshu_app;
revoke all on function gongshu.place_item(), gongshu.find_items(text[], int), gongshu.reindex_items(jsonb) from public;
grant execute on function gongshu.find_items(text[], int), gongshu.reindex_items(jsonb) to gongshu_app;
