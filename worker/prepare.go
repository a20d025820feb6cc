package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"longhaul/internal/wait"
	"longhaul/workflows"
)

// Namespace is where workflows run.
type Namespace struct {
	Name      string
	Retention time.Duration // how long ended runs can be looked at; used when the namespace is made
}

// Prepare creates the namespace and the search attributes that are missing, and
// returns when both are usable. It tries until ctx ends, because Temporal may
// start later than the worker.
func Prepare(ctx context.Context, t client.Client, ns Namespace, log *slog.Logger) error {
	warned := false
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := prepare(ctx, t, ns)
		if err != nil && !warned {
			log.WarnContext(ctx, "temporal is not ready yet", "error", err)
			warned = true
		}
		return struct{}{}, err
	}, backoff.WithBackOff(wait.Growing(100*time.Millisecond, 2*time.Second)), backoff.WithMaxElapsedTime(0))
	if err != nil {
		return fmt.Errorf("prepare temporal: %w", err)
	}
	return nil
}

func prepare(ctx context.Context, t client.Client, ns Namespace) error {
	_, err := t.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: ns.Name, WorkflowExecutionRetentionPeriod: durationpb.New(ns.Retention),
		Description: "Longhaul's download jobs",
	})
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); err != nil && !exists {
		return fmt.Errorf("register namespace: %w", err)
	}
	_, err = t.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: ns.Name, SearchAttributes: map[string]enumspb.IndexedValueType{
			workflows.AttrState.GetName():    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			workflows.AttrUser.GetName():     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			workflows.AttrProvider.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			workflows.AttrAgent.GetName():    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			workflows.AttrProblem.GetName():  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			workflows.AttrReason.GetName():   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
			workflows.AttrAttempts.GetName(): enumspb.INDEXED_VALUE_TYPE_INT,
			workflows.AttrBytes.GetName():    enumspb.INDEXED_VALUE_TYPE_INT,
		},
	})
	if _, exists := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !exists {
		return fmt.Errorf("add search attributes: %w", err)
	}
	// The frontend sees a new namespace only after a while.
	_, err = t.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: ns.Name, Query: workflows.AttrState.GetName() + " = 'queued'",
	})
	if err != nil {
		return fmt.Errorf("use search attributes: %w", err)
	}
	return nil
}
