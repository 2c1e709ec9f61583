-- Acts by time, for evidence bundles: written in the order of time, so that a summary of each range of pages is enough.
create index event_at on gongshu.event using brin (at);

/* A job that waits for something else is asked again in a second, and has not been tried. */
create function gongshu.later_outbox(p_id bigint) returns void
language sql security definer set search_path = pg_catalog, gongshu as $$
  update gongshu.outbox set lease = null, tried = tried - 1, due = now() + interval '1 second' where id = p_id
$$;
revoke all on function gongshu.later_outbox(bigint) from public;
grant execute on function gongshu.later_outbox(bigint) to gongshu_app;
