package quota

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Usage returns what the account uses of its plan.
func (q *Quota) Usage(ctx context.Context, userID uuid.UUID) (models.Usage, error) {
	var u models.Usage
	var err error
	if u.Plan, err = q.PlanOf(ctx, userID); err != nil {
		return u, err
	}
	if u.Override, err = q.OverrideOf(ctx, userID); err != nil {
		return u, err
	}
	if u.Room, err = q.Room(ctx, userID); err != nil {
		return u, err
	}
	if u.Bandwidth, err = q.bandwidth(ctx, userID); err != nil {
		return u, err
	}
	var n struct{ Running, Jobs, Files int64 }
	err = q.db.Row(ctx, &n, "count jobs", `
		select count(*) filter (where admitted_at is not null) as running, count(*) filter (where delete_at is null) as jobs,
			coalesce(sum(file_count) filter (where (delete_at is null or trash_until is not null)
				and state not in ('failed', 'cancelled', 'expired')), 0)::bigint
			+ (select count(*) from files where user_id = @user and state = 'trashed') as files
		from jobs where user_id = @user`, map[string]any{"user": userID})
	u.Running, u.Jobs, u.Files, u.Limit = int(n.Running), n.Jobs, int(n.Files), q.RunningLimitOf(u.Plan.MaxRunningJobs)
	return u, err
}

// Ledger returns the account's ledger lines before an id, newest first, those
// of one job only if jobID is not nil. An id of 0 begins with the newest.
func (q *Quota) Ledger(ctx context.Context, userID uuid.UUID, jobID *uuid.UUID, before int64, limit int) ([]models.LedgerEntry, error) {
	var out []models.LedgerEntry
	err := q.db.Rows(ctx, &out, "list ledger", `
		select l.*, coalesce(j.name, '') as job_name
		from quota_ledger l left join jobs j on j.id = l.job_id and j.user_id = l.user_id and j.delete_at is null
		where l.user_id = ? and (cast(? as uuid) is null or l.job_id = ?) and (? = 0 or l.id < ?) order by l.id desc limit ?`,
		userID, jobID, jobID, before, before, limit)
	return out, err
}

// DailyUsage returns the account's days from a day on, oldest first; days on
// which nothing was used may be left out.
func (q *Quota) DailyUsage(ctx context.Context, userID uuid.UUID, from time.Time) ([]models.DailyUsage, error) {
	var out []models.DailyUsage
	err := q.db.Conn(ctx).Where("user_id = ? and day >= ?", userID, from.UTC().Format(time.DateOnly)).Order("day").Find(&out).Error
	return out, postgres.Translate(err, "list daily usage")
}

// BandwidthLeft returns how many bytes may still be delivered of the account's
// files in this calendar month, UTC; false means no limit.
func (q *Quota) BandwidthLeft(ctx context.Context, userID uuid.UUID) (left int64, limited bool, err error) {
	plan, err := q.PlanOf(ctx, userID)
	if err != nil || plan.BandwidthBytes == nil {
		return 0, false, err
	}
	used, err := q.bandwidth(ctx, userID)
	return *plan.BandwidthBytes - used, true, err
}

func (q *Quota) bandwidth(ctx context.Context, userID uuid.UUID) (int64, error) {
	start, reset := models.Period(q.db.Now())
	var used int64
	err := q.db.Row(ctx, &used, "sum up bandwidth", `
		select coalesce(sum(bandwidth_bytes), 0)::bigint from usage_daily where user_id = ? and day >= ? and day < ?`,
		userID, start.Format(time.DateOnly), reset.Format(time.DateOnly))
	return used, err
}

// AddBandwidth adds delivered bytes to the owners' days, and to the hour in which
// it is told. It is additive, so any number of API processes may report; an owner
// who is gone is left out of the days.
func (q *Quota) AddBandwidth(ctx context.Context, day time.Time, delivered map[uuid.UUID]int64) error {
	users := make([]uuid.UUID, 0, len(delivered))
	for id := range delivered {
		users = append(users, id)
	}
	slices.SortFunc(users, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) // one order of row locks
	amounts := make([]int64, len(users))
	for i, id := range users {
		amounts[i] = delivered[id]
	}
	return q.db.Tx(ctx, func(ctx context.Context) error {
		_, err := q.db.Exec(ctx, "add bandwidth", `
			insert into usage_daily as d (user_id, day, bandwidth_bytes)
			select t.user_id, cast(? as date), t.amount from unnest(?::uuid[], ?::bigint[]) with ordinality as t (user_id, amount, n)
			where exists (select from users where id = t.user_id) order by t.n
			on conflict (user_id, day) do update set bandwidth_bytes = d.bandwidth_bytes + excluded.bandwidth_bytes`,
			day.UTC().Format(time.DateOnly), postgres.Array[uuid.UUID](users), postgres.Array[int64](amounts))
		if err != nil {
			return err
		}
		var total int64
		for _, n := range amounts {
			total += n
		}
		_, err = q.db.Exec(ctx, "add to the hour", `
			insert into traffic_hours as t (hour, delivered) values (?, ?)
			on conflict (hour) do update set delivered = t.delivered + excluded.delivered`, q.db.Now().UTC().Truncate(time.Hour), total)
		return err
	})
}

// RollUp writes the daily figures of all accounts for today and yesterday from
// the totals and the ledger. It may run any number of times.
func (w *Worker) RollUp(ctx context.Context) (int64, error) {
	now := w.q.db.Now()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	var n int64
	for _, day := range []time.Time{today.AddDate(0, 0, -1), today} {
		rows, err := w.q.db.Exec(ctx, "roll up usage", `
			insert into usage_daily as d (user_id, day, storage_bytes, stored_bytes, jobs_finished)
			select q.user_id, cast(@day as date), q.used - coalesce(l.later, 0), coalesce(l.stored, 0), coalesce(l.finished, 0)
			from quota_usage q left join (
				select user_id, sum(used_delta) filter (where at >= @end)::bigint as later,
					sum(used_delta) filter (where at < @end and kind = 'settle')::bigint as stored,
					count(*) filter (where at < @end and kind = 'settle') as finished
				from quota_ledger where at >= @start group by user_id) l on l.user_id = q.user_id
			where q.used <> 0 or l.user_id is not null
			on conflict (user_id, day) do update set storage_bytes = excluded.storage_bytes,
				stored_bytes = excluded.stored_bytes, jobs_finished = excluded.jobs_finished
			where (d.storage_bytes, d.stored_bytes, d.jobs_finished)
				<> (excluded.storage_bytes, excluded.stored_bytes, excluded.jobs_finished)`,
			map[string]any{"day": day.Format(time.DateOnly), "start": day, "end": day.AddDate(0, 0, 1)})
		if err != nil {
			return n, err
		}
		n += rows
	}
	return n, nil
}
