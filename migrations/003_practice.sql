-- Lessons and drills: what was tried, how far a rep is, and what they have seen.

create table attempts (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    scenario_id text not null,
    mode text not null check (mode in ('learn', 'train')),
    score integer not null check (score between 0 and 100),
    user_response text,
    feedback_json jsonb not null,
    xp_earned integer not null default 0 check (xp_earned >= 0),
    created_at timestamptz not null
);
create index attempts_by_user on attempts (user_id, created_at desc);
create index attempts_by_scenario on attempts (scenario_id, created_at desc);

create table track_progress (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    track_id text not null,
    level_id text not null,
    status text not null default 'locked' check (status in ('locked', 'unlocked', 'in_progress', 'completed')),
    best_score integer not null default 0 check (best_score between 0 and 100),
    attempts_count integer not null default 0 check (attempts_count >= 0),
    completed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (user_id, track_id, level_id)
);

create table scenarios_seen (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    scenario_id text not null,
    seen_at timestamptz not null,
    unique (user_id, scenario_id)
);
