-- What model calls used: one row per UTC day, rep, agent and model. Rows are written whole, each newer than the last.

create table model_usage (
    id uuid primary key,
    day text not null,
    telegram_id bigint not null,
    agent text not null,
    provider text not null check (provider in ('openrouter', 'anthropic')),
    model text not null,
    paid_by text not null check (paid_by in ('team', 'rep')),
    requests integer not null default 0 check (requests >= 0),
    answers integer not null default 0 check (answers >= 0),
    unpriced integer not null default 0 check (unpriced >= 0),
    input_tokens bigint not null default 0 check (input_tokens >= 0),
    output_tokens bigint not null default 0 check (output_tokens >= 0),
    cached_tokens bigint not null default 0 check (cached_tokens >= 0),
    cost_usd double precision not null default 0 check (cost_usd >= 0),
    updated_at timestamptz not null
);
create index model_usage_by_rep on model_usage (telegram_id, day desc);
create index model_usage_by_day on model_usage (day desc);
