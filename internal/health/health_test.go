package health_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/health"
	"longhaul/internal/store/overview"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

type rows struct {
	*postgres.DB
	*overview.Overview
}

// A process writes what its probes, the configuration and the database say; the
// other one leaves that to it, and takes over when it stops.
func TestOneProcessLooks(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	storetest.Exec(t, `update agents set last_seen_at = $1`, c.Now.Add(time.Hour)) // well for the whole test
	var broken error
	watch := func(probed models.Cause) *health.Watch {
		return &health.Watch{
			Store: rows{b.DB, b.Overview}, Process: uuid.New(), Version: "1.0.0", Now: b.DB.Now, Log: slog.New(slog.DiscardHandler),
			Always: []models.Finding{{Cause: models.CauseMailOff}},
			Probes: []health.Probe{
				{Cause: probed, Check: func(context.Context) error { return broken }},
				{Cause: models.CauseQueueUnserved, Target: "mail", Check: func(context.Context) error { return nil }},
			},
		}
	}
	one, two := watch(models.CauseStorageAway), watch(models.CauseTemporalAway)
	round := func(w *health.Watch, want ...models.Cause) {
		t.Helper()
		storetest.OK(t, w.Round(ctx))
		var got []models.Cause
		for _, f := range storetest.Must[models.Health](t)(b.Overview.Health(ctx)).Findings {
			got = append(got, f.Cause)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
	}
	round(one, models.CauseMailOff, models.CauseSeedrOff)
	broken = errors.New("refused")
	round(two, models.CauseMailOff, models.CauseSeedrOff)
	round(one, models.CauseMailOff, models.CauseSeedrOff, models.CauseStorageAway)
	c.Add(time.Minute)
	round(two, models.CauseMailOff, models.CauseSeedrOff, models.CauseTemporalAway)
	round(one, models.CauseMailOff, models.CauseSeedrOff, models.CauseTemporalAway)
	broken = nil
	round(two, models.CauseMailOff, models.CauseSeedrOff)
}
