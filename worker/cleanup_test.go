package worker_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/workflows"
)

// untilCleanup waits until the cleanup is in the state, and returns it.
func (s *stage) untilCleanup(id uuid.UUID, want models.CleanupState) (c models.Cleanup) {
	s.t.Helper()
	s.eventually(func() string {
		var err error
		if c, err = s.store.Stock.Cleanup(s.t.Context(), id); err != nil {
			return err.Error()
		}
		if c.State != want {
			return fmt.Sprintf("the cleanup is %s with %d found and %d removed, not %s", c.State, c.Total, c.Removed, want)
		}
		return ""
	})
	return c
}

// A cleanup looks, waits for as long as the administrator takes, also across a new
// worker, and removes what was confirmed. The history has no key in it.
func TestACleanupRunsInTwoParts(t *testing.T) {
	s := newStage(t)
	by := models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}
	c := storetest.Must[models.Cleanup](t)(s.store.Stock.StartCleanup(t.Context(), by, models.CleanupRequest{
		Kinds: []models.CleanupKind{models.CleanupRow},
	}))
	c = s.untilCleanup(c.ID, models.CleanupDone) // of an empty bucket
	s.keepFlow(workflows.CleanUp, c.WorkflowID(), "cleanup/nothing.json")

	s.mode.Store("works")
	job := s.until(s.known().ID, models.StateReady)
	files := storetest.Must[[]models.File](t)(s.store.Files.Files(t.Context(), job.UserID, job.ID))
	storetest.OK(t, s.objects.Delete(t.Context(), files[0].Key()))
	c = storetest.Must[models.Cleanup](t)(s.store.Stock.StartCleanup(t.Context(), by, models.CleanupRequest{
		Kinds: []models.CleanupKind{models.CleanupRow},
	}))
	c = s.untilCleanup(c.ID, models.CleanupFound)
	if c.Total != 1 {
		t.Fatalf("found %+v", c)
	}
	s.restart()
	c = storetest.Must[models.Cleanup](t)(s.store.Stock.ConfirmCleanup(t.Context(), by, c.ID))
	c = s.untilCleanup(c.ID, models.CleanupDone)
	if c.Removed != 1 || c.Spared+c.Failed != 0 {
		t.Errorf("it ended as %+v", c)
	}
	s.keepFlow(workflows.CleanUp, c.WorkflowID(), "cleanup/removed.json")
}

// A check of contents reads what is stored, and finds an object that changed.
func TestContentsAreChecked(t *testing.T) {
	s := newStage(t)
	s.mode.Store("works")
	job := s.until(s.known().ID, models.StateReady)
	files := storetest.Must[[]models.File](t)(s.store.Files.Files(t.Context(), job.UserID, job.ID))
	storetest.Exec(t, `update files set crc32c = 'AAAAAA==' where id = $1`, files[0].ID)
	by := models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}
	c := storetest.Must[models.ContentCheck](t)(s.store.Stock.StartContentCheck(t.Context(), by, 100, models.MaxCheckRate))
	s.eventually(func() string {
		c = storetest.Must[models.ContentCheck](t)(s.store.Stock.ContentCheck(t.Context(), c.ID))
		if c.State != models.CheckDone {
			return fmt.Sprintf("the check is %s", c.State)
		}
		return ""
	})
	if c.Read != int64(len(files)) || c.Damaged != 1 {
		t.Errorf("it ended as %+v", c)
	}
	s.keepFlow(workflows.CheckContents, c.WorkflowID(), "contents/damaged.json")
}
