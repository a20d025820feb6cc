package store_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bundle is a store with two users and one agent.
type bundle struct {
	*store.Store
	w          *store.Work
	user, evil models.User
	agent      models.Agent
}

func setup(t testing.TB) bundle {
	t.Helper()
	s := storetest.New(t)
	return bundle{
		Store: s, w: s.Work(), user: storetest.User(t, s), evil: storetest.User(t, s), agent: storetest.Agent(t, s, 100),
	}
}

// running submits a job with files of the sizes and places its download.
func (b bundle) running(t testing.TB, sizes ...int64) (models.Job, models.Placement) {
	t.Helper()
	m := storetest.Manifest(sizes...)
	job := storetest.Submit(t, b.Store, b.user.ID, &m)
	p, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("token"))
	if err != nil {
		t.Fatalf("place: %v", err)
	}
	return p.Job, p
}

// to moves the job along a legal way to the state.
func (b bundle) to(t testing.TB, jobID uuid.UUID, state models.State) {
	t.Helper()
	ways := map[models.State][]models.State{
		models.StateResolving:         {models.StateResolving},
		models.StateAwaitingSelection: {models.StateResolving, models.StateAwaitingSelection},
		models.StateDownloading:       {models.StateDownloading},
		models.StateStoring:           {models.StateDownloading, models.StateStoring},
		models.StateReady:             {models.StateDownloading, models.StateStoring, models.StateReady},
		models.StatePaused:            {models.StatePaused},
		models.StateNeedsAttention:    {models.StateNeedsAttention},
		models.StateFailed:            {models.StateFailed},
		models.StateCancelled:         {models.StateCancelled},
		models.StateExpired:           {models.StateDownloading, models.StateStoring, models.StateReady, models.StateExpired},
	}
	for _, s := range ways[state] {
		if _, err := b.w.Transition(t.Context(), jobID, models.JobChange{To: s, Reason: models.Because(models.ReasonCode("because_of_" + s))}); err != nil {
			t.Fatalf("move to %s: %v", s, err)
		}
	}
}

func must[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// submitted leaves out whether the submit was a replay.
func submitted(job models.Job, _ bool, err error) (models.Job, error) { return job, err }

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code models.Code) {
	t.Helper()
	if err == nil || models.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func wantProblem(t testing.TB, err error, p models.Problem) {
	t.Helper()
	if err == nil || models.AsError(err).Problem != p {
		t.Errorf("got %v, want %s", err, p)
	}
}

// clock is a time that tests move on.
type clock struct{ now time.Time }

func (b *bundle) fakeClock() *clock {
	c := &clock{now: b.Now()}
	b.Now = func() time.Time { return c.now }
	b.w = b.Work()
	return c
}

func (c *clock) add(d time.Duration) { c.now = c.now.Add(d) }

// TestNobodySeesOthersRows walks every method that takes a user with the ids
// of another user's rows.
func TestNobodySeesOthersRows(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 10)
	ok(t, b.w.FlushProgress(ctx, []models.Progress{{JobID: job.ID, Phase: models.PhaseDownloading, UpdatedAt: b.Now()}}))
	ok(t, b.SaveInspection(ctx, b.user.ID, []byte("hash"), storetest.Manifest(1)))
	ok(t, b.CreateSession(ctx, session(b, b.user.ID, 1)))
	evil := b.evil.ID
	_, err := b.Job(ctx, evil, job.ID)
	wantCode(t, err, models.CodeNotFound)
	_, err = b.Files(ctx, evil, job.ID)
	wantCode(t, err, models.CodeNotFound)
	_, err = b.File(ctx, evil, p.Files[0].ID)
	wantCode(t, err, models.CodeNotFound)
	wantCode(t, b.RequestCancel(ctx, evil, job.ID), models.CodeNotFound)
	wantCode(t, b.RequestDelete(ctx, evil, job.ID), models.CodeNotFound)
	_, err = b.RequestRetry(ctx, evil, job.ID)
	wantCode(t, err, models.CodeNotFound)
	_, err = b.Inspection(ctx, evil, []byte("hash"))
	wantCode(t, err, models.CodeNotFound)
	wantCode(t, b.DeleteSession(ctx, evil, session(b, b.user.ID, 1).IDHash), models.CodeNotFound)
	ok(t, b.DeleteOtherSessions(ctx, evil, []byte("none")))
	if got := must[[]models.Session](t)(b.Sessions(ctx, b.user.ID)); len(got) != 1 {
		t.Error("another user ended the session")
	}
	counts := []int{
		len(must[[]models.Session](t)(b.Sessions(ctx, evil))),
		len(must[models.JobPage](t)(b.Jobs(ctx, evil, models.JobFilter{})).Jobs),
		int(must[models.JobPage](t)(b.Jobs(ctx, evil, models.JobFilter{Search: "sample"})).Total),
		len(must[map[models.State]int64](t)(b.JobCounts(ctx, evil))),
		len(must[map[uuid.UUID]models.Progress](t)(b.ProgressOf(ctx, evil, []uuid.UUID{job.ID}))),
		len(must[[]models.Event](t)(b.JobEvents(ctx, evil, job.ID, 0, 100))),
		len(must[[]models.Event](t)(b.EventsAfter(ctx, evil, 0, 100))),
		int(must[int64](t)(b.LastEventID(ctx, evil))),
		must[models.QueueNote](t)(b.QueueNote(ctx, evil)).Running,
	}
	for i, n := range counts {
		if n != 0 {
			t.Errorf("read %d gave the other user %d rows", i, n)
		}
	}
	if got := must[models.Job](t)(b.Job(ctx, b.user.ID, job.ID)); got.State != models.StateDownloading || got.DeleteAt != nil {
		t.Errorf("another user changed the job: %+v", got)
	}
}

func TestErrorsAreTranslated(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	_, err := b.User(ctx, uuid.New())
	wantCode(t, err, models.CodeNotFound)
	wantCode(t, b.CreateUser(ctx, b.user), models.CodeConflict)
	err = b.CreateSession(ctx, models.Session{IDHash: []byte("short"), UserID: b.user.ID})
	wantCode(t, err, models.CodeInternal)
	if public := models.AsError(err).Message; strings.Contains(public, "constraint") {
		t.Errorf("the public message tells the schema: %s", public)
	}
	ok(t, b.Close())
	_, err = b.User(ctx, b.user.ID)
	if err == nil {
		t.Error("a closed store answers")
	}
}

func TestTxIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	err := b.Tx(ctx, func(ctx context.Context) error {
		must[models.Job](t)(submitted(b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: storetest.Magnet()})))
		return b.Tx(ctx, func(context.Context) error { return models.Errorf(models.CodeBlocked, "No.") })
	})
	wantCode(t, err, models.CodeBlocked)
	if n := must[models.JobPage](t)(b.Jobs(ctx, b.user.ID, models.JobFilter{})).Total; n != 0 {
		t.Errorf("%d jobs are left of a transaction that failed", n)
	}
}

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func session(b bundle, userID uuid.UUID, n byte) models.Session {
	return models.Session{
		IDHash: hash(n), UserID: userID, CreatedAt: b.Now(), LastSeenAt: b.Now(),
		ExpiresAt: b.Now().Add(60 * 24 * time.Hour), IP: "192.0.2.1", UserAgent: "test",
	}
}
