package cli_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/cli"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An administrator acts on all that a filter finds, and reads what was refused.
func TestAdminActsOnManyJobs(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	owner := s.Account(models.RoleUser).User
	job := storetest.Submit(t, s.Store, owner.ID, nil)
	s.run(t, "admin", "jobs", "bulk", "retry").want(t, cli.ExitUsage, "--all")
	s.run(t, "admin", "jobs", "bulk", "move", "--all").want(t, cli.ExitUsage, "--dest")
	s.run(t, "admin", "jobs", "bulk", "retry", "--user", "nobody@example.com").want(t, cli.ExitFailed, "no account")
	r := s.run(t, "--json", "admin", "jobs", "bulk", "pause", "--user", owner.Email, "--detach")
	var act struct{ ID, State string }
	if err := json.Unmarshal([]byte(r.out), &act); err != nil || act.State != "finding" {
		t.Fatalf("%+v: %v, %s", act, err, r.err)
	}
	go carryOut(t, s.Store.Worker().Bulk)
	s.run(t, "admin", "jobs", "bulk", "retry", "--user", owner.Email).want(t, cli.ExitOK, "0 of 1 done, 1 refused", job.ID.String(), "cannot be retried")
}

type bulkWorker interface {
	OpenBulk(ctx context.Context, before time.Time) ([]uuid.UUID, error)
	FindBulk(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
	ActOnNext(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
}

// carryOut does what the worker does with every act, until the test ends.
func carryOut(t *testing.T, w bulkWorker) {
	for t.Context().Err() == nil {
		open, err := w.OpenBulk(t.Context(), time.Now().Add(time.Hour))
		if err != nil {
			return // the test has ended
		}
		for _, id := range open {
			if b, err := w.FindBulk(t.Context(), id); err == nil && b.State == models.BulkActing {
				_, _ = w.ActOnNext(t.Context(), id)
			}
		}
	}
}
