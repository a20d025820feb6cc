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

	"longhaul/internal/passkey"
	"longhaul/internal/token"
	"longhaul/models"
)

// Config is what the API needs to know of its deployment.
type Config struct {
	Version          string
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

// Deps are the parts that the API speaks to.
type Deps struct {
	Accounts      Accounts
	Sessions      Sessions
	OneTimes      OneTimes
	Registrations Registrations
	Factors       SecondFactors
	Passkeys      Passkeys
	Tokens        Tokens
	Users         UserAdmin
	Security      SecurityLog
	Trail         Trail
	Bots          BotCheck // nil where robots are not checked
	Passwords     Passwords
	Jobs          Jobs
	Files         Files
	Inspections   Inspections
	Inspector     Inspector
	Starter       Starter
	Controller    Controller
	Events        EventLog
	Hub           *Hub
	Fleet         AgentFleet
	Providers     ProviderRecords
	Provision     ProviderControl
	Credentials   AgentCredentials
	Reports       AgentReports
	Secrets       AgentSecrets
	Parts         Parts
	Uploads       Uploads
	Owners        Owners
	Objects       Objects
	Keys          *token.Keys
	Limiter       Limiter
	Usage         UsageLog
	Plans         Plans
	Meter         *Meter
	Metrics       *Metrics
	Probes        []Probe
	Log           *slog.Logger
	Now           func() time.Time
	NewID         func() uuid.UUID
}

// productName is what authenticators show of where a secret belongs.
const productName = "Longhaul"

// Server serves the app's origin and the files origin.
type Server struct {
	cfg        Config
	deps       Deps
	api        huma.API
	app        *gin.Engine
	delivery   *gin.Engine
	background *background // starts
	records    *background // what the account's handlers record
	refusals   *background // what the watcher records
	watcher    *watcher
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
	s.watcher = newWatcher(deps.Security, s.refusals, deps.Now)
	var err error
	if s.party, err = passkey.New(cfg.BaseURL, productName); err != nil && !errors.Is(err, passkey.ErrUnsuitable) {
		return nil, err
	}
	engine, err := newEngine(cfg.TrustedProxies)
	if err != nil {
		return nil, err
	}
	guard, err := newSiteGuard(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("app origin: %w", err)
	}
	engine.Use(identify(), logRequests(deps.Log, deps.Now), measure(deps.Metrics, deps.Now), s.watcher.watch, rescue(deps.Log),
		secureApp(cfg.BaseURL, cfg.FilesURL, cfg.TurnstileSiteKey != ""), guard.check, limitBody(deps.Now))
	s.app = engine
	s.api = humagin.New(engine, apiConfig())
	s.operations(&router{api: s.api, auth: s.authenticator()})
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the framework's own faults leave as a Problem
	delete(schemas, "ErrorDetail")
	return s, nil
}

// accountOperations adds what belongs to accounts.
func (s *Server) accountOperations(r *router, policy *registrationPolicy) {
	d := s.deps
	(&accountHandlers{
		accounts: d.Accounts, oneTimes: d.OneTimes, registrations: d.Registrations, factors: d.Factors,
		passkeys: d.Passkeys, party: s.party, tokens: d.Tokens, security: d.Security, passwords: d.Passwords, bots: d.Bots, policy: policy, limits: d.Limiter, auth: r.auth,
		keys: d.Keys, background: s.records, issuer: productName, now: d.Now, newID: d.NewID,
	}).routes(r)
	(&tokenHandlers{tokens: d.Tokens, limits: d.Limiter, now: d.Now, newID: d.NewID}).routes(r)
	(&adminUserHandlers{
		users: d.Users, policy: policy, keys: d.Keys, baseURL: s.cfg.BaseURL, now: d.Now, newID: d.NewID,
	}).routes(r)
}

func newEngine(proxies []string) (*gin.Engine, error) {
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	if err := engine.SetTrustedProxies(proxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	return engine, nil
}

func (s *Server) authenticator() *authenticator {
	return &authenticator{
		sessions: s.deps.Sessions, agents: s.deps.Credentials, now: s.deps.Now, requireAdminTOTP: s.cfg.RequireAdminTOTP,
	}
}

func (s *Server) operations(r *router) {
	d := s.deps
	sources := &sourceReader{inspections: d.Inspections, inspector: d.Inspector, maxBytes: s.cfg.MaxJobBytes}
	signer := &linkSigner{keys: d.Keys, files: s.cfg.FilesURL, now: d.Now}
	policy := &registrationPolicy{configured: s.cfg.Registration, mail: s.cfg.Mail, store: d.Registrations}
	(&systemHandlers{accounts: d.Accounts, auth: r.auth, policy: policy, probes: d.Probes, cfg: s.cfg, passkeys: s.party != nil}).routes(r)
	s.accountOperations(r, policy)
	(&sourceHandlers{sources: sources, usage: d.Usage, limits: d.Limiter}).routes(r)
	(&jobHandlers{
		jobs: d.Jobs, sources: sources, starter: d.Starter, controller: d.Controller, limits: d.Limiter,
		background: s.background, uiURL: s.cfg.WorkflowUIURL,
	}).routes(r)
	(&linkHandlers{files: d.Files, jobs: d.Jobs, signer: signer, limits: d.Limiter}).routes(r)
	(&streamHandlers{hub: d.Hub, events: d.Events, auth: r.auth}).routes(r)
	(&adminAgentHandlers{fleet: d.Fleet, baseURL: originOf(s.cfg.BaseURL), now: d.Now}).routes(r)
	(&trailHandlers{trail: d.Trail}).routes(r)
	(&providerHandlers{records: d.Providers, control: d.Provision, now: d.Now}).routes(r)
	(&usageHandlers{usage: d.Usage, now: d.Now}).routes(r)
	(&planHandlers{plans: d.Plans}).routes(r)
	(&agentHandlers{
		reports: d.Reports, secrets: d.Secrets, uploads: &uploadService{parts: d.Parts, uploads: d.Uploads},
		limits: d.Limiter, newID: d.NewID,
	}).routes(r)
}
