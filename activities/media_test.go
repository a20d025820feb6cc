package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/app/plug"
	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// reads is a prober that reads a byte of each file, and finds a poster in it.
type reads struct{}

func (reads) Probe(ctx context.Context, src tool.Source) (probe.Result, error) {
	body, err := src.Open(ctx, 0, 1)
	if err != nil {
		return probe.Result{}, &tool.SourceError{Err: err}
	}
	return probe.Result{Info: models.MediaInfo{Container: "mp4"}, Poster: []byte("poster")}, body.Close()
}

// full is storage that reads, and takes nothing.
type full struct{ activities.MediaObjects }

func (full) Put(context.Context, string, []byte, string) error { return errors.New("no space left") }

// TestStorageSaysNothingOfAFilm: however often storage takes no poster, the file is
// not given up, and one whose object is gone doesn't keep the others of its job
// from being read.
func TestStorageSaysNothingOfAFilm(t *testing.T) {
	t.Parallel()
	d := newDownloadedIn(t, objstoretest.Bucket(t))
	storetest.Must[activities.FinalizeResult](t)(d.finalize())
	storetest.Exec(t, `update files set content_type = 'video/mp4' where job_id = $1`, d.job.ID)
	stored := storetest.Must[[]models.File](t)(d.store.Files.Files(t.Context(), d.user.ID, d.job.ID))
	var films []models.File
	for _, f := range stored {
		if f.Size > 0 {
			films = append(films, f)
		}
	}
	if len(films) < 2 {
		t.Fatalf("the job has %d files with content", len(films))
	}
	lost, other := films[0], films[1]
	run := func(objects activities.MediaObjects) error {
		act := &activities.Media{Store: plug.Probing(d.store), Objects: objects, Prober: reads{}, Log: slog.New(slog.DiscardHandler)}
		_, err := env(act).ExecuteActivity(act.ProbeMedia, activities.MediaInput{JobID: d.job.ID})
		return err
	}
	known := func(id uuid.UUID) models.Media {
		t.Helper()
		return storetest.Must[models.Media](t)(d.store.Media.Media(t.Context(), d.user.ID, id))
	}
	for range 5 {
		if err := run(full{d.objects}); err == nil {
			t.Fatal("storage that takes nothing is no fault")
		}
	}
	if m := known(lost.ID); m.State != models.MediaWaiting || m.Attempts != 0 {
		t.Errorf("while storage took nothing: %+v", m)
	}
	storetest.OK(t, d.objects.Delete(t.Context(), lost.Key()))
	storetest.OK(t, run(d.objects))
	if m := known(lost.ID); m.State != models.MediaWaiting || m.Attempts != 0 {
		t.Errorf("without its object: %+v", m)
	}
	if m := known(other.ID); m.State != models.MediaRead || !m.Poster {
		t.Errorf("beside one whose object is gone: %+v", m)
	}
}
