-- A rep sees what their own calls used; only the server writes.

revoke all on model_usage from anon, authenticated;
alter table model_usage enable row level security;
grant select on model_usage to authenticated;

create policy model_usage_own_select on model_usage for select to authenticated
using (telegram_id = (select telegram_id from users where id = (select auth.uid())));
