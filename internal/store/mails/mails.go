// Package mails keeps mails on their way: queued with what they tell of, sent,
// or given up. It depends on the outbox. What a mail says, and to whom, is for
// others to say.
package mails

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/outbox"
	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Mails keeps mails on their way.
type Mails struct {
	db     *postgres.DB
	outbox *outbox.Outbox
}

// New returns the mails of the database.
func New(db *postgres.DB, o *outbox.Outbox) *Mails { return &Mails{db, o} }

// Worker returns the methods that only the worker may use.
func (ml *Mails) Worker() *Worker { return &Worker{ml} }

// Worker records what became of mails, and tidies up.
type Worker struct{ ml *Mails }

// QueueMail records a mail to be sent, in the caller's transaction: it is sent
// if that commits, and delayed rather than lost while the provider is down. An
// empty id is made.
func (ml *Mails) QueueMail(ctx context.Context, m models.Mail) error { return ml.queue(ctx, m, 0) }

func (ml *Mails) queue(ctx context.Context, m models.Mail, pause time.Duration) error {
	if !m.Kind.Valid() || m.To == "" || m.Kind.HasLink() != (m.TokenID != nil) {
		return fmt.Errorf("queue mail: a mail of kind %q, with a token: %t", m.Kind, m.TokenID != nil)
	}
	if m.ID == uuid.Nil {
		m.ID = ml.db.NewID()
	}
	m.State, m.Attempts, m.LastError, m.CreatedAt, m.EndedAt = models.MailQueued, 0, "", ml.db.Now(), nil
	return ml.db.Tx(ctx, func(ctx context.Context) error {
		if err := ml.db.Conn(ctx).Create(&m).Error; err != nil {
			return postgres.Translate(err, "queue mail")
		}
		return ml.outbox.EnqueueIn(ctx, pause, models.OutboxMail, m.ID)
	})
}

// Mail returns the mail.
func (w *Worker) Mail(ctx context.Context, id uuid.UUID) (models.Mail, error) {
	var m models.Mail
	err := w.ml.db.Conn(ctx).Where("id = ?", id).Take(&m).Error
	return m, postgres.Translate(err, "load mail")
}

// MailSent records that the provider took the mail.
func (w *Worker) MailSent(ctx context.Context, id uuid.UUID) error {
	_, err := w.ml.db.Exec(ctx, "record sent mail", `
		update mails set state = ?, attempts = attempts + 1, last_error = '', ended_at = ?
		where id = ? and state = ?`, models.MailSent, w.ml.db.Now(), id, models.MailQueued)
	return w.forget(ctx, id, err)
}

// MailTried records that the provider did not take the mail this time.
func (w *Worker) MailTried(ctx context.Context, id uuid.UUID, why string) error {
	_, err := w.ml.db.Exec(ctx, "record tried mail", `
		update mails set attempts = attempts + 1, last_error = left(?, 500) where id = ? and state = ?`,
		why, id, models.MailQueued)
	return err
}

// MailFailed records that the mail is given up, and why unless an earlier
// attempt told that already.
func (w *Worker) MailFailed(ctx context.Context, id uuid.UUID, why string) error {
	_, err := w.ml.db.Exec(ctx, "record failed mail", `
		update mails set state = ?, last_error = coalesce(nullif(left(?, 500), ''), last_error), ended_at = ?
		where id = ? and state = ?`, models.MailFailed, why, w.ml.db.Now(), id, models.MailQueued)
	return w.forget(ctx, id, err)
}

// forget takes the address out of the last mail to an account that is deleted.
func (w *Worker) forget(ctx context.Context, id uuid.UUID, err error) error {
	if err != nil {
		return err
	}
	_, err = w.ml.db.Exec(ctx, "forget recipient", `
		update mails set recipient = 'deleted@deleted.invalid', last_error = '' where id = ? and kind = ? and state <> ?`,
		id, models.MailAccountDeleted, models.MailQueued)
	return err
}

// PruneMails removes mails that ended before the time.
func (w *Worker) PruneMails(ctx context.Context, before time.Time) (int64, error) {
	return w.ml.db.Exec(ctx, "prune mails", `delete from mails where ended_at < ?`, before)
}

// Mails returns mails, newest first: of the state, if one is named, and from
// before the time, if it is not zero.
func (ml *Mails) Mails(ctx context.Context, state models.MailState, before time.Time, limit int) ([]models.Mail, error) {
	q := ml.db.Conn(ctx).Order("created_at desc, id desc").Limit(page.Size(limit))
	if state != "" {
		q = q.Where("state = ?", state)
	}
	if !before.IsZero() {
		q = q.Where("created_at < ?", before)
	}
	var out []models.Mail
	return out, postgres.Translate(q.Find(&out).Error, "list mails")
}

// MailsOf returns the mails to an account, newest first: from before the time, if
// it is not zero.
func (ml *Mails) MailsOf(ctx context.Context, userID uuid.UUID, before time.Time, limit int) ([]models.Mail, error) {
	q := ml.db.Conn(ctx).Where("user_id = ?", userID).Order("created_at desc, id desc").Limit(page.Size(limit))
	if !before.IsZero() {
		q = q.Where("created_at < ?", before)
	}
	var out []models.Mail
	return out, postgres.Translate(q.Find(&out).Error, "list mails of account")
}
