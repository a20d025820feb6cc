package quota

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// ReconcileQuota compares what jobs and accounts take up and hold with the
// rows of stored files and repairs what differs, with a line in the ledger and
// an entry in the audit log. Nothing should ever be found.
func (w *Worker) ReconcileQuota(ctx context.Context) (models.QuotaDrift, error) {
	var d models.QuotaDrift
	var jobs, users []struct{ ID uuid.UUID }
	// Totals first: a job can give back only what the totals have.
	err := w.q.db.Rows(ctx, &users, "look for wrong totals", `
		select u.id from users u left join quota_usage q on q.user_id = u.id left join lateral (
			select coalesce(sum(quota_used), 0)::bigint as used, coalesce(sum(quota_reserved), 0)::bigint as reserved
			from jobs where user_id = u.id) j on true
		where (coalesce(q.used, 0), coalesce(q.reserved, 0)) <> (j.used, j.reserved) limit 1000`)
	if err != nil {
		return d, err
	}
	for _, u := range users {
		if err := w.repairAccount(ctx, u.ID, &d); err != nil {
			return d, err
		}
	}
	err = w.q.db.Rows(ctx, &jobs, "look for wrong jobs", `
		select j.id from jobs j left join lateral (
			select coalesce(sum(size), 0) as stored from files where job_id = j.id and state in ('stored', 'trashed')) f on true
		where j.state in ('ready', 'failed', 'cancelled', 'expired')
			and (j.quota_used <> f.stored or j.quota_reserved <> 0) limit 1000`)
	if err != nil {
		return d, err
	}
	for _, j := range jobs {
		if err := w.repairJob(ctx, j.ID, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// repairJob makes an ended job take up what it stores.
func (w *Worker) repairJob(ctx context.Context, jobID uuid.UUID, d *models.QuotaDrift) error {
	q := w.q
	return q.db.Tx(ctx, func(ctx context.Context) error {
		var job models.Job
		err := q.db.Row(ctx, &job, "lock job", `select * from jobs where id = ? for update`, jobID)
		if models.IsNotFound(err) || err == nil && !job.State.Terminal() {
			return nil
		}
		if err != nil {
			return err
		}
		before := models.Room{Used: job.QuotaUsed, Reserved: job.QuotaReserved}
		if err := q.settle(ctx, &job, models.LedgerRepair); err != nil {
			return err
		}
		after := models.Room{Used: job.QuotaUsed, Reserved: job.QuotaReserved}
		if before == after {
			return nil // another transaction was about it
		}
		d.Jobs++
		d.Bytes += difference(before, after)
		return q.recordRepair(ctx, "job", jobID, before, after)
	})
}

// repairAccount makes the totals of an account the sums of its jobs. The lock
// on the totals keeps all changes of the account waiting, so that both are seen
// as of one moment.
func (w *Worker) repairAccount(ctx context.Context, userID uuid.UUID, d *models.QuotaDrift) error {
	q := w.q
	return q.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := q.db.Exec(ctx, "open storage totals",
			`insert into quota_usage (user_id, updated_at) values (?, ?) on conflict do nothing`, userID, q.db.Now()); err != nil {
			return err
		}
		var before, after models.Room
		if err := q.db.Row(ctx, &before, "lock totals",
			`select used, reserved from quota_usage where user_id = ? for update`, userID); err != nil {
			return err
		}
		if err := q.db.Row(ctx, &after, "sum up jobs", `
			select coalesce(sum(quota_used), 0)::bigint as used, coalesce(sum(quota_reserved), 0)::bigint as reserved
			from jobs where user_id = ?`, userID); err != nil {
			return err
		}
		if before == after {
			return nil
		}
		if _, err := q.db.Exec(ctx, "repair totals", `
			with total as (update quota_usage set used = ?, reserved = ?, updated_at = ? where user_id = ? returning *)
			insert into quota_ledger (user_id, kind, used_delta, reserved_delta, used_after, reserved_after, at)
			select user_id, ?, ?, ?, used, reserved, updated_at from total`,
			after.Used, after.Reserved, q.db.Now(), userID,
			models.LedgerRepair, after.Used-before.Used, after.Reserved-before.Reserved); err != nil {
			return err
		}
		d.Accounts++
		d.Bytes += difference(before, after)
		return q.recordRepair(ctx, "user", userID, before, after)
	})
}

func (q *Quota) recordRepair(ctx context.Context, kind string, id uuid.UUID, before, after models.Room) error {
	q.db.Log.WarnContext(ctx, "quota repaired", "kind", kind, "id", id, "used_before", before.Used, "used_after", after.Used,
		"reserved_before", before.Reserved, "reserved_after", after.Reserved)
	e := models.Actor{Kind: models.ActorSystem}.Did(models.AuditQuotaRepaired, kind, id.String())
	e.Before = map[string]any{"used": before.Used, "reserved": before.Reserved}
	e.After = map[string]any{"used": after.Used, "reserved": after.Reserved}
	return q.records.RecordAudit(ctx, e)
}

func difference(a, b models.Room) int64 {
	return max(a.Used-b.Used, b.Used-a.Used) + max(a.Reserved-b.Reserved, b.Reserved-a.Reserved)
}
