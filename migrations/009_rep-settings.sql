-- How and when a rep is reached, who may use the coach, and who was invited from the chat.
alter table users add column language text;
alter table users add column time_zone text not null default 'UTC';
alter table users add column quiet_from integer not null default 21 check (quiet_from between 0 and 23);
alter table users add column quiet_to integer not null default 8 check (quiet_to between 0 and 23);
alter table users add column reminders_enabled boolean not null default true;
alter table users add column access text not null default 'granted' check (access in ('granted', 'revoked'));
alter table users add column reachable boolean not null default true;

create table invitations (
    id uuid primary key,
    username text not null unique,
    invited_by bigint not null,
    created_at timestamptz not null
);
