package playback_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// stored returns a ready job of the user with its files.
func stored(t *testing.T, b *storetest.World, sizes ...int64) (models.Job, []models.File) {
	t.Helper()
	job := b.Submit(t, sizes...)
	storetest.Exec(t, `update files set state = 'stored', stored_at = now() where job_id = $1`, job.ID)
	return job, storetest.Must[[]models.File](t)(b.Files.Files(t.Context(), b.User.ID, job.ID))
}

func report(position, duration float64, watched ...bool) models.PlaybackReport {
	r := models.PlaybackReport{Position: position, Duration: duration}
	if len(watched) > 0 {
		r.Watched = &watched[0]
	}
	return r
}

// The last position counts; the mark comes near the end and stays until it is
// cleared.
func TestPositionsAndMarks(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	job, files := stored(t, b, 10, 20, 30)
	film := files[1].ID
	for _, c := range []struct {
		name    string
		report  models.PlaybackReport
		watched bool
	}{
		{"the middle", report(600, 5400), false},
		{"back on another device", report(300, 5400), false},
		{"before the end", report(0.91*5400, 5400), false},
		{"92 %", report(0.92*5400, 5400), true},
		{"again from the start", report(5, 5400), true},
		{"cleared by hand", report(5, 5400, false), false},
		{"marked by hand", report(0, 0, true), true},
		{"the credits of a long film", report(9900, 10_080, false), true},
		{"three minutes of a short one", report(1100, 1260, false), false},
		{"no duration", report(100, 0), false},
	} {
		clock.Add(time.Second)
		saved := storetest.Must[models.Playback](t)(b.Playback.SavePlayback(ctx, b.User.ID, film, c.report))
		got := storetest.Must[models.Playback](t)(b.Playback.Playback(ctx, b.User.ID, film))
		if got.Watched != c.watched || got.Position != c.report.Position || got.Duration != c.report.Duration || !got.UpdatedAt.Equal(clock.Now) || saved.Watched != got.Watched {
			t.Errorf("%s: %+v, saved %+v", c.name, got, saved)
		}
	}
	storetest.Must[models.Playback](t)(b.Playback.SavePlayback(ctx, b.User.ID, files[0].ID, report(3, 9)))
	list := storetest.Must[[]models.Playback](t)(b.Playback.JobPlayback(ctx, b.User.ID, job.ID))
	if len(list) != 2 || list[0].FileID != files[0].ID || list[1].Index != files[1].Index || list[1].Position != 100 {
		t.Errorf("the job's list is %+v", list)
	}
	cleared := storetest.Must[models.Playback](t)(b.Playback.SavePlayback(ctx, b.User.ID, film, report(0, 5400, false)))
	if cleared.Position != 0 || !cleared.UpdatedAt.IsZero() || storetest.Count(t, `select count(*) from playback`) != 1 {
		t.Errorf("cleared: %+v", cleared)
	}
}

// Another user's files and jobs are not found, whatever is asked of them.
func TestPlaybackBelongsToTheOwner(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, files := stored(t, b, 10)
	film := files[0].ID
	storetest.Must[models.Playback](t)(b.Playback.SavePlayback(ctx, b.User.ID, film, report(3, 9)))
	mine := storetest.Must[models.Subtitle](t)(b.Playback.AddSubtitle(ctx, models.Subtitle{UserID: b.User.ID, FileID: film, Name: "x.srt", Text: "x"}))
	_, err := b.Playback.SavePlayback(ctx, b.Evil.ID, film, report(7, 9))
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Playback.SavePlayback(ctx, b.Evil.ID, film, report(0, 9, false))
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Playback.Playback(ctx, b.Evil.ID, film)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Playback.JobPlayback(ctx, b.Evil.ID, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Playback.AddSubtitle(ctx, models.Subtitle{UserID: b.Evil.ID, FileID: film, Name: "x.srt", Text: "x"})
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Playback.Subtitle(ctx, b.Evil.ID, film, mine.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.WantCode(t, b.Playback.DeleteSubtitle(ctx, b.Evil.ID, film, mine.ID), models.CodeNotFound)
	if n := len(storetest.Must[[]models.Subtitle](t)(b.Playback.Subtitles(ctx, b.Evil.ID, film))); n != 0 {
		t.Errorf("another user sees %d subtitles", n)
	}
	if n := len(storetest.Must[[]models.File](t)(b.Playback.FilmsAndSubtitles(ctx, b.Evil.ID, job.ID))); n != 0 {
		t.Errorf("another user sees %d files", n)
	}
	if got := storetest.Must[models.Playback](t)(b.Playback.Playback(ctx, b.User.ID, film)); got.Position != 3 {
		t.Errorf("the owner is at %v", got.Position)
	}
}

// A file has so many subtitles, and an account so many bytes of them.
func TestUploadedSubtitlesHaveBounds(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	_, files := stored(t, b, 10, 20)
	add := func(file uuid.UUID, size int) error {
		_, err := b.Playback.AddSubtitle(ctx, models.Subtitle{UserID: b.User.ID, FileID: file, Name: "film.en.srt", Language: "en", Text: strings.Repeat("x", size)})
		return err
	}
	results := make(chan error)
	for range models.MaxSubtitles + 5 { // at the same time, as from several windows
		go func() { results <- add(files[0].ID, 10) }()
	}
	refused := 0
	for range models.MaxSubtitles + 5 {
		if err := <-results; err != nil {
			storetest.WantCode(t, err, models.CodeConflict)
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d were refused", refused)
	}
	storetest.Exec(t, `update subtitles set size = 3500000`)
	storetest.WantCode(t, add(files[1].ID, 5<<20), models.CodeConflict)
	list := storetest.Must[[]models.Subtitle](t)(b.Playback.Subtitles(ctx, b.User.ID, files[0].ID))
	if len(list) != models.MaxSubtitles || list[0].Name != "film.en.srt" || list[0].Text != "" {
		t.Errorf("%d are listed, the first is %+v", len(list), list[0])
	}
	for _, s := range list {
		storetest.OK(t, b.Playback.DeleteSubtitle(ctx, b.User.ID, files[0].ID, s.ID))
	}
	storetest.OK(t, add(files[1].ID, 5<<20))
}

// Positions and subtitles go with their file, at the latest with the account. What
// is in the trash keeps them.
func TestPlaybackGoesWithItsFile(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, files := stored(t, b, 10, 20)
	for _, f := range files {
		storetest.Must[models.Playback](t)(b.Playback.SavePlayback(ctx, b.User.ID, f.ID, report(3, 9)))
		storetest.Must[models.Subtitle](t)(b.Playback.AddSubtitle(ctx, models.Subtitle{UserID: b.User.ID, FileID: f.ID, Name: "x.srt", Text: "x"}))
	}
	left := func() int {
		return storetest.Count(t, `select (select count(*) from playback) + (select count(*) from subtitles)`)
	}
	storetest.Exec(t, `update files set state = 'trashed', trashed_at = now(), trash_until = now() - interval '1 hour' where id = $1`, files[0].ID)
	_, err := b.Playback.Playback(ctx, b.User.ID, files[0].ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	if n := left(); n != 4 {
		t.Errorf("%d rows are left with the file in the trash", n)
	}
	if n := storetest.Must[int](t)(b.Jobs.DropFilesOver(ctx, job.ID)); n != 1 || left() != 2 {
		t.Errorf("%d files dropped, %d rows are left", n, left())
	}
	storetest.Exec(t, `delete from jobs where id = $1`, job.ID)
	if n := left(); n != 0 {
		t.Errorf("%d rows are left without the job", n)
	}
}
