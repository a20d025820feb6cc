package jobs_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestFinish(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, p := b.Running(t, 10, -1)
	storetest.OK(t, b.W.Progress.FlushProgress(ctx, []models.Progress{{JobID: job.ID, UpdatedAt: b.DB.Now()}}))
	storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, []models.PartReport{storetest.Part(0, 1, 10)}))
	storetest.WantCode(t, b.W.Jobs.FinishJob(ctx, job.ID), models.CodeConflict)
	b.To(t, job.ID, models.StateStoring)
	storetest.WantProblem(t, b.W.Files.FileStored(ctx, p.Files[0].ID, 11, "e"), models.ProblemLengthMismatch)
	for range 2 {
		storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[0].ID, 10, "e"))
	}
	storetest.WantCode(t, b.W.Jobs.FinishJob(ctx, job.ID), models.CodeConflict)
	storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[1].ID, 33, "e"))
	for range 2 {
		storetest.OK(t, b.W.Jobs.FinishJob(ctx, job.ID))
	}
	got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if got.State != models.StateReady || got.FinishedAt == nil || got.AdmittedAt != nil || *got.Size != 43 {
		t.Errorf("got %+v", got)
	}
	files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID))
	for _, f := range files {
		if f.State != models.FileStored || f.StoredAt == nil || f.UploadID != nil || f.ETag != "e" {
			t.Errorf("file %+v", f)
		}
	}
	if pr := storetest.Must[map[uuid.UUID]models.Progress](t)(b.Progress.ProgressOf(ctx, b.User.ID, []uuid.UUID{job.ID})); len(pr) != 0 {
		t.Errorf("progress of a finished job: %+v", pr)
	}
	known := storetest.Must[map[string]bool](t)(b.W.Files.KnownKeys(ctx, []string{
		files[0].Key(), "jobs/" + uuid.NewString() + "/" + files[1].ID.String(), "other/thing", "jobs/x/y", files[1].Key(),
	}))
	if len(known) != 2 || !known[files[0].Key()] || !known[files[1].Key()] {
		t.Errorf("known %v", known)
	}
}

// TestNothingIsStoredAfterTheEnd has a worker that was thought dead record a file
// of a job that was cancelled meanwhile: nobody would count its bytes.
func TestNothingIsStoredAfterTheEnd(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, p := b.Running(t, 10, 20)
	b.Step(t, job.ID, models.StateStoring)
	storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[0].ID, 10, "e"))
	b.To(t, job.ID, models.StateCancelled)
	storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[0].ID, 10, "e")) // it was stored in time
	storetest.WantProblem(t, b.W.Files.FileStored(ctx, p.Files[1].ID, 20, "e"), models.ProblemWrongState)
	storetest.Balanced(t)
}

func TestStaleOpenJobs(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	stale := storetest.Submit(t, b.Store, b.User.ID, nil)
	ended := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.To(t, ended.ID, models.StateFailed)
	c.Add(time.Hour)
	storetest.Submit(t, b.Store, b.User.ID, nil)
	got := storetest.Must[[]models.Job](t)(b.W.Jobs.StaleOpenJobs(ctx, c.Now, uuid.Nil, 10))
	if len(got) != 1 || got[0].ID != stale.ID {
		t.Errorf("got %+v", got)
	}
}
