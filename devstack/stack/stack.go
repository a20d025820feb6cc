package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"longhaul/devstack/postgres"
	"longhaul/devstack/sample"
	"longhaul/devstack/supervisor"
)

const (
	dataMode     = 0o755
	readyTimeout = 90 * time.Second
)

// stack is one running embedded default.
type stack struct {
	settings
	logs *supervisor.Logs
	sup  *supervisor.Supervisor
	// samples serves the sample download; nil without the application.
	samples *sample.Server
	// life outlasts the start and ends with Run.
	life context.Context //nolint:containedctx // The processes live as long as this value.

	mu        sync.Mutex
	layers    [layers][]*supervisor.Process
	took      map[string]time.Duration
	setupURL  string
	announced bool
}

// layer orders the stop: the highest goes first, and parts of one layer stop together.
type layer int

const (
	layerDatabase layer = iota
	layerServices
	layerControl
	layerAgent
	layers
)

// Run starts everything, prints where it is, and keeps it running until the
// context ends. Then it stops everything in reverse order.
func Run(ctx context.Context, opts Options) (err error) {
	started := time.Now()
	if err := opts.normalise(); err != nil {
		return err
	}
	if err := os.MkdirAll(opts.Data, dataMode); err != nil {
		return fmt.Errorf("create the data folder: %w", err)
	}
	if err := os.MkdirAll(opts.path("run"), privateMode); err != nil {
		return fmt.Errorf("create the data folder: %w", err)
	}
	held, err := takeLock(opts.path("run", "lock"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.release()) }()
	if err := opts.Ports.settle(ctx, !opts.NoApp, opts.Simulator && !opts.NoApp, held.afterCrash); err != nil {
		return err
	}
	s, err := newStack(context.WithoutCancel(ctx), opts)
	if err != nil {
		return err
	}
	defer s.logs.Close()
	defer s.stop()
	if err := s.start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	s.measured("total", started)
	if err := s.announce(); err != nil {
		return err
	}
	s.summary()
	<-ctx.Done()
	return nil
}

func newStack(life context.Context, opts Options) (*stack, error) {
	secrets, err := loadSecrets(opts.path("secrets"))
	if err != nil {
		return nil, err
	}
	cluster, err := postgres.Open(opts.path("postgres"), opts.Ports.Postgres, secrets.postgresPassword)
	if err != nil {
		return nil, err
	}
	logs, err := supervisor.NewLogs(opts.path("logs"), opts.Console)
	if err != nil {
		return nil, err
	}
	s := &stack{
		settings: settings{
			opts: opts, secrets: secrets, cluster: cluster, simulator: newSimulator(opts.Simulator && !opts.NoApp),
		},
		logs: logs,
		life: life,
		took: make(map[string]time.Duration),
	}
	logs.Filter, logs.Everyday = s.watchSetupLink, everyday
	s.sup = supervisor.New(logs, s.refresh)
	return s, nil
}

// start brings the parts up, in parallel where they do not need each other.
func (s *stack) start(ctx context.Context) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.bring(groupCtx, layerServices, s.s3Spec()) })
	group.Go(func() error { return s.bring(groupCtx, layerServices, s.mailSpec()) })
	if s.simulator != nil {
		group.Go(func() error { return s.bring(groupCtx, layerServices, s.seedrSpec()) })
	}
	group.Go(func() error {
		if err := s.startDatabase(groupCtx); err != nil {
			return err
		}
		group.Go(func() error { return s.bring(groupCtx, layerServices, s.temporalSpec()) })
		if s.opts.NoApp {
			return s.cluster.EnsureDatabase(groupCtx, appDatabase)
		}
		return s.migrate(groupCtx)
	})
	if err := group.Wait(); err != nil || s.opts.NoApp {
		return err
	}
	if err := s.serveSample(ctx); err != nil {
		return err
	}
	return s.startApp(ctx)
}

func (s *stack) startDatabase(ctx context.Context) error {
	started := time.Now()
	if err := s.cluster.Initialise(ctx); err != nil {
		return err
	}
	s.measured("initdb", started)
	return s.bring(ctx, layerDatabase, s.cluster.Spec())
}

// bring starts one part and waits until it does its work.
func (s *stack) bring(ctx context.Context, at layer, spec supervisor.Spec) error {
	started := time.Now()
	process := s.sup.Start(s.life, spec) //nolint:contextcheck // The process outlives the start.
	s.mu.Lock()
	s.layers[at] = append(s.layers[at], process)
	s.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout,
		fmt.Errorf("not ready after %s; see %s", readyTimeout, s.opts.path("logs", spec.Name+".log")))
	defer cancel()
	if err := process.WaitReady(ctx); err != nil {
		return err
	}
	s.measured(spec.Name, started)
	s.logs.Note("%s is ready after %d ms", spec.Name, time.Since(started).Milliseconds())
	return nil
}

func (s *stack) measured(name string, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took[name] = time.Since(since)
}

// stop ends the layers from the top down.
func (s *stack) stop() {
	finished := make(chan struct{})
	defer close(finished)
	go func() {
		select {
		case <-s.opts.Hurry:
			s.sup.Hurry()
		case <-finished:
		}
	}()
	s.logs.Note("stopping")
	started := time.Now()
	s.mu.Lock()
	stacked := s.layers
	s.mu.Unlock()
	for at := layers - 1; at >= 0; at-- {
		var group sync.WaitGroup
		for _, process := range stacked[at] {
			group.Go(process.Stop)
		}
		group.Wait()
	}
	if s.samples != nil {
		_ = s.samples.Close()
	}
	s.sup.Close()
	s.withdraw()
	s.logs.Note("stopped everything in %d ms", time.Since(started).Milliseconds())
}

// pids returns the process ids of all running parts.
func (s *stack) pids() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	pids := map[string]int{"devstack": os.Getpid()}
	for _, processes := range s.layers {
		for _, process := range processes {
			pids[process.Name()] = process.PID()
		}
	}
	return pids
}
