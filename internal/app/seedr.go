package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"longhaul/internal/config"
	"longhaul/internal/seedr"
	"longhaul/internal/store"
)

// openSeedr returns a client of the Seedr account, nil if none is configured,
// and notes for the API which of the two it is. The credentials stay in this
// process.
func openSeedr(ctx context.Context, cfg config.Seedr, work *store.Work, log *slog.Logger) (*seedr.Client, error) {
	from := ""
	if cfg.Configured() {
		from = "environment"
		if cfg.FromFile {
			from = "file"
		}
	}
	if err := work.SaveSeedrSetup(ctx, cfg.Configured(), from, cfg.Slots); err != nil {
		return nil, err
	}
	if !cfg.Configured() {
		return nil, nil
	}
	return seedr.New(seedr.Options{
		URL: cfg.URL.URL, Email: cfg.Email.Reveal(), Password: cfg.Password.Reveal(), Allow: cfg.AllowCIDRs,
		Shared: seedrState{work}, Log: log.With("component", "seedr"),
	})
}

// seedrState keeps the budget of calls and the circuit breaker of the account
// in the database, for all workers.
type seedrState struct{ work *store.Work }

// Update implements seedr.Shared.
func (s seedrState) Update(ctx context.Context, change func(*seedr.State, time.Time)) error {
	return s.work.UpdateSeedrShared(ctx, func(old []byte, now time.Time) ([]byte, error) {
		var state seedr.State
		if len(old) > 0 {
			if err := json.Unmarshal(old, &state); err != nil {
				return nil, fmt.Errorf("read state: %w", err)
			}
		}
		change(&state, now)
		return json.Marshal(state)
	})
}
