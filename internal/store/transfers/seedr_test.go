package transfers_test

import (
	"slices"
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestStreamedPartsAreFenced(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.OnSeedr(t, 2, storetest.GiB)
	job := b.Submit(t, 5)
	b.Admit(t)
	p := storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	part := []models.PartReport{{Index: 0, Part: models.Part{Number: 1, Size: 5, CRC32C: "AAAAAA==", ETag: "e"}}}
	if err := b.W.Transfers.SaveStreamedParts(ctx, job.ID, p.Epoch, part); models.AsError(err).Problem != models.ProblemSuperseded {
		t.Errorf("before it is stored: %v", err)
	}
	b.To(t, job.ID, models.StateDownloading)
	storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonCancelled)}))
	storetest.OK(t, b.W.Transfers.SaveStreamedParts(ctx, job.ID, p.Epoch, part))
	storetest.OK(t, b.W.Transfers.SaveStreamedParts(ctx, job.ID, p.Epoch, part))
	if err := b.W.Transfers.SaveStreamedParts(ctx, job.ID, p.Epoch-1, part); models.AsError(err).Problem != models.ProblemSuperseded {
		t.Errorf("an older epoch: %v", err)
	}
	part[0].Size = 4
	if err := b.W.Transfers.SaveStreamedParts(ctx, job.ID, p.Epoch, part); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("a part of the wrong size: %v", err)
	}
}

// TestCopiedFilesAreCutSmall: what a worker copies has small parts, unless some
// of a file is in storage in other ones already.
func TestCopiedFilesAreCutSmall(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.OnSeedr(t, 2, 1000*storetest.GiB)
	job := b.Submit(t, 40<<20, 40<<20, 5, 100*storetest.GiB)
	b.Admit(t)
	p := storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	b.To(t, job.ID, models.StateDownloading)
	storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonCancelled)}))
	storetest.Must[string](t)(b.W.Files.SetUploadID(ctx, p.Files[1].ID, "started"))
	now := b.DB.Now()
	storetest.OK(t, b.W.Providers.SaveSeedrItem(ctx, models.SeedrItem{InfoHash: *job.InfoHashV1, AddedAt: now, DoneAt: &now}))
	for range 2 { // a second try finds the same
		plan := storetest.Must[models.SeedrCopy](t)(b.W.Transfers.FilesOnSeedr(ctx, job.ID))
		var got []int64
		for _, f := range plan.Files {
			got = append(got, f.PartSize>>20)
		}
		if want := []int64{8, 16, 8, 16}; !slices.Equal(got, want) {
			t.Errorf("parts of %v MiB, want %v", got, want)
		}
	}
	part := []models.PartReport{{Index: 0, Part: models.Part{Number: 5, Size: 8 << 20, CRC32C: "AAAAAA==", ETag: "e"}}}
	storetest.OK(t, b.W.Transfers.SaveStreamedParts(ctx, job.ID, p.Epoch, part))
}
