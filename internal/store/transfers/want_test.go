package transfers_test

import (
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func (b bundle) last(t testing.TB, job models.Job) models.Attempt {
	t.Helper()
	all := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(t.Context(), job.ID))
	return all[len(all)-1]
}

func (b bundle) due(t testing.TB) []models.Attempt {
	t.Helper()
	return storetest.Must[[]models.Attempt](t)(b.W.Attempts.DueAttempts(t.Context(), 10, time.Minute))
}

func TestAWantedTransferHoldsASlotAndWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.Wanted(t)
	at := b.last(t, job)
	if job.State != models.StateQueued || job.AdmittedAt == nil || job.Epoch != 1 || at.Epoch != 1 {
		t.Errorf("job is %s, slot %v, epoch %d; attempt %d", job.State, job.AdmittedAt, job.Epoch, at.Epoch)
	}
	if at.State != models.AttemptWanted || at.AgentID != nil || string(at.TaskToken) != "token" || !at.Elsewhere || at.Tries != 0 {
		t.Errorf("attempt %+v", at)
	}
	if n := b.CountEvents(t, job.ID, models.EventPlaced); n != 0 {
		t.Errorf("%d placements in the timeline", n)
	}
}

func TestADueAttemptIsTakenByOneAndComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clock := storetest.FakeClock(b.Store)
	job := b.Wanted(t)
	if due := b.due(t); len(due) != 1 || due[0].JobID != job.ID {
		t.Fatalf("due %+v", due)
	}
	if due := b.due(t); len(due) != 0 {
		t.Errorf("another worker was given it too: %+v", due)
	}
	clock.Add(time.Minute)
	if due := b.due(t); len(due) != 1 {
		t.Errorf("what a dead worker left is not due: %+v", due)
	}
}

func TestAPlacementIsRepeatedUntilItIsTaken(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	job := b.Wanted(t)
	first := storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, job.ID, 1, time.Minute))
	clock.Add(time.Minute)
	if due := b.due(t); len(due) != 1 || due[0].State != models.AttemptOpen {
		t.Fatalf("due %+v", due)
	}
	again := storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, job.ID, 1, time.Minute))
	if again.Agent.ID != first.Agent.ID || again.Epoch != first.Epoch || len(again.Files) != 1 || b.CountEvents(t, job.ID, models.EventPlaced) != 1 {
		t.Errorf("placed as %+v, then as %+v", first, again)
	}
	storetest.OK(t, b.W.Attempts.Taken(ctx, job.ID, 1))
	clock.Add(time.Hour)
	if due := b.due(t); len(due) != 0 {
		t.Errorf("a transfer that the agent has is due: %+v", due)
	}
}

func TestAnotherAttemptTakesThePlaceOfOneThatFailed(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.Wanted(t)
	storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, job.ID, 1, time.Minute))
	storetest.OK(t, b.W.Attempts.Taken(ctx, job.ID, 1))
	for range 2 { // once is as good as twice
		storetest.OK(t, b.W.Transfers.WantAgain(ctx, job.ID, 1, models.ProblemAgentLost.Because(), time.Hour))
	}
	all := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID))
	if len(all) != 2 || all[0].State != models.AttemptFailed || all[0].Problem != models.ProblemAgentLost || all[0].EndedAt == nil {
		t.Fatalf("attempts %+v", all)
	}
	next := all[1]
	if next.State != models.AttemptWanted || next.Epoch != 2 || string(next.TaskToken) != "token" || !next.Elsewhere || next.Tries != 1 {
		t.Errorf("the next one is %+v", next)
	}
	if !next.WantedAt.After(all[0].WantedAt) || !next.BeatAt.Equal(all[0].BeatAt) {
		t.Errorf("it waits since %v, the first one since %v", next.WantedAt, all[0].WantedAt)
	}
	if due := b.due(t); len(due) != 0 {
		t.Errorf("it is due before its pause is over: %+v", due)
	}
	if b.CountEvents(t, job.ID, models.EventAttempt) != 1 {
		t.Error("the timeline does not tell once of the failure")
	}
	storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, 1, models.AttemptDone, models.Reason{})) // by a tracker that is late
	if at := b.last(t, job); at.State != models.AttemptWanted {
		t.Errorf("the next one is %s", at.State)
	}
}

func TestARefusedPlacementWaitsOn(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	job := b.Wanted(t)
	since := b.last(t, job).WantedAt
	clock.Add(10 * time.Second)
	storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, job.ID, 1, time.Minute))
	storetest.OK(t, b.W.Transfers.WantAgain(ctx, job.ID, 1, models.ProblemAgentUnreachable.Because(), 0))
	if at := b.last(t, job); at.Epoch != 2 || !at.WantedAt.Equal(since) {
		t.Errorf("it waits since %v, want %v: no agent ever took it", at.WantedAt, since)
	}
}

func TestOnlyAJobWithASlotIsPlaced(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.Wanted(t)
	b.To(t, job.ID, models.StatePaused)
	if at := b.last(t, job); at.State != models.AttemptSuperseded || at.EndedAt == nil {
		t.Errorf("the attempt of a paused job is %s", at.State)
	}
	_, err := b.W.Transfers.Place(ctx, job.ID, 1, time.Minute)
	storetest.WantProblem(t, err, models.ProblemSuperseded)

	stopped := b.Wanted(t)
	storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, stopped.ID, 1, time.Minute))
	b.To(t, stopped.ID, models.StatePaused)
	storetest.OK(t, b.W.Transfers.WantAgain(ctx, stopped.ID, 1, models.ProblemAgentLost.Because(), 0))
	if at := b.last(t, stopped); at.Epoch != 1 || at.State != models.AttemptFailed {
		t.Errorf("a paused job has attempt %d, %s", at.Epoch, at.State)
	}
}

func TestAJobTellsWhyItWaitsForAPlace(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.Wanted(t)
	why := models.JobChange{To: models.StateQueued, Problem: models.ProblemNoAgent, Reason: models.ProblemNoAgent.Because()}
	storetest.OK(t, b.W.Transfers.Wait(ctx, job.ID, 1, time.Hour, why))
	got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if at := b.last(t, job); got.Problem != models.ProblemNoAgent || got.AdmittedAt == nil || at.State != models.AttemptWanted || at.Tries != 1 {
		t.Errorf("job says %q, slot %v; attempt %+v", got.Problem, got.AdmittedAt, at)
	}
	if due := b.due(t); len(due) != 0 {
		t.Errorf("due %+v", due)
	}
	b.To(t, job.ID, models.StatePaused)
	storetest.OK(t, b.W.Transfers.Wait(ctx, job.ID, 1, time.Hour, why))
	if got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID)); got.State != models.StatePaused {
		t.Errorf("the wait of an attempt that is over made the job %s", got.State)
	}
}
