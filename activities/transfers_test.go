package activities_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"longhaul/activities"
	"longhaul/internal/app/plug"
	"longhaul/internal/placement"
	"longhaul/models"
)

func (b *bench) transfers() *activities.Transfers {
	p := &placement.Placer{Store: plug.Placement(b.work), Now: time.Now, Log: slog.New(slog.DiscardHandler), Pace: placement.DefaultPace()}
	return &activities.Transfers{Placer: p, Store: b.work.Jobs}
}

func TestARequestIsWrittenDownAndStaysPending(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, a := b.admitted(5), b.transfers()
	_, err := env(a).ExecuteActivity(a.StartTransfer, activities.JobInput{JobID: job.ID, Elsewhere: true})
	if !errors.Is(err, activity.ErrResultPending) {
		t.Fatalf("returned %v", err)
	}
	at := b.lastAttempt(job.ID)
	if at.State != models.AttemptWanted || at.Kind != models.TransferDownload || len(at.TaskToken) == 0 || !at.Elsewhere {
		t.Errorf("attempt %+v", at)
	}
}

func TestARequestForACancelledJobIsFinal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, a := b.admitted(), b.transfers()
	in := activities.StopInput{StateInput: activities.StateInput{JobID: job.ID, To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)}}
	if _, err := env(a).ExecuteActivity(a.StopTransfer, in); err != nil {
		t.Fatal(err)
	}
	_, err := env(a).ExecuteActivity(a.ResolveSource, activities.JobInput{JobID: job.ID})
	if ae := failedWith(t, err); ae.Type() != string(models.ProblemWrongState) || !ae.NonRetryable() {
		t.Errorf("a late request failed with %s, final %v", ae.Type(), ae.NonRetryable())
	}
}
