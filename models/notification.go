package models

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Notable is an event of which users can be told: in the app, by mail and by
// webhooks. Its value is stable: receivers of webhooks depend on it.
type Notable string

// What users can be told of.
const (
	NotableReady      Notable = "download.ready"
	NotableFailed     Notable = "download.failed"
	NotableNeedsYou   Notable = "download.needs_attention"
	NotableWebhookOff Notable = "webhook.disabled" // in the app only
	NotableTest       Notable = "test"             // of a webhook only
)

// JobNotables returns the events of jobs, which users choose among.
func JobNotables() []Notable { return []Notable{NotableReady, NotableFailed, NotableNeedsYou} }

// Notables returns every event.
func Notables() []Notable { return append(JobNotables(), NotableWebhookOff, NotableTest) }

// NotableOf returns the event of a job that came into the state; false if users
// are not told of it.
func NotableOf(s State) (Notable, bool) {
	switch s {
	case StateReady:
		return NotableReady, true
	case StateFailed:
		return NotableFailed, true
	case StateNeedsAttention:
		return NotableNeedsYou, true
	default:
		return "", false
	}
}

// CheckedNotables returns the events of jobs that are named, each once and in
// order. It refuses others, naming the field.
func CheckedNotables(events []Notable, field string) ([]Notable, error) {
	for _, e := range events {
		if !slices.Contains(JobNotables(), e) {
			return nil, Errorf(CodeInvalid, "There is no such event.").In(field)
		}
	}
	out := []Notable{}
	for _, e := range JobNotables() {
		if slices.Contains(events, e) {
			out = append(out, e)
		}
	}
	return out, nil
}

// MailKind returns the kind of mail that tells of an event of jobs.
func (n Notable) MailKind() MailKind {
	switch n {
	case NotableReady:
		return MailDownloadsReady
	case NotableFailed:
		return MailDownloadsFailed
	default:
		return MailDownloadsNeedYou
	}
}

// Notification is what a user is told in the app.
type Notification struct {
	ID        uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID    uuid.UUID `gorm:"type:uuid"`
	Event     Notable
	JobID     *uuid.UUID `gorm:"type:uuid"` // nil if it is of no job, or the job is gone
	WebhookID *uuid.UUID `gorm:"type:uuid"` // nil if it is of none
	Name      string     // of the job or the webhook at that time
	Reason    Reason     `gorm:"embedded;embeddedPrefix:reason_"` // why the job came into its state
	CreatedAt time.Time
	ReadAt    *time.Time
}

// NotificationSettings is how a user is told of jobs.
type NotificationSettings struct {
	Mail       []Notable   // events for which there is a mail
	AppLabels  []uuid.UUID // told in the app only of jobs that have one of these; empty for all
	MailLabels []uuid.UUID // the same for mails
}

// NotificationFilter selects a page of what a user is told.
type NotificationFilter struct {
	Unread bool    // only what is unread
	Event  Notable // only of this; empty for all
	Cursor string  // NextCursor of the previous page; empty for the first
	Limit  int
}

// NotificationPage is one page of what a user is told.
type NotificationPage struct {
	Notifications []Notification // newest first
	Unread        int64          // of all
	NextCursor    string         // empty on the last page
}
