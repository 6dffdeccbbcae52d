-- A rep sees their own badges; the drills made for the team are handed out by the server alone.
revoke all on badges, generated_scenarios from anon, authenticated;
alter table badges enable row level security;
alter table generated_scenarios enable row level security;
grant select on badges to authenticated;

create policy badges_own_select on badges for select to authenticated using (user_id = (select auth.uid()));
