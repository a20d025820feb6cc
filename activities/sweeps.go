package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/stocktake"
	"longhaul/internal/zipsums"
	"longhaul/models"
)

// Retention of records that are kept only for a while.
const (
	keepHeartbeats = 7 * 24 * time.Hour
	keepDay        = 24 * time.Hour // pre-flight answers and idempotency keys
	keepDeleted    = 7 * 24 * time.Hour
	keepMails      = 30 * 24 * time.Hour // after they ended, so that admins can see them
	keepBulk       = 90 * 24 * time.Hour // likewise
	keepCleanups   = 90 * 24 * time.Hour // likewise
	purgeAgain     = time.Second         // the job's workflow is about to end
	jobsPrefix     = "jobs/"             // of all keys of jobs
)

// SweepStore is what purging, repairing and pruning need from the database.
type SweepStore interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	DeleteJobRows(ctx context.Context, jobID uuid.UUID) error
	JobRuns(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error)
	StaleOpenJobs(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]models.Job, error)
	OpenJobs(ctx context.Context, ids []uuid.UUID) ([]models.Job, error)
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
	EnforceBlocks(ctx context.Context) (told int, err error)
	EnforceDisabled(ctx context.Context) (asked int, err error)
	OpenBulk(ctx context.Context, before time.Time) ([]uuid.UUID, error)
	PruneBulk(ctx context.Context, before time.Time) (int64, error)
	NoticeSweeps
	TrashStore
	LibrarySweeps
	ThumbnailSweeps
	OpenCleanups(ctx context.Context, before time.Time) ([]models.Cleanup, error)
	PruneCleanups(ctx context.Context, before time.Time) (int64, error)
	StopCleaning(ctx context.Context, id uuid.UUID) (models.Cleanup, error)
	SumUp(ctx context.Context) (models.Amount, error)
	OpenContentChecks(ctx context.Context, before time.Time) ([]models.ContentCheck, error)
	PruneContentChecks(ctx context.Context, before time.Time) (int64, error)
	PruneShares(ctx context.Context, before time.Time) (int64, error)
	StartDueCheck(ctx context.Context) (bool, error)
	StopReading(ctx context.Context, id uuid.UUID) (models.ContentCheck, error)
	RestartDeliveries(ctx context.Context, limit int) (int, error)
	PruneNotifications(ctx context.Context) (int64, error)
	PruneDeliveries(ctx context.Context) (int64, error)
}

// SweepStorage is what purging needs from object storage.
type SweepStorage interface {
	List(ctx context.Context, prefix string, fn func(objstore.Object) error) error
	ListMultiparts(ctx context.Context, prefix string, fn func(objstore.Upload) error) error
	Delete(ctx context.Context, key string) error
	DeletePrefix(ctx context.Context, prefix string) error
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// Sweeps removes what is no longer needed and repairs what faults left behind.
// Every sweep may run at any time, and repeatedly.
type Sweeps struct {
	Store     SweepStore
	Objects   SweepStorage
	Stock     *stocktake.Taker
	Checksums *zipsums.Learner
	Runner    Runner
	Stopper   Stopper
	Now       func() time.Time

	AttentionTimeout time.Duration // how long a job that an operator ended waits for a person

	Repaired func(RepairResult) // hears of each repair; nil if no one counts
}

func (a *Sweeps) repaired(r RepairResult) {
	if a.Repaired != nil {
		a.Repaired(r)
	}
}

// PurgeJob removes a job that was deleted for good once it has ended: rows first,
// then objects. Of one that stays, it removes the objects of deleted files.
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
	case job.DeleteAt == nil, job.InTrash():
		return a.purgeFiles(ctx, jobID)
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
	if res.Notices, err = a.Store.ForgetNotices(ctx, now.Add(-models.NoticeRetention)); err != nil {
		return res, err
	}
	if res.Cleanups, err = a.Store.PruneCleanups(ctx, now.Add(-keepCleanups)); err != nil {
		return res, err
	}
	if res.ContentChecks, err = a.Store.PruneContentChecks(ctx, now.Add(-keepCleanups)); err != nil {
		return res, err
	}
	if res.Shares, err = a.Store.PruneShares(ctx, now.Add(-models.ShareRetention)); err != nil {
		return res, err
	}
	if res.Notifications, err = a.Store.PruneNotifications(ctx); err != nil {
		return res, err
	}
	if res.Folders, err = a.Store.PruneFolders(ctx, pruneFolders); err != nil {
		return res, err
	}
	if res.Selections, err = a.Store.PruneSelections(ctx, now.Add(-models.ShareRetention)); err != nil {
		return res, err
	}
	if res.Deliveries, err = a.Store.PruneDeliveries(ctx); err != nil {
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
