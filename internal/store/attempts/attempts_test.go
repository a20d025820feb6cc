package attempts_test

import (
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestBeats(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	job, p := b.Running(t, 10)
	c.Add(time.Minute)
	storetest.OK(t, b.W.Attempts.TouchBeat(ctx, job.ID, p.Epoch))
	if got := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID)); !got[0].BeatAt.Equal(c.Now) {
		t.Errorf("got %+v", got)
	}
}

func TestWantedAttemptsGetHeartbeats(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	job := b.Wanted(t)
	open := b.Wanted(t)
	storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, open.ID, 1, time.Minute)) // its tracker's business
	clock.Add(5 * time.Minute)
	for n, want := range []int{1, 0} {
		due := storetest.Must[[]models.Attempt](t)(b.W.Attempts.BeatsDue(ctx, b.DB.Now().Add(-5*time.Minute), 10))
		if len(due) != want || want > 0 && due[0].JobID != job.ID {
			t.Errorf("round %d: %+v", n, due)
		}
	}
}

func TestJobsWithoutAnAttemptAreFound(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	m := storetest.Manifest(10)
	lost := storetest.Submit(t, b.Store, b.User.ID, &m)
	storetest.Must[any](t)(b.W.Admission.Admit(ctx, 100, 100))
	b.Wanted(t)
	running, _ := b.Running(t, 10)
	queued := storetest.Submit(t, b.Store, b.User.ID, &m)
	clock.Add(time.Minute)
	found := storetest.Must[[]models.Job](t)(b.W.Attempts.UnaskedJobs(ctx, b.DB.Now().Add(-time.Minute), 10))
	if len(found) != 1 || found[0].ID != lost.ID {
		t.Errorf("found %d; lost is %s, running %s, queued %s", len(found), lost.ID, running.ID, queued.ID)
	}
	if found := storetest.Must[[]models.Job](t)(b.W.Attempts.UnaskedJobs(ctx, b.DB.Now().Add(-2*time.Minute), 10)); len(found) != 0 {
		t.Errorf("found too early: %d", len(found))
	}
}
