-- The screenshot that shows a step of a lead's plan done: which step, and where the picture is kept.
alter table lead_activity_log add column step text;
alter table lead_activity_log add column upload text;
