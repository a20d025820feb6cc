package jobs_test

import (
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestMoveToAgentsForgetsSeedrsNumbering(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	b.OnSeedr(t, 2, storetest.GiB)
	job := storetest.Submit(t, b.Store, b.User.ID, nil) // a magnet
	b.Admit(t)
	storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	told := storetest.Manifest(5, 7)
	told.Metainfo = nil // Seedr tells names and sizes only
	storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, told))
	got := storetest.Must[models.Job](t)(b.W.Jobs.MoveJob(ctx, job.ID, models.JobMove{To: models.ProviderAgent, Reason: models.Because(models.ReasonMovedByAdmin, "provider", models.ProviderAgent)}))
	if got.Provider != models.ProviderAgent || got.State != models.StateQueued || got.AdmittedAt != nil || got.FileCount != 0 || got.Size != nil {
		t.Errorf("after the move: %+v", got)
	}
	if files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID)); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
	attempts := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID))
	if len(attempts) != 1 || attempts[0].State != models.AttemptSuperseded || attempts[0].Provider != models.ProviderSeedr {
		t.Errorf("attempts: %+v", attempts)
	}
	again := storetest.Must[models.Job](t)(b.W.Jobs.MoveJob(ctx, job.ID, models.JobMove{To: models.ProviderAgent, Reason: models.Because(models.ReasonMovedByAdmin, "provider", models.ProviderAgent)}))
	if again.Epoch != got.Epoch || b.CountEvents(t, job.ID, models.EventMoved) != 1 {
		t.Errorf("the same move again did something")
	}
}
