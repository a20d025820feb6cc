// Package attempt ends attempts of transfers: it answers whoever waits for one
// and closes its row. It does not decide how an attempt ends or what follows.
package attempt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"longhaul/models"
)

// answersPerSecond bounds how often a worker answers, so that the loss of a busy
// agent is no flood.
const answersPerSecond = 50

// ErrNobodyWaits is what Waiters return when the token is not waited for any
// more: it was answered before, or the workflow went on without it.
var ErrNobodyWaits = errors.New("nobody waits for the attempt any more")

// Waiters are those who wait for the ends of attempts, by token.
type Waiters interface {
	// Done tells that the transfer ended well.
	Done(ctx context.Context, token []byte, res models.TransferResult) error
	// Failed tells why the transfer failed. A fault that may pass is tried again
	// after the delay; 0 leaves the delay to the fault's kind.
	Failed(ctx context.Context, token []byte, fault *models.Error, d models.FaultDetails, delay time.Duration) error
	// Beat tells that the attempt is being looked after.
	Beat(ctx context.Context, token []byte, details any) error
}

// Rows is what the package needs of the database.
type Rows interface {
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, p models.Problem, message string) error
	TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error
}

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
	err := d.answer(ctx, func() error { return d.waiters.Done(ctx, at.TaskToken, res) })
	if err != nil {
		return err
	}
	return d.end(ctx, at, models.AttemptDone, "", "")
}

// Fail ends the attempt with a fault; see Waiters.Failed for the delay.
func (d *Desk) Fail(ctx context.Context, at models.Attempt, fault *models.Error, details models.FaultDetails, delay time.Duration) error {
	err := d.answer(ctx, func() error { return d.waiters.Failed(ctx, at.TaskToken, fault, details, delay) })
	if err != nil {
		return err
	}
	return d.end(ctx, at, models.AttemptFailed, fault.Problem, fault.Message)
}

// Beat tells the waiter that the attempt is being looked after. An attempt that
// nobody waits for any more is superseded.
func (d *Desk) Beat(ctx context.Context, at models.Attempt, details any) error {
	if err := d.calls.Wait(ctx); err != nil {
		return err
	}
	switch err := d.waiters.Beat(ctx, at.TaskToken, details); {
	case err == nil:
		return d.rows.TouchBeat(ctx, at.JobID, at.Epoch)
	case errors.Is(err, ErrNobodyWaits):
		return d.end(ctx, at, models.AttemptSuperseded, "", "")
	default:
		return err
	}
}

func (d *Desk) answer(ctx context.Context, call func() error) error {
	if err := d.calls.Wait(ctx); err != nil {
		return err
	}
	if err := call(); err != nil && !errors.Is(err, ErrNobodyWaits) {
		return fmt.Errorf("answer waiter: %w", err)
	}
	return nil
}

func (d *Desk) end(ctx context.Context, at models.Attempt, s models.AttemptState, p models.Problem, message string) error {
	if err := d.rows.EndAttempt(ctx, at.JobID, at.Epoch, s, p, message); err != nil {
		return fmt.Errorf("end attempt: %w", err)
	}
	return nil
}

// Passing marks a fault of our own machinery as one that passes, so that a
// transfer waits for it instead of counting it against the source.
func Passing(err error) error {
	e := models.AsError(err)
	if e.Code != models.CodeInternal {
		return e
	}
	return models.Errorf(models.CodeUnavailable, "Something on our side is away for now.").Because(err)
}
