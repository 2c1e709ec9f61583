-- Sign-in, invitations and names. Secrets stay on this side: the application role sees hashes only while checking a password.

create function gongshu.credential_of(p_login text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('person', c.person, 'password', c.password, 'totp', c.totp, 'totpLast', c.totp_last,
    'locked', c.locked_until > now(), 'lockedUntil', c.locked_until,
    'orgs', (select coalesce(jsonb_agg(jsonb_build_object('org', m.org, 'name', o.name, 'duties', to_jsonb(m.duties)) order by o.name), '[]')
             from gongshu.membership m join gongshu.organisation o on o.id = m.org where m.person = c.person))
  from gongshu.credential c join gongshu.person p on p.id = c.person and p.active where c.login = lower(p_login)
$$;

/* Counts a failed try and locks after p_most of them; a success clears the count. A one-time code is accepted once. */
create function gongshu.tried(p_person uuid, p_ok boolean, p_most int, p_lock interval, p_totp bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  if p_ok then
    update gongshu.credential set failures = 0, locked_until = null, totp_last = greatest(totp_last, coalesce(p_totp, 0))
    where person = p_person and (p_totp is null or totp_last < p_totp)
      -- many tries at once were all let through before any of them was counted
      and coalesce(locked_until <= now(), true);
    return found;
  end if;
  update gongshu.credential set failures = failures + 1,
    locked_until = case when failures + 1 >= p_most then now() + p_lock else locked_until end
  where person = p_person;
  return true;
end $$;

create function gongshu.open_session(p_token bytea, p_person uuid, p_org text, p_strong boolean, p_demo boolean) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.session (token, person, org, strong, demo)
  select p_token, p_person, p_org, p_strong, p_demo
  where p_org = p_person::text or exists (select 1 from gongshu.membership where person = p_person and org::text = p_org)
$$;
create function gongshu.act_for(p_token bytea, p_org text) returns boolean
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  update gongshu.session s set org = p_org where token = p_token
    and (p_org = s.person::text or exists (select 1 from gongshu.membership m where m.person = s.person and m.org::text = p_org));
  return found;
end $$;
create function gongshu.close_session(p_token bytea) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$ delete from gongshu.session where token = p_token $$;

/* False when the login belongs to someone else, be that person active or not. */
create function gongshu.set_credential(p_person uuid, p_login text, p_password text) returns boolean
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  insert into gongshu.credential (person, login, password) values (p_person, lower(p_login), p_password)
  on conflict (person) do update set login = excluded.login, password = excluded.password, failures = 0, locked_until = null;
  return true;
exception when unique_violation then
  return false;
end $$;
create function gongshu.set_totp(p_person uuid, p_secret text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$ update gongshu.credential set totp = p_secret, totp_last = 0 where person = p_person $$;

create function gongshu.invite(p_token bytea, p_membership uuid, p_person uuid, p_expires timestamptz) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  delete from gongshu.invitation where membership = p_membership and used is null;
  insert into gongshu.invitation (token, membership, person, expires) values (p_token, p_membership, p_person, p_expires)
$$;
create function gongshu.invitation_of(p_token bytea) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('person', i.person, 'name', p.name, 'org', o.name, 'duties', to_jsonb(m.duties), 'hasLogin', exists (select 1 from gongshu.credential c where c.person = i.person))
  from gongshu.invitation i join gongshu.person p on p.id = i.person left join gongshu.membership m on m.id = i.membership left join gongshu.organisation o on o.id = m.org
  where i.token = p_token and i.used is null and i.expires > now()
$$;
/* Spends an invitation on a login: ok, used, or taken, and then the invitation is as good as before. */
create function gongshu.accept_invitation(p_token bytea, p_login text, p_password text) returns text
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
declare
  p uuid;
begin
  update gongshu.invitation set used = now() where token = p_token and used is null and expires > now() returning person into p;
  if not found then return 'used'; end if;
  if not gongshu.set_credential(p, p_login, p_password) then raise exception 'taken' using errcode = 'GS003'; end if;
  return 'ok';
exception when sqlstate 'GS003' then
  return 'taken';
end $$;

/* Names of persons, for people who may see the case they acted in. */
create function gongshu.names(p_persons text[]) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_object_agg(id, name), '{}') from gongshu.person where id::text = any (p_persons)
$$;
create function gongshu.people_of(p_org uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_agg(jsonb_build_object('membership', m.id, 'person', p.id, 'name', p.name, 'realName', p.real_name, 'active', p.active,
    'duties', to_jsonb(m.duties), 'login', c.login, 'totp', c.totp is not null, 'locked', coalesce(c.locked_until > now(), false)) order by p.name), '[]')
  from gongshu.membership m join gongshu.person p on p.id = m.person left join gongshu.credential c on c.person = p.id where m.org = p_org
$$;

/* Claims due work: one claimant at a time, the lease ends by itself if the claimant dies. */
create function gongshu.lease_outbox(p_most int, p_lease interval) returns jsonb
language sql security definer set search_path = pg_catalog, gongshu as $$
  with due as (
    select id from gongshu.outbox where done is null and due <= now() and (lease is null or lease < now()) and tried < 12
    order by id limit p_most for update skip locked
  ), taken as (
    update gongshu.outbox o set lease = now() + p_lease, tried = tried + 1 from due where o.id = due.id returning o.*
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', id, 'topic', topic, 'stream', stream, 'payload', payload, 'tried', tried) order by id), '[]') from taken
$$;
create function gongshu.failed_outbox(p_id bigint, p_why text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  update gongshu.outbox set lease = null, failed = left(p_why, 2000), due = now() + least(interval '1 second' * power(2, tried), interval '1 hour') where id = p_id
$$;
/* Deadlines whose day has come: a limit or wait is over when its last day is past, a reminder on its day. */
create function gongshu.due_deadlines(p_day date, p_most int) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_agg(to_jsonb(d)), '[]') from (
    select stream, act, day, kind from gongshu.deadline
    where fired is null and (day < p_day or (kind = 'remind' and day <= p_day)) order by day, stream limit p_most
  ) d
$$;
create function gongshu.next_deadline(p_after date) returns date
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select min(case when kind = 'remind' then day else day + 1 end) from gongshu.deadline where fired is null and (case when kind = 'remind' then day else day + 1 end) > p_after
$$;

/* The simulated legal clock of a demo database: forward only, and only there. */
create function gongshu.set_day(p_day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  update gongshu.clock set day = p_day where demo and (day is null or day <= p_day);
  return found;
end $$;

revoke all on function gongshu.credential_of(text), gongshu.tried(uuid, boolean, int, interval, bigint), gongshu.open_session(bytea, uuid, text, boolean, boolean),
  gongshu.act_for(bytea, text), gongshu.close_session(bytea), gongshu.set_credential(uuid, text, text), gongshu.set_totp(uuid, text),
  gongshu.invite(bytea, uuid, uuid, timestamptz), gongshu.invitation_of(bytea), gongshu.accept_invitation(bytea, text, text), gongshu.names(text[]),
  gongshu.people_of(uuid), gongshu.lease_outbox(int, interval), gongshu.failed_outbox(bigint, text), gongshu.due_deadlines(date, int),
  gongshu.next_deadline(date), gongshu.set_day(date) from public;
grant execute on function gongshu.credential_of(text), gongshu.tried(uuid, boolean, int, interval, bigint), gongshu.open_session(bytea, uuid, text, boolean, boolean),
  gongshu.act_for(bytea, text), gongshu.close_session(bytea), gongshu.set_credential(uuid, text, text), gongshu.set_totp(uuid, text),
  gongshu.invite(bytea, uuid, uuid, timestamptz), gongshu.invitation_of(bytea), gongshu.accept_invitation(bytea, text, text), gongshu.names(text[]),
  gongshu.people_of(uuid), gongshu.lease_outbox(int, interval), gongshu.failed_outbox(bigint, text), gongshu.due_deadlines(date, int),
  gongshu.next_deadline(date), gongshu.set_day(date) to gongshu_app;

create function gongshu.files_by_id(p_ids uuid[]) returns setof gongshu.file
language sql stable security definer set search_path = pg_catalog, gongshu as $$ select * from gongshu.file where id = any (p_ids) $$;
create function gongshu.see_notices(p_principal text, p_up_to bigint) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  update gongshu.notice set seen = now() where principal = p_principal and id <= p_up_to and seen is null
$$;
create function gongshu.my_orgs(p_person uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('totp', exists (select 1 from gongshu.credential where person = p_person and totp is not null),
    'orgs', (select coalesce(jsonb_agg(jsonb_build_object('org', m.org, 'name', o.name, 'duties', to_jsonb(m.duties)) order by o.name), '[]')
             from gongshu.membership m join gongshu.organisation o on o.id = m.org where m.person = p_person))
$$;
/* Roles to try in a demo database; empty anywhere else. */
create function gongshu.personas() returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_agg(jsonb_build_object('person', p.id, 'org', coalesce(m.org, p.id), 'name', p.name, 'orgName', coalesce(o.name, '本人'),
    'duties', to_jsonb(coalesce(m.duties, '{}')), 'roles', to_jsonb(coalesce(o.roles, '{}'))) order by o.division, o.name, p.id), '[]')
  from gongshu.person p left join gongshu.membership m on m.person = p.id left join gongshu.organisation o on o.id = m.org
  where p.active and (select demo from gongshu.clock)
$$;
/* A certificate by the digest of its PDF, current or earlier: every issue is an event of its record. */
create table gongshu.certificate (
  sha256 text primary key,
  record uuid not null,
  version int not null
);
create function gongshu.certificate_of(p_sha256 text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object('record', record, 'version', version) from gongshu.certificate where sha256 = p_sha256
$$;
create function gongshu.keep_certificate() returns trigger language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  if new.certificate is not null then
    insert into gongshu.certificate (sha256, record, version) values (new.certificate ->> 'sha256', new.id, new.version) on conflict do nothing;
  end if;
  return new;
end $$;
create trigger keep_certificate after insert on gongshu.public_record for each row execute function gongshu.keep_certificate();

revoke all on function gongshu.files_by_id(uuid[]), gongshu.see_notices(text, bigint), gongshu.my_orgs(uuid), gongshu.personas(), gongshu.certificate_of(text), gongshu.keep_certificate() from public;
grant execute on function gongshu.files_by_id(uuid[]), gongshu.see_notices(text, bigint), gongshu.my_orgs(uuid), gongshu.personas(), gongshu.certificate_of(text) to gongshu_app;

/* Which cases hold these claims: how an import recognises what it has brought before. */
create function gongshu.claimed(p_scope text, p_keys text[]) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_object_agg(key, stream), '{}') from gongshu.claim where scope = p_scope and key = any (p_keys)
$$;
create sequence gongshu.demo_code;
create function gongshu.next_demo_code() returns bigint
language sql security definer set search_path = pg_catalog, gongshu as $$ select nextval('gongshu.demo_code') where (select demo from gongshu.clock) $$;
revoke all on function gongshu.claimed(text, text[]), gongshu.next_demo_code() from public;
grant execute on function gongshu.claimed(text, text[]), gongshu.next_demo_code() to gongshu_app;

/* Makes a new, empty database a demo database for good. Refuses one that already holds anything. */
create function gongshu.make_demo(p_day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  if exists (select 1 from gongshu.event) then return false; end if;
  update gongshu.clock set demo = true, day = p_day;
  return true;
end $$;
revoke all on function gongshu.make_demo(date) from public;
grant execute on function gongshu.make_demo(date) to gongshu_app;

create function gongshu.stored_projection(p_id uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object(
    'claims', (select coalesce(jsonb_agg(jsonb_build_object('scope', scope, 'key', key)), '[]') from gongshu.claim where stream = p_id),
    'deadlines', (select coalesce(jsonb_agg(jsonb_build_object('act', act, 'day', day, 'kind', kind)), '[]') from gongshu.deadline where stream = p_id),
    'links', (select coalesce(jsonb_object_agg(name, target), '{}') from gongshu.link where source = p_id),
    'rows', jsonb_build_object(
      'public_record', (select to_jsonb(t) from gongshu.public_record t where id = p_id),
      'public_notice', (select to_jsonb(t) from gongshu.public_notice t where id = p_id),
      'public_announcement', (select to_jsonb(t) from gongshu.public_announcement t where id = p_id),
      'organisation', (select to_jsonb(t) from gongshu.organisation t where id = p_id),
      'person', (select to_jsonb(t) from gongshu.person t where id = p_id),
      'membership', (select to_jsonb(t) from gongshu.membership t where id = p_id)))
$$;
revoke all on function gongshu.stored_projection(uuid) from public;
grant execute on function gongshu.stored_projection(uuid) to gongshu_app;

/* Every id that anything stands under, in order: also rows that no event accounts for. */
create function gongshu.case_ids(p_after uuid, p_most int) returns setof uuid
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select id from (
    (select id from gongshu.stream where id > p_after order by id limit p_most)
    union (select distinct stream from gongshu.event where stream > p_after order by stream limit p_most)
    union (select id from gongshu.public_record where id > p_after order by id limit p_most)
    union (select id from gongshu.public_notice where id > p_after order by id limit p_most)
    union (select id from gongshu.public_announcement where id > p_after order by id limit p_most)
    union (select id from gongshu.organisation where id > p_after order by id limit p_most)
    union (select id from gongshu.person where id > p_after order by id limit p_most)
    union (select id from gongshu.membership where id > p_after order by id limit p_most)
    union (select distinct stream from gongshu.claim where stream > p_after order by stream limit p_most)
    union (select distinct stream from gongshu.deadline where stream > p_after order by stream limit p_most)
    union (select distinct source from gongshu.link where source > p_after order by source limit p_most)) t
  order by id limit p_most
$$;
revoke all on function gongshu.case_ids(uuid, int) from public;
grant execute on function gongshu.case_ids(uuid, int) to gongshu_app;

/* Rules that open cases are pinned to, and those cases: for carrying them over when newer rules say so. */
create function gongshu.pinned_rules() returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_agg(jsonb_build_object('hash', h.hash, 'division', r.division)), '[]')
  from (select distinct rules as hash from gongshu.stream where not final) h join gongshu.rules r using (hash)
$$;
create function gongshu.pinned_cases(p_hash text) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select coalesce(jsonb_agg(id), '[]') from gongshu.stream where not final and rules = p_hash
$$;
revoke all on function gongshu.pinned_rules(), gongshu.pinned_cases(text) from public;
grant execute on function gongshu.pinned_rules(), gongshu.pinned_cases(text) to gongshu_app;

create function gongshu.backlog(p_day date) returns jsonb
language sql stable security definer set search_path = pg_catalog, gongshu as $$
  select jsonb_build_object(
    'outbox', (select count(*) from gongshu.outbox where done is null and due <= now()),
    'failed', (select count(*) from gongshu.outbox where done is null and failed is not null),
    'deadlines', (select count(*) from gongshu.deadline where fired is null and (day < p_day or (kind = 'remind' and day <= p_day))))
$$;
revoke all on function gongshu.backlog(date) from public;
grant execute on function gongshu.backlog(date) to gongshu_app;
