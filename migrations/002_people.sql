-- Reps and what is remembered of them. Ids and times come from the application on every backend.

create table users (
    id uuid primary key,
    telegram_id bigint not null unique,
    username text,
    first_name text not null,
    provider text not null default 'openrouter' check (provider in ('openrouter', 'anthropic')),
    encrypted_api_key text,
    openrouter_model text not null,
    anthropic_model text not null,
    total_xp integer not null default 0 check (total_xp >= 0),
    current_level integer not null default 1 check (current_level >= 1),
    streak_days integer not null default 0 check (streak_days >= 0),
    last_active_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table user_memory (
    id uuid primary key,
    user_id uuid not null unique references users (id) on delete cascade,
    telegram_id bigint not null unique,
    memory_data jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
