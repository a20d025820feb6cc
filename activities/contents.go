package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"longhaul/models"
)

// ReadContents carries a check of contents on until it is over. How far it is
// stands in the database, so that another attempt continues, and in the heartbeat.
func (a *Sweeps) ReadContents(ctx context.Context, in ContentsInput) (ContentsResult, error) {
	stop := beat(ctx)
	defer stop()
	c, err := a.Stock.ReadContents(ctx, in.ID, func(c models.ContentCheck) bool {
		if activity.IsActivity(ctx) {
			activity.RecordHeartbeat(ctx, contents(c))
		}
		return !workerStops(ctx)
	})
	switch {
	case models.IsNotFound(err):
		return ContentsResult{State: models.CheckStopped}, nil // pruned
	case err == nil && c.State == models.CheckReading:
		return contents(c), handover()
	}
	return contents(c), border(ctx, err)
}

// StartDueCheck starts a check of contents if an administrator planned one and it
// is time.
func (a *Sweeps) StartDueCheck(ctx context.Context) (DueCheckResult, error) {
	started, err := a.Store.StartDueCheck(ctx)
	return DueCheckResult{Started: started}, border(ctx, err)
}

// StopReading ends a check of contents that an operator cancelled in Temporal.
func (a *Sweeps) StopReading(ctx context.Context, in ContentsInput) (ContentsResult, error) {
	c, err := a.Store.StopReading(ctx, in.ID)
	return contents(c), border(ctx, ignoreGone(err))
}

func contents(c models.ContentCheck) ContentsResult {
	return ContentsResult{State: c.State, Read: c.Read, Bytes: c.Bytes, Damaged: c.Damaged, Unread: c.Unread}
}
