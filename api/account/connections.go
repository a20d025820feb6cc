package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// tagConnections groups the operations in the OpenAPI document.
const tagConnections = "connections"

// PathConnectionToken is where an app fetches its token. The app has no
// credential yet, and no cookie counts there.
const PathConnectionToken = "/api/v1/connections/token"

// connectionHandlers let users connect first-party apps to their account: by an
// authorization code with a secret that the app keeps (PKCE, RFC 7636).
type connectionHandlers struct {
	store      connections
	features   features
	limits     kit.Limiter
	extensions []string // ids of the builds of the extension that may connect
	server     *url.URL
	now        func() time.Time
	newID      func() uuid.UUID
}

func (h *connectionHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "review-connection", Method: http.MethodPost, Path: "/api/v1/connections/review", Tags: []string{tagConnections},
		Summary:     "Check what an app asks for",
		Description: "For the page that asks the user. It refuses an unknown app, an address that is not the app's, and scopes that the app can't have.",
	}, h.review)
	kit.Handle(r, huma.Operation{
		OperationID: "approve-connection", Method: http.MethodPost, Path: "/api/v1/connections", Tags: []string{tagConnections},
		Summary: "Connect an app", Description: "The answer's address carries a code that works once, for two minutes, and only with the secret that the app kept.",
	}, h.approve)
	kit.Handle(r, huma.Operation{
		OperationID: "redeem-connection", Method: http.MethodPost, Path: PathConnectionToken, Tags: []string{tagConnections},
		Summary: "Fetch the token of an approved connection", DefaultStatus: http.StatusCreated,
		Description: "With the code from the redirect and the secret. The token is shown only once; logout revokes it.",
	}, h.redeem)
}

// connectionApp is an app on the wire.
type connectionApp models.App

// Schema returns the schema of apps.
func (connectionApp) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "ConnectionApp", "A first-party app", models.AppExtension)
}

// connectionInput is what the app put into the address of the page that asks.
type connectionInput struct {
	Body struct {
		Client        connectionApp `json:"client"`
		Name          string        `json:"name" minLength:"1" maxLength:"100" doc:"The device, in words that its user knows it by"`
		RedirectURI   string        `json:"redirectUri" minLength:"1" maxLength:"200" doc:"Where the browser hands the answer to the app"`
		State         string        `json:"state" minLength:"16" maxLength:"128" pattern:"^[A-Za-z0-9_-]+$" doc:"Random; comes back with the answer"`
		CodeChallenge string        `json:"codeChallenge" minLength:"43" maxLength:"43" pattern:"^[A-Za-z0-9_-]+$" doc:"SHA-256 of the app's secret in base64url"`
		Scopes        []tokenScope  `json:"scopes" nullable:"false" minItems:"1" maxItems:"4"`
	} `nameHint:"ConnectionRequest"`
}

// ConnectionReview is what the user is asked.
type ConnectionReview struct {
	Name      string       `json:"name"`
	Scopes    []tokenScope `json:"scopes" nullable:"false"`
	Server    string       `json:"server" doc:"This server's address"`
	Recipient string       `json:"recipient" doc:"Host that the answer goes to; it stands for the app in this browser"`
	RefuseURL string       `json:"refuseUrl" doc:"Where to send the browser when the user refuses"`
}

type reviewOutput struct{ Body ConnectionReview }

func (h *connectionHandlers) review(_ context.Context, in *connectionInput) (*reviewOutput, error) {
	c, to, err := h.read(in)
	if err != nil {
		return nil, err
	}
	out := &reviewOutput{Body: ConnectionReview{
		Name: c.Name, Scopes: []tokenScope{}, Server: kit.Origin(h.server), Recipient: to.Host,
		RefuseURL: answerAt(to, url.Values{"error": {"access_denied"}, "state": {in.Body.State}}),
	}}
	for _, s := range c.Scopes {
		out.Body.Scopes = append(out.Body.Scopes, tokenScope(s))
	}
	return out, nil
}

type approvedOutput struct {
	Body struct {
		RedirectURL string `json:"redirectUrl" doc:"Where to send the browser"`
	} `nameHint:"ApprovedConnection"`
}

func (h *connectionHandlers) approve(ctx context.Context, in *connectionInput) (*approvedOutput, error) {
	user := kit.Caller(ctx)
	if err := h.limits.Allow(ctx, kit.LimitToken, user.ID.String()); err != nil {
		return nil, err
	}
	if err := h.features.RequireFlag(ctx, models.FlagAPITokens, user.ID); err != nil {
		return nil, err
	}
	c, to, err := h.read(in)
	if err != nil {
		return nil, err
	}
	code, hash, err := token.New()
	if err != nil {
		return nil, err
	}
	c.UserID, c.Hash, c.ExpiresAt = user.ID, hash, h.now().Add(models.ConnectionTime)
	if err := h.store.KeepConnection(ctx, c); err != nil {
		return nil, err
	}
	out := &approvedOutput{}
	out.Body.RedirectURL = answerAt(to, url.Values{"code": {code}, "state": {in.Body.State}})
	return out, nil
}

// read checks what an app asks for.
func (h *connectionHandlers) read(in *connectionInput) (models.Connection, *url.URL, error) {
	c := models.Connection{Client: models.App(in.Body.Client), Name: strings.TrimSpace(in.Body.Name), RedirectURI: in.Body.RedirectURI}
	if c.Name == "" || strings.ContainsFunc(c.Name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return c, nil, models.Errorf(models.CodeInvalid, "The app sent no readable name.").In("name")
	}
	for _, s := range in.Body.Scopes {
		scope := models.Scope(s)
		if !slices.Contains(c.Client.Scopes(), scope) {
			return c, nil, models.Errorf(models.CodeInvalid, "This app can't have the scope %q.", kit.Clip(string(s), 40)).In("scopes")
		}
		if !slices.Contains(c.Scopes, scope) {
			c.Scopes = append(c.Scopes, scope)
		}
	}
	var err error
	if c.Challenge, err = base64.RawURLEncoding.Strict().DecodeString(in.Body.CodeChallenge); err != nil {
		return c, nil, models.Errorf(models.CodeInvalid, "This is not a SHA-256 hash in base64url.").In("codeChallenge")
	}
	to, ok := h.recipient(c.RedirectURI)
	if !ok {
		return c, nil, models.Errorf(models.CodeInvalid, "The answer would go to an address that is not the extension's.").In("redirectUri")
	}
	return c, to, nil
}

// Browsers keep these names to themselves: a visit to one hands the address to
// the extension whose id the name has, and no request leaves.
var identityDomains = []string{".chromiumapp.org", ".extensions.allizom.org"}

// recipient reads an address that hands the answer to an extension we know.
func (h *connectionHandlers) recipient(raw string) (*url.URL, bool) {
	to, err := url.Parse(raw)
	if err != nil {
		return nil, false
	}
	for _, domain := range identityDomains {
		id, ok := strings.CutSuffix(to.Host, domain)
		// Written out again, it has no user, port, query or fragment.
		if ok && slices.Contains(h.extensions, id) && raw == "https://"+id+domain+"/" {
			return to, true
		}
	}
	return nil, false
}

func answerAt(to *url.URL, values url.Values) string {
	out := *to
	out.RawQuery = values.Encode()
	return out.String()
}

type redeemInput struct {
	Body struct {
		Code         string `json:"code" minLength:"1" maxLength:"128" doc:"From the redirect"`
		CodeVerifier string `json:"codeVerifier" minLength:"43" maxLength:"128" pattern:"^[A-Za-z0-9._~-]+$" doc:"The app's secret"`
		RedirectURI  string `json:"redirectUri" minLength:"1" maxLength:"200" doc:"The same as before"`
	} `nameHint:"RedeemConnection"`
}

func (h *connectionHandlers) redeem(ctx context.Context, in *redeemInput) (*madeTokenOutput, error) {
	info := kit.InfoOf(ctx)
	if err := h.limits.Allow(ctx, kit.LimitVerify, info.IP); err != nil {
		return nil, err
	}
	t, value, err := newToken(h.newID(), h.now())
	if err != nil {
		return nil, err
	}
	t.ExpiresAt = t.CreatedAt.AddDate(0, 0, maxTokenDays)
	challenge := sha256.Sum256([]byte(in.Body.CodeVerifier))
	t, err = h.store.UseConnection(ctx, token.Hash(in.Body.Code), in.Body.RedirectURI, challenge[:], t, info.Client)
	if err != nil {
		return nil, err
	}
	out := &madeTokenOutput{}
	out.Body.Token, out.Body.Info = value, tokenInfoOf(t)
	return out, nil
}
