-- Drafts of plans, and hearings of the public.

drop policy readers on gongshu.draft;
-- a draft is its author's own: who decides about it and who supervises does not look over the shoulder
create policy readers on gongshu.draft for select to gongshu_app using (
  exists (select 1 from gongshu.stream s where s.id = stream and
    s.snapshot -> 'seats' ->> (case s.process when 'plan' then 'author' else 'applicant' end) = (select gongshu.viewer_org()))
);

create table gongshu.public_consultation (
  id uuid primary key,
  kind text not null,
  title text not null,
  author text not null,
  division text not null,
  comment_from date not null,
  comment_to date not null,
  state text not null,
  detail jsonb not null,
  results jsonb
);
comment on table gongshu.public_consultation is 'Read model: drafts on which the public is heard, and what came of it: publishable columns only.';
create index public_consultation_from on gongshu.public_consultation (comment_from, id);
grant select on gongshu.public_consultation to gongshu_app;
