package temporald

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	readyTimeout  = 30 * time.Second
	retryInterval = 50 * time.Millisecond
)

// searchAttributes returns the attributes by which operators find workflows.
func searchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		"JobState":    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"JobUser":     enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"JobProvider": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"JobAgent":    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"JobReason":   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"JobProblem":  enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		"JobBytes":    enumspb.INDEXED_VALUE_TYPE_INT,
	}
}

// ensureNamespace registers the namespace and its search attributes and waits
// until both are usable. Repeating it changes nothing.
func ensureNamespace(ctx context.Context, address string, opts Options) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("dial frontend: %w", err)
	}
	defer func() { _ = conn.Close() }()
	workflows := workflowservice.NewWorkflowServiceClient(conn)
	operator := operatorservice.NewOperatorServiceClient(conn)
	steps := []func() error{
		func() error { return register(ctx, workflows, opts) },
		func() error { return addSearchAttributes(ctx, operator, opts.Namespace) },
		func() error {
			// A list query goes through the caches that a worker's calls use.
			_, err := workflows.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
				Namespace: opts.Namespace, PageSize: 1, Query: "JobState = 'ready'",
			})
			return err
		},
	}
	for _, step := range steps {
		if err := untilDone(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func register(ctx context.Context, workflows workflowservice.WorkflowServiceClient, opts Options) error {
	_, err := workflows.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: opts.Namespace})
	if status.Code(err) != codes.NotFound {
		return err
	}
	_, err = workflows.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        opts.Namespace,
		Description:                      "Download jobs",
		WorkflowExecutionRetentionPeriod: durationpb.New(opts.Retention),
	})
	if status.Code(err) == codes.AlreadyExists {
		return nil
	}
	return err
}

func addSearchAttributes(ctx context.Context, operator operatorservice.OperatorServiceClient, namespace string) error {
	listed, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return err
	}
	missing := searchAttributes()
	for name := range listed.GetCustomAttributes() {
		delete(missing, name)
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	return err
}

// untilDone repeats the step until it succeeds or the context ends: right after
// a start, databases refuse connections and caches do not know the namespace.
func untilDone(ctx context.Context, step func() error) error {
	ticker := time.NewTicker(retryInterval)
	defer ticker.Stop()
	for {
		err := step()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-ticker.C:
		}
	}
}
