// Package stock keeps what comparing the bucket with the rows found: whether
// they belong together, objects without a row, files without an object, and what
// administrators had removed of both. It also sums up what is stored.
//
// It depends on the jobs, which tell of lost files, and on the quota. It knows
// nothing of the bucket; internal/stocktake looks into it.
package stock

import (
	"context"
	"time"

	"longhaul/internal/store/jobs"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Stock keeps what stocktaking found.
type Stock struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
	quota   *quota.Quota
	jobs    *jobs.Jobs
}

// New returns the stock of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records, q *quota.Quota, js *jobs.Jobs) *Stock {
	return &Stock{db: db, outbox: o, records: r, quota: q, jobs: js}
}

// Worker returns the methods that only the worker may use.
func (st *Stock) Worker() *Worker { return &Worker{st} }

// Worker notes what it found in the bucket.
type Worker struct{ st *Stock }

// StorageState returns what is known of the bucket as a whole.
func (w *Worker) StorageState(ctx context.Context) (models.StorageState, error) {
	return w.st.state(ctx)
}

func (st *Stock) state(ctx context.Context) (models.StorageState, error) {
	var s models.StorageState
	err := st.db.Row(ctx, &s, "load state of storage", `select * from storage_state`)
	return s, err
}

// StorageFits notes that the bucket, which says g, belongs to the database. It
// reports false if the state is no longer the given one.
func (w *Worker) StorageFits(ctx context.Context, s models.StorageState, g models.Generation) (bool, error) {
	if s.Paused == "" && (s.NextGeneration == nil || *s.NextGeneration != g.Value) {
		return true, nil
	}
	noted := s.NextGeneration != nil && *s.NextGeneration == g.Value
	n, err := w.st.db.Exec(ctx, "storage fits", `
		update storage_state set paused = '', paused_at = null, seen_bucket_id = null, seen_generation = null, accepted_at = null,
			generation = case when @noted then next_generation else generation end,
			next_generation = case when @noted then null else next_generation end,
			next_until = case when @noted then null else next_until end,
			advanced_at = case when @noted then cast(@now as timestamptz) else advanced_at end
		where generation is not distinct from cast(@generation as uuid) and next_generation is not distinct from cast(@next as uuid)`,
		map[string]any{"noted": noted, "now": w.st.db.Now(), "generation": s.Generation, "next": s.NextGeneration})
	return n == 1, err
}

// PauseDeletion notes that the bucket, which says g, does not belong to the
// database, and why. It reports false if the state is no longer the given one.
func (w *Worker) PauseDeletion(ctx context.Context, s models.StorageState, why models.StoragePause, g models.Generation) (bool, error) {
	n, err := w.st.db.Exec(ctx, "pause deletion", `
		update storage_state set paused_at = case when paused = @why then paused_at else cast(@now as timestamptz) end, paused = @why,
			seen_bucket_id = @bucket, seen_generation = @seen,
			accepted_at = case when seen_bucket_id = @bucket and seen_generation = @seen then accepted_at end
		where generation is not distinct from cast(@generation as uuid) and next_generation is not distinct from cast(@next as uuid)`,
		map[string]any{
			"why": why, "now": w.st.db.Now(), "bucket": g.BucketID, "seen": g.Value, "generation": s.Generation, "next": s.NextGeneration,
		})
	return n == 1, err
}

// NextGeneration announces that the bucket will say next, and keeps others from
// announcing one for as long as given. It reports false if the state is no
// longer the given one, or another announcement holds.
func (w *Worker) NextGeneration(ctx context.Context, s models.StorageState, next models.Generation, hold time.Duration) (bool, error) {
	now := w.st.db.Now()
	n, err := w.st.db.Exec(ctx, "announce generation", `
		update storage_state set bucket_id = ?, next_generation = ?, next_until = ?
		where paused = '' and generation is not distinct from cast(? as uuid) and next_generation is not distinct from cast(? as uuid)
			and (next_until is null or next_until <= ?)`,
		next.BucketID, next.Value, now.Add(hold), s.Generation, s.NextGeneration, now)
	return n == 1, err
}

// AdoptStorage makes the bucket, which says g, the database's own, as an
// administrator accepted: the orphans in it are kept for as long again, and the
// next check of the stored files may mark any number of them.
func (w *Worker) AdoptStorage(ctx context.Context, s models.StorageState, g models.Generation, keep time.Duration) (bool, error) {
	st, adopted := w.st, false
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		bucket, generation := &g.BucketID, &g.Value
		if g == (models.Generation{}) { // a bucket that says nothing starts from the beginning
			bucket, generation = nil, nil
		}
		n, err := st.db.Exec(ctx, "adopt storage", `
			update storage_state set bucket_id = cast(@bucket as uuid), generation = cast(@seen as uuid), next_generation = null, next_until = null,
				paused = '', paused_at = null, seen_bucket_id = null, seen_generation = null, accepted_at = null, check_all = true,
				refused_orphans = 0
			where accepted_at is not null and generation is not distinct from cast(@generation as uuid)`,
			map[string]any{"bucket": bucket, "seen": generation, "generation": s.Generation})
		if adopted = n == 1; err != nil || !adopted {
			return err
		}
		_, err = st.db.Exec(ctx, "keep orphans", `update orphans set purge_after = ?`, st.db.Now().Add(keep))
		return err
	})
	return adopted, err
}

// StorageReport returns what administrators see of the bucket.
func (st *Stock) StorageReport(ctx context.Context) (models.StorageReport, error) {
	var r models.StorageReport
	var err error
	if r.StorageState, err = st.state(ctx); err != nil {
		return r, err
	}
	var orphans struct {
		Count, Bytes int64
		First        *time.Time
	}
	err = st.db.Row(ctx, &orphans, "sum up orphans", `
		select count(*) as count, coalesce(sum(size), 0)::bigint as bytes, min(purge_after) as first from orphans`)
	if err != nil {
		return r, err
	}
	r.Orphans, r.NextPurge = models.Amount{Count: orphans.Count, Bytes: orphans.Bytes}, orphans.First
	var lost struct{ Count, Bytes, Jobs int64 }
	err = st.db.Row(ctx, &lost, "sum up lost files", `
		select count(*) as count, coalesce(sum(f.size), 0)::bigint as bytes, count(distinct f.job_id) as jobs
		from files f join jobs j on j.id = f.job_id where f.state = 'lost' and j.delete_at is null`)
	r.Lost, r.LostJobs = models.Amount{Count: lost.Count, Bytes: lost.Bytes}, lost.Jobs
	return r, err
}

// Restored notes that a backup became the database. What the dump had marked was
// about another time: every orphan is kept for as long again, and no acceptance
// of the bucket holds.
func (st *Stock) Restored(ctx context.Context, by models.Actor, backup map[string]any) error {
	return st.db.Tx(ctx, func(ctx context.Context) error {
		_, err := st.db.Exec(ctx, "keep orphans", `update orphans set purge_after = ?`, st.db.Now().Add(models.OrphanRetention))
		if err != nil {
			return err
		}
		_, err = st.db.Exec(ctx, "forget acceptances", `update storage_state set accepted_at = null, check_all = false, refused_orphans = 0`)
		if err != nil {
			return err
		}
		e := by.Did(models.AuditDatabaseRestored, "", "")
		e.After = backup
		return st.records.RecordAudit(ctx, e)
	})
}

// AcceptStorage takes the bucket as it is for right: deletion resumes after the
// next sweep, and the next check of the stored files may mark any number of
// them. Without a pause or a refused check there is nothing to accept.
func (st *Stock) AcceptStorage(ctx context.Context, by models.Actor) error {
	return st.db.Tx(ctx, func(ctx context.Context) error {
		var s models.StorageState
		if err := st.db.Row(ctx, &s, "lock state of storage", `select * from storage_state for update`); err != nil {
			return err
		}
		if s.Paused == "" && s.RefusedLost == 0 {
			return models.Errorf(models.CodeConflict, "Storage and database belong together; there is nothing to accept.")
		}
		_, err := st.db.Exec(ctx, "accept storage", `
			update storage_state set check_all = true, accepted_at = case when paused <> '' then cast(? as timestamptz) end`, st.db.Now())
		if err != nil {
			return err
		}
		e := by.Did(models.AuditStorageAccepted, "", "")
		e.Before = map[string]any{"paused": string(s.Paused), "refused_lost": s.RefusedLost}
		return st.records.RecordAudit(ctx, e)
	})
}
