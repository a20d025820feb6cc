package seedrtrack_test

import (
	"errors"
	"testing"
	"time"

	"longhaul/internal/seedr/seedrtest"
	"longhaul/internal/seedrtrack"
	"longhaul/models"
)

func TestAnOpenAttemptIsAddedOnceAndCompletes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.follow(b.tracker())
	end := b.ended(job)
	if res := end.Result; end.Fault != nil || res.Provider != models.ProviderSeedr || !res.ToStore || res.Epoch != job.Epoch || res.Bytes != 5 {
		t.Errorf("told %+v", end)
	}
	if n := b.Stats().Adds[*job.InfoHashV1]; n != 1 {
		t.Errorf("added %d times", n)
	}
	b.eventually(func() string {
		if at := b.last(job); at.State != models.AttemptDone || at.Ref == "" {
			return "the attempt is " + string(at.State)
		}
		return ""
	})
}

func TestAnAddWhoseAnswerGotLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.Inject(seedrtest.FaultLostAnswer, "add", 1)
	b.follow(b.tracker())
	if end := b.ended(job); end.Fault != nil {
		t.Errorf("told %+v", end)
	}
	if n := b.Stats().Adds[*job.InfoHashV1]; n != 1 {
		t.Errorf("added %d times", n)
	}
}

func TestWhatNobodyHasIsAFaultOfTheSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(false)
	tracker := b.tracker()
	tracker.ResolveTimeout = 200 * time.Millisecond
	b.follow(tracker)
	if end := b.ended(job); end.Fault == nil || end.Fault.Problem != models.ProblemMetadataTimeout || end.Details.Provider != models.ProviderSeedr {
		t.Errorf("told %+v", end)
	}
	b.eventually(func() string {
		if err := b.Empty(); err != nil {
			return err.Error()
		}
		return ""
	})
}

func TestAnOutageHasTheJobWaitForAnotherAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.Inject(seedrtest.FaultJSON500, "", 1000)
	tracker := b.tracker()
	tracker.Pace.Outage = 100 * time.Millisecond
	b.follow(tracker)
	b.eventually(func() string {
		if at := b.last(job); at.State != models.AttemptWanted || at.Epoch != job.Epoch+1 {
			return "the attempt is " + string(at.State)
		}
		return ""
	})
	if b.told(job).Told {
		t.Error("the workflow was told of a fault of the machinery")
	}
}

func TestWhatNoJobNeedsIsRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.follow(b.tracker())
	b.ended(job)
	if _, err := b.work.Transition(t.Context(), job.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)}); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() string {
		if err := b.Empty(); err != nil {
			return err.Error()
		}
		return ""
	})
}

func TestTheAccountIsHandedOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.follow(b.tracker())(); !errors.Is(err, seedrtrack.ErrHandOver) {
		t.Errorf("a stopping worker returned %v", err)
	}
	tracker := b.tracker()
	tracker.Pace.Turn = 30 * time.Millisecond
	if err := tracker.Follow(t.Context(), nil); err != nil {
		t.Errorf("a turn ended with %v", err)
	}
}

func TestVerifyTellsWhatTheAccountAllows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	check, err := b.tracker().Verify(t.Context())
	if err != nil || !check.OK || check.SpaceMax != 1<<40 {
		t.Errorf("%+v, %v", check, err)
	}
	b.Inject(seedrtest.FaultJSON500, "", 1000)
	if check, err := b.tracker().Verify(t.Context()); err != nil || check.OK || check.Problem == "" {
		t.Errorf("an account that fails: %+v, %v", check, err)
	}
	none := b.tracker()
	none.Account = nil
	if check, err := none.Verify(t.Context()); err != nil || check.OK || check.Problem != models.ProblemSeedrAuth {
		t.Errorf("no account: %+v, %v", check, err)
	}
}
