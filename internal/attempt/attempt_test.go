package attempt_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/attempt"
	"longhaul/internal/attempt/attempttest"
	"longhaul/models"
)

// rows notes which attempts were ended and touched.
type rows struct {
	ended []models.AttemptState
	again []time.Duration // pauses before further attempts
	beats int
	over  bool // the attempt is no longer awaited
	err   error
}

func (r *rows) WantAgain(_ context.Context, _ uuid.UUID, _ int64, _ models.Reason, pause time.Duration) error {
	r.again = append(r.again, pause)
	return r.err
}

func (r *rows) AttemptLive(context.Context, uuid.UUID, int64) (bool, error) { return !r.over, nil }

func (r *rows) EndAttempt(_ context.Context, _ uuid.UUID, _ int64, s models.AttemptState, _ models.Reason) error {
	r.ended = append(r.ended, s)
	return r.err
}

func (r *rows) TouchBeat(context.Context, uuid.UUID, int64) error { r.beats++; return r.err }

func some() models.Attempt {
	return models.Attempt{JobID: uuid.New(), Epoch: 3, TaskToken: []byte("token")}
}

func TestTheWaiterIsAnsweredBeforeTheRowIsClosed(t *testing.T) {
	t.Parallel()
	w, r := attempttest.New(), &rows{}
	w.Refuse(func(string) error { return errors.New("away") })
	d := attempt.NewDesk(r, w)
	if err := d.Done(t.Context(), some(), models.TransferResult{Epoch: 3}); err == nil || len(r.ended) != 0 {
		t.Errorf("an unanswered waiter: %v, rows %v", err, r.ended)
	}
	w.Refuse(nil)
	if err := d.Done(t.Context(), some(), models.TransferResult{Epoch: 3}); err != nil || !slices.Equal(r.ended, []models.AttemptState{models.AttemptDone}) {
		t.Errorf("an answered waiter: %v, rows %v", err, r.ended)
	}
	if e := w.Of([]byte("token")); !e.Told || e.Result.Epoch != 3 || e.Calls != 2 {
		t.Errorf("it got %+v", e)
	}
}

func TestAWaiterThatIsGoneWasAnsweredBefore(t *testing.T) {
	t.Parallel()
	w, r := attempttest.New(), &rows{}
	w.Refuse(func(string) error { return attempt.ErrNotAwaited })
	fault := models.Fault(models.ProblemNoPeers, "No peer has it.")
	err := attempt.NewDesk(r, w).Fail(t.Context(), some(), fault, models.FaultDetails{Epoch: 3}, time.Second)
	if err != nil || !slices.Equal(r.ended, []models.AttemptState{models.AttemptFailed}) {
		t.Errorf("ended with %v, rows %v", err, r.ended)
	}
}

func TestAnAttemptThatIsOverIsNotAnswered(t *testing.T) {
	t.Parallel()
	w, r := attempttest.New(), &rows{over: true}
	d := attempt.NewDesk(r, w)
	if err := d.Done(t.Context(), some(), models.TransferResult{}); err != nil {
		t.Fatal(err)
	}
	if err := d.Fail(t.Context(), some(), models.Fault(models.ProblemNoPeers, "None."), models.FaultDetails{}, 0); err != nil {
		t.Fatal(err)
	}
	if w.Of([]byte("token")).Calls != 0 {
		t.Error("the token of the attempt that followed was answered")
	}
}

func TestTheWaiterDoesNotNoticeFaultsOfTheMachinery(t *testing.T) {
	t.Parallel()
	w, r := attempttest.New(), &rows{}
	d := attempt.NewDesk(r, w)
	faults := []*models.Error{
		models.Fault(models.ProblemAgentLost, "It is lost."), models.Fault(models.ProblemDrained, "It drains."),
		models.Fault(models.ProblemSeedrFailing, "Seedr is away."), models.Errorf(models.CodeUnavailable, "Away."),
		models.Errorf(models.CodeRateLimited, "Too often."),
		models.Fault(models.ProblemDiskFull, "No space."), models.Fault(models.ProblemStorageFailing, "It refuses."),
	}
	for _, e := range faults {
		if err := d.Fail(t.Context(), some(), e, models.FaultDetails{}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Fail(t.Context(), some(), faults[0], models.FaultDetails{}, time.Minute); err != nil {
		t.Fatal(err)
	}
	if len(r.again) != len(faults)+1 || slices.Min(r.again) <= 0 || r.again[len(faults)] != time.Minute {
		t.Errorf("further attempts after %v", r.again)
	}
	if w.Of([]byte("token")).Calls != 0 || len(r.ended) != 0 {
		t.Error("the waiter was answered")
	}
}

// A full disk and a storage that refuses are repaired by people, so asking every
// few seconds is no use.
func TestWhatPeopleRepairIsTriedLessAndLess(t *testing.T) {
	t.Parallel()
	for _, p := range []models.Problem{models.ProblemDiskFull, models.ProblemStorageFailing} {
		r := &rows{}
		d := attempt.NewDesk(r, attempttest.New())
		for _, tries := range []int{0, 5, 1000} {
			at := some()
			at.Tries = tries
			if err := d.Fail(t.Context(), at, models.Fault(p, "Broken."), models.FaultDetails{}, 0); err != nil {
				t.Fatal(err)
			}
		}
		if r.again[0] > 5*time.Second || r.again[1] < 10*time.Second || r.again[2] < 30*time.Second || r.again[2] > 2*time.Minute {
			t.Errorf("%s: tried again after %v", p, r.again)
		}
		w, last := attempttest.New(), some()
		last.Tries = 1440 // a day, at one a minute
		fault := models.Fault(p, "Broken.")
		if err := attempt.NewDesk(r, w).Fail(t.Context(), last, fault, models.FaultDetails{}, 0); err != nil {
			t.Fatal(err)
		}
		if end := w.Of([]byte("token")); end.Fault != fault || len(r.again) != 3 {
			t.Errorf("%s: after a day the waiter was told %+v", p, end)
		}
	}
}

func TestTheWaiterIsToldFaultsOfTheSource(t *testing.T) {
	t.Parallel()
	for _, e := range []*models.Error{
		models.Fault(models.ProblemNoPeers, "None."), models.Errorf(models.CodeInternal, "Ours."),
	} {
		w, r := attempttest.New(), &rows{}
		if err := attempt.NewDesk(r, w).Fail(t.Context(), some(), e, models.FaultDetails{Epoch: 3}, 0); err != nil {
			t.Fatal(err)
		}
		if end := w.Of([]byte("token")); end.Fault != e || end.Details.Epoch != 3 || len(r.again) != 0 {
			t.Errorf("%v: told %+v, again %v", e, end, r.again)
		}
	}
}

func TestGivingUpTellsTheWaiterEvenOfTheMachinery(t *testing.T) {
	t.Parallel()
	w, r := attempttest.New(), &rows{}
	fault := models.Fault(models.ProblemNoAgent, "None.")
	if err := attempt.NewDesk(r, w).GiveUp(t.Context(), some(), fault, models.FaultDetails{}); err != nil {
		t.Fatal(err)
	}
	if w.Of([]byte("token")).Fault != fault || !slices.Equal(r.ended, []models.AttemptState{models.AttemptFailed}) {
		t.Errorf("told %+v, rows %v", w.Of([]byte("token")), r.ended)
	}
}

func TestARowThatStaysOpenIsAFault(t *testing.T) {
	t.Parallel()
	d := attempt.NewDesk(&rows{err: errors.New("away")}, attempttest.New())
	if err := d.Done(t.Context(), some(), models.TransferResult{}); err == nil {
		t.Error("an attempt whose row is open counts as ended")
	}
}

func TestBeatSupersedesWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	w, r := attempttest.New(), &rows{}
	d := attempt.NewDesk(r, w)
	if err := d.Beat(t.Context(), some(), nil); err != nil || r.beats != 1 || len(r.ended) != 0 {
		t.Errorf("a heartbeat: %v, %d noted, rows %v", err, r.beats, r.ended)
	}
	w.Refuse(func(string) error { return errors.New("away") })
	if err := d.Beat(t.Context(), some(), nil); err == nil || len(r.ended) != 0 {
		t.Errorf("a heartbeat that got lost: %v, rows %v", err, r.ended)
	}
	w.Refuse(func(string) error { return attempt.ErrNotAwaited })
	if err := d.Beat(t.Context(), some(), nil); err != nil || !slices.Equal(r.ended, []models.AttemptState{models.AttemptSuperseded}) {
		t.Errorf("not awaited: %v, rows %v", err, r.ended)
	}
}

func TestOurOwnFaultsPass(t *testing.T) {
	t.Parallel()
	if e := models.AsError(attempt.Passing(errors.New("connection reset"))); e.Code != models.CodeUnavailable {
		t.Errorf("a fault of the machinery became %s", e.Code)
	}
	if e := models.AsError(attempt.Passing(models.Fault(models.ProblemNoPeers, "None."))); e.Problem != models.ProblemNoPeers {
		t.Errorf("a fault of the source became %v", e)
	}
}
