package worker

import (
	"os"
	"strconv"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdkworker "go.temporal.io/sdk/worker"

	"longhaul/models"
	"longhaul/workflows"
)

// serve returns the worker for one kind of work. Each kind has its own slots
// and pollers, so that none waits for another; it registers only what belongs
// to its kind.
func (w *Worker) serve(t client.Client, q models.Queue) sdkworker.Worker {
	o := sdkworker.Options{
		MaxHeartbeatThrottleInterval: heartbeatThrottle,
		WorkerStopTimeout:            stopTimeout,
		DisableRegistrationAliasing:  true,
		Interceptors:                 []interceptor.WorkerInterceptor{w.resets},
		DisableWorkflowWorker:        q != models.QueueControl,
		OnFatalError: func(err error) {
			select {
			case w.fatal <- err:
			default: // one is enough to stop
			}
		},
	}
	var does []any
	d := w.deps
	switch q {
	case models.QueueControl:
		// The SDK's 2 pollers are too few for bursts of submissions.
		o.MaxConcurrentWorkflowTaskExecutionSize, o.MaxConcurrentWorkflowTaskPollers = 200, 8
		o.MaxConcurrentActivityExecutionSize, o.MaxConcurrentActivityTaskPollers = 200, 8
		d.Quota.Drifted, d.Transfers.Placer.Counted, d.Sweeps.Repaired = w.metrics.drifted, w.metrics.placement, w.metrics.repaired
		does = []any{d.Jobs, d.Transfers, d.Sweeps, d.Quota, d.Mails, d.Webhooks, d.Bulk, d.Counters}
	case models.QueueTracking:
		// As many agents as one worker can follow.
		o.MaxConcurrentActivityExecutionSize, o.MaxConcurrentActivityTaskPollers = 1000, 4
		does = []any{d.Tracker, d.Seedr}
	case models.QueueTransfers:
		// Copies share a budget of memory; the slots are for what waits for storage.
		o.MaxConcurrentActivityExecutionSize, o.MaxConcurrentActivityTaskPollers = 200, 8
		if d.Sweeps.Checksums != nil {
			d.Sweeps.Checksums.Counted = w.metrics.checksum
		}
		does = []any{d.Files, d.Streams, d.Sweeps, d.Exports}
	case models.QueueMail:
		o.MaxConcurrentActivityExecutionSize, o.MaxConcurrentActivityTaskPollers = 20, 2
		does = []any{d.Mails}
	case models.QueueWebhooks:
		// A user takes at most a few of them, whatever their webhooks do.
		o.MaxConcurrentActivityExecutionSize, o.MaxConcurrentActivityTaskPollers = 200, 4
		does = []any{d.Webhooks}
	case models.QueueMedia:
		// Each takes a processor and as much memory as a file may cost.
		o.MaxConcurrentActivityExecutionSize, o.MaxConcurrentActivityTaskPollers = 2, 1
		does = []any{d.Media}
		if d.Media.Prober == nil {
			o.Identity = blindIdentity()
		}
	}
	sdk := sdkworker.New(t, workflows.TaskQueue(q), o)
	if q == models.QueueControl {
		workflows.Register(sdk)
	}
	for _, activities := range does {
		sdk.RegisterActivity(activities)
	}
	return sdk
}

// blindIdentity is the SDK's name for this process, with the mark of one that has
// no ffprobe.
func blindIdentity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return strconv.Itoa(os.Getpid()) + "@" + host + workflows.BlindMark
}
