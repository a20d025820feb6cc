package cli_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/cli"
	"longhaul/models"
)

// An administrator sees what is stored, and what a cleanup would remove. A token
// removes nothing.
func TestAdminLooksForOrphans(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	s.run(t, "admin", "storage", "show", "--limit", "0").want(t, cli.ExitUsage, "1 to 200")
	s.run(t, "admin", "storage").want(t, cli.ExitOK, "stored", "without a row", "OWNER")
	s.run(t, "admin", "storage", "cleanup", "--kind", "file").want(t, cli.ExitFailed, "kinds")
	go look(t, s.Store.Worker().Stock)
	s.run(t, "admin", "storage", "cleanup").want(t, cli.ExitOK, "found: 1 found", "jobs/a/b", "Nothing was removed", "longhaul storage clean")
}

type stockWorker interface {
	OpenCleanups(ctx context.Context, before time.Time) ([]models.Cleanup, error)
	CleanupFinds(ctx context.Context, id uuid.UUID, found []models.CleanupItem) (models.Cleanup, error)
	CleanupLooked(ctx context.Context, id uuid.UUID, scanned int64) (models.Cleanup, error)
}

// look does what the worker does with every cleanup that looks, until the test
// ends: each finds the same object.
func look(t *testing.T, w stockWorker) {
	ctx := t.Context()
	for ctx.Err() == nil {
		open, err := w.OpenCleanups(ctx, time.Now().Add(time.Hour))
		if err != nil {
			return // the test has ended
		}
		for _, c := range open {
			_, _ = w.CleanupFinds(ctx, c.ID, []models.CleanupItem{{Kind: models.CleanupObject, Key: "jobs/a/b", Size: 7}})
			_, _ = w.CleanupLooked(ctx, c.ID, 1)
		}
	}
}

// An administrator has stored files read again, and sees what is damaged.
func TestAdminChecksContents(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleAdmin)
	s.run(t, "admin", "storage", "check", "--percent", "101").want(t, cli.ExitFailed, "percent")
	s.run(t, "admin", "storage", "check").want(t, cli.ExitOK, "No file is known to be damaged")
	go func() {
		w := s.Store.Worker().Stock
		for t.Context().Err() == nil {
			open, _ := w.OpenContentChecks(t.Context(), time.Now().Add(time.Hour))
			for _, c := range open {
				_, _ = w.ContentsRead(t.Context(), c.ID, nil, nil)
			}
		}
	}()
	s.run(t, "admin", "storage", "check", "--percent", "5").want(t, cli.ExitOK, "done: 0 files read", "No file is known")
}
