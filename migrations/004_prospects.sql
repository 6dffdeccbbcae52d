-- Prospects: the sessions they were worked in, the leads they became, what happened to them, and the casebook.

create table support_sessions (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    input_text text not null,
    output_json jsonb not null,
    provider_used text not null,
    created_at timestamptz not null
);
create index support_sessions_by_user on support_sessions (user_id, created_at desc);

create table lead_registry (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    telegram_id bigint not null,
    prospect_name text,
    prospect_first_name text,
    prospect_last_name text,
    prospect_title text,
    prospect_company text,
    prospect_geography text,
    photo_url text,
    photo_key text,
    prospect_analysis text,
    closing_strategy text,
    engagement_tactics text,
    draft_response text,
    status text not null default 'analyzed' check (
        status in ('analyzed', 'reached_out', 'meeting_booked', 'in_progress', 'closed_won', 'closed_lost')
    ),
    notes text,
    input_type text not null default 'text' check (input_type in ('text', 'photo', 'voice')),
    original_context text,
    web_research text,
    engagement_plan jsonb,
    last_contacted timestamptz,
    next_followup timestamptz,
    followup_count integer not null default 0 check (followup_count >= 0),
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index lead_registry_by_user on lead_registry (user_id, created_at desc);
create index lead_registry_due on lead_registry (next_followup) where next_followup is not null;

create table lead_activity_log (
    id uuid primary key,
    lead_id uuid not null references lead_registry (id) on delete cascade,
    telegram_id bigint not null,
    activity_type text not null,
    content text,
    ai_response text,
    created_at timestamptz not null
);
create index lead_activity_log_by_lead on lead_activity_log (lead_id, created_at desc);

create table casebook (
    id uuid primary key,
    persona_type text not null,
    scenario_type text not null,
    industry text,
    seniority text,
    prospect_analysis text,
    closing_strategy text,
    engagement_tactics text,
    draft_response text,
    playbook_references text,
    quality_score double precision check (quality_score between 0 and 1),
    user_accepted_first_draft boolean not null default false,
    user_feedback text,
    created_from_user bigint references users (telegram_id) on delete set null,
    created_at timestamptz not null
);
create index casebook_by_persona on casebook (persona_type, scenario_type, quality_score desc);
create index casebook_by_author on casebook (created_from_user);
