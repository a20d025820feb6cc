package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"longhaul/models"
)

func TestBorderKnowsEveryCode(t *testing.T) {
	t.Parallel()
	retried := []models.Code{models.CodeUnavailable, models.CodeInternal, models.CodeRateLimited}
	for _, c := range models.Codes() {
		err := border(t.Context(), fmt.Errorf("do it: %w", models.Errorf(c, "Public.").Because(errors.New("secret"))))
		checkFailure(t, err, string(c), slices.Contains(retried, c))
	}
}

func TestBorderKnowsEveryProblem(t *testing.T) {
	t.Parallel()
	for _, p := range models.Problems() {
		err := border(t.Context(), models.Fault(p, "Public.").Because(errors.New("secret")))
		checkFailure(t, err, string(p), p.Code() == models.CodeUnavailable)
		if p.Final() && retryable(err) {
			t.Errorf("%s is final but would be retried", p)
		}
	}
}

func TestBorderHidesForeignErrors(t *testing.T) {
	t.Parallel()
	checkFailure(t, border(t.Context(), errors.New("secret")), string(models.CodeInternal), true)
}

func TestBorderLeavesAlone(t *testing.T) {
	t.Parallel()
	if border(t.Context(), nil) != nil {
		t.Error("nil became an error")
	}
	if border(t.Context(), activity.ErrResultPending) != activity.ErrResultPending { //nolint:errorlint // the SDK compares it so
		t.Error("pending was changed")
	}
	made := failure(models.Fault(models.ProblemNoPeers, "Public."), rule{}, models.FaultDetails{})
	if border(t.Context(), made) != made { //nolint:errorlint // wrapping would make it retryable
		t.Error("a failure was wrapped")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := border(ctx, fmt.Errorf("read: %w", ctx.Err())); err != context.Canceled { //nolint:errorlint // the SDK tells a cancel by it
		t.Errorf("a cancelled activity returned %v", err)
	}
}

func TestMachineryIsRetriedSoonButSpread(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 20 {
		ae, ok := errors.AsType[*temporal.ApplicationError](border(t.Context(), models.Fault(models.ProblemSeedrFailing, "Public.")))
		if !ok || ae.NextRetryDelay() <= 0 || ae.NextRetryDelay() > 2*machineryDelay {
			t.Fatalf("delay %v", ae.NextRetryDelay())
		}
		seen[ae.NextRetryDelay().String()] = true
	}
	if len(seen) < 5 {
		t.Error("all at once")
	}
}

func checkFailure(t *testing.T, err error, typ string, retried bool) {
	t.Helper()
	ae, ok := err.(*temporal.ApplicationError) //nolint:errorlint // the server looks at the outermost failure only
	if !ok {
		t.Fatalf("%s: outermost error is %T", typ, err)
	}
	if ae.Type() != typ {
		t.Errorf("type is %q, want %q", ae.Type(), typ)
	}
	if retryable(err) != retried {
		t.Errorf("%s: retried is %v, want %v", typ, retryable(err), retried)
	}
	if strings.Contains(err.Error(), "secret") || errors.Unwrap(err) != nil {
		t.Errorf("%s: the cause leaves the process: %v", typ, err)
	}
}

func retryable(err error) bool {
	ae, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && !ae.NonRetryable()
}
