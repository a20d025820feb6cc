package activities_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/app/plug"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func (b *bench) load(in activities.JobInput) activities.Plan {
	b.Helper()
	act := &activities.Jobs{Store: plug.JobActs(b.work), SelectionTimeout: time.Hour, AttentionTimeout: 2 * time.Hour, RetryPauses: []time.Duration{time.Minute}}
	plan, err := act.LoadJob(b.Context(), in)
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

// A job that another run left in the middle goes back to the queue and gives
// its slot back, or the slot would be taken by nothing.
func TestAJobLeftInTheMiddleGoesBackToTheQueue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.agent(2)
	job := storetest.Placed(t, b.store, b.user.ID, models.TransferDownload, 5)
	plan := b.load(activities.JobInput{JobID: job.ID})
	if plan.State != models.StateQueued || plan.Admitted || plan.Over || !plan.ManifestKnown || plan.Bytes != 5 {
		t.Errorf("plan %+v", plan)
	}
	if got := b.job(job.ID); got.State != models.StateQueued || got.AdmittedAt != nil {
		t.Errorf("the job is %s, slot %v", got.State, got.AdmittedAt)
	}
	// The run that continues it keeps its state.
	other := storetest.Placed(t, b.store, b.user.ID, models.TransferDownload, 5)
	if plan := b.load(activities.JobInput{JobID: other.ID, Stands: models.StateDownloading}); plan.State != models.StateDownloading || !plan.Admitted {
		t.Errorf("a run that continues: %+v", plan)
	}
}

func TestWhatIsOverIsNotRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if plan := b.load(activities.JobInput{JobID: uuid.New()}); !plan.Over {
		t.Errorf("a job that is deleted: %+v", plan)
	}
	job := b.admitted(5)
	if _, err := b.work.Jobs.Transition(t.Context(), job.ID, changeTo(models.StateCancelled)); err != nil {
		t.Fatal(err)
	}
	if plan := b.load(activities.JobInput{JobID: job.ID}); !plan.Over || plan.State != models.StateCancelled {
		t.Errorf("a cancelled job: %+v", plan)
	}
}
