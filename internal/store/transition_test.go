package store_test

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
	b, ctx := setup(t), t.Context()
	for _, from := range models.States() {
		for _, to := range models.States() {
			job := storetest.Submit(t, b.Store, b.user.ID, nil)
			b.to(t, job.ID, from)
			before := must[models.Job](t)(b.w.Job(ctx, job.ID))
			events := countEvents(t, b, job.ID, models.EventState)
			c := models.JobChange{To: to, Reason: before.Reason, Problem: before.Problem}
			got, err := b.w.Transition(ctx, job.ID, c)
			after := must[models.Job](t)(b.w.Job(ctx, job.ID))
			told := countEvents(t, b, job.ID, models.EventState) - events
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
				wantProblem(t, err, models.ProblemWrongState)
				if told != 0 || after.State != from || !after.UpdatedAt.Equal(before.UpdatedAt) {
					t.Errorf("%s → %s was refused and left %+v", from, to, after)
				}
			}
			ok(t, b.RequestDelete(ctx, b.user.ID, job.ID))
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
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	deadline := c.now.Add(72*time.Hour + 123456*time.Microsecond)
	change := models.JobChange{
		To: models.StateNeedsAttention, Reason: models.ProblemNoPeers.Because("seconds", 1800), Problem: models.ProblemNoPeers,
		Deadline: &deadline, Attempt: 3, MaxAttempts: 3,
	}
	c.add(time.Second)
	for range 2 { // an activity that is tried again
		must[models.Job](t)(b.w.Transition(ctx, job.ID, change))
	}
	got := must[models.Job](t)(b.w.Job(ctx, job.ID))
	if !got.Reason.Equal(change.Reason) || got.Attempt != 3 || got.MaxAttempts != 3 || got.Problem != change.Problem ||
		!got.Deadline.Equal(deadline) || !got.StateSince.Equal(c.now) || !got.UpdatedAt.Equal(c.now) {
		t.Errorf("got %+v", got)
	}
	events := must[[]models.Event](t)(b.JobEvents(ctx, b.user.ID, job.ID, 0, 10))
	if last := events[len(events)-1]; len(events) != 2 || !last.Reason.Equal(change.Reason) || last.State != change.To ||
		last.Problem != change.Problem || last.Kind != models.EventState || !last.At.Equal(c.now) {
		t.Errorf("events %+v", events)
	}
	since := c.now
	c.add(time.Second)
	change.Reason, change.Deadline, change.MaxAttempts = models.ProblemNoPeers.Because("seconds", 3600), nil, 0
	got = must[models.Job](t)(b.w.Transition(ctx, job.ID, change))
	if !got.Reason.Equal(change.Reason) || got.Deadline != nil || got.MaxAttempts != 3 || !got.StateSince.Equal(since) || countEvents(t, b, job.ID, models.EventState) != 2 {
		t.Errorf("another reason: %+v", got)
	}
	got = must[models.Job](t)(b.w.Transition(ctx, job.ID, models.JobChange{To: models.StateQueued, Reason: models.Because(models.ReasonRetried)}))
	if got.Problem != "" || got.Deadline != nil {
		t.Errorf("old ones stay: %+v", got)
	}
	_, err := b.w.Transition(ctx, uuid.New(), change)
	wantCode(t, err, models.CodeNotFound)
}

func TestSlotsAreKeptAndReleased(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	admit := func() int { return len(must[[]uuid.UUID](t)(b.w.Admit(ctx, 10, 10))) }
	if admit() != 1 || admit() != 0 {
		t.Fatal("not admitted exactly once")
	}
	b.to(t, job.ID, models.StateDownloading)
	must[models.Job](t)(b.w.Transition(ctx, job.ID, models.JobChange{To: models.StateQueued, Reason: models.ProblemDrained.Because()}))
	if got := must[models.Job](t)(b.w.Job(ctx, job.ID)); got.AdmittedAt == nil || admit() != 0 {
		t.Error("a job that moves lost its slot")
	}
	must[models.Job](t)(b.w.Transition(ctx, job.ID, models.JobChange{To: models.StateQueued, Reason: models.ProblemDrained.Because(), ReleaseSlot: true}))
	if admit() != 1 {
		t.Error("a job that gave its slot back is not admitted again")
	}
	b.to(t, job.ID, models.StatePaused)
	if got := must[models.Job](t)(b.w.Job(ctx, job.ID)); got.AdmittedAt != nil || admit() != 0 {
		t.Error("a paused job holds a slot")
	}
}

func TestConcurrentTransitions(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for range 10 {
		job := storetest.Submit(t, b.Store, b.user.ID, nil)
		b.to(t, job.ID, models.StateStoring)
		var won atomic.Int32
		var wg sync.WaitGroup
		for _, to := range []models.State{models.StateReady, models.StateCancelled, models.StateFailed} {
			wg.Go(func() {
				_, err := b.w.Transition(ctx, job.ID, models.JobChange{To: to, Reason: models.Because(models.ReasonWaitsForSlot)})
				if err == nil {
					won.Add(1)
					return
				}
				wantProblem(t, err, models.ProblemWrongState)
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
	b, ctx := setup(t), t.Context()
	acts := map[models.Action]func(context.Context, uuid.UUID) error{
		models.ActionCancel: func(ctx context.Context, id uuid.UUID) error { return b.RequestCancel(ctx, b.user.ID, id) },
		models.ActionRetry: func(ctx context.Context, id uuid.UUID) error {
			_, err := b.RequestRetry(ctx, b.user.ID, id)
			return err
		},
		models.ActionDelete: func(ctx context.Context, id uuid.UUID) error { return b.RequestDelete(ctx, b.user.ID, id) },
	}
	for _, state := range models.States() {
		for action, act := range acts {
			job := storetest.Submit(t, b.Store, b.user.ID, nil)
			b.to(t, job.ID, state)
			before := must[models.Job](t)(b.w.Job(ctx, job.ID))
			err := act(ctx, job.ID)
			after := must[models.Job](t)(b.w.Job(ctx, job.ID))
			if !state.Allows(action) {
				wantProblem(t, err, models.ProblemWrongState)
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
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 10, 20)
	ok(t, b.SaveParts(ctx, p.Agent.ID, job.ID, p.Epoch, []models.PartReport{part(0, 1, 10)}))
	ok(t, b.w.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, models.ProblemStalled.Because()))
	b.to(t, job.ID, models.StateFailed)
	again := must[models.Job](t)(b.RequestRetry(ctx, b.user.ID, job.ID))
	if again.State != models.StateQueued || again.Run != 2 || again.FinishedAt != nil || again.Problem != "" {
		t.Errorf("got %+v", again)
	}
	_, err := b.RequestRetry(ctx, b.user.ID, job.ID)
	wantProblem(t, err, models.ProblemWrongState) // a second click
	next := must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	if len(next.Parts[p.Files[0].ID]) != 1 || next.Epoch != 2 {
		t.Errorf("the new run forgot what is stored: %+v", next)
	}
	ok(t, b.RequestDelete(ctx, b.user.ID, job.ID))
	wantCode(t, b.RequestDelete(ctx, b.user.ID, job.ID), models.CodeNotFound)
	_, err = b.Job(ctx, b.user.ID, job.ID)
	wantCode(t, err, models.CodeNotFound)
	_, err = b.File(ctx, b.user.ID, p.Files[0].ID)
	wantCode(t, err, models.CodeNotFound)
	wantProblem(t, b.w.DeleteJobRows(ctx, job.ID), models.ProblemWrongState)
	b.to(t, job.ID, models.StateCancelled)
	if ids := must[[]uuid.UUID](t)(b.w.JobsToPurge(ctx, b.Now().Add(time.Second), 10)); len(ids) != 1 || ids[0] != job.ID {
		t.Errorf("to purge: %v", ids)
	}
	for range 2 {
		ok(t, b.w.DeleteJobRows(ctx, job.ID))
	}
	_, err = b.w.Job(ctx, job.ID)
	wantCode(t, err, models.CodeNotFound)
	events := must[[]models.Event](t)(b.EventsAfter(ctx, b.user.ID, 0, 100))
	if len(events) != 1 || events[0].Kind != models.EventDeleted {
		t.Errorf("events %+v", events)
	}
	if n := must[int64](t)(b.w.PruneDeletedEvents(ctx, b.Now().Add(time.Second))); n != 1 {
		t.Errorf("pruned %d", n)
	}
}
