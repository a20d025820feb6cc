// Package bulk keeps acts on many jobs, of administrators on anyone's and of
// owners on their own: which jobs are meant, what became of each, and how far the
// act has come.
//
// It depends on the jobs, which find what matches and know what an act does to
// one of them. The pace, and that it continues after a failure, are for the
// workflow to see to.
package bulk

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Jobs is what acts need of the jobs.
type Jobs interface {
	Matching(ctx context.Context, m models.JobMatch, cursor string, limit int) (ids []uuid.UUID, next string, err error)
	RequestAct(ctx context.Context, by models.Actor, jobID uuid.UUID, what models.AdminAct) (models.Job, error)
}

// OwnJobs is what acts of owners need of the jobs. Both know nothing of other
// users' jobs.
type OwnJobs interface {
	Meant(ctx context.Context, userID uuid.UUID, f models.JobFilter, a models.Action) *gorm.DB
	RequestOwn(ctx context.Context, userID, jobID uuid.UUID, a models.Action) (models.Job, error)
}

// Bulk keeps acts on many jobs.
type Bulk struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
	jobs    Jobs
	own     OwnJobs
}

// New returns the acts of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records, js Jobs, own OwnJobs) *Bulk {
	return &Bulk{db: db, outbox: o, records: r, jobs: js, own: own}
}

// Own returns the methods of owners.
func (bk *Bulk) Own() *Own { return &Own{bk} }

// Admin returns the methods that only administrators may use.
func (bk *Bulk) Admin() *Admin { return &Admin{bk} }

// Worker returns the methods that only the worker may use.
func (bk *Bulk) Worker() *Worker { return &Worker{bk} }

func (bk *Bulk) load(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	var b models.BulkAct
	err := bk.db.Row(ctx, &b, "load bulk act", `
		select b.*, coalesce(u.email, '') as email from bulk_acts b left join users u on u.id = b.actor_id where b.id = ?`, id)
	return b, err
}

// lock is load for a transaction that changes the act: one at a time.
func (bk *Bulk) lock(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	var b models.BulkAct
	err := bk.db.Row(ctx, &b, "lock bulk act", `select * from bulk_acts where id = ? for update`, id)
	return b, err
}

// save writes the columns of the act, and when that was.
func (bk *Bulk) save(ctx context.Context, doing string, b *models.BulkAct, columns ...any) error {
	b.UpdatedAt = bk.db.Now()
	err := bk.db.Conn(ctx).Model(b).Select("updated_at", columns...).Updates(b).Error
	return postgres.Translate(err, doing)
}

// list appends jobs to those that are meant, unless they are among them.
func (bk *Bulk) list(ctx context.Context, b *models.BulkAct, ids []uuid.UUID) error {
	n, err := bk.db.Exec(ctx, "list jobs of bulk act", `
		insert into bulk_items (bulk_id, n, job_id, state)
		select @bulk, @total + row_number() over (order by min(i)), id, 'pending'
		from unnest(cast(@ids as uuid[])) with ordinality as meant(id, i)
		where not exists (select from bulk_items known where known.bulk_id = @bulk and known.job_id = id)
		group by id`, map[string]any{"bulk": b.ID, "total": b.Total, "ids": postgres.Array[uuid.UUID](ids)})
	b.Total += n
	return err
}

// stop ends an act that is within reach of who asks.
func (bk *Bulk) stop(ctx context.Context, by models.Actor, id uuid.UUID, within func(models.BulkAct) bool) (models.BulkAct, error) {
	var b models.BulkAct
	err := bk.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if b, err = bk.lock(ctx, id); err != nil {
			return err
		}
		if !within(b) {
			return postgres.NotFound("act")
		}
		if b.State.Over() {
			return nil
		}
		if err := bk.end(ctx, &b, models.BulkStopped); err != nil || b.UserID != nil {
			return err
		}
		return bk.audit(ctx, by, models.AuditBulkStopped, b)
	})
	if err != nil {
		return b, err
	}
	return bk.load(ctx, id)
}

func (bk *Bulk) end(ctx context.Context, b *models.BulkAct, as models.BulkState) error {
	now := bk.db.Now()
	b.State, b.EndedAt = as, &now
	return bk.save(ctx, "end bulk act", b, "state", "ended_at")
}

// auditTarget is what the audit log calls an act on many jobs.
const auditTarget = "bulk"

// audit records that an act was started or stopped.
func (bk *Bulk) audit(ctx context.Context, by models.Actor, what models.AuditAction, b models.BulkAct) error {
	e := by.Did(what, auditTarget, b.ID.String())
	e.After = map[string]any{"act": string(b.Action), "state": string(b.State), "done": b.Done, "refused": b.Refused, "total": b.Total}
	if b.Action == models.ActionDelete {
		e.After["final"] = b.Final
	}
	if !b.Named {
		facts, err := b.Match.Facts()
		if err != nil {
			return err
		}
		e.After["filter"] = facts
	}
	return bk.records.RecordAudit(ctx, e)
}
