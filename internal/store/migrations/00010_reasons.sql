-- +goose Up
-- Why a job is where it is becomes data: a code with parameters. What happens
-- next follows from it and is stored no more.
alter table jobs
    add column reason_code   text  not null default '',
    add column reason_params jsonb check (jsonb_typeof(reason_params) = 'object'),
    add column attempt       int   not null default 0 check (attempt >= 0),
    add column max_attempts  int   not null default 0 check (max_attempts >= 0);
update jobs set reason_code = case
    when problem <> '' then problem
    when reason like 'Waiting for storage:%' then 'storage_full'
    when reason = 'You asked to cancel it.' then 'cancel_requested'
    else case state
        when 'queued' then case when admitted_at is null then 'waits_for_slot' else 'has_slot' end
        when 'resolving' then case provider when 'seedr' then 'seedr_looks_up_files' else 'looks_up_files' end
        when 'awaiting_selection' then 'choose_files'
        when 'downloading' then case provider when 'seedr' then 'seedr_downloading' else 'downloading' end
        when 'storing' then case when reason like 'Seedr %' then 'copying_from_seedr' else 'completing' end
        when 'ready' then 'ready'
        when 'paused' then 'paused'
        when 'cancelled' then 'cancelled'
        when 'expired' then 'expired'
        else 'internal' end
    end;
alter table jobs
    alter column reason_code drop default,
    add constraint jobs_reason check (reason_code <> ''),
    drop column reason,
    drop column next_action;

-- The sentences of old events hold a few names and numbers worth keeping.
alter table job_events
    add column reason_code   text  not null default '',
    add column reason_params jsonb check (jsonb_typeof(reason_params) = 'object');
update job_events set reason_code = case
    when kind = 'moved' then case when problem <> '' then 'moved_by_failover'
        when message like 'An administrator %' then 'moved_by_admin' else 'moved_by_failover' end
    when problem <> '' then problem
    when message = 'Cancelling was asked for.' then 'cancel_requested'
    when message in ('Another try was asked for.', 'Queued again for another try.') then 'retried'
    when message like '%Waiting for storage:%' then 'storage_full'
    else case kind
        when 'submitted' then 'accepted'
        when 'manifest' then 'files_known'
        when 'selection' then 'files_chosen'
        when 'deleted' then 'deleted'
        when 'attempt' then 'internal'
        else case state
            when 'queued' then 'waits_for_slot'
            when 'resolving' then case when message = 'Given to Seedr.' then 'seedr_looks_up_files' else 'looks_up_files' end
            when 'awaiting_selection' then 'choose_files'
            when 'downloading' then case when message = 'Given to Seedr.' then 'seedr_downloading' else 'downloading' end
            when 'storing' then case when message like 'Seedr %' then 'copying_from_seedr' else 'completing' end
            when 'ready' then 'ready'
            when 'paused' then 'paused'
            when 'cancelled' then 'cancelled'
            when 'expired' then 'expired'
            else 'internal' end
        end
    end;
update job_events set reason_params = case
    when reason_code in ('looks_up_files', 'downloading') and message ~ '^Given to the agent .+\.$'
        then jsonb_build_object('agent', substring(message from '^Given to the agent (.+)\.$'))
    when reason_code = 'files_known' and message ~ ': \d{1,9} files?\.$'
        then jsonb_build_object('files', substring(message from ': (\d+) files?\.$')::bigint)
    when reason_code = 'files_chosen' and message ~ '^Chosen: \d{1,9} of \d{1,9} files?\.$'
        then jsonb_build_object('chosen', substring(message from '^Chosen: (\d+) of')::bigint,
            'files', substring(message from ' of (\d+) files?\.$')::bigint)
    when reason_code in ('moved_by_admin', 'moved_by_failover') and message ~ ' to (Seedr|the agents)\.$'
        then jsonb_strip_nulls(jsonb_build_object('problem', nullif(problem, ''),
            'provider', case when message like '% to Seedr.' then 'seedr' else 'agent' end))
    end;
alter table job_events
    alter column reason_code drop default,
    add constraint job_events_reason check (reason_code <> ''),
    drop column message;

-- What a transfer waits for is told again within seconds.
alter table job_progress
    drop column waiting,
    add column waiting_code   text not null default '',
    add column waiting_params jsonb check (jsonb_typeof(waiting_params) = 'object');
