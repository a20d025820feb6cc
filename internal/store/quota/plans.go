package quota

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Plans returns the plans in their order; only those that everyone sees if
// public is set.
func (q *Quota) Plans(ctx context.Context, public bool) ([]models.Plan, error) {
	var out []models.Plan
	list := q.db.Conn(ctx).Order("position, id")
	if public {
		list = list.Where("public and retired_at is null")
	}
	return out, postgres.Translate(list.Find(&out).Error, "list plans")
}

// CreatePlan adds a plan. A taken id is a conflict.
func (q *Quota) CreatePlan(ctx context.Context, by models.Actor, p models.Plan) (models.Plan, error) {
	err := q.db.Tx(ctx, func(ctx context.Context) error {
		p.CreatedAt = q.db.Now()
		p.UpdatedAt, p.Version = p.CreatedAt, 1
		if err := q.makeWayForDefault(ctx, p); err != nil {
			return err
		}
		res := q.db.Conn(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoNothing: true}).Create(&p)
		if res.Error == nil && res.RowsAffected == 0 {
			return models.Errorf(models.CodeConflict, "A plan with this id already exists.").In("id")
		}
		if res.Error != nil {
			return postgres.Translate(res.Error, "create plan")
		}
		e := by.Did(models.AuditPlanCreated, "plan", p.ID)
		e.After = planFacts(p)
		return q.records.RecordAudit(ctx, e)
	})
	return p, err
}

// UpdatePlan changes a plan by change and returns it. Accounts that have it are
// under the new limits at once. The default plan can only be replaced by
// another one, not given up, and only a plan that no account has can be retired.
// A version other than 0 is that of the plan as the caller read it: if it has
// changed since, this is a conflict.
func (q *Quota) UpdatePlan(ctx context.Context, by models.Actor, id string, version int64, change func(*models.Plan) error) (models.Plan, error) {
	var after models.Plan
	err := q.db.Tx(ctx, func(ctx context.Context) error {
		var before models.Plan
		err := q.db.Row(ctx, &before, "lock plan", `select * from plans where id = ? for update`, id)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return models.Errorf(models.CodeConflict, "The plan has changed since you opened it. Load it again.").In("version")
		}
		after = before.Clone()
		if err := change(&after); err != nil {
			return err
		}
		after.ID, after.CreatedAt, after.UpdatedAt, after.Version = before.ID, before.CreatedAt, q.db.Now(), before.Version+1
		if err := q.mayBecome(ctx, before, after); err != nil {
			return err
		}
		if err := q.makeWayForDefault(ctx, after); err != nil {
			return err
		}
		if err := q.db.Conn(ctx).Save(&after).Error; err != nil {
			return postgres.Translate(err, "update plan")
		}
		e := by.Did(models.AuditPlanChanged, "plan", id)
		e.Before, e.After = planFacts(before), planFacts(after)
		return q.records.RecordAudit(ctx, e)
	})
	return after, err
}

// mayBecome refuses a change of a plan that would leave accounts without one.
func (q *Quota) mayBecome(ctx context.Context, before, after models.Plan) error {
	switch {
	case before.IsDefault && !after.IsDefault:
		return models.Errorf(models.CodeConflict, "One plan must be the default. Make another plan the default instead.").In("default")
	case after.IsDefault && after.RetiredAt != nil:
		return models.Errorf(models.CodeConflict, "New accounts get the default plan, so it can't be retired.").In("default")
	case before.RetiredAt != nil || after.RetiredAt == nil:
		return nil
	}
	users, err := q.usersOf(ctx, before.ID)
	if err == nil && users > 0 {
		return models.Errorf(models.CodeConflict, "Accounts that have this plan: %d. Move them to another plan first.", users).
			In("retired")
	}
	return err
}

// makeWayForDefault unmarks the current default plan if the plan is the new
// default.
func (q *Quota) makeWayForDefault(ctx context.Context, p models.Plan) error {
	if !p.IsDefault {
		return nil
	}
	_, err := q.db.Exec(ctx, "unmark default plan", `
		update plans set is_default = false, version = version + 1, updated_at = ? where is_default and id <> ?`, q.db.Now(), p.ID)
	return err
}

// AssignPlan gives the account another plan. What is stored stays; a job that
// does not fit any more waits. The plan that it has already changes nothing.
func (q *Quota) AssignPlan(ctx context.Context, by models.Actor, userID uuid.UUID, planID string) error {
	return q.db.Tx(ctx, func(ctx context.Context) error {
		var one int
		if err := q.db.Row(ctx, &one, "lock user", `select 1 from users where id = ? for update`, userID); err != nil {
			return err
		}
		if err := q.offered(ctx, planID); err != nil {
			return err
		}
		before, err := q.PlanOf(ctx, userID)
		if err != nil || before.ID == planID {
			return err
		}
		if err := q.openAssignment(ctx, userID, planID, by.ID); err != nil {
			return err
		}
		e := by.Did(models.AuditPlanAssigned, "user", userID.String())
		e.Before, e.After = map[string]any{"plan": before.ID}, map[string]any{"plan": planID}
		return q.records.RecordAudit(ctx, e)
	})
}

// planFacts is a plan for the audit log.
func planFacts(p models.Plan) map[string]any {
	return map[string]any{
		"name": p.Name, "maxRunningJobs": p.MaxRunningJobs, "storageBytes": p.StorageBytes, "bandwidthBytes": p.BandwidthBytes,
		"maxJobBytes": p.MaxJobBytes, "maxFiles": p.MaxFiles, "retentionDays": p.RetentionDays, "default": p.IsDefault, "public": p.Public, "position": p.Position,
		"agentPool": p.AgentPool, "retired": p.RetiredAt != nil, "rateLimit": p.RateLimit,
	}
}

// openAssignment ends the present assignment and begins the next; the same
// plan again changes nothing.
func (q *Quota) openAssignment(ctx context.Context, userID uuid.UUID, planID string, by *uuid.UUID) error {
	now := q.db.Now()
	_, err := q.db.Exec(ctx, "end plan assignment", `
		update plan_assignments set ended_at = ? where user_id = ? and ended_at is null and plan_id <> ?`, now, userID, planID)
	if err != nil {
		return err
	}
	_, err = q.db.Exec(ctx, "assign plan", `
		insert into plan_assignments (user_id, plan_id, assigned_by, assigned_at) values (?, ?, ?, ?)
		on conflict (user_id) where ended_at is null do nothing`, userID, planID, by, now)
	return err
}

// OpenPlan gives a new account its plan and its totals: the default plan, or
// the one without limits to an administrator, whose machine it is.
func (q *Quota) OpenPlan(ctx context.Context, u models.User) error {
	var id string
	err := q.db.Row(ctx, &id, "choose plan", `
		select id from plans where is_default or (id = ? and ? and retired_at is null) order by is_default limit 1`,
		models.PlanUnlimited, u.Role == models.RoleAdmin)
	if err != nil {
		return err
	}
	if err := q.openAssignment(ctx, u.ID, id, nil); err != nil {
		return err
	}
	_, err = q.db.Exec(ctx, "open storage totals", `insert into quota_usage (user_id, updated_at) values (?, ?)`, u.ID, q.db.Now())
	return err
}

// PlanHistory returns the plans that the account has and had, newest first. An
// account always has one, so none at all is not_found.
func (q *Quota) PlanHistory(ctx context.Context, userID uuid.UUID) ([]models.PlanAssignment, error) {
	var out []models.PlanAssignment
	err := q.db.Conn(ctx).Where("user_id = ?", userID).Order("id desc").Find(&out).Error
	if err == nil && len(out) == 0 {
		return nil, postgres.NotFound("account")
	}
	return out, postgres.Translate(err, "list plan assignments")
}

// PlanOf returns the plan that the account has now.
func (q *Quota) PlanOf(ctx context.Context, userID uuid.UUID) (models.Plan, error) {
	var p models.Plan
	err := q.db.Row(ctx, &p, "load plan of user", `select * from user_plans where user_id = ?`, userID)
	return p, err
}

// Room returns what the account takes up of its storage, and its limit.
func (q *Quota) Room(ctx context.Context, userID uuid.UUID) (models.Room, error) {
	var row struct {
		Used, Reserved int64
		StorageBytes   *int64
	}
	err := q.db.Row(ctx, &row, "load storage usage", `
		select coalesce(q.used, 0) as used, coalesce(q.reserved, 0) as reserved, p.storage_bytes
		from user_plans p left join quota_usage q on q.user_id = p.user_id where p.user_id = ?`, userID)
	return models.Room{Used: row.Used, Reserved: row.Reserved, Limit: row.StorageBytes}, err
}
