// Package timeline stores what happened to jobs, event by event, and notifies
// the event bus with each commit. It depends on the outbox. Other packages
// decide what is an event.
package timeline

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Timeline keeps the events of jobs.
type Timeline struct {
	db     *postgres.DB
	outbox *outbox.Outbox
}

// New returns the timeline of the database.
func New(db *postgres.DB, o *outbox.Outbox) *Timeline {
	return &Timeline{db: db, outbox: o}
}

// Worker returns the methods that only the worker may use.
func (tl *Timeline) Worker() *Worker { return &Worker{tl} }

// Worker tidies up after jobs that are gone.
type Worker struct{ tl *Timeline }

// Add writes job events and notifies the bus, both with the transaction's
// commit. The lock on each user makes the ids of a user's events grow in the
// order in which they become visible: who has read up to an id has missed
// nothing. It is the last thing a transaction locks.
func (tl *Timeline) Add(ctx context.Context, events ...models.Event) error {
	slices.SortStableFunc(events, func(a, b models.Event) int { return bytes.Compare(a.UserID[:], b.UserID[:]) })
	msgs := make([]event.Message, 0, len(events))
	for i := range events {
		e := &events[i]
		if i == 0 || e.UserID != events[i-1].UserID {
			if err := tl.db.Lock(ctx, postgres.LockEvents, e.UserID.String()); err != nil {
				return err
			}
		}
		e.At = tl.db.Now()
		if err := tl.db.Conn(ctx).Create(e).Error; err != nil {
			return postgres.Translate(err, "write job event")
		}
		msgs = append(msgs, event.JobChanged(e.UserID, e.JobID, e.ID))
	}
	return tl.outbox.Notify(ctx, msgs...)
}

// Of returns an event of the job in the state that it is in.
func Of(job models.Job, kind models.EventKind, why models.Reason) models.Event {
	return models.Event{
		JobID: job.ID, UserID: job.UserID, Kind: kind, State: job.State, Problem: job.Problem, Reason: why,
	}
}

// JobEvents returns the job's timeline after an event id, oldest first.
func (tl *Timeline) JobEvents(ctx context.Context, userID, jobID uuid.UUID, after int64, limit int) ([]models.Event, error) {
	var out []models.Event
	err := tl.db.Conn(ctx).Where("user_id = ? and job_id = ? and id > ?", userID, jobID, after).
		Order("id").Limit(limit).Find(&out).Error
	return out, postgres.Translate(err, "list job events")
}

// EventsAfter returns the events of all of the user's jobs after an event id,
// oldest first.
func (tl *Timeline) EventsAfter(ctx context.Context, userID uuid.UUID, after int64, limit int) ([]models.Event, error) {
	var out []models.Event
	err := tl.db.Conn(ctx).Where("user_id = ? and id > ?", userID, after).Order("id").Limit(limit).Find(&out).Error
	return out, postgres.Translate(err, "list events")
}

// LastEventID returns the id of the user's newest event, 0 if there is none.
func (tl *Timeline) LastEventID(ctx context.Context, userID uuid.UUID) (int64, error) {
	var id int64
	err := tl.db.Row(ctx, &id, "load last event id",
		`select coalesce(max(id), 0) from job_events where user_id = ?`, userID)
	return id, err
}

// PruneDeletedEvents removes the last events of jobs that were deleted before
// the time and are gone.
func (w *Worker) PruneDeletedEvents(ctx context.Context, before time.Time) (int64, error) {
	return w.tl.db.Exec(ctx, "prune events of deleted jobs", `
		delete from job_events e where kind = ? and at < ? and not exists (select from jobs j where j.id = e.job_id)`,
		models.EventDeleted, before)
}

// Forget removes the events of a deleted job but that of its deletion, which
// subscribers may still have to learn.
func (tl *Timeline) Forget(ctx context.Context, jobID uuid.UUID) error {
	_, err := tl.db.Exec(ctx, "delete job events", `delete from job_events where job_id = ? and kind <> ?`, jobID, models.EventDeleted)
	return err
}
