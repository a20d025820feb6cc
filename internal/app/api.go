package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"longhaul/api"
	"longhaul/api/delivery"
	"longhaul/api/kit"
	"longhaul/frontdoor"
	"longhaul/internal/app/plug"
	"longhaul/internal/config"
	"longhaul/internal/health"
	"longhaul/internal/legal"
	"longhaul/internal/media/tool"
	"longhaul/internal/objstore"
	"longhaul/internal/password"
	"longhaul/internal/store"
	"longhaul/internal/telemetry"
	"longhaul/internal/token"
	"longhaul/internal/turnstile"
	"longhaul/internal/version"
)

// Timing of the API's listeners and its end.
const (
	answerTime    = 2 * time.Minute // streams and files set deadlines of their own
	apiStopTime   = 15 * time.Second
	meterStopTime = 5 * time.Second // to write down what was delivered last
	setupLinkTime = 24 * time.Hour
)

// RunAPI serves the API until ctx ends. What a person at the console has to
// see goes to stdout; the log goes to stderr.
func RunAPI(ctx context.Context, cfg config.Config, build version.Build, stdout, stderr io.Writer) error {
	log := telemetry.NewLogger(stderr, cfg.Log.Level, cfg.Log.Format == config.LogText)
	log.InfoContext(ctx, "starting", "program", "api", "version", build.Version, "commit", build.Commit)
	open, err := openBackends(ctx, cfg, "api", build, log)
	if err != nil {
		return err
	}
	defer open.close(ctx)
	warnOfProxy(ctx, cfg.Web, log)
	parts := &apiParts{
		backends: open, queues: newQueueWatch(open.flows.Queues, open.registry, log), bots: &botWatch{now: open.store.DB.Now},
		storage: objstore.NewWriteProbe(open.uploads, open.store.DB.Now), media: openTool(ctx, log),
	}
	if parts.legal, err = legalTexts(ctx, cfg, log); err != nil {
		return err
	}
	parts.health = parts.watch(cfg, build.Version, log)
	server, err := parts.server(cfg, build, log) //nolint:contextcheck // middleware takes the request's own context
	if err != nil {
		return err
	}
	if err := offerSetup(ctx, parts.store, cfg, stdout); err != nil {
		return err
	}
	return parts.serve(ctx, cfg, server, log)
}

// warnOfProxy says what is wrong when the app is reached by https, so that a proxy
// is in front of it, and no proxy is trusted.
func warnOfProxy(ctx context.Context, web config.Web, log *slog.Logger) {
	if proxyUntrusted(web) {
		log.WarnContext(ctx, "TRUSTED_PROXIES is empty: all clients behind the proxy count as one, so a few of them can use up everyone's sign-ins")
	}
}

// apiParts is what the API has open.
type apiParts struct {
	*backends
	queues  *queueWatch
	storage *objstore.WriteProbe
	bots    *botWatch
	health  *health.Watch
	legal   *legal.Texts
	media   *tool.Runner // nil without ffmpeg
}

func (p *apiParts) server(cfg config.Config, build version.Build, log *slog.Logger) (*api.Server, error) {
	proxies := make([]string, 0, len(cfg.Web.TrustedProxies))
	for _, n := range cfg.Web.TrustedProxies {
		proxies = append(proxies, n.String())
	}
	return api.New(api.Config{
		Version: build.Version, Commit: build.Commit, BaseURL: cfg.Web.BaseURL.URL, FilesURL: cfg.Web.FilesURL.URL, WebDir: webDir(cfg.Web.Dir, log),
		TrustedProxies: proxies, MaxJobBytes: cfg.Limits.MaxJobBytes, MaxRunningJobs: cfg.Limits.MaxRunningJobs, MaxUserStreams: cfg.Limits.MaxUserStreams, MaxShareDays: cfg.Limits.MaxShareDays, MediaCacheSize: cfg.Web.MediaCacheSize,
		TrashRetention: cfg.Limits.TrashRetention,
		Mail:           cfg.Mail.On(), Registration: cfg.Accounts.Registration, RequireAdminTOTP: cfg.Accounts.RequireAdminTOTP,
		TurnstileSiteKey: cfg.Accounts.TurnstileSiteKey, MinPassword: password.MinLength, TemporalUIURL: cfg.Temporal.UIURL, SampleURL: cfg.Web.SampleURL, Extensions: cfg.Web.ExtensionIDs,
		ChromeStore: cfg.Web.ChromeStore, FirefoxStore: cfg.Web.FirefoxStore,
		WorkflowUIURL: workflowPages(cfg.Temporal),
	}, api.Deps{
		Stores: api.Stores{
			Callers: plug.Callers(p.store), System: plug.System(p.store), Account: plug.Account(p.store), Jobs: plug.Jobs(p.store), Delivery: plug.Delivery(p.store),
			Live: p.store.Timeline, Admin: plug.Admin(p.store), Agents: plug.AgentCalls(p.store), Notices: p.store.Notices, Shares: plug.Shares(p.store), Exports: p.store.Exports, Trash: p.store.Trash, Notifications: p.store.Notifications,
			Library: plug.Library(p.store), Media: plug.Media(p.store),
		},
		Workflows: workflowControl{p.flows}, Objects: p.objects, Uploads: p.uploads, Films: films(p.media),
		Inspector: newInspector(p.store, p.keys, p.calls, p.tracer), Limiter: kit.NewLimiter(p.store.Limits), Passwords: password.NewHasher(), Bots: p.botCheck(cfg, log),
		Keys: p.keys, Legal: p.legal, Probes: p.probes(cfg), Registry: p.registry, Tracer: p.tracer, Log: log.With("component", "api"), Now: p.store.DB.Now, NewID: p.store.DB.NewID,
	})
}

// probes are the dependencies that readiness and the health page tell of. The
// worker sends mails and the API only queues them; Turnstile is asked when it
// is needed, and refuses when it is away. So neither is asked here.
func (p *apiParts) probes(cfg config.Config) kit.Probes {
	unasked := func(context.Context) error { return nil }
	return append(kit.Probes{
		{Name: "database", Critical: true, Check: p.store.DB.Ping, Missing: "Nothing works without the database."},
		{Name: "temporal", Check: p.temporalThere, Missing: "Jobs are accepted, but none starts or continues until the workflow engine is back."},
		{Name: "storage", Check: p.storage.Check, Missing: "Files can't be stored, streamed or downloaded."},
		{Name: "admission", Check: p.admitting, Missing: "Queued jobs get no slot, though some may be free. Look at the workers: one of them may hang."},
		{
			Name: "deletion", Check: p.deleting,
			Missing: "Nothing is removed from storage automatically until you confirm it. See Storage on the Providers page.",
		},
		{
			Name: "lost-files", Check: p.complete,
			Missing: "Many files are no longer in storage, too many to mark them as lost without you. See Storage on the Providers page.",
		},
		{
			Name: "mail", Off: !cfg.Mail.On(), Check: unasked,
			Missing: "Users can't register openly, reset passwords or change addresses without mail. Set RESEND_API_KEY and MAIL_FROM.",
		},
		{
			Name: "turnstile", Off: !cfg.Accounts.Turnstile(), Check: unasked,
			Missing: "Bots are not blocked from sign-in, registration and password reset. Set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY.",
		},
		{
			Name: "media", Off: p.media == nil, Check: unasked,
			Missing: "Films play only as browsers can play them. Install ffmpeg; the log says what else is in the way.",
		},
	}, p.queues.probes()...)
}

// botCheck returns the check against robots, nil when it is off, which the log
// says at every start.
func (p *apiParts) botCheck(cfg config.Config, log *slog.Logger) kit.BotCheck {
	if !cfg.Accounts.Turnstile() {
		log.Warn("bots are not blocked from sign-in, registration and password reset: set TURNSTILE_SECRET_KEY")
		return nil
	}
	p.bots.check = turnstile.New(cfg.Accounts.TurnstileSecretKey, cfg.Accounts.TurnstileURL, cfg.Web.BaseURL.Hostname(), p.store.DB.Now)
	return p.bots
}

// admitting fails while queued jobs get no slots.
func (p *apiParts) admitting(ctx context.Context) error {
	pulse, err := p.store.Admission.Pulse(ctx)
	if err == nil && pulse.Stands() {
		err = fmt.Errorf("the last round was %s ago, and a job has been passed over for %s", pulse.SinceRound, pulse.PassedOver)
	}
	return err
}

// deleting fails while sweeps remove nothing because it needs an administrator.
func (p *apiParts) deleting(ctx context.Context) error {
	s, err := p.store.Stock.StorageReport(ctx)
	if err == nil && (s.Paused != "" || s.RefusedOrphans > 0) {
		err = fmt.Errorf("deletion is paused (%s), or %d orphans are too many at once", s.Paused, s.RefusedOrphans)
	}
	return err
}

// complete fails while a check of the stored files waits for an administrator.
func (p *apiParts) complete(ctx context.Context) error {
	s, err := p.store.Stock.StorageReport(ctx)
	if err == nil && s.RefusedLost > 0 {
		err = fmt.Errorf("%d files are gone, too many to mark them", s.RefusedLost)
	}
	return err
}

func (p *apiParts) temporalThere(ctx context.Context) error {
	_, err := p.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

// offerSetup prints the one-time link that creates the first administrator, if
// there is no account yet.
func offerSetup(ctx context.Context, s *store.Store, cfg config.Config, stdout io.Writer) error {
	n, err := s.Accounts.CountUsers(ctx)
	if err != nil || n > 0 {
		return err
	}
	value, hash, err := token.New()
	if err != nil {
		return err
	}
	if err := s.Accounts.IssueSetupToken(ctx, hash, setupLinkTime); err != nil {
		return err
	}
	link := cfg.Web.BaseURL.JoinPath("setup")
	q := link.Query()
	q.Set("token", value)
	link.RawQuery = q.Encode()
	if _, err := fmt.Fprintf(stdout, "Create the first administrator within 24 hours: %s\n", link); err != nil {
		return fmt.Errorf("print the setup link: %w", err)
	}
	return nil
}

// serve runs the listeners until ctx ends, then lets running requests finish,
// except streams.
func (p *apiParts) serve(ctx context.Context, cfg config.Config, server *api.Server, log *slog.Logger) error {
	appServer := newServer(server.App(), answerTime, log)
	appServer.RegisterOnShutdown(server.Hub.Close)
	files := newServer(server.Delivery(), 0, log) // a file may take hours; each write has its own deadline
	door := frontdoor.Limits{Proxies: cfg.Web.TrustedProxies}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return listen(ctx, door, appServer, cfg.Web.APIListen, "app", log) })
	g.Go(func() error { return listen(ctx, door, files, cfg.Web.FilesListen, "files", log) })
	g.Go(func() error { return telemetry.ServeMetrics(ctx, cfg.MetricsListen, p.registry, log) })
	g.Go(func() error {
		server.Hub.Run(ctx, p.bus)
		return nil
	})
	g.Go(func() error {
		p.queues.run(ctx)
		return nil
	})
	g.Go(func() error {
		p.health.Run(ctx)
		return nil
	})
	stopMeter := runMeter(ctx, server.Meter)
	err := g.Wait()
	server.Wait()
	return errors.Join(err, stopMeter())
}

// runMeter writes down what is delivered. The meter outlives the listeners:
// what they deliver until their end counts as well. The returned function ends
// it.
func runMeter(ctx context.Context, meter *delivery.Meter) func() error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		meter.Run(ctx)
	}()
	return func() error {
		cancel()
		<-done
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), meterStopTime)
		defer cancel()
		return meter.Flush(last)
	}
}

func newServer(h http.Handler, write time.Duration, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, WriteTimeout: write,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // mostly clients that break the connection
	}
}

// listen serves until ctx ends, then stops: new calls are refused, running
// ones may end within the stop time.
func listen(ctx context.Context, door frontdoor.Limits, s *http.Server, addr, name string, log *slog.Logger) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for the %s: %w", name, err)
	}
	log.InfoContext(ctx, "listening", "name", name, "address", l.Addr().String())
	done := make(chan error, 1)
	go func() { done <- door.Serve(s, l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve the %s: %w", name, err)
	case <-ctx.Done():
	}
	// ctx has ended; what runs gets a time of its own
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiStopTime)
	defer cancel()
	if err := s.Shutdown(stop); err != nil {
		return errors.Join(s.Close(), ignoreTimeout(err))
	}
	return nil
}

func ignoreTimeout(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // long downloads are cut; their clients resume
	}
	return err
}
