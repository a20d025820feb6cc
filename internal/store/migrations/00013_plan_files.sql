-- +goose Up
-- Files without bytes cost rows and objects, too: plans limit how many an account
-- keeps.
alter table plans add column max_files int check (max_files >= 0);
update plans set max_files = 10000 where id = 'free';
update plans set max_files = 100000 where id = 'pro';

-- A view has the columns that its table had when it was made.
drop view user_plans;
create view user_plans as
    select u.id as user_id, p.*
    from users u
    left join plan_assignments a on a.user_id = u.id and a.ended_at is null
    join plans p on p.id = coalesce(a.plan_id, (select d.id from plans d where d.is_default));
