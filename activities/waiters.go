package activities

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"longhaul/internal/attempt"
	"longhaul/models"
)

// Tokens completes activities by task token; a Temporal client implements it.
type Tokens interface {
	CompleteActivity(ctx context.Context, token []byte, result any, err error) error
	RecordActivityHeartbeat(ctx context.Context, token []byte, details ...any) error
}

// Waiters are the pending activities of transfers, by task token.
type Waiters struct{ Tokens Tokens }

// Done implements attempt.Waiters.
func (w Waiters) Done(ctx context.Context, token []byte, res models.TransferResult) error {
	return over(w.Tokens.CompleteActivity(ctx, token, res, nil))
}

// Failed implements attempt.Waiters. Temporal never retries what reaches the
// workflow.
func (w Waiters) Failed(ctx context.Context, token []byte, fault *models.Error, d models.FaultDetails) error {
	return over(w.Tokens.CompleteActivity(ctx, token, nil, failure(fault, rule{final: true, benign: true}, d)))
}

// Beat implements attempt.Waiters.
func (w Waiters) Beat(ctx context.Context, token []byte, details any) error {
	return over(w.Tokens.RecordActivityHeartbeat(ctx, token, details))
}

// over translates that the activity no longer waits: it was answered or
// cancelled, or another attempt of it runs.
func over(err error) error {
	_, gone := errors.AsType[*serviceerror.NotFound](err)
	if gone || temporal.IsCanceledError(err) {
		return attempt.ErrNotAwaited
	}
	return err
}
