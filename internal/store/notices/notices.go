// Package notices keeps takedown notices: what a complainant says, what an
// administrator decides, the owner's counter-notice with its clock, and how far
// a decision is carried out.
//
// It depends on the jobs, for blocks and pauses, and on the strikes. What was decided is
// recorded first and carried out then; what dies in between, the worker makes up
// for. The clock itself is a workflow's.
package notices

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/mails"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/internal/store/strikes"
	"longhaul/models"
)

// Jobs is what notices need of the jobs.
type Jobs interface {
	Block(ctx context.Context, by models.Actor, value string, isFile bool, reason string) (models.Block, error)
	LiftBlock(ctx context.Context, by models.Actor, id uuid.UUID) (models.Block, error)
	// HaltUser has the open jobs of an account pause if it is disabled.
	HaltUser(ctx context.Context, id uuid.UUID) error
}

// Deps is what notices work with.
type Deps struct {
	Outbox  *outbox.Outbox
	Records *records.Records
	Mails   *mails.Mails
	Strikes *strikes.Strikes
	Jobs    Jobs
}

// Notices keeps takedown notices.
type Notices struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
	mails   *mails.Mails
	strikes *strikes.Strikes
	jobs    Jobs

	// Calendar counts the business days of counter-notices, and CounterDays is
	// how many they have; 0 is the least that the law asks for.
	Calendar    models.Calendar
	CounterDays int
}

// New returns the notices of the database.
func New(db *postgres.DB, d Deps) *Notices {
	return &Notices{db: db, outbox: d.Outbox, records: d.Records, mails: d.Mails, strikes: d.Strikes, jobs: d.Jobs}
}

// Admin returns the methods that only administrators may use.
func (nt *Notices) Admin() *Admin { return &Admin{nt} }

// Worker returns the methods that only the worker may use.
func (nt *Notices) Worker() *Worker { return &Worker{nt} }

// Admin records, shows and decides notices.
type Admin struct{ nt *Notices }

// Worker keeps clocks, and carries out what others did not come to do.
type Worker struct{ nt *Notices }

// loaded selects a notice with how much it names.
const loaded = `
	select n.*, (select count(*) from notice_items i where i.notice_id = n.id and i.part_of is null) as items,
		coalesce((select i.value from notice_items i where i.notice_id = n.id and i.n = 1), '') as refers
	from notices n `

func (nt *Notices) load(ctx context.Context, id uuid.UUID) (models.Notice, error) {
	var n models.Notice
	err := nt.db.Row(ctx, &n, "load notice", loaded+`where n.id = ?`, id)
	return n, err
}

// lock is load for a transaction that changes the notice: one at a time.
func (nt *Notices) lock(ctx context.Context, id uuid.UUID) (models.Notice, error) {
	var n models.Notice
	err := nt.db.Row(ctx, &n, "lock notice", loaded+`where n.id = ? for update of n`, id)
	return n, err
}

// save writes the columns of the notice, and when that was.
func (nt *Notices) save(ctx context.Context, doing string, n *models.Notice, columns ...any) error {
	n.UpdatedAt = nt.db.Now()
	err := nt.db.Conn(ctx).Model(n).Select("updated_at", columns...).Updates(n).Error
	return postgres.Translate(err, doing)
}

// auditTarget is what the audit log calls a notice.
const auditTarget = "notice"

// facts are what the audit log says of a notice. They name no complainant: the
// log is kept for longer than the notice's personal data.
func facts(n models.Notice) map[string]any {
	out := map[string]any{"state": string(n.State)}
	if n.Note != "" {
		out["note"] = n.Note
	}
	return out
}

func (nt *Notices) audit(ctx context.Context, by models.Actor, what models.AuditAction, before, after models.Notice) error {
	e := by.Did(what, auditTarget, after.ID.String())
	if before.State != "" {
		e.Before = facts(before)
	}
	e.After = facts(after)
	return nt.records.RecordAudit(ctx, e)
}
