package progress_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, _ := b.Running(t, 10)
	queued := storetest.Submit(t, b.Store, b.User.ID, nil)
	eta, gives := int64(77), b.DB.Now().Add(time.Hour)
	want := models.Progress{
		JobID: job.ID, Phase: models.PhaseDownloading, BytesTotal: 10, BytesDone: 4, BytesStored: 2, DownRate: 3, UpRate: 1,
		Peers: 5, Seeders: 2, ETASeconds: &eta, Waiting: models.Because(models.ReasonWaitsForPeers, "peers", 3, "since", gives), GivesUpAt: &gives, UpdatedAt: b.DB.Now(),
	}
	older := want
	older.BytesDone, older.UpdatedAt = 1, want.UpdatedAt.Add(-time.Second)
	for range 2 {
		storetest.OK(t, b.W.Progress.FlushProgress(ctx, []models.Progress{
			older, want, older, {JobID: queued.ID, UpdatedAt: b.DB.Now()}, {JobID: uuid.New(), UpdatedAt: b.DB.Now()},
		}))
	}
	storetest.OK(t, b.W.Progress.FlushProgress(ctx, []models.Progress{older}))
	storetest.OK(t, b.W.Progress.FlushProgress(ctx, nil))
	all := storetest.Must[map[uuid.UUID]models.Progress](t)(b.Progress.ProgressOf(ctx, b.User.ID, []uuid.UUID{job.ID, queued.ID}))
	got := all[job.ID]
	if len(all) != 1 || got.UserID != b.User.ID || *got.ETASeconds != eta || !got.GivesUpAt.Equal(gives) || !got.UpdatedAt.Equal(want.UpdatedAt) {
		t.Errorf("got %+v", all)
	}
	got.UserID, got.ETASeconds, got.GivesUpAt, got.UpdatedAt = want.UserID, want.ETASeconds, want.GivesUpAt, want.UpdatedAt
	if !got.Waiting.Equal(want.Waiting) {
		t.Errorf("waits for %v, want %v", got.Waiting, want.Waiting)
	}
	got.Waiting = want.Waiting
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
