-- A rep sees their own rewards; the models of agents are the server's business alone.
revoke all on win_rewards, agent_models from anon, authenticated;
alter table win_rewards enable row level security;
alter table agent_models enable row level security;
grant select on win_rewards to authenticated;

create policy win_rewards_own_select on win_rewards for select to authenticated
using (user_id = (select auth.uid()));
