package store

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/models"
)

// addEvents writes job events and tells the bus, both with the transaction's
// commit. The lock on each user makes the ids of a user's events grow in the
// order in which they become visible: who has read up to an id has missed
// nothing. It is the last thing a transaction locks.
func (s *Store) addEvents(ctx context.Context, events ...models.Event) error {
	slices.SortStableFunc(events, func(a, b models.Event) int { return bytes.Compare(a.UserID[:], b.UserID[:]) })
	msgs := make([]event.Message, 0, len(events))
	for i := range events {
		e := &events[i]
		if i == 0 || e.UserID != events[i-1].UserID {
			if err := s.lock(ctx, lockEvents, e.UserID.String()); err != nil {
				return err
			}
		}
		e.At = s.Now()
		if err := s.conn(ctx).Create(e).Error; err != nil {
			return translate(err, "write job event")
		}
		msgs = append(msgs, event.JobChanged(e.UserID, e.JobID, e.ID))
	}
	return s.Notify(ctx, msgs...)
}

// eventOf returns an event of the job in the state that it is in.
func eventOf(job models.Job, kind models.EventKind, why models.Reason) models.Event {
	return models.Event{
		JobID: job.ID, UserID: job.UserID, Kind: kind, State: job.State, Problem: job.Problem, Reason: why,
	}
}

// JobEvents returns the job's timeline after an event id, oldest first.
func (s *Store) JobEvents(ctx context.Context, userID, jobID uuid.UUID, after int64, limit int) ([]models.Event, error) {
	var out []models.Event
	err := s.conn(ctx).Where("user_id = ? and job_id = ? and id > ?", userID, jobID, after).
		Order("id").Limit(limit).Find(&out).Error
	return out, translate(err, "list job events")
}

// EventsAfter returns the events of all of the user's jobs after an event id,
// oldest first.
func (s *Store) EventsAfter(ctx context.Context, userID uuid.UUID, after int64, limit int) ([]models.Event, error) {
	var out []models.Event
	err := s.conn(ctx).Where("user_id = ? and id > ?", userID, after).Order("id").Limit(limit).Find(&out).Error
	return out, translate(err, "list events")
}

// LastEventID returns the id of the user's newest event, 0 if there is none.
func (s *Store) LastEventID(ctx context.Context, userID uuid.UUID) (int64, error) {
	var id int64
	err := s.row(ctx, &id, "load last event id",
		`select coalesce(max(id), 0) from job_events where user_id = ?`, userID)
	return id, err
}
