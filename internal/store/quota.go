package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// blocks in which a job of unknown length reserves storage while it is fetched.
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
func (s *Store) book(ctx context.Context, job *models.Job, e entry) (bool, error) {
	if e.used == 0 && e.reserved == 0 {
		return true, nil
	}
	for {
		var after []struct{ Used, Reserved int64 }
		err := s.rows(ctx, &after, "book storage", `
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
			"limited": e.limited, "now": s.Now(),
		})
		if err != nil {
			return false, err
		}
		if len(after) == 1 {
			job.QuotaUsed += e.used
			job.QuotaReserved += e.reserved
			return true, nil
		}
		// Either there is no room, or the account has no totals yet.
		made, err := s.exec(ctx, "open storage totals",
			`insert into quota_usage (user_id, updated_at) values (?, ?) on conflict do nothing`, job.UserID, s.Now())
		if err != nil || made == 0 {
			return false, err
		}
	}
}

// hold makes what the job holds what it wants. It reports false when there is
// no room for more at the moment.
func (s *Store) hold(ctx context.Context, job *models.Job) (bool, error) {
	missing := job.QuotaWant - job.QuotaReserved
	switch {
	case missing < 0:
		return s.book(ctx, job, entry{kind: models.LedgerRelease, reserved: missing})
	case job.QuotaReserved > 0:
		return s.book(ctx, job, entry{kind: models.LedgerGrow, reserved: missing, limited: true})
	default:
		return s.book(ctx, job, entry{kind: models.LedgerReserve, reserved: missing, limited: true})
	}
}

// want records what the locked job needs to hold in order to run.
func (s *Store) want(ctx context.Context, job *models.Job, bytes int64) error {
	if job.QuotaWant == bytes {
		return nil
	}
	job.QuotaWant = bytes
	_, err := s.exec(ctx, "want storage", `update jobs set quota_want = ? where id = ?`, bytes, job.ID)
	return err
}

// wantOf returns what a job needs to hold: its size less what it has stored
// from an earlier run, a first block while the size is unknown, and nothing
// before its files are known and chosen. It refuses a size that could never
// be kept.
func (s *Store) wantOf(ctx context.Context, job models.Job) (int64, error) {
	switch {
	case job.FileCount == 0, job.ChooseFiles && job.Selection == nil:
		return 0, nil
	case job.Size == nil:
		return models.UnknownSizeBlock, nil
	}
	p, err := s.PlanOf(ctx, job.UserID)
	if err != nil {
		return 0, err
	}
	return max(0, *job.Size-job.QuotaUsed), p.Fits(*job.Size)
}

// claim makes the locked job hold what it needs, and reports false when it has
// to wait for room. A job that has ended needs nothing.
func (s *Store) claim(ctx context.Context, job *models.Job) (bool, error) {
	if job.State.Terminal() {
		return true, nil
	}
	bytes, err := s.wantOf(ctx, *job)
	if err != nil {
		return false, err
	}
	if err := s.want(ctx, job, bytes); err != nil {
		return false, err
	}
	return s.hold(ctx, job)
}

// needsRoom tells why the job waits for storage.
func (s *Store) needsRoom(ctx context.Context, job models.Job) (models.Reason, error) {
	room, err := s.Room(ctx, job.UserID)
	if err != nil {
		return models.Reason{}, err
	}
	free, _ := room.Free()
	return models.NeedsRoom(job.QuotaWant-job.QuotaReserved, free), nil
}

// waitForRoom notes on the locked job that it waits for storage.
func (s *Store) waitForRoom(ctx context.Context, job *models.Job) error {
	reason, err := s.needsRoom(ctx, *job)
	if err != nil {
		return err
	}
	job.Reason = reason
	_, err = s.exec(ctx, "wait for storage", `update jobs set reason_code = ?, reason_params = ? where id = ?`,
		reason.Code, paramsJSON(reason), job.ID)
	return err
}

// settle closes what the locked job, which ends, holds: its stored files count
// instead. Doing it again changes nothing.
func (s *Store) settle(ctx context.Context, job *models.Job, kind models.LedgerKind) error {
	var stored int64
	err := s.row(ctx, &stored, "sum up stored files",
		`select coalesce(sum(size), 0)::bigint from files where job_id = ? and state = ?`, job.ID, models.FileStored)
	if err != nil {
		return err
	}
	if err := s.want(ctx, job, 0); err != nil {
		return err
	}
	_, err = s.book(ctx, job, entry{kind: kind, used: stored - job.QuotaUsed, reserved: -job.QuotaReserved})
	return err
}

// free gives back all that a job takes up whose files are removed.
func (s *Store) free(ctx context.Context, job *models.Job) error {
	_, err := s.book(ctx, job, entry{kind: models.LedgerFree, used: -job.QuotaUsed, reserved: -job.QuotaReserved})
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

// ReserveParts makes the job hold storage for bytes of files of unknown length
// that are about to be stored, in growing blocks. It refuses an attempt that
// is not the newest as superseded, more than the plan could ever keep as
// quota_exceeded, and what does not fit now as storage_full: then the job
// waits until it does.
func (s *Store) ReserveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch, bytes int64) error {
	var full error
	err := s.Tx(ctx, func(ctx context.Context) error {
		full = nil
		job, err := s.lockFenced(ctx, agentID, jobID, epoch)
		if err != nil {
			return err
		}
		var stored int64
		err = s.row(ctx, &stored, "sum up stored parts", `
			select coalesce(sum(p.size), 0)::bigint from file_parts p join files f on f.id = p.file_id where f.job_id = ?`, jobID)
		if err != nil {
			return err
		}
		need := stored + bytes
		if need <= job.QuotaReserved {
			return nil
		}
		plan, err := s.PlanOf(ctx, job.UserID)
		if err != nil {
			return err
		}
		if err := plan.Fits(need); err != nil {
			return err
		}
		full, err = s.grow(ctx, &job, need)
		return err
	})
	if err != nil {
		return err
	}
	return full
}

// grow makes the job hold at least need, and a whole block more if there is
// room. The first error says that there is no room even for the least.
func (s *Store) grow(ctx context.Context, job *models.Job, need int64) (full, err error) {
	room, err := s.Room(ctx, job.UserID)
	if err != nil {
		return nil, err
	}
	block := min(max(job.QuotaReserved, firstBlock), lastBlock)
	goal := max(need, job.QuotaReserved+block)
	if free, limited := room.Free(); limited {
		goal = max(need, min(goal, job.QuotaReserved+free))
	}
	for _, bytes := range []int64{goal, need} { // others may take room meanwhile
		if err := s.want(ctx, job, bytes); err != nil {
			return nil, err
		}
		if held, err := s.hold(ctx, job); err != nil || held {
			return nil, err
		}
	}
	return s.storageFull(ctx, *job)
}

// storageFull returns the fault of a job that has to wait for room.
func (s *Store) storageFull(ctx context.Context, job models.Job) (full, err error) {
	reason, err := s.needsRoom(ctx, job)
	if err != nil {
		return nil, err
	}
	fault := models.Fault(models.ProblemStorageFull, "There is no room for it in the owner's storage now.")
	fault.Params = reason.Params
	return fault, nil
}

// lockFenced locks the job and checks the attempt, in the order in which
// everything locks them.
func (s *Store) lockFenced(ctx context.Context, agentID, jobID uuid.UUID, epoch int64) (models.Job, error) {
	job, err := s.lockAnyJob(ctx, jobID)
	if models.IsNotFound(err) {
		return models.Job{}, superseded("the job is gone")
	}
	if err != nil {
		return models.Job{}, err
	}
	if job.State.Terminal() { // its attempt is about to be ended
		return models.Job{}, superseded("the job has ended")
	}
	return job, s.fence(ctx, agentID, jobID, epoch)
}
