package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"longhaul/models"
)

// translate makes a models error of what the Temporal client returns.
func translate(err error, doing string) error {
	if err == nil {
		return nil
	}
	cause := fmt.Errorf("%s: %w", doing, err)
	if ae, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return answered(ae, cause)
	}
	if _, ok := errors.AsType[*serviceerror.NotFound](err); ok {
		return models.Errorf(models.CodeNotFound, "No such workflow.").Because(cause)
	}
	if errors.Is(err, context.Canceled) {
		return cause // the caller is gone, so there is no one to tell
	}
	if temporal.IsCanceledError(err) {
		return models.Fault(models.ProblemWrongState, "The job has been cancelled in the meantime.").Because(cause)
	}
	if _, ok := errors.AsType[*serviceerror.InvalidArgument](err); ok {
		return models.AsError(cause)
	}
	return models.Errorf(models.CodeUnavailable, "The job engine is not responding. Try again shortly.").Because(cause)
}

// answered reads what a workflow's update handler or an activity refused with.
func answered(ae *temporal.ApplicationError, cause error) error {
	if p := models.Problem(ae.Type()); slices.Contains(models.Problems(), p) {
		return models.Fault(p, "%s", ae.Message()).Because(cause)
	}
	if c := models.Code(ae.Type()); slices.Contains(models.Codes(), c) {
		return models.Errorf(c, "%s", ae.Message()).Because(cause)
	}
	// For example, an update accepted by a run that ended before finishing it.
	return models.Fault(models.ProblemWrongState, "The job has ended in the meantime.").Because(cause)
}

func statusWord(s enumspb.WorkflowExecutionStatus) string { return strings.ToLower(s.String()) }
