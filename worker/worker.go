package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"golang.org/x/sync/errgroup"

	"longhaul/activities"
	"longhaul/internal/wait"
	"longhaul/models"
	"longhaul/workflows"
)

const (
	// stopTimeout is how long running activities get when the worker stops;
	// trackers hand over at once, only the completion of files takes time.
	stopTimeout = 20 * time.Second

	// heartbeatThrottle lets a cancel reach an activity soon and a tracker's
	// short heartbeat timeout hold; the SDK's default is a minute.
	heartbeatThrottle = 4 * time.Second

	workflowTasks = 200
	// activitySlots also bounds how many agents one worker can follow.
	activitySlots = 1000
	pollers       = 8 // the SDK's 2 are too few for bursts of submissions
)

// Deps is what a worker works with. Every field is needed.
type Deps struct {
	Jobs      *activities.Jobs
	Transfers *activities.Transfers
	Files     *activities.Files
	Tracker   *activities.Tracker
	Seedr     *activities.SeedrTracker
	Streams   *activities.Streams
	Sweeps    *activities.Sweeps
	Mails     *activities.Mails
	Quota     *activities.Quota
	Records   Records
	News      News
	Metrics   prometheus.Registerer
	Log       *slog.Logger

	RunningPerUser int // jobs of one user that may run at once
}

// Records is what the worker's loops need of the database.
type Records interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	ListAgents(ctx context.Context) ([]models.Agent, error)
	Admit(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error)
	OutboxAge(ctx context.Context) (time.Duration, error)
	DueOutbox(ctx context.Context, limit int, do func(context.Context, models.OutboxItem) error) (int, error)
	DueAccountRequests(ctx context.Context, limit int) (int, error)
	DeleteLeftJobs(ctx context.Context, limit int) (int, error)
}

// Worker runs workflows, activities and the loops that feed them.
type Worker struct {
	deps    Deps
	flows   *workflows.Client
	sdk     sdkworker.Worker
	metrics *metrics
	log     *slog.Logger
	fatal   chan error
}

// New returns a worker that has everything registered but does nothing yet.
func New(t client.Client, d Deps) *Worker {
	w := &Worker{
		deps: d, flows: workflows.NewClient(t), metrics: newMetrics(d.Metrics),
		log: d.Log.With("component", "worker"), fatal: make(chan error, 1),
	}
	w.sdk = sdkworker.New(t, workflows.TaskQueue, sdkworker.Options{
		MaxConcurrentWorkflowTaskExecutionSize: workflowTasks,
		MaxConcurrentActivityExecutionSize:     activitySlots,
		MaxConcurrentWorkflowTaskPollers:       pollers,
		MaxConcurrentActivityTaskPollers:       pollers,
		MaxHeartbeatThrottleInterval:           heartbeatThrottle,
		WorkerStopTimeout:                      stopTimeout,
		DisableRegistrationAliasing:            true,
		OnFatalError: func(err error) {
			select {
			case w.fatal <- err:
			default: // one is enough to stop
			}
		},
	})
	d.Quota.Drifted = w.metrics.drifted
	workflows.Register(w.sdk)
	for _, a := range []any{d.Jobs, d.Transfers, d.Files, d.Tracker, d.Seedr, d.Streams, d.Sweeps, d.Mails, d.Quota} {
		w.sdk.RegisterActivity(a)
	}
	return w
}

// Run works until ctx ends, or until the Temporal client cannot go on.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.sdk.Start(); err != nil {
		return fmt.Errorf("start temporal worker: %w", err)
	}
	defer w.sdk.Stop()
	g, ctx := errgroup.WithContext(ctx)
	outbox, admission := newBells(dispatchers), newBells(1)
	g.Go(func() error { return w.listen(ctx, outbox, admission) })
	for i := range dispatchers {
		g.Go(func() error { return w.dispatch(ctx, outbox[i]) })
	}
	g.Go(func() error { return w.admit(ctx, admission[0]) })
	g.Go(func() error { return w.answerAccounts(ctx) })
	g.Go(func() error { return w.standing(ctx) })
	g.Go(func() error { return w.measure(ctx) })
	g.Go(func() error {
		select {
		case err := <-w.fatal:
			return fmt.Errorf("temporal worker: %w", err)
		case <-ctx.Done():
			return nil
		}
	})
	w.log.InfoContext(ctx, "worker runs", "task_queue", workflows.TaskQueue)
	return g.Wait()
}

// standing sees to it that what must always be there is: the schedules, and a
// tracker for every agent and for the Seedr account.
func (w *Worker) standing(ctx context.Context) error {
	return w.until(ctx, "ensure schedules and trackers", func() error {
		if err := w.flows.EnsureSchedules(ctx); err != nil {
			return err
		}
		if w.deps.Seedr.Account.Account != nil {
			if err := w.flows.TrackSeedr(ctx); err != nil {
				return err
			}
		}
		agents, err := w.deps.Records.ListAgents(ctx)
		if err != nil {
			return err
		}
		for _, a := range agents {
			if err := w.flows.Track(ctx, a.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// until repeats do every few seconds until it works out.
func (w *Worker) until(ctx context.Context, what string, do func() error) error {
	const pause = 3 * time.Second
	for {
		err := do()
		if err == nil || ctx.Err() != nil {
			return nil
		}
		w.log.WarnContext(ctx, "not done yet; again soon", "what", what, "error", err)
		if wait.For(ctx, pause) != nil {
			return nil
		}
	}
}
