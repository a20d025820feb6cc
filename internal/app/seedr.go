package app

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"longhaul/internal/config"
	"longhaul/internal/seedr"
	"longhaul/internal/store/providers"
	"longhaul/internal/telemetry"
)

// openSeedr returns a client of the Seedr account, nil if none is configured,
// and notes for the API which of the two it is. The credentials stay in this
// process.
func openSeedr(ctx context.Context, cfg config.Seedr, account *providers.Worker, calls *telemetry.Calls, log *slog.Logger) (*seedr.Client, error) {
	from := ""
	if cfg.Configured() {
		from = "environment"
		if cfg.FromFile {
			from = "file"
		}
	}
	if err := account.SaveSeedrSetup(ctx, cfg.Configured(), from, cfg.Slots); err != nil {
		return nil, err
	}
	if !cfg.Configured() {
		return nil, nil
	}
	return seedr.New(seedr.Options{
		URL: cfg.URL.URL, Email: cfg.Email.Reveal(), Password: cfg.Password.Reveal(), Allow: cfg.AllowCIDRs,
		Shared: account.SeedrShared(), Log: log.With("component", "seedr"),
		Observe: func(call string, failure seedr.Kind, took time.Duration) {
			calls.Count(telemetry.TargetSeedr, call, cmp.Or(string(failure), telemetry.ResultOK), took)
		},
	})
}
