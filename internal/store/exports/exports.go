// Package exports keeps the exports of accounts' data: who asked for one, how far
// it is, and what belongs into it. The zip itself is in storage, and made by the
// worker.
package exports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/mails"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Exports keeps exports of accounts' data.
type Exports struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
	mails   *mails.Mails
}

// New returns the exports of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records, m *mails.Mails) *Exports {
	return &Exports{db: db, outbox: o, records: r, mails: m}
}

// Worker returns the methods that only the worker may use.
func (ex *Exports) Worker() *Worker { return &Worker{ex} }

// Worker makes exports and removes them.
type Worker struct{ ex *Exports }

// shown is how many exports an account sees.
const shown = 10

// RequestExport has an export of the account's data made. An account has one at a
// time in the making: another is a conflict.
func (ex *Exports) RequestExport(ctx context.Context, by models.Actor, userID uuid.UUID) (models.Export, error) {
	e := models.Export{ID: ex.db.NewID(), UserID: userID, State: models.ExportQueued, CreatedAt: ex.db.Now()}
	err := ex.db.Tx(ctx, func(ctx context.Context) error {
		added, err := ex.db.Exec(ctx, "queue export", `
			insert into account_exports (id, user_id, state, created_at) values (?, ?, 'queued', ?)
			on conflict (user_id) where state = 'queued' do nothing`, e.ID, e.UserID, e.CreatedAt)
		if err != nil {
			return err
		}
		if added == 0 {
			return models.Errorf(models.CodeConflict, "Your data is being collected already. A mail tells you when it is ready.")
		}
		if err := ex.outbox.Enqueue(ctx, models.OutboxExport, e.ID); err != nil {
			return err
		}
		return ex.records.RecordAudit(ctx, by.Did(models.AuditAccountExported, "user", userID.String()))
	})
	return e, err
}

// Exports returns the account's exports that can be downloaded or are being made,
// the newest first.
func (ex *Exports) Exports(ctx context.Context, userID uuid.UUID) ([]models.Export, error) {
	var out []models.Export
	err := ex.db.Rows(ctx, &out, "list exports", `
		select * from account_exports where user_id = ? and (expires_at is null or expires_at > ?)
		order by created_at desc, id desc limit ?`, userID, ex.db.Now(), shown)
	return out, err
}

// Export returns the account's export if it can be downloaded.
func (ex *Exports) Export(ctx context.Context, userID, id uuid.UUID) (models.Export, error) {
	var e models.Export
	err := ex.db.Row(ctx, &e, "load export", `
		select * from account_exports where id = ? and user_id = ? and state = 'ready' and expires_at > ?`, id, userID, ex.db.Now())
	return e, err
}

// ExportToMake returns the export if it is still to be made. One that is made
// already, or whose account is gone, is not_found.
func (w *Worker) ExportToMake(ctx context.Context, id uuid.UUID) (models.Export, error) {
	var e models.Export
	err := w.ex.db.Row(ctx, &e, "load export to make", `select * from account_exports where id = ? and state = 'queued'`, id)
	return e, err
}

// ExportMade records that the zip is in storage, and tells the owner by mail.
// Doing it again changes nothing and sends nothing.
func (w *Worker) ExportMade(ctx context.Context, id uuid.UUID, size int64, etag string) error {
	ex := w.ex
	return ex.db.Tx(ctx, func(ctx context.Context) error {
		now := ex.db.Now()
		made, err := ex.db.Exec(ctx, "note that export is made", `
			update account_exports set state = 'ready', size = ?, etag = ?, ready_at = ?, expires_at = ? where id = ? and state = 'queued'`,
			size, etag, now, now.Add(models.ExportTime), id)
		if err != nil || made == 0 {
			return err
		}
		var u models.User
		if err := ex.db.Row(ctx, &u, "load owner of export", `select u.* from users u join account_exports e on e.user_id = u.id where e.id = ?`, id); err != nil {
			return err
		}
		return ex.mails.QueueMail(ctx, models.Mail{UserID: &u.ID, To: u.Email, Kind: models.MailExportReady, Params: map[string]string{
			models.MailParamDue: now.Add(models.ExportTime).Format(time.RFC3339),
		}})
	})
}

// LateExports returns exports that have waited since before the time and are in no
// outbox: their workflow may be lost. At most limit, by id after the given one.
func (w *Worker) LateExports(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.ex.db.Rows(ctx, &out, "list late exports", `
		select e.id from account_exports e where e.state = 'queued' and e.created_at < ? and e.id > ?
			and not exists (select from outbox o where o.ref = e.id) order by e.id limit ?`, before, after, limit)
	return out, err
}

// PruneExports removes the rows of exports that expired. Their zips go after them.
func (w *Worker) PruneExports(ctx context.Context, now time.Time) (int64, error) {
	return w.ex.db.Exec(ctx, "remove expired exports", `delete from account_exports where state = 'ready' and expires_at <= ?`, now)
}

// KnownExports returns those of the exports that have a row.
func (w *Worker) KnownExports(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.ex.db.Rows(ctx, &out, "look for exports", `select id from account_exports where id in ?`, ids)
	return out, err
}
