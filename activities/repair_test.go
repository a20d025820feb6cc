package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/app/plug"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// mover stands for the placer: it writes the state and has nothing to stop.
type mover struct{ b *bench }

func (m mover) Stop(ctx context.Context, id uuid.UUID, c models.JobChange, _ bool) error {
	_, err := m.b.work.Jobs.Transition(ctx, id, c)
	return err
}

// What follows when the workflow of an open job does not run depends on who ended
// it, and on what the row says.
func TestHowStoppedJobsAreSettled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.agent(8)
	r := &runner{running: map[uuid.UUID]bool{}}
	act := &activities.Sweeps{
		Store: plug.Sweeps(b.work), Runner: r, Stopper: mover{b}, AttentionTimeout: time.Hour,
		Now: func() time.Time { return time.Now().Add(time.Minute) },
	}
	lost, ended, cancelled, deleted, running := b.admitted(5), b.admitted(5), b.admitted(5), b.admitted(5), b.admitted(5)
	storetest.Must[models.Job](t)(b.store.Jobs.RequestCancel(t.Context(), b.user.ID, cancelled.ID))
	storetest.OK(t, b.store.Jobs.RequestDelete(t.Context(), b.user.ID, deleted.ID))
	r.running[running.ID] = true
	r.terminated = []uuid.UUID{ended.ID, cancelled.ID, deleted.ID, running.ID}

	res, err := act.RepairTerminated(t.Context(), time.Now())
	storetest.OK(t, err)
	if res.Parked != 1 || res.Restarted != 2 || len(r.cancelled) != 2 {
		t.Errorf("settled %+v, restarted %v, cancelled %v", res, r.restarted, r.cancelled)
	}
	if got := b.job(ended.ID); !got.Unattended() || got.AdmittedAt != nil {
		t.Errorf("the job that an operator ended is %s, %q, slot %v", got.State, got.Problem, got.AdmittedAt)
	}
	for _, job := range []models.Job{lost, running} {
		if got := b.job(job.ID); got.State != models.StateQueued {
			t.Errorf("a job that nobody ended is %s", got.State)
		}
	}
	// Another look, and the sweep, leave it alone.
	if res, err := act.RepairTerminated(t.Context(), time.Now()); err != nil || res.Parked != 0 {
		t.Errorf("settled again: %+v, %v", res, err)
	}
	r.restarted = nil
	v, err := env(act).ExecuteActivity(act.RepairJobs, activities.RepairInput{})
	storetest.OK(t, err)
	storetest.OK(t, v.Get(&res))
	if res.Parked != 0 || res.GaveUp != 0 || r.running[ended.ID] || !b.job(ended.ID).Unattended() {
		t.Errorf("the sweep did %+v", res)
	}
	act.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	v, err = env(act).ExecuteActivity(act.RepairJobs, activities.RepairInput{})
	storetest.OK(t, err)
	storetest.OK(t, v.Get(&res))
	if got := b.job(ended.ID); res.GaveUp != 1 || got.State != models.StateFailed || got.Problem != models.ProblemGaveUp {
		t.Errorf("at its deadline the job is %s, %q: %+v", got.State, got.Problem, res)
	}
}

// A job that waits for a person is left waiting by the run that loads it; one that
// the person has answered is not.
func TestWhatWaitsForAPersonIsLeftWaiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.admitted(5)
	by := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	storetest.Must[models.Job](t)(b.work.Jobs.Transition(t.Context(), job.ID, models.JobChange{
		To: models.StateNeedsAttention, Problem: models.ProblemStalled, Reason: models.ProblemStalled.Because(), Deadline: &by, ReleaseSlot: true,
	}))
	plan := b.load(activities.JobInput{JobID: job.ID})
	if plan.State != models.StateNeedsAttention || plan.Problem != models.ProblemStalled || plan.Deadline == nil || !plan.Deadline.Equal(by) {
		t.Errorf("parked: %+v", plan)
	}
	storetest.Must[models.Job](t)(b.store.Jobs.RequestRetry(t.Context(), b.user.ID, job.ID))
	if plan := b.load(activities.JobInput{JobID: job.ID}); plan.State != models.StateQueued {
		t.Errorf("retried: %+v", plan)
	}
}
