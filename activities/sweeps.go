package activities

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/stocktake"
	"longhaul/models"
)

// Retention of records that are kept only for a while.
const (
	keepHeartbeats = 7 * 24 * time.Hour
	keepDay        = 24 * time.Hour // pre-flight answers and idempotency keys
	keepDeleted    = 7 * 24 * time.Hour
	keepMails      = 30 * 24 * time.Hour // after they ended, so that admins can see them
	keepBulk       = 90 * 24 * time.Hour // likewise
	repairBatch    = 200                 // jobs that are compared with their workflows at once
	purgeAgain     = time.Second         // the job's workflow is about to end
	jobsPrefix     = "jobs/"             // of all keys of jobs
)

// SweepStore is what purging, repairing and pruning need from the database.
type SweepStore interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	DeleteJobRows(ctx context.Context, jobID uuid.UUID) error
	JobRuns(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error)
	StaleOpenJobs(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]models.Job, error)
	PruneHeartbeats(ctx context.Context, before time.Time) (int64, error)
	PruneSessions(ctx context.Context, now time.Time) (int64, error)
	PruneEnrolmentTokens(ctx context.Context, now time.Time) (int64, error)
	PruneInspections(ctx context.Context, before time.Time) (int64, error)
	PruneIdempotencyKeys(ctx context.Context, before time.Time) (int64, error)
	PruneDeletedEvents(ctx context.Context, before time.Time) (int64, error)
	PruneMails(ctx context.Context, before time.Time) (int64, error)
	PruneSecurityEvents(ctx context.Context, before time.Time) (int64, error)
	PruneAllowances(ctx context.Context) (int64, error)
	JobsToPurge(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error)
	OpenBulk(ctx context.Context, before time.Time) ([]uuid.UUID, error)
	PruneBulk(ctx context.Context, before time.Time) (int64, error)
}

// SweepStorage is what purging needs from object storage.
type SweepStorage interface {
	ListMultiparts(ctx context.Context, prefix string, fn func(objstore.Upload) error) error
	DeletePrefix(ctx context.Context, prefix string) error
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// Runner starts and checks the workflows of jobs.
type Runner interface {
	// Stopped returns those of the jobs whose workflow does not run.
	Stopped(ctx context.Context, jobs []models.Job) ([]models.Job, error)
	// Restart starts the job's workflow again unless it is running.
	Restart(ctx context.Context, job models.Job) error
	// Running calls fn with the jobs whose workflow was started before the time and
	// runs, page by page, and which run of the job it is.
	Running(ctx context.Context, before time.Time, fn func(runs map[uuid.UUID]int) error) error
	// End ends the workflow of a job that it works on in vain.
	End(ctx context.Context, jobID uuid.UUID, why string) error
	// Purge removes a deleted job, unless a purge is already running.
	Purge(ctx context.Context, jobID uuid.UUID) error
	// Bulk starts the workflow of the act on many jobs unless it is running.
	Bulk(ctx context.Context, id uuid.UUID) error
	// Admit tells the job's workflow that it holds a slot.
	Admit(ctx context.Context, job models.Job) error
}

// Sweeps removes what is no longer needed and repairs what faults left behind.
// Every sweep may run at any time, and repeatedly.
type Sweeps struct {
	Store   SweepStore
	Objects SweepStorage
	Stock   *stocktake.Taker
	Runner  Runner
	Now     func() time.Time
}

// PurgeJob removes a deleted job once it has ended: rows first, then objects.
// If an agent still stores parts afterwards, with an address it holds, the
// orphan sweep finds them once the address has expired.
func (a *Sweeps) PurgeJob(ctx context.Context, in JobInput) error {
	return border(ctx, a.purge(ctx, in.JobID))
}

func (a *Sweeps) purge(ctx context.Context, jobID uuid.UUID) error {
	job, err := a.Store.Job(ctx, jobID)
	switch {
	case models.IsNotFound(err): // an earlier attempt removed the rows
	case err != nil:
		return err
	case job.DeleteAt == nil:
		return models.Fault(models.ProblemWrongState, "The job is not deleted.")
	case !job.State.Terminal():
		return later("The job has not ended yet.", purgeAgain)
	default:
		if err := a.Store.DeleteJobRows(ctx, jobID); err != nil {
			return fmt.Errorf("delete rows: %w", err)
		}
	}
	stop := beat(ctx)
	defer stop()
	prefix := jobPrefix(jobID)
	err = a.Objects.ListMultiparts(ctx, prefix, func(u objstore.Upload) error {
		return ignoreGone(a.Objects.AbortMultipart(ctx, u.Key, u.ID))
	})
	if err != nil {
		return fmt.Errorf("abort uploads: %w", err)
	}
	if err := a.Objects.DeletePrefix(ctx, prefix); err != nil {
		return fmt.Errorf("remove objects: %w", err)
	}
	return nil
}

// SweepObjects compares object storage with the rows, marks what has no row, and
// removes what was marked long enough ago.
func (a *Sweeps) SweepObjects(ctx context.Context, in SweepInput) (SweepResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.Stock.Sweep(ctx, stocktake.SweepOptions(in))
	return SweepResult(res), border(ctx, err)
}

// CheckFiles compares the rows of stored files with object storage and marks
// those whose object is gone.
func (a *Sweeps) CheckFiles(ctx context.Context, in CheckInput) (CheckResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.Stock.Check(ctx, stocktake.CheckOptions(in))
	return CheckResult(res), border(ctx, err)
}

// RepairJobs starts a workflow for every open job without one, as after a loss
// of Temporal's database, ends workflows that the database does not know, as after
// the restore of a dump, and repeats an admission that did not arrive.
func (a *Sweeps) RepairJobs(ctx context.Context, in RepairInput) (RepairResult, error) {
	res, err := a.repair(ctx, in)
	return res, border(ctx, err)
}

func (a *Sweeps) repair(ctx context.Context, in RepairInput) (res RepairResult, err error) {
	stop := beat(ctx)
	defer stop()
	before := a.Now().Add(-in.Quiet)
	err = inBatches(
		func(after uuid.UUID) ([]models.Job, error) {
			return a.Store.StaleOpenJobs(ctx, before, after, repairBatch)
		},
		func(j models.Job) uuid.UUID { return j.ID },
		func(jobs []models.Job) error { return a.revive(ctx, jobs, &res) })
	if err != nil {
		return res, err
	}
	if err := a.endStrays(ctx, before, &res); err != nil {
		return res, err
	}
	if err := a.resumeBulk(ctx, before, &res); err != nil {
		return res, err
	}
	err = inBatches(
		func(after uuid.UUID) ([]uuid.UUID, error) {
			return a.Store.JobsToPurge(ctx, before, after, repairBatch)
		},
		func(id uuid.UUID) uuid.UUID { return id },
		func(deleted []uuid.UUID) error {
			for _, id := range deleted {
				if err := a.Runner.Purge(ctx, id); err != nil {
					return err
				}
				res.Purged++
			}
			return nil
		})
	return res, err
}

// endStrays ends workflows that are newer than the database, as after the
// restore of a dump: of jobs without a row, and later runs than the row knows.
// Nobody would ever answer what they wait for.
func (a *Sweeps) endStrays(ctx context.Context, before time.Time, res *RepairResult) error {
	return a.Runner.Running(ctx, before, func(runs map[uuid.UUID]int) error {
		rows, err := a.Store.JobRuns(ctx, slices.Collect(maps.Keys(runs)))
		if err != nil {
			return err
		}
		for id, run := range runs {
			if row, there := rows[id]; there && run <= row {
				continue
			}
			if err := a.Runner.End(ctx, id, "The database does not know this run, as after the restore of an older dump."); err != nil {
				return err
			}
			res.Ended++
		}
		return nil
	})
}

// resumeBulk starts the workflow of every act on many jobs that has none.
func (a *Sweeps) resumeBulk(ctx context.Context, before time.Time, res *RepairResult) error {
	quiet, err := a.Store.OpenBulk(ctx, before)
	if err != nil {
		return err
	}
	for _, id := range quiet {
		if err := a.Runner.Bulk(ctx, id); err != nil {
			return err
		}
		res.Bulk++
	}
	return nil
}

// inBatches has do look at everything that next returns, which goes by id.
func inBatches[T any](next func(after uuid.UUID) ([]T, error), id func(T) uuid.UUID, do func([]T) error) error {
	for after := uuid.Nil; ; {
		batch, err := next(after)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := do(batch); err != nil {
			return err
		}
		after = id(batch[len(batch)-1])
	}
}

// revive starts the workflows that do not run, and tells those of admitted jobs
// again that they hold a slot.
func (a *Sweeps) revive(ctx context.Context, jobs []models.Job, res *RepairResult) error {
	res.Checked += len(jobs)
	stopped, err := a.Runner.Stopped(ctx, jobs)
	if err != nil {
		return err
	}
	restarted := make(map[uuid.UUID]bool, len(stopped))
	for _, job := range stopped {
		if err := a.Runner.Restart(ctx, job); err != nil {
			return err
		}
		restarted[job.ID] = true
		res.Restarted++
	}
	for _, job := range jobs {
		if restarted[job.ID] || job.State != models.StateQueued || job.AdmittedAt == nil {
			continue
		}
		if err := a.Runner.Admit(ctx, job); err != nil {
			return err
		}
		res.Admitted++
	}
	return nil
}

// PruneRows removes expired rows.
func (a *Sweeps) PruneRows(ctx context.Context) (PruneResult, error) {
	res, err := a.prune(ctx)
	return res, border(ctx, err)
}

func (a *Sweeps) prune(ctx context.Context) (res PruneResult, err error) {
	now := a.Now()
	if res.Heartbeats, err = a.Store.PruneHeartbeats(ctx, now.Add(-keepHeartbeats)); err != nil {
		return res, err
	}
	if res.Sessions, err = a.Store.PruneSessions(ctx, now); err != nil {
		return res, err
	}
	if res.EnrolmentTokens, err = a.Store.PruneEnrolmentTokens(ctx, now); err != nil {
		return res, err
	}
	if res.Inspections, err = a.Store.PruneInspections(ctx, now.Add(-keepDay)); err != nil {
		return res, err
	}
	if res.IdempotencyKeys, err = a.Store.PruneIdempotencyKeys(ctx, now.Add(-keepDay)); err != nil {
		return res, err
	}
	if res.DeletedEvents, err = a.Store.PruneDeletedEvents(ctx, now.Add(-keepDeleted)); err != nil {
		return res, err
	}
	if res.Mails, err = a.Store.PruneMails(ctx, now.Add(-keepMails)); err != nil {
		return res, err
	}
	if res.SecurityEvents, err = a.Store.PruneSecurityEvents(ctx, now.Add(-models.SecurityRetention)); err != nil {
		return res, err
	}
	if res.BulkActs, err = a.Store.PruneBulk(ctx, now.Add(-keepBulk)); err != nil {
		return res, err
	}
	res.Allowances, err = a.Store.PruneAllowances(ctx)
	return res, err
}

func ignoreGone(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}
