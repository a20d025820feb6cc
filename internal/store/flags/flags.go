// Package flags keeps which features are on for whom. Every look is one query
// by key, so that a change holds from its commit on, in every process.
//
// It decides nothing that a feature does; who offers one asks here first.
package flags

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/event"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// maxRules bounds the rules of one flag; more is what plans are for.
const maxRules = 1000

// Flags keeps the rules of features.
type Flags struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
}

// New returns the flags of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records) *Flags { return &Flags{db, o, r} }

// concerning selects, of the rules of a flag, those that concern an account: its
// own, that of its plan and that of everyone. The strongest is the first.
const concerning = `
	(r.user_id = u.id or r.plan_id = u.plan_id or r.user_id is null and r.plan_id is null)
	order by r.user_id nulls last, r.plan_id nulls last limit 1`

// FlagOn reports whether the feature is on for the account. For one that does
// not exist the rule for everyone counts.
func (f *Flags) FlagOn(ctx context.Context, flag models.Flag, userID uuid.UUID) (bool, error) {
	var on bool
	err := f.db.Row(ctx, &on, "look up flag", `
		with u as (select ?::uuid as id, (select p.id from user_plans p where p.user_id = ?) as plan_id)
		select coalesce((select r.enabled from flag_rules r, u where r.flag = ? and `+concerning+`), true)`, userID, userID, flag)
	return on, err
}

// FlagOnForAny reports whether the feature is on for some account, as far as
// rules say.
func (f *Flags) FlagOnForAny(ctx context.Context, flag models.Flag) (bool, error) {
	var on bool
	err := f.db.Row(ctx, &on, "look up flag", `
		select coalesce(bool_or(enabled), true) or not exists (select from flag_rules where flag = ? and user_id is null and plan_id is null)
		from flag_rules where flag = ?`, flag, flag)
	return on, err
}

// RequireFlag refuses what needs the feature if it is off for the account.
func (f *Flags) RequireFlag(ctx context.Context, flag models.Flag, userID uuid.UUID) error {
	on, err := f.FlagOn(ctx, flag, userID)
	if err == nil && !on {
		return flag.Off()
	}
	return err
}

// FlagsOff returns the features that are off for the account, in order.
func (f *Flags) FlagsOff(ctx context.Context, userID uuid.UUID) ([]models.Flag, error) {
	var off []models.Flag
	err := f.db.Rows(ctx, &off, "list features that are off", `
		with u as (select ?::uuid as id, (select p.id from user_plans p where p.user_id = ?) as plan_id)
		select flag from (select distinct flag from flag_rules) f
		where not (select r.enabled from flag_rules r, u where r.flag = f.flag and `+concerning+`) order by flag`, userID, userID)
	return off, err
}

// FlagRules returns the rules of every flag: for everyone, then by plan, then by
// account.
func (f *Flags) FlagRules(ctx context.Context) ([]models.FlagEntry, error) {
	var out []models.FlagEntry
	err := f.db.Rows(ctx, &out, "list flags", `
		select r.*, coalesce(p.name, '') as plan_name, coalesce(u.email, '') as email, coalesce(b.email, '') as by_email
		from flag_rules r
		left join plans p on p.id = r.plan_id
		left join users u on u.id = r.user_id
		left join users b on b.id = r.changed_by
		order by r.flag, r.user_id is not null, r.plan_id is not null, p.position, p.id, u.email`)
	return out, err
}

// SetFlag sets or removes one rule and tells whom it concerns. An unknown plan
// or account is not found.
func (f *Flags) SetFlag(ctx context.Context, by models.Actor, c models.FlagChange) error {
	return f.db.Tx(ctx, func(ctx context.Context) error {
		if err := f.db.Lock(ctx, postgres.LockFlags, ""); err != nil {
			return err
		}
		name, err := f.nameOf(ctx, c.FlagTarget)
		if err != nil {
			return err
		}
		before, err := f.rule(ctx, c.Flag, c.FlagTarget)
		if err != nil {
			return err
		}
		if err := f.replace(ctx, by, c); err != nil {
			return err
		}
		e := by.Did(models.AuditFlagSet, "flag", string(c.Flag))
		e.Before, e.After = facts(before, name), facts(nil, name)
		if c.Enabled != nil {
			e.After = facts(&models.FlagRule{Enabled: *c.Enabled, Reason: c.Reason}, name)
		}
		if err := f.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		return f.outbox.Notify(ctx, event.FeaturesChanged(c.UserID))
	})
}

func (f *Flags) rule(ctx context.Context, flag models.Flag, t models.FlagTarget) (*models.FlagRule, error) {
	var r models.FlagRule
	err := f.db.Row(ctx, &r, "load flag", `
		select * from flag_rules where flag = ? and plan_id is not distinct from ? and user_id is not distinct from ?`, flag, t.PlanID, t.UserID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return &r, err
}

func (f *Flags) replace(ctx context.Context, by models.Actor, c models.FlagChange) error {
	_, err := f.db.Exec(ctx, "remove rule", `
		delete from flag_rules where flag = ? and plan_id is not distinct from ? and user_id is not distinct from ?`, c.Flag, c.PlanID, c.UserID)
	if err != nil || c.Enabled == nil {
		return err
	}
	var count int
	if err := f.db.Row(ctx, &count, "count rules", `select count(*) from flag_rules where flag = ?`, c.Flag); err != nil {
		return err
	}
	if count >= maxRules {
		return models.Errorf(models.CodeConflict, "This feature has %d rules, as many as it may have. Use a plan.", count)
	}
	r := models.FlagRule{
		Flag: c.Flag, FlagTarget: c.FlagTarget, Enabled: *c.Enabled, Reason: c.Reason, ChangedBy: by.ID, ChangedAt: f.db.Now(),
	}
	return postgres.Translate(f.db.Conn(ctx).Clauses(clause.Returning{Columns: []clause.Column{}}).Create(&r).Error, "add rule")
}

// nameOf returns how the audit log names the target.
func (f *Flags) nameOf(ctx context.Context, t models.FlagTarget) (string, error) {
	var name string
	switch {
	case t.UserID != nil:
		return "account " + t.UserID.String(), f.db.Row(ctx, &name, "look for account", `select email from users where id = ?`, t.UserID)
	case t.PlanID != nil:
		return "plan " + *t.PlanID, f.db.Row(ctx, &name, "look for plan", `select name from plans where id = ?`, t.PlanID)
	default:
		return "everyone", nil
	}
}

func facts(r *models.FlagRule, target string) map[string]any {
	if r == nil {
		return map[string]any{"for": target, "rule": "none"}
	}
	return map[string]any{"for": target, "enabled": r.Enabled, "reason": r.Reason}
}
