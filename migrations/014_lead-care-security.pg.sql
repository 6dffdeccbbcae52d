-- A rep sees the earlier versions of their own leads; the server writes them.
revoke all on lead_versions from anon, authenticated;
alter table lead_versions enable row level security;
grant select (digested_at) on users to authenticated;
grant select on lead_versions to authenticated;

create policy lead_versions_own_select on lead_versions for select to authenticated
using (user_id = (select auth.uid()));
