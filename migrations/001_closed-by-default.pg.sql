-- Tables to come are closed until a later migration opens them. InsForge would grant every verb on each new table to
-- `anon` and `authenticated`, so without this a table would stand open between its own migration and the last one.

alter default privileges in schema public revoke all on tables from anon, authenticated;
