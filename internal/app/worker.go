package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"longhaul/activities"
	"longhaul/agent/agentapi"
	"longhaul/internal/agenttrack"
	"longhaul/internal/app/plug"
	"longhaul/internal/attempt"
	"longhaul/internal/config"
	"longhaul/internal/fetch"
	"longhaul/internal/mail"
	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
	"longhaul/internal/placement"
	"longhaul/internal/seedr"
	"longhaul/internal/seedrcopy"
	"longhaul/internal/seedrtrack"
	"longhaul/internal/stocktake"
	"longhaul/internal/store"
	"longhaul/internal/telemetry"
	"longhaul/internal/version"
	"longhaul/internal/webhook"
	"longhaul/internal/zipsums"
	"longhaul/models"
	"longhaul/worker"
)

const (
	// temporalBudget is how long a worker waits for Temporal, without which it
	// can do nothing; then it exits and its supervisor restarts it.
	temporalBudget = 10 * time.Minute

	// workflowRetention is how long ended runs can be looked at.
	workflowRetention = 14 * 24 * time.Hour
)

// RunWorker runs workflows, activities and the loops that feed them until ctx
// ends.
func RunWorker(ctx context.Context, cfg config.Config, build version.Build, stderr io.Writer) error {
	log := telemetry.NewLogger(stderr, cfg.Log.Level, cfg.Log.Format == config.LogText)
	log.InfoContext(ctx, "starting", "program", "worker", "version", build.Version, "commit", build.Commit)
	parts, err := openWorker(ctx, cfg, build, log)
	if err != nil {
		return err
	}
	defer parts.close(ctx)
	prepare, cancel := context.WithTimeout(ctx, temporalBudget)
	defer cancel()
	ns := worker.Namespace{Name: cfg.Temporal.Namespace, Retention: workflowRetention}
	if err := worker.Prepare(prepare, parts.temporal, ns, log); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	deps := parts.deps(cfg)
	deps.Metrics = parts.registry
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return worker.New(parts.temporal, deps).Run(ctx) })
	g.Go(func() error { return telemetry.ServeMetrics(ctx, cfg.MetricsListen, parts.registry, log) })
	return g.Wait()
}

// workerParts is what the worker has open.
type workerParts struct {
	*backends
	mails *mail.Sender  // nil while mail is off
	media *tool.Runner  // nil without ffprobe, or where no media files are read
	seedr *seedr.Client // nil without an account
}

func openWorker(ctx context.Context, cfg config.Config, build version.Build, log *slog.Logger) (_ *workerParts, err error) {
	b, err := openBackends(ctx, cfg, "worker", build, log)
	if err != nil {
		return nil, err
	}
	p := &workerParts{backends: b}
	defer func() {
		if err != nil {
			p.close(ctx)
		}
	}()
	if p.seedr, err = openSeedr(ctx, cfg.Seedr, p.store.Providers.Worker(), b.calls, log); err != nil {
		return nil, err
	}
	if slices.Contains(cfg.Queues, models.QueueMedia) {
		p.media = openTool(ctx, log)
	}
	return p, p.openMails(cfg)
}

// close closes what is open, in reverse.
func (p *workerParts) close(ctx context.Context) {
	if p.seedr != nil {
		p.seedr.Close()
	}
	p.backends.close(ctx)
}

// deps plugs the parts into the activities and the loops.
func (p *workerParts) deps(cfg config.Config) worker.Deps {
	work := p.store.Worker()
	// Long polls wait at the agent, so there is no overall timeout; each call
	// has its own deadline.
	calls := p.tracer.Client(p.calls.Wrap(fetch.NewForAgents(fetch.TrustedOptions{HeaderTimeout: time.Minute}), telemetry.TargetAgent))
	dial := func(a models.Agent) *agentapi.Client {
		return agentapi.NewClient(a.URL, calls, p.keys.AgentSecrets(a.ID)...)
	}
	limits := cfg.Limits
	desk := attempt.NewDesk(plug.Attempts(work), activities.Waiters{Tokens: p.temporal})
	follow := &seedrtrack.Tracker{
		Store: plug.SeedrTracker(work), Desk: desk, Events: p.bus, Now: p.store.DB.Now, Log: p.log.With("component", "seedr"), Pace: seedrtrack.DefaultPace(),
		MaxJobBytes: limits.MaxJobBytes, ResolveTimeout: limits.ResolveTimeout, StallTimeout: limits.StallTimeout,
	}
	copier := seedrcopy.New(seedrcopy.Copier{
		Store: plug.SeedrCopier(work), Objects: p.objects, Events: p.bus, Now: p.store.DB.Now, Log: p.log.With("component", "seedr"),
	})
	if p.seedr != nil { // both stay without an account otherwise
		follow.Account, copier.Account = p.seedr, p.seedr
	}
	placer := &placement.Placer{
		Store: plug.Placement(work), Agents: func(a models.Agent) placement.Agent { return dial(a) }, Desk: desk,
		Requests: activities.Requests{Pending: p.temporal, Namespace: cfg.Temporal.Namespace},
		Now:      p.store.DB.Now, Log: p.log.With("component", "placement"), Pace: placement.DefaultPace(),
		MaxJobBytes: limits.MaxJobBytes, ResolveTimeout: limits.ResolveTimeout, StallTimeout: limits.StallTimeout,
		FailoverAfter: limits.FailoverAfter, OpenLogin: p.keys.OpenLogin,
	}
	stock := &stocktake.Taker{
		Store: plug.Stocktake(work), Bucket: p.objects, Now: p.store.DB.Now, NewID: p.store.DB.NewID, Log: p.log.With("component", "stocktake"),
		Note: p.flows.NoteDeletion,
	}
	deps := worker.Deps{
		Jobs: &activities.Jobs{
			Store: plug.JobActs(work), SelectionTimeout: limits.SelectionTimeout, AttentionTimeout: limits.AttentionTimeout,
			RetryPauses: cfg.Limits.RetryPauses,
		},
		Transfers: &activities.Transfers{Placer: placer, Store: work.Jobs},
		Seedr:     &activities.SeedrTracker{Account: follow},
		Streams:   &activities.Streams{Copier: copier},
		Files:     &activities.Files{Store: plug.Storing(work), Objects: p.objects},
		Tracker: &activities.Tracker{Agents: &agenttrack.Tracker{
			Store: plug.AgentTracker(work), Agents: func(a models.Agent) agenttrack.Agent { return dial(a) }, Desk: desk, Events: p.bus,
			Now: p.store.DB.Now, Log: p.log.With("component", "tracker"), Pace: agenttrack.DefaultPace(),
		}},
		Sweeps: &activities.Sweeps{
			Store: plug.Sweeps(work), Objects: p.objects, Stock: stock, Runner: p.flows, Stopper: placer, Now: p.store.DB.Now,
			Checksums:        &zipsums.Learner{Store: work.Files, Bucket: p.objects, Log: p.log.With("component", "zipsums"), Rate: checksumRate},
			AttentionTimeout: limits.AttentionTimeout,
		},
		Mails:    &activities.Mails{Store: work.Mails},
		Quota:    &activities.Quota{Store: plug.Upkeep(work), Objects: p.objects, Pauses: stock},
		Webhooks: p.webhooks(work, cfg.Fetch),
		Bulk:     &activities.Bulk{Store: work.Bulk}, Counters: &activities.Counters{Store: work.Notices},
		Exports: &activities.Exports{Store: work.Exports, Objects: p.objects, Start: p.flows.Export, Now: p.store.DB.Now}, Media: p.mediaFiles(),
		Flows: p.flows, Records: plug.Loops(work), News: p.bus, Log: p.log, RunningPerUser: limits.MaxRunningJobs, Queues: cfg.Queues,
	}
	if p.mails != nil {
		deps.Mails.Sender = countedMails{p.mails, p.calls}
	}
	return deps
}

// mediaFiles reads films and music.
func (p *workerParts) mediaFiles() *activities.Media {
	out := &activities.Media{Store: plug.Probing(p.store), Objects: p.objects, Log: p.log.With("component", "media")}
	if p.media != nil {
		out.Prober = probe.New(p.media)
	}
	return out
}

// webhooks delivers events to users' webhooks.
func (p *workerParts) webhooks(work store.Worker, reach config.Fetch) *activities.Webhooks {
	return &activities.Webhooks{
		Store: work.Notifications, Sender: webhook.NewSender(reach.AllowCIDRs, time.Now), Open: p.keys.OpenWebhook, Now: p.store.DB.Now,
	}
}

// checksumRate is how fast files are read to learn their checksums for zips, in
// bytes a second: 2.6 TiB a day, beside which nothing else gets slower.
const checksumRate = 32 << 20

// countedMails counts what the provider does with mails.
type countedMails struct {
	sender *mail.Sender
	calls  *telemetry.Calls
}

// Send implements activities.MailSender.
func (c countedMails) Send(ctx context.Context, m models.Mail) error {
	start := time.Now()
	err := c.sender.Send(ctx, m)
	result := telemetry.ResultOK
	if refused, ok := errors.AsType[*mail.SendError](err); ok && !refused.Retry {
		result = telemetry.ResultRefused
	} else if err != nil {
		result = telemetry.ResultFailed
	}
	c.calls.Count(telemetry.TargetMail, "send", result, time.Since(start))
	return err
}

// openMails makes the way to the mail provider, if one is configured.
func (p *workerParts) openMails(cfg config.Config) error {
	if !cfg.Mail.On() {
		return nil
	}
	composer, err := mail.NewComposer(cfg.Web.BaseURL.URL, p.keys)
	if err != nil {
		return err
	}
	p.mails = mail.NewSender(mail.Provider{URL: cfg.Mail.ResendURL.URL, Key: cfg.Mail.ResendKey, From: cfg.Mail.From}, composer, p.store.DB.Now)
	return nil
}
