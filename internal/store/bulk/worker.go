package bulk

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// Worker carries acts out.
type Worker struct{ bk *Bulk }

// portion is how many jobs that match are listed in one transaction.
const portion = 1000

// mostTries is how often an act on one job fails for reasons of ours before it
// counts as refused, so that it doesn't hold up the others.
const mostTries = 3

// LoadBulk returns an act with how far it has come.
func (w *Worker) LoadBulk(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	return w.bk.load(ctx, id)
}

// FindBulk lists some more of the jobs that match, and returns the act as it is
// then: still finding, or acting when all are listed.
func (w *Worker) FindBulk(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	bk := w.bk
	var b models.BulkAct
	err := bk.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if b, err = bk.lock(ctx, id); err != nil || b.State != models.BulkFinding {
			return err
		}
		ids, next, err := bk.jobs.Matching(ctx, b.Match, b.Cursor, portion)
		if err != nil {
			return err
		}
		if err := bk.list(ctx, &b, ids); err != nil {
			return err
		}
		if b.Cursor = next; next == "" {
			b.State = models.BulkActing
		}
		return bk.save(ctx, "list some jobs of bulk act", &b, "total", "cursor", "state")
	})
	return b, err
}

// ActOnNext does the act to one more job and records how that went, in one
// transaction: whatever is killed, no job is acted on twice. It returns the act
// as it is then: still acting, or done when that was the last one.
func (w *Worker) ActOnNext(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	var b models.BulkAct
	var failed *models.BulkItem
	err := w.bk.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		b, failed, err = w.actOnNext(ctx, id)
		return err
	})
	if err != nil && failed != nil {
		return w.failed(ctx, *failed, err)
	}
	return b, err
}

// actOnNext returns the job, too, if the act on it failed for reasons of ours.
func (w *Worker) actOnNext(ctx context.Context, id uuid.UUID) (models.BulkAct, *models.BulkItem, error) {
	bk := w.bk
	b, err := bk.lock(ctx, id)
	if err != nil || b.State != models.BulkActing {
		return b, nil, err
	}
	may, err := bk.ownerMay(ctx, b)
	if err != nil {
		return b, nil, err
	}
	if !may {
		return b, nil, bk.end(ctx, &b, models.BulkStopped)
	}
	var item models.BulkItem
	err = bk.db.Row(ctx, &item, "next job of bulk act", `
		select * from bulk_items where bulk_id = ? and state = 'pending' order by tries, n limit 1`, id)
	if models.IsNotFound(err) {
		return b, nil, bk.end(ctx, &b, models.BulkDone)
	}
	if err != nil {
		return b, nil, err
	}
	err = bk.db.Attempt(ctx, func(ctx context.Context) error {
		return bk.act(ctx, b, item.JobID)
	})
	if refusal, ours := refused(err); ours {
		return b, &item, err
	} else if refusal != nil {
		item.State, item.Code, item.Problem, item.Refusal = models.BulkItemRefused, refusal.Code, refusal.Problem, refusal.Message
	} else {
		item.State = models.BulkItemDone
	}
	return b, nil, bk.record(ctx, &b, item)
}

// refused returns why the job's state or the rules forbid the act, nil if they
// don't, and whether it failed for reasons of ours instead.
func refused(err error) (refusal *models.Error, ours bool) {
	if err == nil {
		return nil, false
	}
	e, known := errors.AsType[*models.Error](err)
	if !known || e.Code == models.CodeInternal || e.Code == models.CodeUnavailable {
		return nil, true
	}
	return e, false
}

// failed has a job on which the act failed tried again after the others, or
// gives up on it. The error is returned when that cannot be recorded, as while
// the database is away, or when the act itself was given up.
func (w *Worker) failed(ctx context.Context, item models.BulkItem, cause error) (models.BulkAct, error) {
	bk := w.bk
	var b models.BulkAct
	err := bk.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if b, err = bk.lock(ctx, item.BulkID); err != nil || b.State != models.BulkActing {
			return err
		}
		item.Tries++
		if item.Tries < mostTries {
			_, err := bk.db.Exec(ctx, "put job of bulk act back", `
				update bulk_items set tries = ? where bulk_id = ? and n = ?`, item.Tries, item.BulkID, item.N)
			return err
		}
		e := models.AsError(cause)
		item.State, item.Code, item.Refusal = models.BulkItemRefused, e.Code, e.Message
		return bk.record(ctx, &b, item)
	})
	return b, errors.Join(err, ctx.Err())
}

// record writes what became of a job, and counts it.
func (bk *Bulk) record(ctx context.Context, b *models.BulkAct, item models.BulkItem) error {
	now := bk.db.Now()
	item.ActedAt = &now
	n, err := bk.db.Exec(ctx, "record job of bulk act", `
		update bulk_items set state = ?, code = ?, problem = ?, refusal = ?, tries = ?, acted_at = ?
		where bulk_id = ? and n = ? and state = 'pending'`,
		item.State, item.Code, item.Problem, item.Refusal, item.Tries, item.ActedAt, item.BulkID, item.N)
	if err != nil || n == 0 {
		return err
	}
	if item.State == models.BulkItemDone {
		b.Done++
	} else {
		b.Refused++
	}
	return bk.save(ctx, "count job of bulk act", b, "done", "refused")
}

// StopActing ends an act that an operator cancelled in Temporal.
func (w *Worker) StopActing(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	return w.bk.stop(ctx, models.Actor{Kind: models.ActorSystem}, id, func(models.BulkAct) bool { return true })
}

// OpenBulk returns acts on which nothing was written since the time, although
// they are not over.
func (w *Worker) OpenBulk(ctx context.Context, before time.Time) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.bk.db.Rows(ctx, &out, "look for quiet bulk acts", `
		select id from bulk_acts where state in ('finding', 'acting') and updated_at < ?`, before)
	return out, err
}

// PruneBulk removes acts that ended before the time, with what became of their
// jobs.
func (w *Worker) PruneBulk(ctx context.Context, before time.Time) (int64, error) {
	return w.bk.db.Exec(ctx, "prune bulk acts", `delete from bulk_acts where ended_at < ?`, before)
}
