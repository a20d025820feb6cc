package app

import (
	"context"
	"io"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"longhaul/activities"
	"longhaul/agent/agentapi"
	"longhaul/internal/config"
	"longhaul/internal/event"
	"longhaul/internal/fetch"
	"longhaul/internal/mail"
	"longhaul/internal/objstore"
	"longhaul/internal/seedr"
	"longhaul/internal/store"
	"longhaul/internal/telemetry"
	"longhaul/internal/token"
	"longhaul/models"
	"longhaul/worker"
	"longhaul/workflows"
)

const (
	// temporalBudget is how long a worker waits for Temporal, which is all that
	// it works for; then whoever supervises it starts it again.
	temporalBudget = 10 * time.Minute

	// workflowRetention is how long ended runs can be looked at.
	workflowRetention = 14 * 24 * time.Hour
)

// RunWorker runs workflows, activities and the loops that feed them until ctx
// ends.
func RunWorker(ctx context.Context, cfg config.Config, stderr io.Writer) error {
	log := telemetry.NewLogger(stderr, cfg.Log.Level, cfg.Log.Format == config.LogText)
	parts, err := openWorker(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer parts.close()
	prepare, cancel := context.WithTimeout(ctx, temporalBudget)
	defer cancel()
	ns := worker.Namespace{Name: cfg.Temporal.Namespace, Retention: workflowRetention}
	if err := worker.Prepare(prepare, parts.temporal, ns, log); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	registry := telemetry.NewRegistry()
	deps := parts.deps(cfg)
	deps.Metrics = registry
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return worker.New(parts.temporal, deps).Run(ctx) })
	g.Go(func() error { return telemetry.ServeMetrics(ctx, cfg.MetricsListen, registry, log) })
	return g.Wait()
}

// workerParts is what the worker has open.
type workerParts struct {
	store    *store.Store
	bus      *event.PG
	temporal client.Client
	objects  *objstore.Client
	keys     *token.Keys
	mails    *mail.Sender  // nil while mail is off
	seedr    *seedr.Client // nil without an account
	log      *slog.Logger
}

// openWorker opens what the worker needs. The database may be late.
func openWorker(ctx context.Context, cfg config.Config, log *slog.Logger) (_ *workerParts, err error) {
	p := &workerParts{log: log}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.keys, err = token.NewKeys(cfg.SecretKey); err != nil {
		return nil, err
	}
	if p.objects, err = objstore.New(objstore.Config(cfg.Storage)); err != nil {
		return nil, err
	}
	if p.store, err = waitFor(ctx, log, "database", func(ctx context.Context) (*store.Store, error) {
		return store.Open(ctx, cfg.Database.URL, log)
	}); err != nil {
		return nil, err
	}
	p.store.RunningLimit, p.store.FailoverAfter = cfg.Limits.MaxRunningJobs, cfg.Limits.FailoverAfter
	if err = p.store.CheckSchema(ctx); err != nil {
		return nil, err
	}
	if p.seedr, err = openSeedr(ctx, cfg.Seedr, p.store.Work(), log); err != nil {
		return nil, err
	}
	if p.bus, err = waitFor(ctx, log, "event bus", func(ctx context.Context) (*event.PG, error) {
		return event.OpenPG(ctx, cfg.Database.URL, log)
	}); err != nil {
		return nil, err
	}
	if p.temporal, err = lazyTemporal(cfg.Temporal, log); err != nil {
		return nil, err
	}
	if err = p.openMails(cfg); err != nil {
		return nil, err
	}
	return p, nil
}

// close closes what is open, in reverse.
func (p *workerParts) close() {
	if p.seedr != nil {
		p.seedr.Close()
	}
	if p.temporal != nil {
		p.temporal.Close()
	}
	if p.bus != nil {
		p.bus.Close()
	}
	if p.store != nil {
		if err := p.store.Close(); err != nil {
			p.log.Warn("closing the database failed", "error", err)
		}
	}
}

// deps plugs the parts into the activities and the loops.
func (p *workerParts) deps(cfg config.Config) worker.Deps {
	work := p.store.Work()
	// Long polls wait at the agent, so there is no overall timeout; each call
	// has a deadline of its own.
	calls := fetch.NewTrusted(fetch.TrustedOptions{HeaderTimeout: time.Minute})
	dial := func(a models.Agent) activities.Agent {
		return agentapi.NewClient(a.URL, p.keys.AgentSecret(a.ID), calls)
	}
	limits := cfg.Limits
	var account activities.Seedr // stays nil without one
	if p.seedr != nil {
		account = p.seedr
	}
	deps := worker.Deps{
		Jobs: &activities.Jobs{
			Store: work, SelectionTimeout: limits.SelectionTimeout, AttentionTimeout: limits.AttentionTimeout,
			RetryPauses: cfg.Limits.RetryPauses,
		},
		Transfers: &activities.Transfers{
			Store: work, Agents: dial, MaxJobBytes: limits.MaxJobBytes,
			ResolveTimeout: limits.ResolveTimeout, StallTimeout: limits.StallTimeout,
			FailoverAfter: limits.FailoverAfter,
		},
		Seedr: &activities.SeedrTracker{
			Store: work, Seedr: account, Tokens: p.temporal, Events: p.bus, Now: p.store.Now, Pace: activities.DefaultSeedrPace(),
			MaxJobBytes: limits.MaxJobBytes, ResolveTimeout: limits.ResolveTimeout, StallTimeout: limits.StallTimeout,
		},
		Streams: activities.NewStreams(activities.Streams{
			Store: work, Objects: p.objects, Seedr: account, Events: p.bus, Now: p.store.Now,
		}),
		Files: &activities.Files{Store: work, Objects: p.objects},
		Tracker: &activities.Tracker{
			Store: work, Agents: dial, Tokens: p.temporal, Events: p.bus, Now: p.store.Now, Pace: activities.DefaultPace(),
		},
		Sweeps:  &activities.Sweeps{Store: work, Objects: p.objects, Runner: workflows.NewClient(p.temporal), Now: p.store.Now},
		Mails:   &activities.Mails{Store: work},
		Quota:   &activities.Quota{Store: work, Objects: p.objects},
		Records: work, News: p.bus, Log: p.log, RunningPerUser: limits.MaxRunningJobs,
	}
	if p.mails != nil {
		deps.Mails.Sender = p.mails
	}
	return deps
}

// openMails makes the way to the mail provider, if one is configured.
func (p *workerParts) openMails(cfg config.Config) error {
	if !cfg.Mail.On() {
		p.log.Warn("mail is off: no address is verified and no forgotten password reset; set RESEND_API_KEY")
		return nil
	}
	composer, err := mail.NewComposer(cfg.Web.BaseURL.URL, p.keys)
	if err != nil {
		return err
	}
	p.mails = mail.NewSender(mail.Provider{URL: cfg.Mail.ResendURL.URL, Key: cfg.Mail.ResendKey, From: cfg.Mail.From}, composer, p.store.Now)
	return nil
}
