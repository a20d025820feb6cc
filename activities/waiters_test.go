package activities_test

import (
	"context"
	"errors"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"longhaul/activities"
	"longhaul/internal/attempt"
	"longhaul/models"
)

// tokens stands for Temporal's side of asynchronous activities.
type tokens struct {
	result  any
	failure error
	answer  error
}

func (k *tokens) CompleteActivity(_ context.Context, _ []byte, result any, err error) error {
	k.result, k.failure = result, err
	return k.answer
}

func (k *tokens) RecordActivityHeartbeat(context.Context, []byte, ...any) error { return k.answer }

func TestAFaultCrossesTheBorderToTheWorkflow(t *testing.T) {
	t.Parallel()
	k := &tokens{}
	fault := models.Fault(models.ProblemNoPeers, "No peer has it.").Because(errors.New("secret"))
	err := activities.Waiters{Tokens: k}.Failed(t.Context(), []byte("token"), fault, models.FaultDetails{AgentID: "a", BytesDone: 40})
	if err != nil {
		t.Fatal(err)
	}
	ae := failedWith(t, k.failure)
	if ae.Type() != string(models.ProblemNoPeers) || !ae.NonRetryable() || errors.Unwrap(ae) != nil {
		t.Errorf("failed with %s, final %v, cause %v", ae.Type(), ae.NonRetryable(), errors.Unwrap(ae))
	}
	var d models.FaultDetails
	if err := ae.Details(&d); err != nil || d.AgentID != "a" || d.BytesDone != 40 {
		t.Errorf("details %+v, %v", d, err)
	}
}

func TestTemporalTellsThatNobodyWaits(t *testing.T) {
	t.Parallel()
	away := serviceerror.NewUnavailable("away")
	for _, tc := range []struct{ answer, want error }{
		{nil, nil},
		{away, away},
		{serviceerror.NewNotFound("no such activity"), attempt.ErrNotAwaited},
		{temporal.NewCanceledError(), attempt.ErrNotAwaited},
	} {
		w := activities.Waiters{Tokens: &tokens{answer: tc.answer}}
		if err := w.Beat(t.Context(), []byte("token"), nil); !errors.Is(err, tc.want) {
			t.Errorf("heartbeat answered with %v returned %v", tc.answer, err)
		}
		if err := w.Done(t.Context(), []byte("token"), models.TransferResult{}); !errors.Is(err, tc.want) {
			t.Errorf("completion answered with %v returned %v", tc.answer, err)
		}
	}
}
