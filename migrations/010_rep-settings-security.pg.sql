-- A rep sees their own settings; invitations are the server's business alone.
revoke all on invitations from anon, authenticated;
alter table invitations enable row level security;
grant select (language, time_zone, quiet_from, quiet_to, reminders_enabled, access, reachable) on users to authenticated;
