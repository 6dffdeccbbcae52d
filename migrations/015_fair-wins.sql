-- Which wins earned points, kept apart from the leads so that deleting one forgets no reward; and the model that an
-- admin chose for an agent.
create table win_rewards (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    lead_id uuid not null,
    person text not null,
    created_at timestamptz not null,
    unique (user_id, person)
);

create table agent_models (
    id uuid primary key,
    agent text not null unique,
    model text not null,
    chosen_by bigint not null,
    created_at timestamptz not null
);
