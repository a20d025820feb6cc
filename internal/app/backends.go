package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"

	"longhaul/internal/config"
	"longhaul/internal/event"
	"longhaul/internal/objstore"
	"longhaul/internal/store"
	"longhaul/internal/telemetry"
	"longhaul/internal/token"
	"longhaul/internal/tracing"
	"longhaul/internal/version"
	"longhaul/internal/wait"
	"longhaul/models"
	"longhaul/workflows"
)

// startBudget is how long a start waits for what it cannot do without.
const startBudget = time.Minute

// backends is what every program of the control plane works with.
type backends struct {
	store    *store.Store
	bus      *event.PG
	temporal client.Client
	flows    *workflows.Client
	objects  *objstore.Client // with the program's own key
	uploads  *objstore.Client // with the key that agents' addresses are signed with
	keys     *token.Keys
	registry *prometheus.Registry
	calls    *telemetry.Calls
	tracer   *tracing.Tracer // nil when it is off
	log      *slog.Logger
}

// openBackends opens them. The database may be late; the workflow engine may be
// away for as long as it likes.
func openBackends(ctx context.Context, cfg config.Config, program string, build version.Build, log *slog.Logger) (_ *backends, err error) {
	b := &backends{registry: telemetry.NewRegistry(build), log: log}
	defer func() {
		if err != nil {
			b.close(ctx)
		}
	}()
	b.calls = telemetry.NewCalls(b.registry)
	if b.tracer, err = tracing.Open(ctx, tracing.Options{Program: program, Version: build.Version, Config: cfg.Tracing, Log: log}); err != nil {
		return nil, err
	}
	if b.keys, err = token.NewKeys(cfg.SecretKey, cfg.AcceptedKey); err != nil {
		return nil, err
	}
	if b.objects, b.uploads, err = openStorage(cfg.Storage, b.calls); err != nil {
		return nil, err
	}
	if b.store, err = waitFor(ctx, log, "database", func(ctx context.Context) (*store.Store, error) {
		return store.Open(ctx, cfg.Database.URL, log)
	}); err != nil {
		return nil, err
	}
	b.store.Quota.RunningLimit, b.store.Admission.FailoverAfter = cfg.Limits.MaxRunningJobs, cfg.Limits.FailoverAfter
	b.store.Progress.SlowBelow, b.store.Admission.SlowAfter = cfg.Limits.SlowBelow, cfg.Limits.SlowAfter
	b.store.Jobs.MaxAttempts, b.store.Jobs.TrashFor = len(cfg.Limits.RetryPauses)+1, cfg.Limits.TrashRetention
	b.store.Jobs.Moved = telemetry.NewJobs(b.registry).Moved
	b.registry.MustRegister(b.store.DB.Collector())
	b.store.Strikes.Policy = cfg.Legal.Policy()
	b.store.Notices.Calendar, b.store.Notices.CounterDays = cfg.Legal.Calendar(), cfg.Legal.CounterDays
	if err = b.store.CheckSchema(ctx); err != nil {
		if models.CodeOf(err) == models.CodeConflict {
			return nil, errors.New(models.AsError(err).Message) // the sentence alone, for the console
		}
		return nil, err
	}
	if b.bus, err = waitFor(ctx, log, "event bus", func(ctx context.Context) (*event.PG, error) {
		return event.OpenPG(ctx, cfg.Database.URL, log)
	}); err != nil {
		return nil, err
	}
	if b.temporal, err = lazyTemporal(cfg.Temporal, b, log); err != nil {
		return nil, err
	}
	b.flows = workflows.NewClient(b.temporal, cfg.Temporal.Namespace, cfg.Web.BaseURL.String())
	if !cfg.Mail.On() {
		log.WarnContext(ctx, "mail is off, so addresses can't be verified and passwords can't be reset: set RESEND_API_KEY")
	}
	return b, nil
}

// openStorage returns a client for the program's own key and one for the key of
// uploads.
func openStorage(c config.Storage, calls *telemetry.Calls) (own, uploads *objstore.Client, err error) {
	with := func(id, secret string) (*objstore.Client, error) {
		return objstore.New(objstore.Config{
			Endpoint: c.Endpoint, PublicEndpoint: c.PublicEndpoint, Region: c.Region, Bucket: c.Bucket, PathStyle: c.PathStyle,
			AccessKeyID: id, SecretAccessKey: secret,
			Observe: func(call string, status int, took time.Duration) {
				result := telemetry.ResultFailed
				switch {
				case status == http.StatusNotFound: // sweeps ask whether something is there
					result = telemetry.ResultOK
				case status > 0:
					result = telemetry.Result(status)
				}
				calls.Count(telemetry.TargetStorage, call, result, took)
			},
		})
	}
	if own, err = with(c.AccessKeyID, c.SecretAccessKey); err != nil {
		return nil, nil, err
	}
	uploads, err = with(c.UploadID, c.UploadSecret)
	return own, uploads, err
}

// close closes what is open, in reverse.
func (b *backends) close(ctx context.Context) {
	b.tracer.Close(ctx)
	if b.temporal != nil {
		b.temporal.Close()
	}
	if b.bus != nil {
		b.bus.Close()
	}
	if b.store != nil {
		if err := b.store.DB.Close(); err != nil {
			b.log.WarnContext(ctx, "could not close the database", "error", err)
		}
	}
}

// waitFor opens a dependency that may be starting too, until the budget is
// spent.
func waitFor[T any](ctx context.Context, log *slog.Logger, name string, open func(context.Context) (T, error)) (T, error) {
	v, err := backoff.Retry(ctx, func() (T, error) { return open(ctx) },
		backoff.WithBackOff(wait.Growing(200*time.Millisecond, 3*time.Second)), backoff.WithMaxElapsedTime(startBudget),
		backoff.WithNotify(func(err error, pause time.Duration) {
			log.WarnContext(ctx, "waiting for a dependency", "name", name, "pause", pause, "error", err)
		}))
	if err != nil {
		return v, fmt.Errorf("open the %s: %w", name, err)
	}
	return v, nil
}

// lazyTemporal returns a client that connects when it is first used: a program
// starts while Temporal is away.
func lazyTemporal(cfg config.Temporal, b *backends, log *slog.Logger) (client.Client, error) {
	c, err := client.NewLazyClient(client.Options{
		HostPort: cfg.Address, Namespace: cfg.Namespace, MetricsHandler: newSDKMetrics(b.registry), Interceptors: traceWorkflows(b.tracer),
		Logger: temporallog.NewStructuredLogger(slog.New(calmHandler{log.With("component", "temporal").Handler()})),
	})
	if err != nil {
		return nil, fmt.Errorf("create temporal client: %w", err)
	}
	return c, nil
}
