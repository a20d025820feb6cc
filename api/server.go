package api

import (
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

	"longhaul/internal/passkey"
	"longhaul/internal/token"
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
	MinPassword      int
	Registration     models.Registration // who may make an account unless an administrator says else; empty is by invitation
	Mail             bool                // mail can be sent
	TurnstileSiteKey string              // of the widget; empty where robots are not checked
	RequireAdminTOTP bool                // administrators have to have a second factor: codes or a passkey
	TemporalUIURL    string              // web interface of the workflow engine; empty for none
	WorkflowUIURL    string              // the same down to the namespace, without a slash at the end
}

// Store is what the API asks of the records.
type Store interface {
	Allowances
	Sessions
	AgentCredentials
	Accounts
	OneTimes
	Registrations
	SecondFactors
	Passkeys
	Tokens
	UserAdmin
	SecurityLog
	Trail
	Jobs
	Files
	Inspections
	EventLog
	AgentFleet
	ProviderRecords
	AgentReports
	Parts
	Owners
	UsageLog
	Plans
	BandwidthLog
}

// Workflows speaks to the workflow engine.
type Workflows interface {
	Starter
	Controller
	ProviderControl
}

// Storage is where files are.
type Storage interface {
	Objects
	Uploads
}

// Deps are the parts that the API speaks to.
type Deps struct {
	Store     Store
	Workflows Workflows
	Storage   Storage
	Inspector Inspector
	Limiter   Limiter
	Passwords Passwords
	Bots      BotCheck // nil where robots are not checked
	Keys      *token.Keys
	Probes    Probes
	Registry  prometheus.Registerer // nil measures nothing
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() uuid.UUID
}

// productName is what authenticators show of where a secret belongs.
const productName = "Longhaul"

// Server serves the app's origin and the files origin.
type Server struct {
	Hub   *Hub   // carries news to streams while it runs
	Meter *Meter // writes down what is delivered while it runs

	cfg        Config
	deps       Deps
	api        huma.API
	app        *gin.Engine
	delivery   *gin.Engine
	entrance   entrance
	background *background    // starts
	records    *background    // what the account's handlers record
	refusals   *background    // what the watcher records
	party      *passkey.Party // nil where passkeys cannot be
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
	if err := s.buildDelivery(); err != nil {
		return nil, err
	}
	return s, nil
}

// App returns the handler of the app's origin.
func (s *Server) App() http.Handler { return s.app }

// Delivery returns the handler of the files origin.
func (s *Server) Delivery() http.Handler { return s.delivery }

// Wait returns when the calls that run beside answers have ended.
func (s *Server) Wait() {
	for _, b := range []*background{s.background, s.records, s.refusals} {
		b.wait()
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
		cfg: cfg, deps: deps, background: newBackground(deps.Log, maxBackground),
		records: newBackground(deps.Log, maxRecords), refusals: newBackground(deps.Log, maxRecords),
	}
	s.Hub = NewHub(jobView{deps.Store}.forStreams(), deps.Log.With("component", "events"), deps.Now)
	s.Meter = NewMeter(deps.Store, deps.Log.With("component", "meter"), deps.Now)
	s.entrance = entrance{
		proxies: cfg.TrustedProxies, quiet: []string{PathHealth, PathReady}, log: deps.Log, metrics: s.metrics(),
		watcher: newWatcher(deps.Store, s.refusals, deps.Now), now: deps.Now,
	}
	var err error
	if s.party, err = passkey.New(cfg.BaseURL, productName); err != nil && !errors.Is(err, passkey.ErrUnsuitable) {
		return nil, err
	}
	if s.app, err = s.entrance.engine(); err != nil {
		return nil, err
	}
	guard, err := newSiteGuard(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("app origin: %w", err)
	}
	s.app.Use(secureApp(cfg.BaseURL, cfg.FilesURL, cfg.TurnstileSiteKey != ""), guard.check, limitBody(deps.Now))
	s.api = humagin.New(s.app, apiConfig())
	s.operations(&router{api: s.api, auth: s.authenticator()})
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the framework's own faults leave as a Problem
	delete(schemas, "ErrorDetail")
	return s, nil
}

// metrics registers what is measured, nil without a registry.
func (s *Server) metrics() *Metrics {
	if s.deps.Registry == nil {
		return nil
	}
	s.deps.Registry.MustRegister(s.Hub.Gauge())
	return NewMetrics(s.deps.Registry, Untimed{PathEvents: "", PathFile: "file", PathArchive: "archive"})
}

// accountOperations adds what belongs to accounts.
func (s *Server) accountOperations(r *router, policy *registrationPolicy) {
	d := s.deps
	(&accountHandlers{
		accounts: d.Store, oneTimes: d.Store, registrations: d.Store, factors: d.Store,
		passkeys: d.Store, party: s.party, tokens: d.Store, security: d.Store, passwords: d.Passwords, bots: d.Bots, policy: policy, limits: d.Limiter, auth: r.auth,
		keys: d.Keys, background: s.records, issuer: productName, now: d.Now, newID: d.NewID,
	}).routes(r)
	(&tokenHandlers{tokens: d.Store, limits: d.Limiter, now: d.Now, newID: d.NewID}).routes(r)
	(&usageHandlers{usage: d.Store, now: d.Now}).routes(r)
	(&planListHandlers{plans: d.Store}).routes(r)
}

// adminOperations adds what administrators do.
func (s *Server) adminOperations(r *router, policy *registrationPolicy) {
	d := s.deps
	(&adminUserHandlers{
		users: d.Store, policy: policy, keys: d.Keys, baseURL: s.cfg.BaseURL, now: d.Now, newID: d.NewID,
	}).routes(r)
	(&adminAgentHandlers{fleet: d.Store, baseURL: originOf(s.cfg.BaseURL), now: d.Now}).routes(r)
	(&trailHandlers{trail: d.Store}).routes(r)
	(&providerHandlers{records: d.Store, control: d.Workflows, now: d.Now}).routes(r)
	(&planHandlers{plans: d.Store}).routes(r)
	(&healthHandlers{version: s.cfg.Version, probes: d.Probes}).routes(r)
}

func (s *Server) authenticator() *authenticator {
	return &authenticator{
		sessions: s.deps.Store, agents: s.deps.Store, now: s.deps.Now, requireAdminTOTP: s.cfg.RequireAdminTOTP,
	}
}

func (s *Server) operations(r *router) {
	d := s.deps
	sources := &sourceReader{inspections: d.Store, inspector: d.Inspector, maxBytes: s.cfg.MaxJobBytes}
	signer := &linkSigner{keys: d.Keys, files: s.cfg.FilesURL, now: d.Now}
	policy := &registrationPolicy{configured: s.cfg.Registration, mail: s.cfg.Mail, store: d.Store}
	(&systemHandlers{accounts: d.Store, auth: r.auth, policy: policy, probes: d.Probes, cfg: s.cfg, passkeys: s.party != nil}).routes(r)
	s.accountOperations(r, policy)
	s.adminOperations(r, policy)
	(&sourceHandlers{sources: sources, usage: d.Store, limits: d.Limiter}).routes(r)
	(&jobHandlers{
		jobs: d.Store, sources: sources, starter: d.Workflows, controller: d.Workflows, limits: d.Limiter,
		background: s.background, uiURL: s.cfg.WorkflowUIURL,
	}).routes(r)
	(&linkHandlers{files: d.Store, jobs: d.Store, signer: signer, limits: d.Limiter}).routes(r)
	(&streamHandlers{hub: s.Hub, events: d.Store, auth: r.auth}).routes(r)
	(&agentHandlers{
		reports: d.Store, secrets: d.Keys, uploads: &uploadService{parts: d.Store, uploads: d.Storage},
		limits: d.Limiter, newID: d.NewID,
	}).routes(r)
}
