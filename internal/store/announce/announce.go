// Package announce keeps what administrators tell everyone. It does not know who
// reads it.
package announce

import (
	"context"

	"longhaul/internal/event"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Announcements keeps the announcement, of which there is one at a time.
type Announcements struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
}

// New returns the announcement of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records) *Announcements {
	return &Announcements{db: db, outbox: o, records: r}
}

// Announcement returns the announcement, whether or not it is shown now, and nil
// if there is none.
func (an *Announcements) Announcement(ctx context.Context) (*models.Announcement, error) {
	var a models.Announcement
	err := an.db.Row(ctx, &a, "load announcement", `
		select id, text, level, starts_at, ends_at, dismissible, public, created_at from announcement`)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return &a, err
}

// ShownAnnouncement returns the announcement that is shown now, and nil if there
// is none: to everyone, or only what is shown before sign-in.
func (an *Announcements) ShownAnnouncement(ctx context.Context, publicOnly bool) (*models.Announcement, error) {
	a, err := an.Announcement(ctx)
	now := an.db.Now()
	if err != nil || a == nil || a.StartsAt.After(now) || a.EndsAt != nil && !a.EndsAt.After(now) || publicOnly && !a.Public {
		return nil, err
	}
	return a, nil
}

// Announce tells everyone, in place of what was told before. A start of zero is
// now. Everyone who is signed in reads it within seconds.
func (an *Announcements) Announce(ctx context.Context, by models.Actor, a models.Announcement) error {
	now := an.db.Now()
	if a.StartsAt.IsZero() {
		a.StartsAt = now
	}
	if err := a.Check(now); err != nil {
		return err
	}
	return an.replace(ctx, by, models.AuditAnnounced, func(ctx context.Context, e *models.AuditEntry) error {
		e.After = a.Facts()
		_, err := an.db.Exec(ctx, "announce", `
			insert into announcement (id, text, level, starts_at, ends_at, dismissible, public, created_by, created_at)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			an.db.NewID(), a.Text, a.Level, a.StartsAt, a.EndsAt, a.Dismissible, a.Public, by.ID, now)
		return err
	})
}

// EndAnnouncement removes the announcement. If there is none, nothing changes.
func (an *Announcements) EndAnnouncement(ctx context.Context, by models.Actor) error {
	return an.replace(ctx, by, models.AuditAnnouncementEnded, func(context.Context, *models.AuditEntry) error { return nil })
}

func (an *Announcements) replace(ctx context.Context, by models.Actor, action models.AuditAction, write func(context.Context, *models.AuditEntry) error) error {
	return an.db.Tx(ctx, func(ctx context.Context) error {
		// Two administrators follow one another, so that each sees what it replaces.
		if _, err := an.db.Exec(ctx, "lock announcement", `lock table announcement in share row exclusive mode`); err != nil {
			return err
		}
		before, err := an.Announcement(ctx)
		if err != nil || before == nil && action == models.AuditAnnouncementEnded {
			return err
		}
		e := by.Did(action, "announcement", "")
		if before != nil {
			e.Before = before.Facts()
		}
		if _, err := an.db.Exec(ctx, "remove announcement", `delete from announcement`); err != nil {
			return err
		}
		if err := write(ctx, &e); err != nil {
			return err
		}
		if err := an.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		return an.outbox.Notify(ctx, event.Announced())
	})
}
