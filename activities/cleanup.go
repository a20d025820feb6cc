package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"longhaul/models"
)

// CleanUpStorage carries a cleanup of storage on until it waits for an
// administrator or is over. Everything is recorded in the database as it is done,
// so that another attempt continues. The heartbeat carries how far it is.
func (a *Sweeps) CleanUpStorage(ctx context.Context, in CleanupInput) (CleanupResult, error) {
	stop := beat(ctx)
	defer stop()
	c, err := a.Stock.CleanUp(ctx, in.ID, func(c models.Cleanup) bool {
		if activity.IsActivity(ctx) {
			activity.RecordHeartbeat(ctx, cleaned(c))
		}
		return !workerStops(ctx)
	})
	switch {
	case models.IsNotFound(err):
		return CleanupResult{State: models.CleanupStopped}, nil // pruned
	case err == nil && c.State.Working():
		return cleaned(c), handover()
	}
	return cleaned(c), border(ctx, err)
}

// StopCleaning ends a cleanup that an operator cancelled in Temporal.
func (a *Sweeps) StopCleaning(ctx context.Context, in CleanupInput) (CleanupResult, error) {
	c, err := a.Store.StopCleaning(ctx, in.ID)
	return cleaned(c), border(ctx, ignoreGone(err))
}

func cleaned(c models.Cleanup) CleanupResult {
	return CleanupResult{State: c.State, Total: c.Total, Removed: c.Removed, Spared: c.Spared, Failed: c.Failed}
}

// SumStorage sums up what is stored, for the pages that show it.
func (a *Sweeps) SumStorage(ctx context.Context) (SumResult, error) {
	stop := beat(ctx)
	defer stop()
	total, err := a.Store.SumUp(ctx)
	return SumResult{Files: total.Count, Bytes: total.Bytes}, border(ctx, err)
}
