package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// Paths outside of the versioned API.
const (
	pathHealth  = "/healthz"
	pathReady   = "/readyz"
	pathOpenAPI = "/openapi.json"
	pathDocs    = "/docs"
	pathPlans   = "/api/v1/plans"
	pathEvents  = "/api/v1/events"
	pathFile    = "/f/:token/:name"
	pathArchive = "/z/:token/:name"
)

// probeBudget is how long a dependency may take to show that it is there.
const probeBudget = 2 * time.Second

// Probe asks one dependency whether it is there.
type Probe struct {
	Name     string
	Critical bool   // without it nothing can be answered; else the service is only degraded
	Off      bool   // the operator configured none, so it is missing on purpose and Check is not asked
	Missing  string // what does not work without it, one sentence for administrators
	Check    func(context.Context) error
}

type systemHandlers struct {
	accounts Accounts
	auth     *authenticator
	policy   *registrationPolicy
	probes   []Probe
	cfg      Config
	passkeys bool        // can be used here
	isSetUp  atomic.Bool // once there is an account there always is one
}

func (h *systemHandlers) routes(r *router) {
	handle(r, accessPublic, huma.Operation{
		OperationID: "get-config", Method: http.MethodGet, Path: "/api/v1/config", Tags: []string{tagSystem},
		Summary: "What a client needs to know of this deployment",
	}, h.config)
	handle(r, accessPublic, huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: pathHealth, Tags: []string{tagSystem},
		Summary: "Whether the process is alive",
	}, h.health)
	handle(r, accessPublic, huma.Operation{
		OperationID: "get-readiness", Method: http.MethodGet, Path: pathReady, Tags: []string{tagSystem},
		Summary:     "Whether requests can be served",
		Description: "503 when a dependency that everything needs is away; degraded when another one is.",
		Responses:   map[string]*huma.Response{"503": {Description: "Not ready; the body is the same"}},
	}, h.ready)
	h.adminRoutes(r)
}

// PublicConfig is what a client needs to know of a deployment.
type PublicConfig struct {
	Version          string       `json:"version"`
	FilesURL         string       `json:"filesUrl" doc:"Origin of download addresses"`
	SetupNeeded      bool         `json:"setupNeeded" doc:"There is no account yet"`
	Limits           Limits       `json:"limits"`
	Registration     registration `json:"registration"`
	TurnstileSiteKey string       `json:"turnstileSiteKey" doc:"Show Cloudflare's Turnstile widget with this key where an operation takes its answer; empty where robots are not checked"`
	Passkeys         bool         `json:"passkeys" doc:"Passkeys can be used here"`
	Mail             bool         `json:"mail" doc:"Mail is sent here: without it there is no password reset and no change of address"`
	PasswordRule     string       `json:"passwordRule" doc:"What a new password has to be, in a sentence"`
	PlansPath        string       `json:"plansPath" doc:"Where the plans are listed"`
	TemporalUIURL    string       `json:"temporalUiUrl" doc:"The workflow engine's web interface; for administrators, else empty"`
}

// Limits are the bounds of a deployment.
type Limits struct {
	MaxJobBytes       int64 `json:"maxJobBytes" doc:"Content of one job; 0 is no limit"`
	MaxRunningJobs    int   `json:"maxRunningJobs" doc:"Jobs of one account at once; more wait"`
	MaxTorrentBytes   int64 `json:"maxTorrentBytes" doc:"A .torrent file"`
	MinPasswordLength int   `json:"minPasswordLength" doc:"Characters"`
}

type configInput struct {
	Cookie        string `header:"Cookie" hidden:"true"`
	Authorization string `header:"Authorization" hidden:"true"`
}

// passwordRule says what the password package checks.
const passwordRule = "Use at least %d characters. A few unrelated words are easy to keep; common words, repetitions and the address are refused."

type configOutput struct{ Body PublicConfig }

func (h *systemHandlers) config(ctx context.Context, in *configInput) (*configOutput, error) {
	if !h.isSetUp.Load() {
		n, err := h.accounts.CountUsers(ctx)
		if err != nil {
			return nil, err
		}
		h.isSetUp.Store(n > 0)
	}
	mode, err := h.policy.mode(ctx)
	if err != nil {
		return nil, err
	}
	out := &configOutput{Body: PublicConfig{
		Version: h.cfg.Version, FilesURL: originOf(h.cfg.FilesURL), SetupNeeded: !h.isSetUp.Load(),
		Registration: registration(mode), TurnstileSiteKey: h.cfg.TurnstileSiteKey, Passkeys: h.passkeys, Mail: h.cfg.Mail,
		PasswordRule: fmt.Sprintf(passwordRule, h.cfg.MinPassword), PlansPath: pathPlans,
		Limits: Limits{
			MaxJobBytes: h.cfg.MaxJobBytes, MaxRunningJobs: h.cfg.MaxRunningJobs,
			MaxTorrentBytes: maxTorrent, MinPasswordLength: h.cfg.MinPassword,
		},
	}}
	info := infoOf(ctx)
	if err := h.auth.signIn(ctx, info, in.Cookie, in.Authorization); err == nil && info.user.Role == models.RoleAdmin {
		out.Body.TemporalUIURL = h.cfg.TemporalUIURL
	}
	return out, nil
}

// Health says that the process is alive.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

type healthOutput struct{ Body Health }

func (h *systemHandlers) health(context.Context, *empty) (*healthOutput, error) {
	return &healthOutput{Body: Health{Status: checkOK}}, nil
}

// The results of readiness.
const (
	checkOK      = "ok"
	checkAway    = "away"
	checkOff     = "off"
	readyFull    = "ready"
	readyPartly  = "degraded"
	readyNothing = "unavailable"
)

// Readiness says which dependencies are there.
type Readiness struct {
	Status string           `json:"status" enum:"ready,degraded,unavailable"`
	Checks []ReadinessCheck `json:"checks" nullable:"false"`
}

// ReadinessCheck is the state of one dependency.
type ReadinessCheck struct {
	Name   string `json:"name"`
	Status string `json:"status" enum:"ok,away,off" doc:"off: the operator did not configure it"`
}

type readyOutput struct {
	Status int
	Body   Readiness
}

func (h *systemHandlers) ready(ctx context.Context, _ *empty) (*readyOutput, error) {
	limited, cancel := context.WithTimeout(ctx, probeBudget)
	defer cancel()
	checks := make([]ReadinessCheck, len(h.probes))
	var wg sync.WaitGroup
	for i, p := range h.probes {
		wg.Go(func() {
			checks[i] = ReadinessCheck{Name: p.Name, Status: checkOK}
			if p.Off {
				checks[i].Status = checkOff
				return
			}
			if err := p.Check(limited); err != nil {
				checks[i].Status = checkAway
			}
		})
	}
	wg.Wait()
	out := &readyOutput{Status: http.StatusOK, Body: Readiness{Status: readyFull, Checks: checks}}
	for i, p := range h.probes {
		if checks[i].Status != checkAway {
			continue
		}
		if p.Critical {
			out.Status, out.Body.Status = http.StatusServiceUnavailable, readyNothing
			break
		}
		out.Body.Status = readyPartly
	}
	return out, nil
}
