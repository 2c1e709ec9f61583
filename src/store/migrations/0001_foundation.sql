-- The register and everything derived from it. Owner writes; the application role reads under row security and writes
-- only through gongshu.commit(). Times are real instants; days are legal days.

create extension if not exists pg_trgm with schema public;

-- ── the register ──────────────────────────────────────────────────────────────────────────────────────────────

create table gongshu.generation (
  singleton boolean primary key default true check (singleton),
  gen int not null default 1
);
comment on table gongshu.generation is 'Raised by every restore: a restored cluster''s transaction ids restart, so the log''s cursor is (gen, xid, id).';
insert into gongshu.generation default values;

create table gongshu.event (
  id bigint generated always as identity primary key,
  gen int not null,
  xid xid8 not null default pg_current_xact_id(),
  stream uuid not null,
  seq int not null check (seq > 0),
  type text not null,
  v int not null,
  day date not null,
  at timestamptz not null,
  actor text not null,
  org text not null,
  rules text not null,
  request uuid not null,
  body text not null check (octet_length(body) <= 65535),
  constraint event_once unique (stream, seq)
);
comment on table gongshu.event is 'Append-only. body is canonical JSON and is the leaf of the register; the other columns repeat it for queries.';
create index event_cursor on gongshu.event (gen, xid, id);

create table gongshu.sealed (
  stream uuid not null,
  seq int not null,
  fields jsonb not null,
  primary key (stream, seq),
  foreign key (stream, seq) references gongshu.event (stream, seq)
);
comment on table gongshu.sealed is 'Values and salts whose commitments stand in the leaf: {field: [salt hex, value]}. Erasing one leaves null and every proof valid.';

create function gongshu.append_only() returns trigger language plpgsql as $$
begin
  raise exception 'gongshu: % is append-only', regexp_replace(tg_table_name, '_\d+$', '') using errcode = 'insufficient_privilege';
end $$;
create trigger event_append_only before update or delete or truncate on gongshu.event
  for each statement execute function gongshu.append_only();

create sequence gongshu.access_id;
create table gongshu.access (
  id bigint not null default nextval('gongshu.access_id'),
  month int not null,
  gen int not null,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  kind text not null,
  person text not null,
  org text not null,
  subject text not null,
  body text not null check (octet_length(body) <= 65535),
  primary key (id, month)
) partition by list (month);
comment on table gongshu.access is 'Sign-ins, authorization decisions and reads of unpublished data, without the data itself. By month, so that one can be taken off when its term is over.';
create index access_cursor on gongshu.access (gen, xid, id);
create index access_subject on gongshu.access (subject, id desc);
create trigger access_append_only before update or delete on gongshu.access for each row execute function gongshu.append_only();
create trigger access_not_emptied before truncate on gongshu.access for each statement execute function gongshu.append_only();

/* The month (UTC, YYYYMM) that an access entry belongs to, with a partition that takes it. */
create function gongshu.access_month(p_at timestamptz) returns int language plpgsql as $$
declare
  m int := extract(year from p_at at time zone 'UTC') * 100 + extract(month from p_at at time zone 'UTC');
  t text := 'access_' || m;
begin
  if to_regclass('gongshu.' || t) is not null then return m; end if;
  perform pg_advisory_xact_lock(hashtext('gongshu.access'), m);
  if to_regclass('gongshu.' || t) is not null then return m; end if;
  -- attached, not created as a partition: that would wait for every reader and writer of the others
  execute format('create table gongshu.%I (like gongshu.access including defaults including constraints)', t);
  execute format('create trigger access_not_emptied before truncate on gongshu.%I for each statement execute function gongshu.append_only()', t);
  execute format('alter table gongshu.access attach partition gongshu.%I for values in (%s)', t, m);
  return m;
end $$;

create table gongshu.rules (
  hash text primary key,
  division text not null,
  first_used timestamptz not null default now(),
  body jsonb not null
);
comment on table gongshu.rules is 'Resolved rules by hash; a case pins the hash it was opened under.';

-- ── heads and what follows from them ──────────────────────────────────────────────────────────────────────────

create table gongshu.stream (
  id uuid primary key,
  process text not null,
  kind text not null,
  variant text not null,
  state text not null,
  version int not null,
  final boolean not null,
  title text not null,
  division text not null,
  readers text[] not null,
  turn text[] not null,
  due date,
  opened date not null,
  touched timestamptz not null,
  rules text not null,
  snapshot json not null,
  stir bigint not null default 0
);
-- written anew with every act, and handed on as it is: json, because nobody looks into it here; not compressed, which would cost more
-- than all else; set apart, so that it is not in the way of lists
alter table gongshu.stream alter column snapshot set storage external;
comment on column gongshu.stream.stir is 'Counts every change of the case itself and of the cases linked to it: a decision that looked around holds only while nothing around has stirred.';
comment on table gongshu.stream is 'One head per case: fold(events), with the columns that tasks, deadlines and row security read.';
create index stream_turn on gongshu.stream using gin (turn) where not final;
create index stream_readers on gongshu.stream using gin (readers);
create index stream_division on gongshu.stream (division text_pattern_ops, process, touched desc);
create index stream_process on gongshu.stream (process, touched desc, id);

create table gongshu.link (
  source uuid not null references gongshu.stream (id),
  name text not null,
  target uuid not null,
  primary key (source, name)
);
create index link_target on gongshu.link (target);

create table gongshu.claim (
  scope text not null,
  key text not null,
  stream uuid not null,
  primary key (scope, key)
);
comment on table gongshu.claim is 'Uniqueness across cases: not registered twice, coded once, one pending change.';
create index claim_stream on gongshu.claim (stream);

create table gongshu.deadline (
  stream uuid not null,
  act text not null,
  day date not null,
  kind text not null check (kind in ('limit', 'wait', 'remind')),
  fired timestamptz,
  tried int not null default 0,
  primary key (stream, act, day, kind)
);
create index deadline_open on gongshu.deadline (day, stream) where fired is null;

create table gongshu.outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  stream uuid not null,
  payload jsonb not null,
  at timestamptz not null default now(),
  due timestamptz not null default now(),
  lease timestamptz,
  tried int not null default 0,
  failed text,
  done timestamptz
);
create index outbox_open on gongshu.outbox (due) where done is null;

create table gongshu.notice (
  id bigint generated always as identity primary key,
  principal text not null,
  stream uuid not null,
  term text not null,
  title text not null,
  day date not null,
  at timestamptz not null,
  urgent boolean not null default false,
  seen timestamptz
);
comment on table gongshu.notice is 'In-app notifications to an organisation, or to a person acting for themselves.';
create index notice_principal on gongshu.notice (principal, id desc);

create table gongshu.request (
  key uuid primary key,
  person text not null,
  digest text not null,
  reply jsonb not null,
  at timestamptz not null default now()
);
comment on table gongshu.request is 'Idempotency: the answer already given to a key.';

create table gongshu.draft (
  stream uuid primary key,
  rev int not null,
  content jsonb not null,
  at timestamptz not null default now()
);

create table gongshu.file (
  id uuid primary key,
  owner text not null,
  name text not null,
  mime text not null,
  size bigint not null,
  sha256 text not null,
  sm3 text not null,
  key text not null,
  person text not null,
  at timestamptz not null default now()
);

-- ── published: only columns the law makes public; no row policy ──────────────────────────────────────────────

create table gongshu.public_record (
  id uuid primary key,
  code text not null unique,
  local_code text not null,
  object text not null,
  name text not null,
  summary text not null,
  holder text not null,
  holder_uscc text not null,
  registrar text not null,
  division text not null,
  detail jsonb not null,
  valid_from date not null,
  valid_to date not null,
  state text not null,
  version int not null,
  demo boolean not null,
  certificate jsonb,
  updated date not null
);
create index public_record_name on gongshu.public_record using gin (name gin_trgm_ops);
create index public_record_text on gongshu.public_record using gin ((name || ' ' || holder || ' ' || summary) gin_trgm_ops);

create table gongshu.public_notice (
  id uuid primary key,
  holder text not null,
  kind text not null,
  object text not null,
  name text not null,
  summary text not null,
  registrar text not null,
  contact text not null,
  division text not null,
  notice_from date not null,
  notice_to date not null,
  state text not null
);
create table gongshu.public_announcement (
  id uuid primary key,
  record uuid not null,
  code text not null,
  name text not null,
  holder text not null,
  registrar text not null,
  division text not null,
  term text not null,
  body text not null,
  announced date not null
);

-- ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

create table gongshu.organisation (
  id uuid primary key,
  name text not null,
  uscc text not null,
  form text not null,
  division text not null,
  parent uuid,
  roles text[] not null,
  detail jsonb not null
);
create index organisation_name on gongshu.organisation using gin (name gin_trgm_ops);
create unique index organisation_uscc on gongshu.organisation (uscc) where uscc <> '';

create table gongshu.person (
  id uuid primary key,
  name text not null,
  real_name boolean not null,
  active boolean not null
);
create table gongshu.membership (
  id uuid primary key,
  person uuid not null,
  org uuid not null,
  duties text[] not null,
  unique (person, org)
);

create table gongshu.credential (
  person uuid primary key,
  login text not null unique,
  password text not null,
  totp text,
  totp_last bigint not null default 0,
  failures int not null default 0,
  locked_until timestamptz
);
comment on table gongshu.credential is 'Secrets: never read by the application role except through sign-in functions.';

create table gongshu.session (
  token bytea primary key,
  person uuid not null,
  org text not null,
  opened timestamptz not null default now(),
  seen timestamptz not null default now(),
  strong boolean not null default false,
  demo boolean not null default false
);
comment on table gongshu.session is 'Opaque sign-in tokens by SHA-256. org is what the person acts for: an organisation, or their own id.';
create index session_person on gongshu.session (person);

create table gongshu.invitation (
  token bytea primary key,
  membership uuid not null,
  person uuid not null,
  expires timestamptz not null,
  used timestamptz
);

create table gongshu.clock (
  singleton boolean primary key default true check (singleton),
  day date,
  demo boolean not null default false
);
comment on table gongshu.clock is 'The legal clock. day is set in demo databases only and moves forward only.';
insert into gongshu.clock default values;
