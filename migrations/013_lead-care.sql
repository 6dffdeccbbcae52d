-- What became of a lead and when that was rewarded, its earlier analyses and research, and the day of a rep's last digest.
alter table lead_registry add column outcome text;
alter table lead_registry add column rewarded_at timestamptz;
alter table users add column digested_at timestamptz;

create table lead_versions (
    id uuid primary key,
    lead_id uuid not null references lead_registry (id) on delete cascade,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    kind text not null check (kind in ('analysis', 'research')),
    content jsonb not null,
    created_at timestamptz not null
);
create index lead_versions_by_lead on lead_versions (lead_id, created_at desc);
create index lead_versions_by_user on lead_versions (user_id);
