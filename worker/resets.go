package worker

import (
	"context"
	"sync"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/workflows"
)

// The run for which an activity is scheduled goes with it. An activity that runs
// for another one was scheduled in a history that a reset gave to a new run: what
// it would write was decided long ago.
const runHeader = "longhaul-run"

// resets notices the runs of jobs that a reset made: their history says that it
// is another run's. Workflow code can't act on that, because it has to do the
// same again when the history is replayed; the worker tells it by a signal.
type resets struct {
	interceptor.WorkerInterceptorBase

	noticed chan workflow.Execution

	mu   sync.Mutex
	seen map[string]bool // run ids; there are as few as operators reset runs
}

func newResets() *resets {
	return &resets{noticed: make(chan workflow.Execution, 100), seen: map[string]bool{}}
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (r *resets) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &resetRun{interceptor.WorkflowInboundInterceptorBase{Next: next}, r}
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (r *resets) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &fencedActivity{interceptor.ActivityInboundInterceptorBase{Next: next}}
}

// notice has the run told, once by this worker. It does not block.
func (r *resets) notice(run workflow.Execution) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[run.RunID] {
		return
	}
	select {
	case r.noticed <- run:
		r.seen[run.RunID] = true
	default: // the next replay notices it again
	}
}

type resetRun struct {
	interceptor.WorkflowInboundInterceptorBase
	resets *resets
}

func (w *resetRun) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return w.Next.Init(&stamped{interceptor.WorkflowOutboundInterceptorBase{Next: next}})
}

func (w *resetRun) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if run, was := jobRun(ctx); was != "" && run.RunID != was {
		w.resets.notice(run)
	}
	return w.Next.ExecuteWorkflow(ctx, in)
}

// jobRun returns the run and the one that its history is of; the latter is empty
// if it is not a job's.
func jobRun(ctx workflow.Context) (run workflow.Execution, was string) {
	info := workflow.GetInfo(ctx)
	if info.WorkflowType.Name != workflows.DownloadType {
		return info.WorkflowExecution, ""
	}
	return info.WorkflowExecution, info.OriginalRunID
}

// stamped sends the run along with each activity of a job.
type stamped struct {
	interceptor.WorkflowOutboundInterceptorBase
}

func (s *stamped) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	stamp(ctx)
	return s.Next.ExecuteActivity(ctx, name, args...)
}

func (s *stamped) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	stamp(ctx)
	return s.Next.ExecuteLocalActivity(ctx, name, args...)
}

func stamp(ctx workflow.Context) {
	_, was := jobRun(ctx)
	if was == "" {
		return
	}
	if p, err := converter.GetDefaultDataConverter().ToPayload(was); err == nil {
		interceptor.WorkflowHeader(ctx)[runHeader] = p
	}
}

// fencedActivity refuses what was scheduled for another run.
type fencedActivity struct {
	interceptor.ActivityInboundInterceptorBase
}

func (a *fencedActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	var forRun string
	if p := interceptor.Header(ctx)[runHeader]; p != nil {
		if err := converter.GetDefaultDataConverter().FromPayload(p, &forRun); err != nil {
			forRun = ""
		}
	}
	if forRun != "" && forRun != activity.GetInfo(ctx).WorkflowExecution.RunID {
		return nil, temporal.NewApplicationErrorWithOptions("An operator reset this run; it starts over from the job's row.", workflows.FaultReset,
			temporal.ApplicationErrorOptions{NonRetryable: true, Category: temporal.ApplicationErrorCategoryBenign})
	}
	return a.Next.ExecuteActivity(ctx, in)
}

// tellResets tells the runs that a reset made them.
func (w *Worker) tellResets(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case run := <-w.resets.noticed:
			w.log.InfoContext(ctx, "an operator reset a run; it starts over from its row", "workflow_id", run.ID, "run_id", run.RunID)
			_ = w.until(ctx, "tell a run that it was reset", func() error { return w.deps.Flows.TellReset(ctx, run) })
		}
	}
}
