// Package health looks how the deployment does and has the result written, so
// that every administrator sees the same, and since when, whichever process
// answers. One process looks at a time; another takes over when it is gone.
//
// It repairs nothing and tells no one.
package health

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/wait"
	"longhaul/models"
)

// Pace of the rounds.
const (
	every   = 10 * time.Second
	missed  = 3 * every // after which another process looks
	budget  = 5 * time.Second
	slowFor = time.Second // a database that takes longer is slow
)

// Store keeps what was found.
type Store interface {
	HoldHealth(ctx context.Context, process uuid.UUID, missed time.Duration) (bool, error)
	Signs(ctx context.Context, version string) ([]models.Finding, error)
	NoteHealth(ctx context.Context, process uuid.UUID, findings []models.Finding) error
	SumTraffic(ctx context.Context) error
	Ping(ctx context.Context) error
}

// Probe asks for one thing that the database does not tell.
type Probe struct {
	Cause  models.Cause
	Target string
	Check  func(context.Context) error
}

// Watch looks how the deployment does.
type Watch struct {
	Store   Store
	Probes  []Probe
	Always  []models.Finding // what the configuration says
	Process uuid.UUID
	Version string
	Now     func() time.Time
	Log     *slog.Logger
}

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	for {
		if err := w.Round(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "could not look how the deployment does", "error", err)
		}
		if wait.For(ctx, wait.Spread(every)) != nil {
			return
		}
	}
}

// Round looks once, if it is this process that does.
func (w *Watch) Round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*budget)
	defer cancel()
	mine, err := w.Store.HoldHealth(ctx, w.Process, missed)
	if err != nil || !mine {
		return err
	}
	findings := slices.Clone(w.Always)
	before := w.Now()
	if err := w.Store.Ping(ctx); err != nil {
		return err
	}
	if took := w.Now().Sub(before); took > slowFor {
		findings = append(findings, models.Finding{Cause: models.CauseDatabaseSlow, Count: took.Milliseconds()})
	}
	signs, err := w.Store.Signs(ctx, w.Version)
	if err != nil {
		return err
	}
	findings = append(append(findings, signs...), w.ask(ctx)...)
	if err := w.Store.NoteHealth(ctx, w.Process, findings); err != nil {
		return err
	}
	return w.Store.SumTraffic(ctx)
}

// ask asks all probes at once.
func (w *Watch) ask(ctx context.Context) []models.Finding {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	failed := make([]bool, len(w.Probes))
	var wg sync.WaitGroup
	for i, p := range w.Probes {
		wg.Go(func() { failed[i] = p.Check(ctx) != nil })
	}
	wg.Wait()
	var out []models.Finding
	for i, p := range w.Probes {
		if failed[i] {
			out = append(out, models.Finding{Cause: p.Cause, Target: p.Target})
		}
	}
	return out
}
