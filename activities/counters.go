package activities

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// CounterInput names a counter-notice.
type CounterInput struct {
	ID uuid.UUID `json:"id"`
}

// CounterResult is what the clock of a counter-notice says.
type CounterResult struct {
	Over bool      `json:"over"`          // the clock stopped
	Next time.Time `json:"next,omitzero"` // when it acts next
}

// CounterStore is what the clocks of counter-notices need from the database.
type CounterStore interface {
	CheckCounter(ctx context.Context, id uuid.UUID) (models.CounterClock, error)
}

// Counters keeps the clocks of counter-notices.
type Counters struct {
	Store CounterStore
}

// CheckCounter does what is due, once, and returns when to come again.
func (a *Counters) CheckCounter(ctx context.Context, in CounterInput) (CounterResult, error) {
	c, err := a.Store.CheckCounter(ctx, in.ID)
	return CounterResult(c), border(ctx, err)
}

// NoticeSweeps is what the sweeps need of the notices.
type NoticeSweeps interface {
	LateCounters(ctx context.Context, before time.Time) ([]uuid.UUID, error)
	CarryNotices(ctx context.Context, before time.Time) (int, error)
	ForgetNotices(ctx context.Context, before time.Time) (int64, error)
}

// repairNotices carries out decisions that whoever made them did not come to
// carry out, and starts the workflow of every clock that stands still.
func (a *Sweeps) repairNotices(ctx context.Context, before time.Time, res *RepairResult) error {
	var failed error // clocks don't wait for a decision that can't be carried out
	res.Notices, failed = a.Store.CarryNotices(ctx, before)
	late, err := a.Store.LateCounters(ctx, before)
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, id := range late {
		if err := a.Runner.KeepCounter(ctx, id); err != nil {
			return errors.Join(failed, err)
		}
		res.Counters++
	}
	return failed
}
