package store_test

import (
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// wanted submits a job for which a transfer is wanted.
func (b bundle) wanted(t testing.TB) models.Job {
	t.Helper()
	m := storetest.Manifest(10)
	job := storetest.Submit(t, b.Store, b.user.ID, &m)
	want := models.TransferWant{JobID: job.ID, Kind: models.TransferDownload, TaskToken: []byte("token"), Elsewhere: true}
	ok(t, b.w.WantTransfer(t.Context(), want))
	return must[models.Job](t)(b.w.Job(t.Context(), job.ID))
}

func (b bundle) last(t testing.TB, job models.Job) models.Attempt {
	t.Helper()
	all := must[[]models.Attempt](t)(b.w.Attempts(t.Context(), job.ID))
	return all[len(all)-1]
}

func (b bundle) due(t testing.TB) []models.Attempt {
	t.Helper()
	return must[[]models.Attempt](t)(b.w.DueAttempts(t.Context(), 10, time.Minute))
}

func TestAWantedTransferHoldsASlotAndWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.wanted(t)
	at := b.last(t, job)
	if job.State != models.StateQueued || job.AdmittedAt == nil || job.Epoch != 1 || at.Epoch != 1 {
		t.Errorf("job is %s, slot %v, epoch %d; attempt %d", job.State, job.AdmittedAt, job.Epoch, at.Epoch)
	}
	if at.State != models.AttemptWanted || at.AgentID != nil || string(at.TaskToken) != "token" || !at.Elsewhere || at.Tries != 0 {
		t.Errorf("attempt %+v", at)
	}
	if n := countEvents(t, b, job.ID, models.EventPlaced); n != 0 {
		t.Errorf("%d placements in the timeline", n)
	}
}

func TestADueAttemptIsTakenByOneAndComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clock := b.fakeClock()
	job := b.wanted(t)
	if due := b.due(t); len(due) != 1 || due[0].JobID != job.ID {
		t.Fatalf("due %+v", due)
	}
	if due := b.due(t); len(due) != 0 {
		t.Errorf("another worker was given it too: %+v", due)
	}
	clock.add(time.Minute)
	if due := b.due(t); len(due) != 1 {
		t.Errorf("what a dead worker left is not due: %+v", due)
	}
}

func TestAPlacementIsRepeatedUntilItIsTaken(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	clock := b.fakeClock()
	job := b.wanted(t)
	first := must[models.Placement](t)(b.w.Place(ctx, job.ID, 1, time.Minute))
	clock.add(time.Minute)
	if due := b.due(t); len(due) != 1 || due[0].State != models.AttemptOpen {
		t.Fatalf("due %+v", due)
	}
	again := must[models.Placement](t)(b.w.Place(ctx, job.ID, 1, time.Minute))
	if again.Agent.ID != first.Agent.ID || again.Epoch != first.Epoch || len(again.Files) != 1 || countEvents(t, b, job.ID, models.EventPlaced) != 1 {
		t.Errorf("placed as %+v, then as %+v", first, again)
	}
	ok(t, b.w.Taken(ctx, job.ID, 1))
	clock.add(time.Hour)
	if due := b.due(t); len(due) != 0 {
		t.Errorf("a transfer that the agent has is due: %+v", due)
	}
}

func TestAnotherAttemptTakesThePlaceOfOneThatFailed(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.wanted(t)
	must[models.Placement](t)(b.w.Place(ctx, job.ID, 1, time.Minute))
	ok(t, b.w.Taken(ctx, job.ID, 1))
	for range 2 { // once is as good as twice
		ok(t, b.w.WantAgain(ctx, job.ID, 1, models.ProblemAgentLost.Because(), time.Hour))
	}
	all := must[[]models.Attempt](t)(b.w.Attempts(ctx, job.ID))
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
	if countEvents(t, b, job.ID, models.EventAttempt) != 1 {
		t.Error("the timeline does not tell once of the failure")
	}
	ok(t, b.w.EndAttempt(ctx, job.ID, 1, models.AttemptDone, models.Reason{})) // by a tracker that is late
	if at := b.last(t, job); at.State != models.AttemptWanted {
		t.Errorf("the next one is %s", at.State)
	}
}

func TestARefusedPlacementWaitsOn(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	clock := b.fakeClock()
	job := b.wanted(t)
	since := b.last(t, job).WantedAt
	clock.add(10 * time.Second)
	must[models.Placement](t)(b.w.Place(ctx, job.ID, 1, time.Minute))
	ok(t, b.w.WantAgain(ctx, job.ID, 1, models.ProblemAgentUnreachable.Because(), 0))
	if at := b.last(t, job); at.Epoch != 2 || !at.WantedAt.Equal(since) {
		t.Errorf("it waits since %v, want %v: no agent ever took it", at.WantedAt, since)
	}
}

func TestOnlyAJobWithASlotIsPlaced(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.wanted(t)
	b.to(t, job.ID, models.StatePaused)
	if at := b.last(t, job); at.State != models.AttemptSuperseded || at.EndedAt == nil {
		t.Errorf("the attempt of a paused job is %s", at.State)
	}
	_, err := b.w.Place(ctx, job.ID, 1, time.Minute)
	wantProblem(t, err, models.ProblemSuperseded)

	stopped := b.wanted(t)
	must[models.Placement](t)(b.w.Place(ctx, stopped.ID, 1, time.Minute))
	b.to(t, stopped.ID, models.StatePaused)
	ok(t, b.w.WantAgain(ctx, stopped.ID, 1, models.ProblemAgentLost.Because(), 0))
	if at := b.last(t, stopped); at.Epoch != 1 || at.State != models.AttemptFailed {
		t.Errorf("a paused job has attempt %d, %s", at.Epoch, at.State)
	}
}

func TestAJobTellsWhyItWaitsForAPlace(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.wanted(t)
	why := models.JobChange{To: models.StateQueued, Problem: models.ProblemNoAgent, Reason: models.ProblemNoAgent.Because()}
	ok(t, b.w.Wait(ctx, job.ID, 1, time.Hour, why))
	got := must[models.Job](t)(b.w.Job(ctx, job.ID))
	if at := b.last(t, job); got.Problem != models.ProblemNoAgent || got.AdmittedAt == nil || at.State != models.AttemptWanted || at.Tries != 1 {
		t.Errorf("job says %q, slot %v; attempt %+v", got.Problem, got.AdmittedAt, at)
	}
	if due := b.due(t); len(due) != 0 {
		t.Errorf("due %+v", due)
	}
	b.to(t, job.ID, models.StatePaused)
	ok(t, b.w.Wait(ctx, job.ID, 1, time.Hour, why))
	if got := must[models.Job](t)(b.w.Job(ctx, job.ID)); got.State != models.StatePaused {
		t.Errorf("the wait of an attempt that is over made the job %s", got.State)
	}
}

func TestWantedAttemptsGetHeartbeats(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	clock := b.fakeClock()
	job := b.wanted(t)
	open := b.wanted(t)
	must[models.Placement](t)(b.w.Place(ctx, open.ID, 1, time.Minute)) // its tracker's business
	clock.add(5 * time.Minute)
	for n, want := range []int{1, 0} {
		due := must[[]models.Attempt](t)(b.w.BeatsDue(ctx, b.Now().Add(-5*time.Minute), 10))
		if len(due) != want || want > 0 && due[0].JobID != job.ID {
			t.Errorf("round %d: %+v", n, due)
		}
	}
}

func TestJobsWithoutAnAttemptAreFound(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	clock := b.fakeClock()
	m := storetest.Manifest(10)
	lost := storetest.Submit(t, b.Store, b.user.ID, &m)
	must[any](t)(b.w.Admit(ctx, 100, 100))
	b.wanted(t)
	running, _ := b.running(t, 10)
	queued := storetest.Submit(t, b.Store, b.user.ID, &m)
	clock.add(time.Minute)
	found := must[[]models.Job](t)(b.w.UnaskedJobs(ctx, b.Now().Add(-time.Minute), 10))
	if len(found) != 1 || found[0].ID != lost.ID {
		t.Errorf("found %d; lost is %s, running %s, queued %s", len(found), lost.ID, running.ID, queued.ID)
	}
	if found := must[[]models.Job](t)(b.w.UnaskedJobs(ctx, b.Now().Add(-2*time.Minute), 10)); len(found) != 0 {
		t.Errorf("found too early: %d", len(found))
	}
}
