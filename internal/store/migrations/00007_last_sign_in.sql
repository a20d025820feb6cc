-- +goose Up
-- When the account last signed in, which outlives the session that was opened.
-- What is known of earlier sign-ins are the sessions that are left and the
-- security events, which are kept for a while.
alter table users add column last_sign_in_at timestamptz;
update users u set last_sign_in_at = (
    select max(at) from (
        select created_at as at from sessions where user_id = u.id
        union all select at from security_events where user_id = u.id and kind = 'login') known);
