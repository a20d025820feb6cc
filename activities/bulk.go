package activities

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"golang.org/x/time/rate"

	"longhaul/models"
)

// BulkShift is how long an attempt acts before it returns with the act
// unfinished, so that a new version of the program takes over in between.
const BulkShift = 15 * time.Minute

// BulkStore is what an act on many jobs needs from the database.
type BulkStore interface {
	LoadBulk(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
	FindBulk(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
	ActOnNext(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
	StopActing(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
}

// Bulk carries out administrators' acts on many jobs.
type Bulk struct {
	Store BulkStore
	Shift time.Duration // of one attempt; 0 is BulkShift
}

// ActOnJobs lists the jobs that an act means and acts on one after the other, at
// the act's rate, until it is over or the shift ends. Every step is recorded in
// the database with what it did, so that another attempt continues after it. The
// heartbeat carries how far it is.
func (a *Bulk) ActOnJobs(ctx context.Context, in BulkInput) (BulkResult, error) {
	b, err := a.actOnJobs(ctx, in.ID)
	return resultOf(b), border(ctx, err)
}

func (a *Bulk) actOnJobs(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	b, err := a.Store.LoadBulk(ctx, id)
	if models.IsNotFound(err) {
		return models.BulkAct{State: models.BulkStopped}, nil // pruned
	}
	for err == nil && b.State == models.BulkFinding && !workerStops(ctx) {
		b, err = a.Store.FindBulk(ctx, id)
		report(ctx, b)
	}
	if err != nil {
		return b, err
	}
	shift, end := context.WithTimeout(ctx, cmp.Or(a.Shift, BulkShift))
	defer end()
	pace := rate.NewLimiter(rate.Limit(b.Rate), 1)
	for b.State == models.BulkActing && pace.Wait(shift) == nil {
		if workerStops(ctx) {
			return b, handover()
		}
		if b, err = a.Store.ActOnNext(ctx, id); err != nil {
			return b, err
		}
		report(ctx, b)
	}
	return b, ctx.Err()
}

// StopActing ends an act that an operator cancelled in Temporal.
func (a *Bulk) StopActing(ctx context.Context, in BulkInput) (BulkResult, error) {
	b, err := a.Store.StopActing(ctx, in.ID)
	return resultOf(b), border(ctx, ignoreGone(err))
}

// report tells Temporal how far an act is.
func report(ctx context.Context, b models.BulkAct) {
	if activity.IsActivity(ctx) {
		activity.RecordHeartbeat(ctx, resultOf(b))
	}
}

func resultOf(b models.BulkAct) BulkResult {
	return BulkResult{State: b.State, Total: b.Total, Done: b.Done, Refused: b.Refused}
}
