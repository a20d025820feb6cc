// Package notifications tells users what happened to their jobs: in the app, by
// mail where they chose so, and by deliveries to their webhooks. What it writes
// is part of the transaction in which it happened. It depends on the outbox and
// the mails; it sends nothing over the network itself.
package notifications

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/mails"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
	"longhaul/models/wording"
)

// Notifications keeps what users are told, and their webhooks.
type Notifications struct {
	db     *postgres.DB
	outbox *outbox.Outbox
	mails  *mails.Mails
}

// New returns the notifications of the database.
func New(db *postgres.DB, o *outbox.Outbox, m *mails.Mails) *Notifications {
	return &Notifications{db, o, m}
}

// Worker returns the methods that only the worker may use.
func (nt *Notifications) Worker() *Worker { return &Worker{nt} }

// Worker records what became of deliveries, and tidies up.
type Worker struct{ nt *Notifications }

// TellOfJob tells the owner of a job that came into its state, in the caller's
// transaction, if that is something to be told of. Nothing is told of a job that
// is being deleted.
func (nt *Notifications) TellOfJob(ctx context.Context, job models.Job) error {
	event, ok := models.NotableOf(job.State)
	if !ok || job.DeleteAt != nil {
		return nil
	}
	n := models.Notification{UserID: job.UserID, Event: event, JobID: &job.ID, Name: job.Title(), Reason: job.Reason}
	by, err := nt.channels(ctx, job)
	if err != nil {
		return err
	}
	if by.App {
		if err := nt.add(ctx, n); err != nil {
			return err
		}
	}
	if by.Mail {
		if err := nt.mail(ctx, n); err != nil {
			return err
		}
	}
	body, err := bodyOf(event, nt.db.Now(), job)
	if err != nil {
		return err
	}
	return nt.deliver(ctx, job, event, body)
}

// add writes what the user reads in the app.
func (nt *Notifications) add(ctx context.Context, n models.Notification) error {
	n.ID, n.CreatedAt = nt.db.NewID(), nt.db.Now()
	return postgres.Translate(nt.db.Conn(ctx).Create(&n).Error, "add notification")
}

// mail mails the user if they chose so for the event.
func (nt *Notifications) mail(ctx context.Context, n models.Notification) error {
	var to []string
	err := nt.db.Rows(ctx, &to, "look up who wants mails", `
		select u.email from notification_settings s join users u on u.id = s.user_id
		where s.user_id = ? and s.mail @> to_jsonb(cast(? as text)) and u.delete_at is null and u.disabled_at is null`,
		n.UserID, n.Event)
	if err != nil || len(to) == 0 {
		return err
	}
	return nt.mails.GatherMail(ctx, models.Mail{
		UserID: &n.UserID, To: to[0], Kind: n.Event.MailKind(), Params: map[string]string{},
	}, n.Name)
}

// message is what a webhook gets: the type, the time and the data of an event, as
// Standard Webhooks recommends.
type message struct {
	Type      models.Notable `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Data      any            `json:"data"`
}

// jobData is a job in a message. Clients of the API know all of it.
type jobData struct {
	ID         uuid.UUID      `json:"id"`
	Name       string         `json:"name"`
	State      models.State   `json:"state"`
	Problem    models.Problem `json:"problem,omitempty"`
	Reason     string         `json:"reason"`
	Size       *int64         `json:"size"`
	Files      int            `json:"files"`
	CreatedAt  time.Time      `json:"createdAt"`
	FinishedAt *time.Time     `json:"finishedAt"`
}

func bodyOf(event models.Notable, at time.Time, job models.Job) (string, error) {
	b, err := json.Marshal(message{event, at.UTC(), jobData{
		ID: job.ID, Name: job.Title(), State: job.State, Problem: job.Problem, Reason: wording.User(wording.UTC).Why(job.Reason),
		Size: job.Size, Files: job.FileCount, CreatedAt: job.CreatedAt.UTC(), FinishedAt: job.FinishedAt,
	}})
	if err != nil {
		return "", fmt.Errorf("encode event: %w", err)
	}
	return string(b), nil
}

// Notifications returns a page of what the user is told, newest first. It refuses
// a cursor of another list.
func (nt *Notifications) Notifications(ctx context.Context, userID uuid.UUID, f models.NotificationFilter) (models.NotificationPage, error) {
	var out models.NotificationPage
	limit := page.Size(f.Limit)
	q := nt.db.Conn(ctx).Where("user_id = ?", userID).Order("created_at desc, id desc").Limit(limit + 1)
	if f.Unread {
		q = q.Where("read_at is null")
	}
	if f.Event != "" {
		q = q.Where("event = ?", f.Event)
	}
	if q, err := after(q, f.Cursor); err != nil {
		return out, err
	} else if err := q.Find(&out.Notifications).Error; err != nil {
		return out, postgres.Translate(err, "list notifications")
	}
	if len(out.Notifications) > limit {
		out.Notifications = out.Notifications[:limit]
		last := out.Notifications[limit-1]
		out.NextCursor = cursorOf(last.CreatedAt, last.ID)
	}
	err := nt.db.Row(ctx, &out.Unread, "count unread notifications",
		`select count(*) from notifications where user_id = ? and read_at is null`, userID)
	return out, err
}

// ReadNotifications marks the user's notifications as read: those that are
// named, or all from up to a time if none is.
func (nt *Notifications) ReadNotifications(ctx context.Context, userID uuid.UUID, ids []uuid.UUID, until time.Time) error {
	if len(ids) > 0 {
		_, err := nt.db.Exec(ctx, "mark notifications as read", `
			update notifications set read_at = ? where user_id = ? and read_at is null and id = any(?)`,
			nt.db.Now(), userID, postgres.Array[uuid.UUID](ids))
		return err
	}
	_, err := nt.db.Exec(ctx, "mark notifications as read", `
		update notifications set read_at = ? where user_id = ? and read_at is null and created_at <= ?`, nt.db.Now(), userID, until)
	return err
}

// settings is how a user is told of events.
type settings struct {
	UserID uuid.UUID        `gorm:"type:uuid;primaryKey"`
	Mail   []models.Notable `gorm:"serializer:json"`
}

// TableName implements gorm's schema.Tabler.
func (settings) TableName() string { return "notification_settings" }

// MailEvents returns of which events the user gets mails.
func (nt *Notifications) MailEvents(ctx context.Context, userID uuid.UUID) ([]models.Notable, error) {
	var s settings
	err := postgres.Translate(nt.db.Conn(ctx).Where("user_id = ?", userID).Take(&s).Error, "load notification settings")
	if models.IsNotFound(err) {
		return nil, nil
	}
	return s.Mail, err
}

// SetMailEvents has the user get mails of these events of jobs, and of no others.
func (nt *Notifications) SetMailEvents(ctx context.Context, userID uuid.UUID, events []models.Notable) ([]models.Notable, error) {
	events, err := models.CheckedNotables(events, "mail")
	if err != nil {
		return nil, err
	}
	err = nt.db.Conn(ctx).Save(&settings{userID, events}).Error
	return events, postgres.Translate(err, "save notification settings")
}

// Kept of what users were told.
const (
	keepFor = 90 * 24 * time.Hour
	keepOf  = 1000 // of one user
)

// PruneNotifications removes what is old, and what one user has too much of. It
// returns how many went.
func (w *Worker) PruneNotifications(ctx context.Context) (int64, error) {
	old, err := w.nt.db.Exec(ctx, "prune notifications", `delete from notifications where created_at < ?`, w.nt.db.Now().Add(-keepFor))
	if err != nil {
		return old, err
	}
	many, err := w.nt.db.Exec(ctx, "prune many notifications", `
		delete from notifications n using (
			select user_id, (select created_at from notifications o where o.user_id = u.user_id order by created_at desc, id desc offset ? limit 1) as at
			from (select user_id from notifications group by user_id having count(*) > ?) u) rest
		where n.user_id = rest.user_id and n.created_at <= rest.at`, keepOf, keepOf)
	return old + many, err
}
