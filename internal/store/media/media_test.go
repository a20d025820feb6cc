package media_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// ready is a job of two files, of which the first is a film.
func ready(t *testing.T) (*storetest.World, models.Job, []models.File) {
	t.Helper()
	b := storetest.NewWorld(t)
	job, p := b.Running(t, 10, 20)
	for _, f := range p.Files {
		storetest.Exec(t, `update files set state = 'stored', stored_at = now(), etag = 'x', content_type = $1 where id = $2`,
			[]string{"video/x-matroska", "text/plain"}[f.Index], f.ID)
	}
	b.To(t, job.ID, models.StateReady)
	return b, job, p.Files
}

func TestAJobThatBecomesReadyHasItsFilmsRead(t *testing.T) {
	t.Parallel()
	b, job, files := ready(t)
	if items := storetest.Drain(t, b.Store); !slices.Contains(items, "media "+job.ID.String()) {
		t.Errorf("the outbox holds %v", items)
	}
	waiting := storetest.Must[[]models.File](t)(b.W.Media.MediaWaiting(t.Context(), job.ID, -1, 10))
	if len(waiting) != 1 || waiting[0].ID != files[0].ID {
		t.Errorf("%v wait", waiting)
	}
}

func TestWhatIsKnownOfAFilmIsItsOwners(t *testing.T) {
	t.Parallel()
	b, job, files := ready(t)
	ctx, w, film := t.Context(), b.W.Media, files[0].ID
	m := storetest.Must[models.Media](t)(w.TryMedia(ctx, film))
	if m.Attempts != 1 || m.State != models.MediaWaiting {
		t.Errorf("the attempt is %+v", m)
	}
	storetest.OK(t, w.UntryMedia(ctx, film))
	m = storetest.Must[models.Media](t)(w.TryMedia(ctx, film))
	m.State, m.Info, m.Keys = models.MediaRead, &models.MediaInfo{Container: "matroska", Duration: 6.5}, models.KeyFrames{-40_000, 0, 1_500_000}
	storetest.OK(t, w.EndMedia(ctx, m))
	got := storetest.Must[models.Media](t)(b.Media.Media(ctx, b.User.ID, film))
	if got.State != models.MediaRead || got.Attempts != 1 || got.Info == nil || got.Info.Duration != 6.5 || !slices.Equal(got.Keys, m.Keys) {
		t.Errorf("known is %+v", got)
	}
	if _, err := b.Media.Media(ctx, uuid.New(), film); !models.IsNotFound(err) {
		t.Errorf("another reads it: %v", err)
	}
	if waiting := storetest.Must[[]models.File](t)(w.MediaWaiting(ctx, job.ID, -1, 10)); len(waiting) != 0 {
		t.Errorf("%v wait", waiting)
	}
	if _, err := w.TryMedia(ctx, film); !models.IsNotFound(err) {
		t.Errorf("it is read again: %v", err)
	}
}

func TestAskingReadsAFilmOnceAMinute(t *testing.T) {
	t.Parallel()
	b, job, files := ready(t)
	ctx, clock := t.Context(), storetest.FakeClock(b.Store)
	storetest.Drain(t, b.Store)
	asked := func(user, file uuid.UUID) bool {
		t.Helper()
		storetest.OK(t, b.Media.AskMedia(ctx, user, file))
		return slices.Contains(storetest.Drain(t, b.Store), "media "+job.ID.String())
	}
	if asked(uuid.New(), files[0].ID) || asked(b.User.ID, files[1].ID) {
		t.Error("a file of another, or a text, is read")
	}
	if !asked(b.User.ID, files[0].ID) || asked(b.User.ID, files[0].ID) {
		t.Error("the film is not read once")
	}
	clock.Add(2 * time.Minute)
	if !asked(b.User.ID, files[0].ID) {
		t.Error("a film that waits for long is not asked for again")
	}
	storetest.OK(t, b.W.Media.MediaOff(ctx, job.ID))
	if m := storetest.Must[models.Media](t)(b.Media.Media(ctx, b.User.ID, files[0].ID)); m.State != models.MediaOff {
		t.Errorf("known is %+v", m)
	}
	clock.Add(2 * time.Minute)
	if asked(b.User.ID, files[0].ID) {
		t.Error("a film is asked for though no worker can read it")
	}
	clock.Add(10 * time.Minute)
	if !asked(b.User.ID, files[0].ID) {
		t.Error("a film that no worker could read is never asked for again")
	}
}
