-- Cosignatures of the transparency logs' checkpoints: what other parties have signed after checking that the log only grew.

create table gongshu.cosignature (
  log text not null references gongshu.log (name),
  size bigint not null,
  witness text not null,
  line text not null check (line ~ '^— [^\n]+\n$'),
  at timestamptz not null default now(),
  primary key (log, size, witness)
);
comment on table gongshu.cosignature is 'witness is its verifier key; line is its signature line with the newline, as it goes under the note.';
create trigger cosignature_append_only before update or delete or truncate on gongshu.cosignature
  for each statement execute function gongshu.append_only();

create table gongshu.witness_seen (
  log text not null references gongshu.log (name),
  witness text not null,
  size bigint not null default 0,
  at timestamptz,
  tried timestamptz not null default now(),
  failed text,
  alarm boolean not null default false,
  primary key (log, witness)
);
comment on table gongshu.witness_seen is
  'How it stands between a log and a witness: size and at of the last cosignature, what went wrong since. alarm: the witness remembers what this log is not.';

create table gongshu.witness_policy (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  text text not null
);
comment on table gongshu.witness_policy is 'The policies (C2SP tlog-policy) under which cosignatures were asked for, in order; the last one is in force.';
create trigger witness_policy_append_only before update or delete or truncate on gongshu.witness_policy
  for each statement execute function gongshu.append_only();

/* Takes a policy into force, unless it is. How it stands with witnesses that it does not name is no longer anyone's concern. */
create function gongshu.witness_follow(p_text text, p_witnesses text[]) returns void
language plpgsql security definer set search_path = pg_catalog, gongshu as $$
begin
  perform pg_advisory_xact_lock(hashtext('gongshu.witness_policy'));
  if p_text is distinct from (select text from gongshu.witness_policy order by id desc limit 1) then
    insert into gongshu.witness_policy (text) values (p_text);
  end if;
  delete from gongshu.witness_seen where witness <> all (p_witnesses);
end $$;

create function gongshu.witness_cosigned(p_log text, p_size bigint, p_witness text, p_line text) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.cosignature (log, size, witness, line)
  select log, size, p_witness, p_line from gongshu.checkpoint where log = p_log and size = p_size and note is not null on conflict do nothing;
  insert into gongshu.witness_seen as s (log, witness, size, at) values (p_log, p_witness, p_size, now())
  on conflict (log, witness) do update set size = greatest(s.size, excluded.size), at = now(), tried = now(), failed = null, alarm = false;
$$;

/* An alarm stays until the witness cosigns again: that it cannot be reached afterwards is no comfort. */
create function gongshu.witness_failed(p_log text, p_witness text, p_failed text, p_alarm boolean) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  insert into gongshu.witness_seen as s (log, witness, failed, alarm) values (p_log, p_witness, p_failed, p_alarm)
  on conflict (log, witness) do update set tried = now(), alarm = s.alarm or p_alarm,
    failed = case when s.alarm and not p_alarm then s.failed else p_failed end;
$$;

grant select on gongshu.cosignature, gongshu.witness_seen, gongshu.witness_policy to gongshu_app, gongshu_log;
revoke all on function gongshu.witness_follow(text, text[]), gongshu.witness_cosigned(text, bigint, text, text),
  gongshu.witness_failed(text, text, text, boolean) from public;
grant execute on function gongshu.witness_follow(text, text[]), gongshu.witness_cosigned(text, bigint, text, text),
  gongshu.witness_failed(text, text, text, boolean) to gongshu_log;
