package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"longhaul/api/account"
	"longhaul/api/admin"
	"longhaul/api/agents"
	"longhaul/api/delivery"
	"longhaul/api/jobs"
	"longhaul/api/kit"
	"longhaul/api/library"
	"longhaul/api/live"
	"longhaul/api/media"
	"longhaul/api/notices"
	"longhaul/api/notifications"
	"longhaul/api/shares"
	"longhaul/api/system"
	"longhaul/api/trash"
	"longhaul/internal/media/hls"
	"longhaul/internal/passkey"
	"longhaul/internal/source"
	"longhaul/internal/thumbnail"
	"longhaul/internal/token"
	"longhaul/internal/tracing"
	"longhaul/models"
)

// Config is what the API needs to know of its deployment.
type Config struct {
	Version          string
	Commit           string
	BaseURL          *url.URL // origin of the app; links are made from it, never from a request
	FilesURL         *url.URL // origin of delivered files
	WebDir           string   // the built web app; empty for none
	TrustedProxies   []string // addresses and networks whose forwarding headers are believed
	MaxJobBytes      int64    // content of one job; 0 is no limit
	MaxRunningJobs   int
	MediaCacheSize   int64         // bytes of streamed parts that are kept
	MaxShareDays     int           // that a share lasts at most; 0 is no limit
	MaxUserStreams   int           // event streams of one account that this process serves at once
	TrashRetention   time.Duration // how long what is deleted can be restored; 0 deletes for good
	MinPassword      int
	Registration     models.Registration // who can register unless an administrator changes it; empty means by invitation
	Mail             bool                // mail can be sent
	TurnstileSiteKey string              // of the widget; empty if bots are not checked
	RequireAdminTOTP bool                // administrators have to have a second factor: codes or a passkey
	SampleURL        string              // magnet link or address of a download to try; empty for none
	Extensions       []string            // ids of the builds of the browser extension that may connect
	ChromeStore      string              // address of the browser extension in the Chrome Web Store; empty for none
	FirefoxStore     string              // the same on addons.mozilla.org
	TemporalUIURL    string              // web interface of the workflow engine; empty for none
	WorkflowUIURL    string              // the same down to the namespace, without a slash at the end
}

// Stores is what each audience asks of the records.
type Stores struct {
	Callers       kit.Store
	System        system.Store
	Account       account.Store
	Jobs          jobs.Store
	Delivery      delivery.Store
	Live          live.Store
	Admin         admin.Store
	Agents        agents.Store
	Notices       notices.Store
	Shares        shares.Store
	Exports       account.ExportStore
	Trash         trash.Store
	Notifications notifications.Store
	Library       library.Store
	Media         media.Store
}

// Workflows speaks to the workflow engine.
type Workflows interface {
	admin.Workflows
	jobs.Workflows
}

// Objects is object storage.
type Objects interface {
	delivery.Objects
	thumbnail.Objects
}

// Deps are the parts that the API speaks to.
type Deps struct {
	Stores    Stores
	Workflows Workflows
	Objects   Objects        // reads files, and keeps thumbnails
	Films     hls.Runner     // converts what is streamed; nil streams nothing
	Uploads   agents.Uploads // opens places for agents to write to; its key need not read
	Inspector jobs.Inspector
	Limiter   kit.Limiter
	Passwords account.Passwords
	Bots      kit.BotCheck // nil where robots are not checked
	Keys      *token.Keys
	Legal     system.Legal // nil for no legal pages
	Probes    kit.Probes
	Registry  prometheus.Registerer // nil measures nothing
	Tracer    *tracing.Tracer       // nil traces nothing
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() uuid.UUID
}

// productName is what authenticators show of where a secret belongs.
const productName = "Longhaul"

// Server serves the app's origin and the files origin.
type Server struct {
	Hub   *live.Hub       // carries news to streams while it runs
	Meter *delivery.Meter // writes down what is delivered while it runs

	cfg        Config
	deps       Deps
	api        huma.API
	app        *gin.Engine
	compressed http.Handler // the app, its answers compressed
	delivery   *gin.Engine
	files      *delivery.Service
	background *kit.Background // starts
	records    *kit.Background // what the account's handlers record
	refusals   *kit.Background // what the watcher records
	party      *passkey.Party  // nil where passkeys cannot be
}

// New returns the API of a deployment.
func New(cfg Config, deps Deps) (*Server, error) {
	s, err := build(cfg, deps)
	if err != nil {
		return nil, err
	}
	if err := s.pages(); err != nil {
		return nil, err
	}
	s.files.Serve(s.delivery)
	if s.compressed, err = compressed(s.app); err != nil {
		return nil, err
	}
	return s, nil
}

// App returns the handler of the app's origin.
func (s *Server) App() http.Handler { return appHandler{s.app, s.compressed} }

// Delivery returns the handler of the files origin.
func (s *Server) Delivery() http.Handler { return s.delivery }

// Wait returns when the calls that run beside answers have ended.
func (s *Server) Wait() {
	for _, b := range []*kit.Background{s.background, s.records, s.refusals} {
		b.Wait()
	}
}

// build makes the router with every operation on it.
func build(cfg Config, deps Deps) (*Server, error) {
	gin.SetMode(gin.ReleaseMode)
	if cfg.BaseURL == nil {
		cfg.BaseURL = &url.URL{Scheme: "http", Host: "localhost"}
	}
	if cfg.FilesURL == nil {
		cfg.FilesURL = cfg.BaseURL
	}
	if cfg.Registration == "" {
		cfg.Registration = models.RegistrationInvitation
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		cfg: cfg, deps: deps, background: kit.NewBackground(deps.Log, kit.MaxBackground),
		records: kit.NewBackground(deps.Log, kit.MaxRecords), refusals: kit.NewBackground(deps.Log, kit.MaxRecords),
	}
	s.Hub = live.NewHub(s.view(), cfg.MaxUserStreams, deps.Log.With("component", "events"), deps.Now)
	s.Meter = delivery.NewMeter(deps.Stores.Delivery, deps.Log.With("component", "meter"), deps.Now)
	s.files = delivery.New(delivery.Deps{
		Store: deps.Stores.Delivery, Objects: deps.Objects, Meter: s.Meter, Limiter: deps.Limiter, Keys: deps.Keys, AppURL: cfg.BaseURL,
		Streams: hls.New(deps.Films, deps.Objects, cfg.MediaCacheSize, deps.Log.With("component", "streams")),
		URL:     cfg.FilesURL, Now: deps.Now, Thumbnails: thumbnail.New(deps.Stores.Delivery, deps.Objects, deps.Log.With("component", "thumbnails")),
	})
	front := kit.Entrance{
		Proxies: cfg.TrustedProxies, Quiet: []string{system.PathHealth, system.PathReady}, Log: deps.Log, Metrics: s.metrics(), Tracer: deps.Tracer,
		Watcher: kit.NewWatcher(deps.Stores.Callers, s.refusals, deps.Now), Now: deps.Now,
	}
	var err error
	if s.party, err = passkey.New(cfg.BaseURL, productName); err != nil && !errors.Is(err, passkey.ErrUnsuitable) {
		return nil, err
	}
	if s.app, err = front.Engine(); err != nil {
		return nil, err
	}
	if s.delivery, err = front.Engine(); err != nil {
		return nil, err
	}
	guard, err := newSiteGuard(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("app origin: %w", err)
	}
	s.app.Use(secureApp(cfg.BaseURL, cfg.FilesURL, cfg.TurnstileSiteKey != ""), guard.check, conditional)
	s.api = humagin.New(s.app, apiConfig())
	s.operations(&kit.Router{API: s.api, Auth: &kit.Authenticator{
		Store: deps.Stores.Callers, Now: deps.Now, RequireAdminTOTP: cfg.RequireAdminTOTP,
	}})
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the framework's own faults leave as a Problem
	delete(schemas, "ErrorDetail")
	return s, nil
}

// metrics registers what is measured, nil without a registry.
func (s *Server) metrics() *kit.Metrics {
	if s.deps.Registry == nil {
		return nil
	}
	s.deps.Registry.MustRegister(s.Hub.Collectors()...)
	return kit.NewMetrics(s.deps.Registry, kit.Untimed{live.PathEvents: "", delivery.PathFile: "file", delivery.PathArchive: "archive", delivery.PathShared: "shared", delivery.PathSharedArchive: "shared_archive", delivery.PathSelection: "archive", delivery.PathStream: "stream"})
}

// operations adds the operations of every audience.
func (s *Server) operations(r *kit.Router) {
	cfg, d := s.cfg, s.deps
	policy := &account.Policy{Store: d.Stores.Account, Configured: cfg.Registration, Mail: cfg.Mail}
	system.Register(r, system.Deps{
		Store: d.Stores.System, Probes: d.Probes, Registration: policy.Mode, Version: cfg.Version, Commit: cfg.Commit, FilesURL: cfg.FilesURL, PlansPath: account.PathPlans,
		TurnstileSiteKey: cfg.TurnstileSiteKey, TemporalUIURL: cfg.TemporalUIURL, Mail: cfg.Mail, SampleURL: cfg.SampleURL,
		ChromeStore: cfg.ChromeStore, FirefoxStore: cfg.FirefoxStore, Legal: d.Legal,
		Passkeys: func(ctx context.Context) (bool, error) {
			if s.party == nil {
				return false, nil
			}
			return d.Stores.Admin.FlagOnForAny(ctx, models.FlagPasskeys)
		},
		Limits: system.Limits{
			MaxJobBytes: cfg.MaxJobBytes, MaxRunningJobs: cfg.MaxRunningJobs,
			MaxTorrentBytes: source.MaxTorrentBytes, MinPasswordLength: cfg.MinPassword, MaxShareDays: cfg.MaxShareDays,
			TrashSeconds: int64(cfg.TrashRetention.Seconds()),
		},
	})
	account.Register(r, account.Deps{
		Store: d.Stores.Account, Policy: policy, Party: s.party, Passwords: d.Passwords, Bots: d.Bots, Limiter: d.Limiter, Keys: d.Keys,
		Exports: d.Stores.Exports, Objects: d.Objects, Background: s.records, Server: cfg.BaseURL, Extensions: cfg.Extensions, Issuer: productName, Now: d.Now, NewID: d.NewID,
	})
	jobs.Register(r, jobs.Deps{
		Store: d.Stores.Jobs, Workflows: d.Workflows, Inspector: d.Inspector, Limiter: d.Limiter, Background: s.background,
		MaxBytes: cfg.MaxJobBytes, UIURL: cfg.WorkflowUIURL, SealLogin: d.Keys.SealLogin,
	})
	s.files.Register(r)
	visited := shares.Register(r, shares.Deps{
		Store: d.Stores.Shares, Links: s.files, Passwords: d.Passwords, Limiter: d.Limiter, Keys: d.Keys, Background: s.records, URL: cfg.BaseURL,
		MaxDays: cfg.MaxShareDays, Now: d.Now, NewID: d.NewID,
	})
	live.Register(r, live.Deps{Store: d.Stores.Live, Hub: s.Hub})
	notices.Register(r, notices.Deps{
		Store: d.Stores.Notices, Persons: kit.PersonCheck{Bots: d.Bots}, Limiter: d.Limiter, Keys: d.Keys, Locations: s.locations(), NewID: d.NewID, Now: d.Now,
	})
	trash.Register(r, d.Stores.Trash, d.Limiter)
	notifications.Register(r, notifications.Deps{
		Store: d.Stores.Notifications, Limiter: d.Limiter, Keys: d.Keys, Now: d.Now, NewID: d.NewID,
	})
	library.Register(r, d.Stores.Library, d.Limiter)
	media.Register(r, media.Deps{
		Store: d.Stores.Media, Objects: d.Objects, Limiter: d.Limiter, Log: d.Log.With("component", "media"), Now: d.Now, NewID: d.NewID,
		Streamed: s.files.Streamed, Visited: visited, CountView: s.files.CountView,
	})
	admin.Register(r, admin.Deps{
		Store: d.Stores.Admin, Workflows: d.Workflows, Limiter: d.Limiter, Keys: d.Keys, Probes: d.Probes, Version: cfg.Version, Mail: cfg.Mail, URL: cfg.BaseURL,
		UIURL: cfg.WorkflowUIURL, Now: d.Now, NewID: d.NewID, Locations: s.locations(),
	})
	agents.Register(r, agents.Deps{Store: d.Stores.Agents, Uploads: d.Uploads, Limiter: d.Limiter, Keys: d.Keys, NewID: d.NewID})
}

// locations reads what takedown notices name.
func (s *Server) locations() kit.Locations {
	return kit.Locations{OfLink: s.files.OfLink, App: s.cfg.BaseURL}
}

// view shows jobs to the streams.
func (s *Server) view() live.View {
	jobs := jobs.NewView(s.deps.Stores.Jobs)
	return live.View{
		Job:      func(ctx context.Context, userID, jobID uuid.UUID) (any, error) { return jobs.Job(ctx, userID, jobID) },
		Progress: func(p models.Progress) any { return jobs.Progress(p) },
	}
}
