// Package attempt ends attempts of transfers: it answers the workflow that waits
// for one and closes its row, or has another attempt take its place when only the
// infrastructure was at fault. It does not decide how an attempt ends.
package attempt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"longhaul/internal/wait"
	"longhaul/models"
)

// answersPerSecond limits how often a worker answers, so that the loss of a
// busy agent doesn't cause a flood.
const answersPerSecond = 50

// ErrNotAwaited is what Waiters return when the workflow no longer waits for
// the token: it was answered before, or the workflow continued without it.
var ErrNotAwaited = errors.New("the workflow no longer waits for the attempt")

// Waiters are those who wait for the ends of attempts, by token.
type Waiters interface {
	// Done says that the transfer ended well.
	Done(ctx context.Context, token []byte, res models.TransferResult) error
	// Failed says why the transfer failed.
	Failed(ctx context.Context, token []byte, fault *models.Error, d models.FaultDetails) error
	// Beat says that the attempt is being followed.
	Beat(ctx context.Context, token []byte, details any) error
}

// Rows is what the package needs of the database.
type Rows interface {
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, why models.Reason) error
	WantAgain(ctx context.Context, jobID uuid.UUID, epoch int64, why models.Reason, pause time.Duration) error
	AttemptLive(ctx context.Context, jobID uuid.UUID, epoch int64) (bool, error)
	TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error
}

// Pauses before another attempt after faults of the infrastructure.
const (
	lostPause        = time.Second
	unreachablePause = 2 * time.Second // the agent may just be restarting
	drainedPause     = 200 * time.Millisecond
	waitingPause     = 3 * time.Second
	limitedPause     = 30 * time.Second
	brokenPause      = time.Minute // at most, for what a person has to repair
)

// brokenTries is how often a transfer is tried again while a person has to repair
// something: about a day of the longest pause. Then the workflow has to know.
const brokenTries = 1440

// Desk ends attempts. The waiter is answered before the row is closed: whatever
// is lost in between is done again, and a waiter that is gone was answered
// before. Its methods may be called concurrently.
type Desk struct {
	rows    Rows
	waiters Waiters
	calls   *rate.Limiter
}

// NewDesk returns a desk for the waiters and the rows.
func NewDesk(rows Rows, waiters Waiters) *Desk {
	return &Desk{rows: rows, waiters: waiters, calls: rate.NewLimiter(answersPerSecond, answersPerSecond)}
}

// Done ends the attempt well.
func (d *Desk) Done(ctx context.Context, at models.Attempt, res models.TransferResult) error {
	err := d.answer(ctx, at, func() error { return d.waiters.Done(ctx, at.TaskToken, res) })
	if err != nil {
		return err
	}
	return d.end(ctx, at, models.AttemptDone, models.Reason{})
}

// Fail ends the attempt with a fault. After one of the infrastructure another
// attempt follows at once, or after the pause if there is one, and the workflow
// continues waiting; any other fault goes to the workflow, and so does a full
// disk or a failing storage that nobody repaired for about a day.
func (d *Desk) Fail(ctx context.Context, at models.Attempt, fault *models.Error, details models.FaultDetails, pause time.Duration) error {
	if passes(fault) && (!broken(fault) || at.Tries < brokenTries) {
		if pause == 0 {
			pause = wait.Spread(pauseAfter(fault, at.Tries))
		}
		if err := d.rows.WantAgain(ctx, at.JobID, at.Epoch, fault.Reason(), pause); err != nil {
			return fmt.Errorf("request another attempt: %w", err)
		}
		return nil
	}
	err := d.answer(ctx, at, func() error { return d.waiters.Failed(ctx, at.TaskToken, fault, details) })
	if err != nil {
		return err
	}
	return d.end(ctx, at, models.AttemptFailed, fault.Reason())
}

// GiveUp tells the workflow that the attempt found no place, and why. The job's
// row already says so.
func (d *Desk) GiveUp(ctx context.Context, at models.Attempt, fault *models.Error, details models.FaultDetails) error {
	err := d.answer(ctx, at, func() error { return d.waiters.Failed(ctx, at.TaskToken, fault, details) })
	if err != nil {
		return err
	}
	return d.end(ctx, at, models.AttemptFailed, models.Reason{})
}

// passes reports whether only the infrastructure is at fault.
func passes(e *models.Error) bool {
	return e.Problem.Machinery() || e.Problem == "" && (e.Code == models.CodeUnavailable || e.Code == models.CodeRateLimited)
}

// broken reports whether a person has to repair what is at fault.
func broken(e *models.Error) bool {
	return e.Problem == models.ProblemDiskFull || e.Problem == models.ProblemStorageFailing
}

func pauseAfter(e *models.Error, tries int) time.Duration {
	switch {
	case broken(e):
		return min(waitingPause*time.Duration(1+tries), brokenPause)
	case e.Problem == models.ProblemAgentLost:
		return lostPause
	case e.Problem == models.ProblemDrained:
		return drainedPause
	case e.Problem == models.ProblemAgentUnreachable || e.Problem == "" && e.Code == models.CodeUnavailable:
		return unreachablePause
	case e.Code == models.CodeRateLimited:
		return limitedPause
	default:
		return waitingPause
	}
}

// Beat tells the waiter that the attempt is being followed. An attempt that is
// no longer awaited is superseded.
func (d *Desk) Beat(ctx context.Context, at models.Attempt, details any) error {
	if err := d.calls.Wait(ctx); err != nil {
		return err
	}
	switch err := d.waiters.Beat(ctx, at.TaskToken, details); {
	case err == nil:
		return d.rows.TouchBeat(ctx, at.JobID, at.Epoch)
	case errors.Is(err, ErrNotAwaited):
		return d.end(ctx, at, models.AttemptSuperseded, models.Reason{})
	default:
		return err
	}
}

// answer calls the waiter unless the attempt is over: its token is that of the
// next attempt, too.
func (d *Desk) answer(ctx context.Context, at models.Attempt, call func() error) error {
	if err := d.calls.Wait(ctx); err != nil {
		return err
	}
	live, err := d.rows.AttemptLive(ctx, at.JobID, at.Epoch)
	if err != nil || !live {
		return err
	}
	if err := call(); err != nil && !errors.Is(err, ErrNotAwaited) {
		return fmt.Errorf("answer waiter: %w", err)
	}
	return nil
}

func (d *Desk) end(ctx context.Context, at models.Attempt, s models.AttemptState, why models.Reason) error {
	if err := d.rows.EndAttempt(ctx, at.JobID, at.Epoch, s, why); err != nil {
		return fmt.Errorf("end attempt: %w", err)
	}
	return nil
}

// Passing marks a fault of our own infrastructure as one that passes, so that a
// transfer waits for it instead of counting it against the source.
func Passing(err error) error {
	e := models.AsError(err)
	if e.Code != models.CodeInternal {
		return e
	}
	return models.Errorf(models.CodeUnavailable, "Something on our side is temporarily unavailable.").Because(err)
}
