// Package system tells anyone about the deployment: what a client has to know
// before it signs in, and whether the process is alive and ready.
//
// It tells nothing of accounts, jobs or files.
package system

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// Paths that whatever watches the process asks for.
const (
	PathHealth = "/healthz"
	PathReady  = "/readyz"
)

// Store is what the system's operations ask of the records.
type Store interface {
	CountUsers(ctx context.Context) (int64, error)
	// ShownAnnouncement returns the announcement that is shown now, or nil.
	ShownAnnouncement(ctx context.Context, publicOnly bool) (*models.Announcement, error)
}

// Deps are what is known of the deployment.
type Deps struct {
	Store            Store
	Probes           kit.Probes
	Registration     func(context.Context) (models.Registration, error) // what is in force
	Version          string
	Commit           string
	FilesURL         *url.URL
	PlansPath        string
	TurnstileSiteKey string // empty where robots are not checked
	TemporalUIURL    string // for administrators; empty for none
	Limits           Limits
	Passkeys         func(context.Context) (bool, error) // whether someone can use them here
	Mail             bool                                // can be sent
	SampleURL        string                              // magnet link or address of a download to try; empty for none
	ChromeStore      string                              // address of the browser extension in the Chrome Web Store; empty for none
	FirefoxStore     string                              // the same on addons.mozilla.org
	Legal            Legal                               // nil for no legal pages
}

// Register adds the operations that tell of the deployment.
func Register(r *kit.Router, d Deps) {
	if d.Legal == nil {
		d.Legal = noLegal{}
	}
	h := &systemHandlers{Deps: d, auth: r.Auth}
	h.routes(r)
	h.legalRoutes(r)
}

type systemHandlers struct {
	Deps
	auth    *kit.Authenticator
	isSetUp atomic.Bool // once there is an account there always is one
}

func (h *systemHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-config", Method: http.MethodGet, Path: "/api/v1/config", Tags: []string{tagSystem},
		Summary: "Get the public configuration",
	}, h.config)
	kit.Handle(r, huma.Operation{
		OperationID: "get-announcement", Method: http.MethodGet, Path: "/api/v1/announcement", Tags: []string{tagSystem},
		Summary: "Get the announcement", Description: "What the operator tells everyone, in plain text. Without a sign-in, only one that is marked so.",
	}, h.announcement)
	kit.Handle(r, huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: PathHealth, Tags: []string{tagSystem},
		Summary: "Check that the process is alive",
	}, h.health)
	kit.Handle(r, huma.Operation{
		OperationID: "get-readiness", Method: http.MethodGet, Path: PathReady, Tags: []string{tagSystem},
		Summary:     "Check that requests can be served",
		Description: "503 if a dependency that everything needs is unavailable; degraded if another one is.",
		Responses:   map[string]*huma.Response{"503": {Description: "Not ready; the body is the same"}},
	}, h.ready)
}

// tagSystem groups the operations in the OpenAPI document.
const tagSystem = "system"

// PublicConfig is what a client needs to know of a deployment.
type PublicConfig struct {
	Version          string           `json:"version"`
	Commit           string           `json:"commit" doc:"The commit it was built from"`
	FilesURL         string           `json:"filesUrl" doc:"Origin of download links"`
	SetupNeeded      bool             `json:"setupNeeded" doc:"There is no account yet"`
	Limits           Limits           `json:"limits"`
	Registration     kit.Registration `json:"registration"`
	TurnstileSiteKey string           `json:"turnstileSiteKey" doc:"Show Cloudflare's Turnstile widget with this key where an operation takes its answer; empty if bots are not checked"`
	Passkeys         bool             `json:"passkeys" doc:"Passkeys work on this installation"`
	Mail             bool             `json:"mail" doc:"Mail is configured; without it, passwords can't be reset and addresses can't be changed"`
	PasswordRule     string           `json:"passwordRule" doc:"The rules for a new password, in a sentence"`
	SampleURL        string           `json:"sampleUrl" doc:"Magnet link or address of a harmless download to try; empty for none"`
	ChromeStore      string           `json:"extensionChromeUrl" doc:"The browser extension's page in the Chrome Web Store; empty for none"`
	FirefoxStore     string           `json:"extensionFirefoxUrl" doc:"The browser extension's page on addons.mozilla.org; empty for none"`
	PlansPath        string           `json:"plansPath" doc:"Where the plans are listed"`
	TemporalUIURL    string           `json:"temporalUiUrl" doc:"The workflow engine's console; empty for non-administrators"`
}

// Limits are the bounds of a deployment.
type Limits struct {
	MaxJobBytes       int64 `json:"maxJobBytes" doc:"Bytes of one job; 0 means no limit"`
	MaxRunningJobs    int   `json:"maxRunningJobs" doc:"Jobs of one account at once; the rest wait"`
	MaxTorrentBytes   int64 `json:"maxTorrentBytes" doc:"Bytes of a .torrent file"`
	MinPasswordLength int   `json:"minPasswordLength" doc:"Characters"`
	MaxShareDays      int   `json:"maxShareDays" doc:"Days that a share lasts at most; 0 lets it last until it is revoked"`
	TrashSeconds      int64 `json:"trashSeconds" doc:"How long what is deleted can be restored; 0 means that it goes for good"`
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
		n, err := h.Store.CountUsers(ctx)
		if err != nil {
			return nil, err
		}
		h.isSetUp.Store(n > 0)
	}
	mode, err := h.Registration(ctx)
	if err != nil {
		return nil, err
	}
	passkeys, err := h.Passkeys(ctx)
	if err != nil {
		return nil, err
	}
	out := &configOutput{Body: PublicConfig{
		Version: h.Version, Commit: h.Commit, FilesURL: kit.Origin(h.FilesURL), SetupNeeded: !h.isSetUp.Load(),
		Registration: kit.Registration(mode), TurnstileSiteKey: h.TurnstileSiteKey, Passkeys: passkeys, Mail: h.Mail,
		PasswordRule: fmt.Sprintf(passwordRule, h.Limits.MinPasswordLength), PlansPath: h.PlansPath,
		Limits: h.Limits, SampleURL: h.SampleURL, ChromeStore: h.ChromeStore, FirefoxStore: h.FirefoxStore,
	}}
	info := kit.InfoOf(ctx)
	if err := h.auth.SignIn(ctx, info, in.Cookie, in.Authorization); err == nil && info.User.Role == models.RoleAdmin {
		out.Body.TemporalUIURL = h.TemporalUIURL
	}
	return out, nil
}

// Health says that the process is alive.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

type healthOutput struct{ Body Health }

func (h *systemHandlers) health(context.Context, *kit.Empty) (*healthOutput, error) {
	return &healthOutput{Body: Health{Status: kit.CheckOK}}, nil
}

type readyOutput struct {
	Status int
	Body   kit.Readiness
}

func (h *systemHandlers) ready(ctx context.Context, _ *kit.Empty) (*readyOutput, error) {
	out := &readyOutput{Status: http.StatusOK, Body: h.Probes.Ask(ctx)}
	if out.Body.Status == kit.ReadyNothing {
		out.Status = http.StatusServiceUnavailable
	}
	return out, nil
}
