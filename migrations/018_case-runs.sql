-- The run that a worked prospect came from, and when an admin took a made drill out of the pool.
alter table support_sessions add column run_id text;
alter table generated_scenarios add column retired_at timestamptz;
