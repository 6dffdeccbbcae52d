-- What InsForge has and a plain PostgreSQL lacks, so that the same migrations and policies run on both: its roles, and
-- the functions that read who is asking. May be run again. PostgREST logs in as `authenticator`, which gets its
-- password (`alter role authenticator password '...'`) from the operator and from no file.

do $$
declare
    missing text;
begin
    for missing in
        select format('create role %I %s', role, options) from (
            values ('anon', 'nologin'),
                   ('authenticated', 'nologin'),
                   ('project_admin', 'nologin bypassrls'),
                   ('authenticator', 'login noinherit')
        ) as wanted (role, options)
        where not exists (select from pg_roles where rolname = role)
    loop
        begin
            execute missing;
        exception when duplicate_object or unique_violation then
            null;  -- somebody bootstraps another database of this server at the same time
        end;
    end loop;
end
$$;
grant anon, authenticated, project_admin to authenticator;
grant project_admin to current_user;

revoke create on schema public from public;
grant usage on schema public to anon, authenticated;
grant usage, create on schema public to project_admin;

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, project_admin;

create or replace function auth.jwt() returns jsonb language sql stable set search_path = pg_catalog
as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;

create or replace function auth.uid() returns uuid language sql stable set search_path = pg_catalog
as $$ select (auth.jwt() ->> 'sub')::uuid $$;

create or replace function auth.role() returns text language sql stable set search_path = pg_catalog
as $$ select auth.jwt() ->> 'role' $$;

create or replace function auth.email() returns text language sql stable set search_path = pg_catalog
as $$ select auth.jwt() ->> 'email' $$;
