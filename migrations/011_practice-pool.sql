-- Badges with the day they were earned, drills that were made for the team, and when a rep saw a model answer.
alter table scenarios_seen add column ideal_seen_at timestamptz;

create table badges (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    badge text not null,
    created_at timestamptz not null,
    unique (user_id, badge)
);

create table generated_scenarios (
    id uuid primary key,
    scenario_id text not null unique,
    category text not null,
    difficulty integer not null check (difficulty between 1 and 3),
    persona jsonb not null,
    situation text not null,
    ideal_response text not null,
    common_mistakes jsonb not null,
    scoring_rubric jsonb not null,
    source_type text not null check (source_type in ('hybrid', 'knowledge_based')),
    source_casebook_ids jsonb not null,
    created_at timestamptz not null
);
create index generated_scenarios_by_difficulty on generated_scenarios (difficulty, created_at desc);
