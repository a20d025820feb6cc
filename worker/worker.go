package worker

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
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
	Bulk      *activities.Bulk
	Webhooks  *activities.Webhooks
	Counters  *activities.Counters
	Exports   *activities.Exports
	Media     *activities.Media
	Flows     *workflows.Client
	Records   Records
	News      News
	Metrics   prometheus.Registerer
	Log       *slog.Logger

	RunningPerUser int            // jobs of one user that may run at once
	Queues         []models.Queue // kinds of work that it serves
}

// Records is what the worker's loops need of the database.
type Records interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	ListAgents(ctx context.Context) ([]models.Agent, error)
	Admit(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error)
	Figures(ctx context.Context, every time.Duration) (models.Figures, error)
	DueOutbox(ctx context.Context, limit int, do func(context.Context, models.OutboxItem) error) (int, error)
	LoadCleanup(ctx context.Context, id uuid.UUID) (models.Cleanup, error)
	LoadContentCheck(ctx context.Context, id uuid.UUID) (models.ContentCheck, error)
	DueAccountRequests(ctx context.Context, limit int) (int, error)
	DeleteLeftJobs(ctx context.Context, limit int) (int, error)
}

// Worker serves the kinds of work that it is given. With control come the loops
// that feed the workflows.
type Worker struct {
	deps    Deps
	served  []sdkworker.Worker
	metrics *metrics
	resets  *resets
	log     *slog.Logger
	fatal   chan error
}

// New returns a worker that has everything registered but does nothing yet.
func New(t client.Client, d Deps) *Worker {
	w := &Worker{
		deps: d, metrics: newMetrics(d.Metrics), resets: newResets(), log: d.Log.With("component", "worker"), fatal: make(chan error, 1),
	}
	for _, q := range d.Queues {
		w.served = append(w.served, w.serve(t, q))
	}
	return w
}

// Run works until ctx ends, or until the Temporal client cannot continue.
func (w *Worker) Run(ctx context.Context) error {
	defer w.stop()
	for _, s := range w.served {
		if err := s.Start(); err != nil {
			return fmt.Errorf("start temporal worker: %w", err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	if slices.Contains(w.deps.Queues, models.QueueControl) {
		w.control(ctx, g)
	}
	g.Go(func() error {
		select {
		case err := <-w.fatal:
			return fmt.Errorf("temporal worker: %w", err)
		case <-ctx.Done():
			return nil
		}
	})
	w.log.InfoContext(ctx, "working", "queues", w.deps.Queues)
	return g.Wait()
}

// stop stops all kinds of work at the same time, so that together they take no
// longer than one.
func (w *Worker) stop() {
	var all sync.WaitGroup
	for _, s := range w.served {
		all.Go(s.Stop)
	}
	all.Wait()
}

// control starts the loops that feed the workflows.
func (w *Worker) control(ctx context.Context, g *errgroup.Group) {
	outbox, admission, placing := newBells(dispatchers), newBells(1), newBells(1)
	g.Go(func() error { return w.listen(ctx, outbox, admission, placing) })
	for i := range dispatchers {
		g.Go(func() error { return w.dispatch(ctx, outbox[i]) })
	}
	g.Go(func() error { return w.admit(ctx, admission[0]) })
	g.Go(func() error { return w.deps.Transfers.Placer.Run(ctx, placing[0]) })
	g.Go(func() error { return w.answerAccounts(ctx) })
	g.Go(func() error { return w.repairTerminated(ctx) })
	g.Go(func() error { return w.tellResets(ctx) })
	g.Go(func() error { return w.standing(ctx) })
	g.Go(func() error { return w.measure(ctx) })
}

// standing ends what an older program left running, and ensures that the
// schedules exist and that every agent and the Seedr account have a tracker.
func (w *Worker) standing(ctx context.Context) error {
	return w.until(ctx, "ensure schedules and trackers", func() error {
		ended, err := w.deps.Flows.EndRetired(ctx)
		if ended > 0 {
			w.log.InfoContext(ctx, "ended the workflows of an older version", "workflows", ended)
		}
		if err != nil {
			return err
		}
		if err := w.deps.Flows.EnsureSchedules(ctx); err != nil {
			return err
		}
		if w.deps.Seedr.Account.Account != nil {
			if err := w.deps.Flows.TrackSeedr(ctx); err != nil {
				return err
			}
		}
		agents, err := w.deps.Records.ListAgents(ctx)
		if err != nil {
			return err
		}
		for _, a := range agents {
			if err := w.deps.Flows.Track(ctx, a.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// until repeats do every few seconds until it succeeds.
func (w *Worker) until(ctx context.Context, what string, do func() error) error {
	const pause = 3 * time.Second
	for {
		err := do()
		if err == nil || ctx.Err() != nil {
			return nil
		}
		w.log.WarnContext(ctx, "start-up task failed; will retry", "what", what, "error", err)
		if wait.For(ctx, pause) != nil {
			return nil
		}
	}
}
