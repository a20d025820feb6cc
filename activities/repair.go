package activities

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// repairBatch is how many jobs are compared with their workflows at once.
const repairBatch = 200

// Runner starts and checks the workflows of jobs.
type Runner interface {
	// Stopped returns those of the jobs whose workflow does not run.
	Stopped(ctx context.Context, jobs []models.Job) ([]models.Job, error)
	// Terminated calls fn with the jobs of which a run was terminated since the
	// time, page by page.
	Terminated(ctx context.Context, since time.Time, fn func(jobs []uuid.UUID) error) error
	// HowEnded returns how the job's last run ended, which does not run.
	HowEnded(ctx context.Context, job models.Job) (Ending, error)
	// Restart starts the job's workflow again unless it is running.
	Restart(ctx context.Context, job models.Job) error
	// Cancel asks the job's workflow to end and clean up.
	Cancel(ctx context.Context, jobID uuid.UUID) error
	// Running calls fn with the jobs whose workflow was started before the time and
	// runs, page by page, and which run of the job it is.
	Running(ctx context.Context, before time.Time, fn func(runs map[uuid.UUID]int) error) error
	// End ends the workflow of a job that it works on in vain.
	End(ctx context.Context, jobID uuid.UUID, why string) error
	// Purge removes a deleted job, unless a purge is already running.
	Purge(ctx context.Context, jobID uuid.UUID) error
	// Bulk starts the workflow of the act on many jobs unless it is running.
	Bulk(ctx context.Context, id uuid.UUID) error
	// CleanUp starts the workflow of the cleanup of storage unless it is running.
	CleanUp(ctx context.Context, c models.Cleanup) error
	// ReadContents starts the workflow of the check of contents unless it is running.
	ReadContents(ctx context.Context, c models.ContentCheck) error
	// KeepCounter starts the workflow of the counter-notice unless it is running.
	KeepCounter(ctx context.Context, id uuid.UUID) error
	// Admit tells the job's workflow that it holds a slot.
	Admit(ctx context.Context, job models.Job) error
}

// Ending is how the last run of a job ended whose row is open.
type Ending int

// The endings.
const (
	EndedOtherwise  Ending = iota // failed, timed out, or Temporal doesn't have it
	EndedByOperator               // terminated by a person
	EndedByLonghaul               // terminated, so that another run follows
)

// Stopper ends what runs for a job and moves it to another state; the placer is
// one.
type Stopper interface {
	Stop(ctx context.Context, jobID uuid.UUID, change models.JobChange, remove bool) error
}

// RepairJobs brings jobs and workflows together. It settles every open job
// without a workflow, ends workflows that the database does not know, as after
// the restore of a dump, repeats an admission that did not arrive, and completes
// blocks, what disabling an account means for its jobs, and decisions on notices.
func (a *Sweeps) RepairJobs(ctx context.Context, in RepairInput) (RepairResult, error) {
	res, err := a.repair(ctx, in)
	return res, border(ctx, err)
}

func (a *Sweeps) repair(ctx context.Context, in RepairInput) (res RepairResult, err error) {
	stop := beat(ctx)
	defer stop()
	defer func() { a.repaired(res) }()
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
	if res.Blocked, err = a.Store.EnforceBlocks(ctx); err != nil {
		return res, err
	}
	if res.Halted, err = a.Store.EnforceDisabled(ctx); err != nil {
		return res, err
	}
	if err := a.repairNotices(ctx, before, &res); err != nil {
		return res, err
	}
	if err := a.resumeCleanups(ctx, before, &res); err != nil {
		return res, err
	}
	if res.Webhooks, err = a.Store.RestartDeliveries(ctx, repairBatch); err != nil {
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

// RepairTerminated settles the open jobs without a workflow of which an operator
// terminated a run since the time, or replaced it by a reset to its end. It costs
// one list, which is usually empty, so it may run every few seconds; RepairJobs
// finds what it misses and does the rest.
func (a *Sweeps) RepairTerminated(ctx context.Context, since time.Time) (res RepairResult, err error) {
	defer func() { a.repaired(res) }()
	err = a.Runner.Terminated(ctx, since, func(ids []uuid.UUID) error {
		jobs, err := a.Store.OpenJobs(ctx, ids)
		if err != nil {
			return err
		}
		jobs = slices.DeleteFunc(jobs, models.Job.Unattended) // settled before
		if len(jobs) == 0 {
			return nil
		}
		res.Checked += len(jobs)
		stopped, err := a.Runner.Stopped(ctx, jobs)
		if err != nil {
			return err
		}
		var mu sync.Mutex
		return each(ctx, len(stopped), func(ctx context.Context, i int) error {
			how, err := a.Runner.HowEnded(ctx, stopped[i])
			if err != nil || how == EndedByLonghaul {
				return err
			}
			var one RepairResult
			err = a.settle(ctx, stopped[i], how, &one)
			mu.Lock()
			defer mu.Unlock()
			res.Parked, res.Restarted, res.GaveUp = res.Parked+one.Parked, res.Restarted+one.Restarted, res.GaveUp+one.GaveUp
			return err
		})
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

// resumeCleanups starts the workflow of every cleanup of storage, and of every
// check of contents, that has none.
func (a *Sweeps) resumeCleanups(ctx context.Context, before time.Time, res *RepairResult) error {
	quiet, err := a.Store.OpenCleanups(ctx, before)
	if err != nil {
		return err
	}
	for _, c := range quiet {
		if err := a.Runner.CleanUp(ctx, c); err != nil {
			return err
		}
		res.Cleanups++
	}
	checks, err := a.Store.OpenContentChecks(ctx, before)
	if err != nil {
		return err
	}
	for _, c := range checks {
		if err := a.Runner.ReadContents(ctx, c); err != nil {
			return err
		}
		res.Contents++
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

// revive settles the jobs whose workflow does not run, and tells those of
// admitted jobs again that they hold a slot.
func (a *Sweeps) revive(ctx context.Context, jobs []models.Job, res *RepairResult) error {
	res.Checked += len(jobs)
	stopped, err := a.Runner.Stopped(ctx, jobs)
	if err != nil {
		return err
	}
	settled := make(map[uuid.UUID]bool, len(stopped))
	for _, job := range stopped {
		how, err := a.Runner.HowEnded(ctx, job)
		if err != nil {
			return err
		}
		if err := a.settle(ctx, job, how, res); err != nil {
			return err
		}
		settled[job.ID] = true
	}
	for _, job := range jobs {
		if settled[job.ID] || job.State != models.StateQueued || job.AdmittedAt == nil {
			continue
		}
		if err := a.Runner.Admit(ctx, job); err != nil {
			return err
		}
		res.Admitted++
	}
	return nil
}

// settle brings an open job and its workflow together, which does not run. One
// that an operator ended stays ended, and a person decides; any other starts
// again and continues from the row.
func (a *Sweeps) settle(ctx context.Context, job models.Job, how Ending, res *RepairResult) error {
	unwanted := job.DeleteAt != nil || job.Reason.Code == models.ReasonCancelRequested
	switch {
	case job.Unattended() && job.Reason.Code.Problem() == models.ProblemEndedByOperator:
		return a.giveUp(ctx, job, res)
	case how == EndedByOperator && !unwanted:
		return a.park(ctx, job, res)
	}
	if err := a.Runner.Restart(ctx, job); err != nil {
		return err
	}
	res.Restarted++
	if unwanted { // its workflow was ended before it could clean up
		return ignoreGone(a.Runner.Cancel(ctx, job.ID))
	}
	return nil
}

// park has a job wait for a person because an operator ended its workflow. What
// is stored stays.
func (a *Sweeps) park(ctx context.Context, job models.Job, res *RepairResult) error {
	by := a.Now().Add(a.AttentionTimeout)
	err := a.Stopper.Stop(ctx, job.ID, models.JobChange{
		To: models.StateNeedsAttention, Problem: models.ProblemEndedByOperator, Reason: models.ProblemEndedByOperator.Because(),
		Deadline: &by, ReleaseSlot: true,
	}, false)
	return counted(err, &res.Parked)
}

// giveUp fails a job without a workflow for which no person did anything in time.
func (a *Sweeps) giveUp(ctx context.Context, job models.Job, res *RepairResult) error {
	if job.Deadline == nil || a.Now().Before(*job.Deadline) {
		return nil
	}
	err := a.Stopper.Stop(ctx, job.ID, models.JobChange{
		To: models.StateFailed, Problem: models.ProblemGaveUp, Reason: job.Reason.As(models.ReasonCode(models.ProblemGaveUp)), ReleaseSlot: true,
	}, true)
	return counted(err, &res.GaveUp)
}

// counted counts a change that went well. A job that has moved on meanwhile, or
// is gone, needs none.
func counted(err error, n *int) error {
	switch {
	case err == nil:
		*n++
		return nil
	case models.IsNotFound(err), models.ProblemOf(err) == models.ProblemWrongState:
		return nil
	default:
		return err
	}
}
