package providers

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"longhaul/internal/seedr"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// SeedrShared keeps the budget of calls and the circuit breaker that all
// workers' Seedr clients share.
type SeedrShared struct{ db *postgres.DB }

var _ seedr.Shared = SeedrShared{}

// SeedrShared returns where the clients' shared state is kept.
func (w *Worker) SeedrShared() SeedrShared { return SeedrShared{w.pr.db} }

// Update implements seedr.Shared with the database's clock. change may run
// more than once.
func (k SeedrShared) Update(ctx context.Context, change func(*seedr.State, time.Time)) error {
	return k.db.Tx(ctx, func(ctx context.Context) error {
		var row struct {
			Shared *string
			Now    time.Time
		}
		err := k.db.Row(ctx, &row, "lock Seedr state",
			`select shared::text as shared, clock_timestamp() as now from seedr_account where one for update`)
		if err != nil {
			return err
		}
		state, err := sharedState(row.Shared)
		if err != nil {
			return err
		}
		change(&state, row.Now.UTC())
		kept, err := json.Marshal(state)
		if err != nil {
			return fmt.Errorf("write Seedr state: %w", err)
		}
		_, err = k.db.Exec(ctx, "keep Seedr state", `update seedr_account set shared = ?::jsonb where one`, string(kept))
		return err
	})
}

func sharedState(kept *string) (seedr.State, error) {
	var state seedr.State
	if kept == nil {
		return state, nil
	}
	if err := json.Unmarshal([]byte(*kept), &state); err != nil {
		return state, fmt.Errorf("read Seedr state: %w", err)
	}
	return state, nil
}

// SeedrRests reports whether no calls are made to Seedr right now.
func (w *Worker) SeedrRests(ctx context.Context) (bool, error) {
	rest, err := w.pr.seedrRest(ctx)
	return rest != nil, err
}

// seedrRest returns why no calls are made to Seedr right now, nil if they are.
func (pr *Providers) seedrRest(ctx context.Context) (*models.SeedrRest, error) {
	var row struct{ Shared *string }
	if err := pr.db.Row(ctx, &row, "read Seedr state", `select shared::text as shared from seedr_account where one`); err != nil {
		return nil, err
	}
	state, err := sharedState(row.Shared)
	if err != nil {
		return nil, err
	}
	until, why, open := state.Open(pr.db.Now())
	if !open {
		return nil, nil
	}
	return &models.SeedrRest{Until: until, Reason: string(why)}, nil
}
