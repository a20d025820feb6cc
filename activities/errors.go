package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"longhaul/internal/wait"
	"longhaul/models"
)

// Delays before the next attempt of an activity.
const (
	machineryDelay = 3 * time.Second
	rateLimitDelay = 30 * time.Second
	handoverDelay  = 100 * time.Millisecond // another worker continues at once
)

// rule is how Temporal treats one kind of fault.
type rule struct {
	final  bool          // retrying the same activity can't help
	benign bool          // expected in operation: no error log, no failure metric
	delay  time.Duration // before the next attempt; 0 leaves it to the retry policy
}

// ruleOf is the border table. The failure's type is the problem, or the code
// if there is none; what a workflow does about it is its own decision.
func ruleOf(e *models.Error) rule {
	if e.Problem.Machinery() {
		return rule{benign: true, delay: wait.Spread(machineryDelay)}
	}
	code := e.Code
	if e.Problem != "" {
		code = e.Problem.Code()
	}
	switch code {
	case models.CodeUnavailable, models.CodeInternal:
		return rule{}
	case models.CodeRateLimited:
		return rule{benign: true, delay: wait.Spread(rateLimitDelay)}
	default:
		// The rest is wrong with the request, the source or the job's state: a
		// retry would get the same answer.
		return rule{final: true}
	}
}

// typeOf returns the failure type of an error: its problem, else its code.
func typeOf(e *models.Error) string {
	if e.Problem != "" {
		return string(e.Problem)
	}
	return string(e.Code)
}

// failure converts an error to a Temporal failure. Only the public message and
// the parameters of the reason go in, because histories are plain text.
func failure(e *models.Error, r rule, details models.FaultDetails) error {
	details.Params = e.Params
	o := temporal.ApplicationErrorOptions{NonRetryable: r.final, NextRetryDelay: r.delay, Details: []any{details}}
	if r.benign {
		o.Category = temporal.ApplicationErrorCategoryBenign
	}
	return temporal.NewApplicationErrorWithOptions(e.Message, typeOf(e), o)
}

// border is the last thing that every activity's error passes. It logs the
// cause once, which does not leave the process, and converts the rest.
func border(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, activity.ErrResultPending) {
		return err
	}
	if _, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) && workerStops(ctx) {
		return handover()
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		// Temporal tells a cancelled activity from a failed one by this value.
		return context.Canceled
	}
	e := models.AsError(err)
	logCause(ctx, e)
	return failure(e, ruleOf(e), models.FaultDetails{})
}

// logCause writes what stays in the process.
func logCause(ctx context.Context, e *models.Error) {
	if activity.IsActivity(ctx) && !ruleOf(e).benign {
		activity.GetLogger(ctx).Warn("activity failed", "code", e.Code, "problem", e.Problem, "error", e.Cause)
	}
}

// handover is returned when the worker stops: another one continues at once.
func handover() error { return later("The worker is stopping; another one continues.", handoverDelay) }

// workerStops reports whether the activity ends because its worker does.
func workerStops(ctx context.Context) bool {
	if !activity.IsActivity(ctx) {
		return false
	}
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}

// later makes Temporal run the activity again after the delay, without counting
// as a fault.
func later(message string, delay time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, "later",
		temporal.ApplicationErrorOptions{NextRetryDelay: delay, Category: temporal.ApplicationErrorCategoryBenign})
}
