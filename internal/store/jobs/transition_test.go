package jobs_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// TestEveryTransition tries every pair of states: what models allows works,
// and everything else is refused and changes nothing.
func TestEveryTransition(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	for _, from := range models.States() {
		for _, to := range models.States() {
			job := storetest.Submit(t, b.Store, b.User.ID, nil)
			b.To(t, job.ID, from)
			before := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
			events := b.CountEvents(t, job.ID, models.EventState)
			c := models.JobChange{To: to, Reason: before.Reason, Problem: before.Problem}
			got, err := b.W.Jobs.Transition(ctx, job.ID, c)
			after := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
			told := b.CountEvents(t, job.ID, models.EventState) - events
			switch {
			case from.CanBecome(to):
				if err != nil || got.State != to || after.State != to || told != 1 || !after.StateSince.After(before.StateSince) {
					t.Errorf("%s → %s: %v, %d events, %+v", from, to, err, told, after)
				}
				wantSlotAndEnd(t, after)
			case from == to:
				if err != nil || told != 0 || !after.StateSince.Equal(before.StateSince) {
					t.Errorf("%s again: %v, %d events", from, err, told)
				}
			default:
				storetest.WantProblem(t, err, models.ProblemWrongState)
				if told != 0 || after.State != from || !after.UpdatedAt.Equal(before.UpdatedAt) {
					t.Errorf("%s → %s was refused and left %+v", from, to, after)
				}
			}
			storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID))
		}
	}
}

func wantSlotAndEnd(t *testing.T, job models.Job) {
	t.Helper()
	if job.State.Running() != (job.AdmittedAt != nil) && job.State != models.StateQueued {
		t.Errorf("%s holds a slot: %v", job.State, job.AdmittedAt)
	}
	if job.State.Terminal() != (job.FinishedAt != nil) {
		t.Errorf("%s finished at %v", job.State, job.FinishedAt)
	}
}

func TestTransitionTellsWhy(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	deadline := c.Now.Add(72*time.Hour + 123456*time.Microsecond)
	change := models.JobChange{
		To: models.StateNeedsAttention, Reason: models.ProblemNoPeers.Because("seconds", 1800), Problem: models.ProblemNoPeers,
		Deadline: &deadline, Attempt: 3, MaxAttempts: 3,
	}
	c.Add(time.Second)
	for range 2 { // an activity that is tried again
		storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, change))
	}
	got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if !got.Reason.Equal(change.Reason) || got.Attempt != 3 || got.MaxAttempts != 3 || got.Problem != change.Problem ||
		!got.Deadline.Equal(deadline) || !got.StateSince.Equal(c.Now) || !got.UpdatedAt.Equal(c.Now) {
		t.Errorf("got %+v", got)
	}
	events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, b.User.ID, job.ID, 0, 10))
	if last := events[len(events)-1]; len(events) != 2 || !last.Reason.Equal(change.Reason) || last.State != change.To ||
		last.Problem != change.Problem || last.Kind != models.EventState || !last.At.Equal(c.Now) {
		t.Errorf("events %+v", events)
	}
	since := c.Now
	c.Add(time.Second)
	change.Reason, change.Deadline, change.MaxAttempts = models.ProblemNoPeers.Because("seconds", 3600), nil, 0
	got = storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, change))
	if !got.Reason.Equal(change.Reason) || got.Deadline != nil || got.MaxAttempts != 3 || !got.StateSince.Equal(since) || b.CountEvents(t, job.ID, models.EventState) != 2 {
		t.Errorf("another reason: %+v", got)
	}
	got = storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateQueued, Reason: models.Because(models.ReasonRetried)}))
	if got.Problem != "" || got.Deadline != nil {
		t.Errorf("old ones stay: %+v", got)
	}
	_, err := b.W.Jobs.Transition(ctx, uuid.New(), change)
	storetest.WantCode(t, err, models.CodeNotFound)
}

func TestSlotsAreKeptAndReleased(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	admit := func() int { return len(storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10))) }
	if admit() != 1 || admit() != 0 {
		t.Fatal("not admitted exactly once")
	}
	b.To(t, job.ID, models.StateDownloading)
	storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateQueued, Reason: models.ProblemDrained.Because()}))
	if got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID)); got.AdmittedAt == nil || admit() != 0 {
		t.Error("a job that moves lost its slot")
	}
	storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateQueued, Reason: models.ProblemDrained.Because(), ReleaseSlot: true}))
	if admit() != 1 {
		t.Error("a job that gave its slot back is not admitted again")
	}
	b.To(t, job.ID, models.StatePaused)
	if got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID)); got.AdmittedAt != nil || admit() != 0 {
		t.Error("a paused job holds a slot")
	}
}

func TestConcurrentTransitions(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	for range 10 {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
		b.To(t, job.ID, models.StateStoring)
		var won atomic.Int32
		var wg sync.WaitGroup
		for _, to := range []models.State{models.StateReady, models.StateCancelled, models.StateFailed} {
			wg.Go(func() {
				_, err := b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: to, Reason: models.Because(models.ReasonWaitsForSlot)})
				if err == nil {
					won.Add(1)
					return
				}
				storetest.WantProblem(t, err, models.ProblemWrongState)
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d ends of one job", won.Load())
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	acts := map[models.Action]func(context.Context, uuid.UUID) error{
		models.ActionCancel: func(ctx context.Context, id uuid.UUID) error {
			return ignoreJob(b.Jobs.RequestCancel(ctx, b.User.ID, id))
		},
		models.ActionPause: func(ctx context.Context, id uuid.UUID) error {
			return ignoreJob(b.Jobs.RequestPause(ctx, b.User.ID, id))
		},
		models.ActionResume: func(ctx context.Context, id uuid.UUID) error {
			return ignoreJob(b.Jobs.RequestResume(ctx, b.User.ID, id))
		},
		models.ActionRetry: func(ctx context.Context, id uuid.UUID) error {
			return ignoreJob(b.Jobs.RequestRetry(ctx, b.User.ID, id))
		},
		models.ActionDelete: func(ctx context.Context, id uuid.UUID) error { return b.Jobs.RequestDelete(ctx, b.User.ID, id) },
	}
	for _, state := range models.States() {
		for action, act := range acts {
			job := storetest.Submit(t, b.Store, b.User.ID, nil)
			b.To(t, job.ID, state)
			before := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
			err := act(ctx, job.ID)
			after := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
			if !state.Allows(action) {
				storetest.WantProblem(t, err, models.ProblemWrongState)
				if !after.UpdatedAt.Equal(before.UpdatedAt) {
					t.Errorf("%s of a job that is %s was refused and left %+v", action, state, after)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s of a job that is %s: %v", action, state, err)
			}
			restarted := action == models.ActionRetry && state.Terminal()
			if restarted != (after.Run == before.Run+1) || restarted != (after.State != before.State) {
				t.Errorf("%s of a job that is %s left %+v", action, state, after)
			}
			wantSlotAndEnd(t, after)
		}
	}
}

func TestRetryAndDelete(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, p := b.Running(t, 10, 20)
	storetest.OK(t, b.Transfers.SaveParts(ctx, p.Agent.ID, job.ID, p.Epoch, []models.PartReport{storetest.Part(0, 1, 10)}))
	storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, models.ProblemStalled.Because()))
	b.To(t, job.ID, models.StateFailed)
	again := storetest.Must[models.Job](t)(b.Jobs.RequestRetry(ctx, b.User.ID, job.ID))
	if again.State != models.StateQueued || again.Run != 2 || again.FinishedAt != nil || again.Problem != "" {
		t.Errorf("got %+v", again)
	}
	_, err := b.Jobs.RequestRetry(ctx, b.User.ID, job.ID)
	storetest.WantProblem(t, err, models.ProblemWrongState) // a second click
	next := storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	if len(next.Parts[p.Files[0].ID]) != 1 || next.Epoch != 2 {
		t.Errorf("the new run forgot what is stored: %+v", next)
	}
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID))
	storetest.WantCode(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID), models.CodeNotFound)
	_, err = b.Jobs.Job(ctx, b.User.ID, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Files.File(ctx, b.User.ID, p.Files[0].ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.WantProblem(t, b.W.Jobs.DeleteJobRows(ctx, job.ID), models.ProblemWrongState)
	b.To(t, job.ID, models.StateCancelled)
	if ids := storetest.Must[[]uuid.UUID](t)(b.W.Jobs.JobsToPurge(ctx, b.DB.Now().Add(time.Second), uuid.Nil, 10)); len(ids) != 1 || ids[0] != job.ID {
		t.Errorf("to purge: %v", ids)
	}
	for range 2 {
		storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, job.ID))
	}
	_, err = b.W.Jobs.Job(ctx, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	events := storetest.Must[[]models.Event](t)(b.Timeline.EventsAfter(ctx, b.User.ID, 0, 100))
	if len(events) != 1 || events[0].Kind != models.EventDeleted {
		t.Errorf("events %+v", events)
	}
	if n := storetest.Must[int64](t)(b.W.Timeline.PruneDeletedEvents(ctx, b.DB.Now().Add(time.Second))); n != 1 {
		t.Errorf("pruned %d", n)
	}
}
