package worker_test

import (
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A disabled account's running job pauses and frees its slot; the job continues
// once the account is enabled. Who disabled or enabled it may die before the job
// is asked: the reconcile sweep asks it then.
func TestADisabledAccountsJobsPause(t *testing.T) {
	s := newStage(t)
	console, ad := models.Actor{Kind: models.ActorConsole}, s.store.Jobs.Admin()
	job := s.reach(models.StateDownloading)
	storetest.OK(t, ad.DisableUser(t.Context(), console, job.UserID))
	if now := s.until(job.ID, models.StatePaused); !now.Halted || now.AdmittedAt != nil {
		t.Errorf("paused as %+v", now)
	}
	s.mode.Store("works")
	storetest.OK(t, s.store.Accounts.SetUserDisabled(t.Context(), console, job.UserID, false)) // and then it died
	if res := s.sweep(); res.Halted != 1 {
		t.Errorf("the sweep asked %d jobs to continue", res.Halted)
	}
	if now := s.until(job.ID, models.StateReady); now.Halted {
		t.Error("still halted")
	}
}
