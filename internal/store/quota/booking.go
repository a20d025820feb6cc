package quota

import (
	"context"

	"longhaul/models"
)

// Blocks in which a job of unknown length reserves storage while it is fetched.
const (
	firstBlock = 256 << 20
	lastBlock  = 4 << 30
)

// entry is one change of what a job holds and takes up, in bytes.
type entry struct {
	kind     models.LedgerKind
	used     int64
	reserved int64
	limited  bool // only if it fits under the plan's storage
}

// book makes the change in one statement: the totals of the account, the job
// and the ledger. It reports false, and changes nothing, when a limited change
// does not fit. The job has to be locked or new; the totals stay locked until
// the transaction ends, so that changes of one account follow one another.
func (q *Quota) book(ctx context.Context, job *models.Job, e entry) (bool, error) {
	if e.used == 0 && e.reserved == 0 {
		return true, nil
	}
	for {
		var after []struct{ Used, Reserved int64 }
		err := q.db.Rows(ctx, &after, "book storage", `
			with plan as (select storage_bytes as most from user_plans where user_id = @user),
			total as (
				update quota_usage q set used = q.used + cast(@used as bigint), reserved = q.reserved + cast(@reserved as bigint), updated_at = @now
				from plan where q.user_id = @user and (not cast(@limited as bool) or plan.most is null
					or q.used + q.reserved + cast(@used as bigint) + cast(@reserved as bigint) <= plan.most)
				returning q.used, q.reserved),
			line as (
				insert into quota_ledger (user_id, job_id, kind, used_delta, reserved_delta, used_after, reserved_after, at)
				select @user, @job, @kind, cast(@used as bigint), cast(@reserved as bigint), used, reserved, @now from total),
			holder as (
				update jobs set quota_used = quota_used + cast(@used as bigint), quota_reserved = quota_reserved + cast(@reserved as bigint)
				where id = @job and exists (select from total))
			select used, reserved from total`, map[string]any{
			"user": job.UserID, "job": job.ID, "kind": e.kind, "used": e.used, "reserved": e.reserved,
			"limited": e.limited, "now": q.db.Now(),
		})
		if err != nil {
			return false, err
		}
		if len(after) == 1 {
			job.QuotaUsed += e.used
			job.QuotaReserved += e.reserved
			return true, nil
		}
		// There is no room, or the account has no totals yet.
		made, err := q.db.Exec(ctx, "open storage totals",
			`insert into quota_usage (user_id, updated_at) values (?, ?) on conflict do nothing`, job.UserID, q.db.Now())
		if err != nil || made == 0 {
			return false, err
		}
	}
}

// Hold makes what the job holds what it wants. It reports false when there is
// no room for more at the moment.
func (q *Quota) Hold(ctx context.Context, job *models.Job) (bool, error) {
	missing := job.QuotaWant - job.QuotaReserved
	switch {
	case missing < 0:
		return q.book(ctx, job, entry{kind: models.LedgerRelease, reserved: missing})
	case job.QuotaReserved > 0:
		return q.book(ctx, job, entry{kind: models.LedgerGrow, reserved: missing, limited: true})
	default:
		return q.book(ctx, job, entry{kind: models.LedgerReserve, reserved: missing, limited: true})
	}
}

// Want records what the locked job needs to hold in order to run.
func (q *Quota) Want(ctx context.Context, job *models.Job, bytes int64) error {
	if job.QuotaWant == bytes {
		return nil
	}
	job.QuotaWant = bytes
	_, err := q.db.Exec(ctx, "want storage", `update jobs set quota_want = ? where id = ?`, bytes, job.ID)
	return err
}

// WantOf returns what a job needs to hold: its size less what it has stored
// from an earlier run, a first block while the size is unknown, and nothing
// before its files are known and chosen. It refuses a size that could never
// be kept, and more files than the plan allows.
func (q *Quota) WantOf(ctx context.Context, job models.Job) (int64, error) {
	switch {
	case job.FileCount == 0, job.ChooseFiles && job.Selection == nil:
		return 0, nil
	}
	p, err := q.PlanOf(ctx, job.UserID)
	if err == nil {
		err = q.fitsFiles(ctx, p, job)
	}
	switch {
	case err != nil:
		return 0, err
	case job.Size == nil:
		return models.UnknownSizeBlock, nil
	default:
		return max(0, *job.Size-job.QuotaUsed), p.Fits(*job.Size)
	}
}

// fitsFiles refuses a job whose files would be too many for the plan. Jobs of
// one account are counted one after the other.
func (q *Quota) fitsFiles(ctx context.Context, p models.Plan, job models.Job) error {
	if p.MaxFiles == nil {
		return nil
	}
	if _, err := q.db.Exec(ctx, "lock totals", `select 1 from quota_usage where user_id = ? for update`, job.UserID); err != nil {
		return err
	}
	kept, err := q.keptFiles(ctx, job)
	if err != nil {
		return err
	}
	return p.FitsFiles(job.FileCount, kept)
}

// keptFiles counts the files of the other jobs of the job's owner that are open
// or ready, and what is in the trash: it can be restored.
func (q *Quota) keptFiles(ctx context.Context, job models.Job) (int, error) {
	var kept int
	err := q.db.Row(ctx, &kept, "count files of account", `
		select ((select coalesce(sum(file_count), 0) from jobs
				where user_id = @user and id <> @job and delete_at is null and state not in ('failed', 'cancelled', 'expired'))
			+ (select coalesce(sum(file_count), 0) from jobs
				where user_id = @user and trash_until is not null and state not in ('failed', 'cancelled', 'expired'))
			+ (select count(*) from files where user_id = @user and state = 'trashed'))::int`, map[string]any{"user": job.UserID, "job": job.ID})
	return kept, err
}

// Claim makes the locked job hold what it needs, and reports false when it has
// to wait for room. A job that has ended needs nothing.
func (q *Quota) Claim(ctx context.Context, job *models.Job) (bool, error) {
	if job.State.Terminal() {
		return true, nil
	}
	bytes, err := q.WantOf(ctx, *job)
	if err != nil {
		return false, err
	}
	if err := q.Want(ctx, job, bytes); err != nil {
		return false, err
	}
	return q.Hold(ctx, job)
}

// NeedsRoom returns why the job waits for storage.
func (q *Quota) NeedsRoom(ctx context.Context, job models.Job) (models.Reason, error) {
	room, err := q.Room(ctx, job.UserID)
	if err != nil {
		return models.Reason{}, err
	}
	free, _ := room.Free()
	return models.NeedsRoom(job.QuotaWant-job.QuotaReserved, free), nil
}

// Settle closes what the locked job, which ends, holds: its stored files count
// instead. Doing it again changes nothing.
func (q *Quota) Settle(ctx context.Context, job *models.Job) error {
	return q.settle(ctx, job, ledgerKind(job.State))
}

func (q *Quota) settle(ctx context.Context, job *models.Job, kind models.LedgerKind) error {
	var stored int64
	err := q.db.Row(ctx, &stored, "sum up stored files",
		`select coalesce(sum(size), 0)::bigint from files where job_id = ? and state in ('stored', 'trashed')`, job.ID)
	if err != nil {
		return err
	}
	if err := q.Want(ctx, job, 0); err != nil {
		return err
	}
	_, err = q.book(ctx, job, entry{kind: kind, used: stored - job.QuotaUsed, reserved: -job.QuotaReserved})
	return err
}

// Repair makes the locked job, which has ended, take up what it stores after
// files were lost or found.
func (q *Quota) Repair(ctx context.Context, job *models.Job) error {
	return q.settle(ctx, job, models.LedgerRepair)
}

// FreeFiles makes the locked job, which has ended, take up what is left of it
// after some of its files were deleted.
func (q *Quota) FreeFiles(ctx context.Context, job *models.Job) error {
	return q.settle(ctx, job, models.LedgerFree)
}

// Free gives back all that a job takes up whose files are removed.
func (q *Quota) Free(ctx context.Context, job *models.Job) error {
	_, err := q.book(ctx, job, entry{kind: models.LedgerFree, used: -job.QuotaUsed, reserved: -job.QuotaReserved})
	return err
}

// ledgerKind is how the end of a job in the state is written down.
func ledgerKind(to models.State) models.LedgerKind {
	switch to {
	case models.StateReady:
		return models.LedgerSettle
	case models.StateExpired:
		return models.LedgerFree
	default:
		return models.LedgerRelease
	}
}

// StorageFull returns the fault of a job that has to wait for room.
func (q *Quota) StorageFull(ctx context.Context, job models.Job) (full, err error) {
	reason, err := q.NeedsRoom(ctx, job)
	if err != nil {
		return nil, err
	}
	fault := models.Fault(models.ProblemStorageFull, "There is no room for it in the owner's storage now.")
	fault.Params = reason.Params
	return fault, nil
}

// Grow makes the locked job, of unknown size, hold at least need, and a whole
// block more if there is room. It refuses more than the plan could ever keep as
// quota_exceeded. The first error says that there is no room even for the least
// now: the job wants it from then on.
func (q *Quota) Grow(ctx context.Context, job *models.Job, need int64) (full, err error) {
	if need <= job.QuotaReserved {
		return nil, nil
	}
	plan, err := q.PlanOf(ctx, job.UserID)
	if err != nil {
		return nil, err
	}
	if err := plan.Fits(need); err != nil {
		return nil, err
	}
	room, err := q.Room(ctx, job.UserID)
	if err != nil {
		return nil, err
	}
	block := min(max(job.QuotaReserved, firstBlock), lastBlock)
	goal := max(need, job.QuotaReserved+block)
	if free, limited := room.Free(); limited {
		goal = max(need, min(goal, job.QuotaReserved+free))
	}
	for _, bytes := range []int64{goal, need} { // others may take room meanwhile
		if err := q.Want(ctx, job, bytes); err != nil {
			return nil, err
		}
		if held, err := q.Hold(ctx, job); err != nil || held {
			return nil, err
		}
	}
	return q.StorageFull(ctx, *job)
}
