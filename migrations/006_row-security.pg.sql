-- Who may see what, on PostgreSQL. The server acts with a key that bypasses row security and never leaves it; a rep
-- acts as `authenticated` and reaches their own rows; `anon` reaches nothing.

revoke all on
    users, user_memory, attempts, track_progress, scenarios_seen, support_sessions, lead_registry, lead_activity_log,
    casebook, pipeline_traces, pipeline_spans
from anon, authenticated;

alter table users enable row level security;
alter table user_memory enable row level security;
alter table attempts enable row level security;
alter table track_progress enable row level security;
alter table scenarios_seen enable row level security;
alter table support_sessions enable row level security;
alter table lead_registry enable row level security;
alter table lead_activity_log enable row level security;
alter table casebook enable row level security;
alter table pipeline_traces enable row level security;
alter table pipeline_spans enable row level security;

-- A rep never reads the sealed key back, not even their own.
grant select (
    id, telegram_id, username, first_name, provider, openrouter_model, anthropic_model, total_xp, current_level,
    streak_days, last_active_at, created_at, updated_at
) on users to authenticated;
grant select on
    user_memory, attempts, track_progress, scenarios_seen, support_sessions, lead_registry, lead_activity_log, casebook
to authenticated;
grant insert on attempts, scenarios_seen, support_sessions, lead_registry, lead_activity_log to authenticated;
grant update on user_memory, track_progress, lead_registry to authenticated;

create policy users_own_select on users for select to authenticated using (id = (select auth.uid()));

create policy user_memory_own_select on user_memory for select to authenticated
using (user_id = (select auth.uid()));
create policy user_memory_own_update on user_memory for update to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy attempts_own_select on attempts for select to authenticated using (user_id = (select auth.uid()));
create policy attempts_own_insert on attempts for insert to authenticated with check (user_id = (select auth.uid()));

create policy track_progress_own_select on track_progress for select to authenticated
using (user_id = (select auth.uid()));
create policy track_progress_own_update on track_progress for update to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy scenarios_seen_own_select on scenarios_seen for select to authenticated
using (user_id = (select auth.uid()));
create policy scenarios_seen_own_insert on scenarios_seen for insert to authenticated
with check (user_id = (select auth.uid()));

create policy support_sessions_own_select on support_sessions for select to authenticated
using (user_id = (select auth.uid()));
create policy support_sessions_own_insert on support_sessions for insert to authenticated
with check (user_id = (select auth.uid()));

create policy lead_registry_own_select on lead_registry for select to authenticated
using (user_id = (select auth.uid()));
create policy lead_registry_own_insert on lead_registry for insert to authenticated
with check (user_id = (select auth.uid()));
create policy lead_registry_own_update on lead_registry for update to authenticated
using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy lead_activity_log_own_select on lead_activity_log for select to authenticated
using (lead_id in (select id from lead_registry where user_id = (select auth.uid())));
create policy lead_activity_log_own_insert on lead_activity_log for insert to authenticated
with check (lead_id in (select id from lead_registry where user_id = (select auth.uid())));

-- The server shares cases across the team, without the prospects' names; a rep alone sees their own.
create policy casebook_own_select on casebook for select to authenticated
using (created_from_user = (select telegram_id from users where id = (select auth.uid())));
