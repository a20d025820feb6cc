package quota

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/models"
)

// unlimited stands in a column for no limit; null is what the plan says.
const unlimited = -1

// overrideRow is a row of plan_overrides with who wrote it.
type overrideRow struct {
	UserID                                                                                        uuid.UUID
	StorageBytes, BandwidthBytes, MaxRunningJobs, MaxJobBytes, MaxFiles, RetentionDays, RateLimit *int64
	Reason                                                                                        string
	CreatedBy                                                                                     *uuid.UUID
	Email                                                                                         string
	CreatedAt                                                                                     time.Time
	ExpiresAt                                                                                     *time.Time
}

// columns returns where the row keeps each limit.
func (r *overrideRow) columns() map[models.PlanLimit]**int64 {
	return map[models.PlanLimit]**int64{
		models.LimitStorage: &r.StorageBytes, models.LimitBandwidth: &r.BandwidthBytes, models.LimitRunningJobs: &r.MaxRunningJobs,
		models.LimitJobBytes: &r.MaxJobBytes, models.LimitFiles: &r.MaxFiles, models.LimitRetention: &r.RetentionDays,
		models.LimitRate: &r.RateLimit,
	}
}

func (r *overrideRow) override() *models.Override {
	o := &models.Override{
		UserID: r.UserID, Limits: map[models.PlanLimit]*int64{}, Reason: r.Reason, CreatedBy: r.CreatedBy, Email: r.Email,
		CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
	}
	for l, column := range r.columns() {
		switch n := *column; {
		case n == nil:
		case *n == unlimited:
			o.Limits[l] = nil
		default:
			o.Limits[l] = n
		}
	}
	return o
}

// OverrideOf returns what the account is allowed instead of its plan's limits at
// the moment, and nil if that is nothing.
func (q *Quota) OverrideOf(ctx context.Context, userID uuid.UUID) (*models.Override, error) {
	var r overrideRow
	err := q.db.Row(ctx, &r, "load override", `
		select o.*, coalesce(u.email, '') as email from plan_overrides o left join users u on u.id = o.created_by
		where o.user_id = ? and (o.expires_at is null or o.expires_at > now())`, userID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.override(), nil
}

// SetOverride gives the account other limits than its plan's, in place of those
// that it was given before. They count from the next look at the account's
// limits, until the override expires. What is stored stays.
func (q *Quota) SetOverride(ctx context.Context, by models.Actor, o models.Override) error {
	o.Reason = strings.TrimSpace(o.Reason)
	if o.Reason == "" || utf8.RuneCountInString(o.Reason) > models.MaxOverrideReason {
		return models.Errorf(models.CodeInvalid, "Say why, in at most %d characters.", models.MaxOverrideReason).In("reason")
	}
	if err := o.Check(q.db.Now()); err != nil {
		return err
	}
	return q.changeOverride(ctx, by, o.UserID, models.AuditOverrideSet, func(ctx context.Context, e *models.AuditEntry) error {
		r := overrideRow{}
		for l, column := range r.columns() {
			n, given := o.Limits[l]
			if given && n == nil {
				n = new(int64(unlimited))
			}
			*column = n
		}
		e.After = o.Facts()
		_, err := q.db.Exec(ctx, "set override", `
			insert into plan_overrides (user_id, storage_bytes, bandwidth_bytes, max_running_jobs, max_job_bytes, max_files, retention_days, rate_limit,
				reason, created_by, created_at, expires_at)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.UserID, r.StorageBytes, r.BandwidthBytes, r.MaxRunningJobs, r.MaxJobBytes,
			r.MaxFiles, r.RetentionDays, r.RateLimit, o.Reason, by.ID, q.db.Now(), o.ExpiresAt)
		return err
	})
}

// RemoveOverride puts the account under its plan's limits again. One that is
// already changes nothing.
func (q *Quota) RemoveOverride(ctx context.Context, by models.Actor, userID uuid.UUID) error {
	return q.changeOverride(ctx, by, userID, models.AuditOverrideRemoved, func(context.Context, *models.AuditEntry) error { return nil })
}

// changeOverride removes the override of the account, has another one written,
// and audits both. The account is locked meanwhile.
func (q *Quota) changeOverride(
	ctx context.Context, by models.Actor, userID uuid.UUID, action models.AuditAction, write func(context.Context, *models.AuditEntry) error,
) error {
	return q.db.Tx(ctx, func(ctx context.Context) error {
		var one int
		err := q.db.Row(ctx, &one, "lock user", `select 1 from users where id = ? and delete_at is null for no key update`, userID)
		if err != nil {
			return err
		}
		before, err := q.OverrideOf(ctx, userID)
		if err != nil || before == nil && action == models.AuditOverrideRemoved {
			return err
		}
		e := by.Did(action, "user", userID.String())
		if before != nil {
			e.Before = before.Facts()
		}
		if _, err := q.db.Exec(ctx, "remove override", `delete from plan_overrides where user_id = ?`, userID); err != nil {
			return err
		}
		if err := write(ctx, &e); err != nil {
			return err
		}
		return q.records.RecordAudit(ctx, e)
	})
}
