package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"longhaul/internal/agenttrack"
	"longhaul/internal/seedrtrack"
	"longhaul/models"
)

// Tracker follows agents.
type Tracker struct{ Agents *agenttrack.Tracker }

// TrackAgent follows one agent's transfers until its turn is over, the agent
// is removed or the worker stops.
func (a *Tracker) TrackAgent(ctx context.Context, in TrackInput) (TrackResult, error) {
	err := a.Agents.Follow(ctx, in.AgentID, activity.GetWorkerStopChannel(ctx), func(r agenttrack.Report) {
		activity.RecordHeartbeat(ctx, r)
	})
	switch {
	case errors.Is(err, agenttrack.ErrGone):
		return TrackResult{Gone: true}, nil
	case errors.Is(err, agenttrack.ErrHandOver):
		return TrackResult{}, handover()
	default:
		return TrackResult{}, border(ctx, err)
	}
}

// SeedrTracker follows the Seedr account.
type SeedrTracker struct{ Account *seedrtrack.Tracker }

// TrackSeedr follows the account until its turn is over or the worker stops.
func (a *SeedrTracker) TrackSeedr(ctx context.Context) (TrackResult, error) {
	if a.Account.Account == nil {
		return TrackResult{Gone: true}, nil
	}
	stop := beat(ctx)
	defer stop()
	err := a.Account.Follow(ctx, activity.GetWorkerStopChannel(ctx))
	if errors.Is(err, seedrtrack.ErrHandOver) {
		return TrackResult{}, handover()
	}
	return TrackResult{}, border(ctx, err)
}

// VerifySeedr makes a real call to Seedr and returns the outcome.
func (a *SeedrTracker) VerifySeedr(ctx context.Context) (models.ProviderCheck, error) {
	check, err := a.Account.Verify(ctx)
	return check, border(ctx, err)
}
