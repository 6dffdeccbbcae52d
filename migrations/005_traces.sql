-- Traces: one per pipeline run, a span per agent and model call. A span is written when it ends, which is before its
-- trace does, and a background span may end after it; so a span names its trace without a foreign key.

create table pipeline_traces (
    id uuid primary key,
    trace_id uuid not null unique,
    pipeline_name text not null,
    telegram_id bigint,
    user_id uuid references users (id) on delete cascade,
    start_time timestamptz not null,
    end_time timestamptz,
    duration_ms double precision check (duration_ms >= 0),
    success boolean not null default true,
    error text,
    created_at timestamptz not null
);
create index pipeline_traces_by_user on pipeline_traces (telegram_id, created_at desc);
create index pipeline_traces_by_owner on pipeline_traces (user_id);
create index pipeline_traces_by_pipeline on pipeline_traces (pipeline_name, created_at desc);
create index pipeline_traces_by_time on pipeline_traces (created_at desc);

create table pipeline_spans (
    id uuid primary key,
    span_id uuid not null unique,
    trace_id uuid not null,
    parent_span_id uuid,
    span_name text not null,
    start_time timestamptz not null,
    end_time timestamptz,
    duration_ms double precision check (duration_ms >= 0),
    success boolean not null default true,
    error text,
    input_data jsonb,
    output_data jsonb,
    created_at timestamptz not null
);
create index pipeline_spans_by_trace on pipeline_spans (trace_id);
create index pipeline_spans_by_time on pipeline_spans (created_at desc);
