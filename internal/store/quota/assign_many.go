package quota

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// AssignPlanTo gives the accounts another plan, in one transaction, and returns
// how many did not have it. Those that were deleted are left out. It may be
// repeated: accounts that have the plan are left alone.
func (q *Quota) AssignPlanTo(ctx context.Context, by models.Actor, planID string, ids []uuid.UUID) (int64, error) {
	var moved int64
	err := q.db.Tx(ctx, func(ctx context.Context) error {
		moved = 0
		var users []struct{ ID uuid.UUID }
		if err := q.db.Rows(ctx, &users, "lock users", `
			select id from users where id = any(?) and delete_at is null order by id for update`, postgres.Array[uuid.UUID](ids)); err != nil {
			return err
		}
		if err := q.offered(ctx, planID); err != nil {
			return err
		}
		there := make(postgres.Array[uuid.UUID], 0, len(users))
		for _, u := range users {
			there = append(there, u.ID)
		}
		var before []struct {
			PlanID string
			Users  int64
		}
		now := q.db.Now()
		if err := q.db.Rows(ctx, &before, "end plan assignments", `
			with ended as (
				update plan_assignments set ended_at = ? where user_id = any(?) and ended_at is null and plan_id <> ? returning plan_id)
			select plan_id, count(*) as users from ended group by plan_id`, now, there, planID); err != nil {
			return err
		}
		var err error
		if moved, err = q.db.Exec(ctx, "assign plans", `
			insert into plan_assignments (user_id, plan_id, assigned_by, assigned_at) select id, ?, ?, ? from unnest(?::uuid[]) as t (id)
			on conflict (user_id) where ended_at is null do nothing`, planID, by.ID, now, there); err != nil || moved == 0 {
			return err
		}
		e := by.Did(models.AuditPlansAssigned, "plan", planID)
		e.Before, e.After = map[string]any{}, map[string]any{planID: moved}
		for _, b := range before {
			e.Before[b.PlanID] = b.Users
		}
		return q.records.RecordAudit(ctx, e)
	})
	return moved, err
}

// offered refuses a plan that accounts can't get, and keeps it from being retired
// until the transaction ends.
func (q *Quota) offered(ctx context.Context, planID string) error {
	var one int
	err := q.db.Row(ctx, &one, "look for plan", `select 1 from plans where id = ? and retired_at is null for share`, planID)
	if models.IsNotFound(err) {
		return models.Errorf(models.CodeInvalid, "No such plan, or it is retired.").In("plan").Because(err)
	}
	return err
}
