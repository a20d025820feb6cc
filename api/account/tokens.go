package account

import (
	"context"
	"net/http"
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

// hintSize is how many characters of a token stay readable.
const hintSize = len(kit.TokenPrefix) + 4

// How many days an API token lives.
const maxTokenDays, defaultTokenDays = 366, 90

type tokenHandlers struct {
	store    tokens
	features features
	limits   kit.Limiter
	now      func() time.Time
	newID    func() uuid.UUID
}

func (h *tokenHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/api/v1/auth/tokens", Tags: []string{tagAuth},
		Summary: "List the account's API tokens",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "make-token", Method: http.MethodPost, Path: "/api/v1/auth/tokens", Tags: []string{tagAuth},
		Summary:     "Create an API token",
		Description: "For programs that act for the account: the command line, the browser extension. The token is shown only once.", DefaultStatus: http.StatusCreated,
	}, h.make)
	kit.Handle(r, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/api/v1/auth/tokens/{id}", Tags: []string{tagAuth},
		Summary: "Revoke an API token", Description: "Whatever uses it, such as an event stream, ends too.", DefaultStatus: http.StatusNoContent,
	}, h.revoke)
}

// tokenScope is a scope on the wire.
type tokenScope models.Scope

// Schema returns the schema of scopes.
func (tokenScope) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "TokenScope", "What an API token may do", models.Scopes()...)
}

// TokenInfo is an API token without its secret.
type TokenInfo struct {
	ID         uuid.UUID    `json:"id" format:"uuid"`
	Name       string       `json:"name"`
	Hint       string       `json:"hint" doc:"Its first characters"`
	Scopes     []tokenScope `json:"scopes" nullable:"false"`
	Device     bool         `json:"device" doc:"A connected app holds it, such as the browser extension"`
	CreatedAt  time.Time    `json:"createdAt"`
	ExpiresAt  time.Time    `json:"expiresAt"`
	LastUsedAt *time.Time   `json:"lastUsedAt"`
	LastUsedIP string       `json:"lastUsedIp" doc:"Empty if it was never used"`
}

func tokenInfoOf(t models.APIToken) TokenInfo {
	out := TokenInfo{
		ID: t.ID, Name: t.Name, Hint: t.Hint, Scopes: []tokenScope{}, Device: t.Client != "", CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
		LastUsedAt: t.LastUsedAt, LastUsedIP: t.LastUsedIP,
	}
	for _, s := range t.Scopes {
		out.Scopes = append(out.Scopes, tokenScope(s))
	}
	return out
}

type tokensOutput struct {
	Body struct {
		Tokens []TokenInfo `json:"tokens" nullable:"false"`
	} `nameHint:"TokenList"`
}

func (h *tokenHandlers) list(ctx context.Context, _ *kit.Empty) (*tokensOutput, error) {
	list, err := h.store.APITokens(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &tokensOutput{}
	out.Body.Tokens = make([]TokenInfo, 0, len(list))
	for _, t := range list {
		out.Body.Tokens = append(out.Body.Tokens, tokenInfoOf(t))
	}
	return out, nil
}

type makeTokenInput struct {
	Body struct {
		Name          string       `json:"name" minLength:"1" maxLength:"100" doc:"What it is for"`
		Scopes        []tokenScope `json:"scopes" nullable:"false" minItems:"1" maxItems:"4"`
		ExpiresInDays int          `json:"expiresInDays,omitempty" minimum:"1" maximum:"366" default:"90"`
	} `nameHint:"MakeToken"`
}

type madeTokenOutput struct {
	Body struct {
		Token string    `json:"token" doc:"Shown only once"`
		Info  TokenInfo `json:"info"`
	} `nameHint:"MadeToken"`
}

func (h *tokenHandlers) make(ctx context.Context, in *makeTokenInput) (*madeTokenOutput, error) {
	user := kit.Caller(ctx)
	if err := h.limits.Allow(ctx, kit.LimitToken, user.ID.String()); err != nil {
		return nil, err
	}
	if err := h.features.RequireFlag(ctx, models.FlagAPITokens, user.ID); err != nil {
		return nil, err
	}
	t, value, err := newToken(h.newID(), h.now())
	if err != nil {
		return nil, err
	}
	t.UserID, t.Name = user.ID, strings.TrimSpace(in.Body.Name)
	if t.Name == "" || strings.ContainsFunc(t.Name, unicode.IsControl) {
		return nil, models.Errorf(models.CodeInvalid, "Give the token a name.").In("name")
	}
	if t.Scopes, err = scopesOf(in.Body.Scopes, user.Role); err != nil {
		return nil, err
	}
	days := in.Body.ExpiresInDays
	if days == 0 {
		days = defaultTokenDays
	}
	t.ExpiresAt = t.CreatedAt.AddDate(0, 0, min(days, maxTokenDays))
	if err := h.store.CreateAPIToken(ctx, t, kit.InfoOf(ctx).Client); err != nil {
		return nil, err
	}
	out := &madeTokenOutput{}
	out.Body.Token, out.Body.Info = value, tokenInfoOf(t)
	return out, nil
}

// newToken returns a token without an owner, and its value.
func newToken(id uuid.UUID, now time.Time) (t models.APIToken, value string, err error) {
	random, _, err := token.New()
	if err != nil {
		return t, "", err
	}
	value = kit.TokenPrefix + random
	return models.APIToken{ID: id, Hash: token.Hash(value), Hint: value[:hintSize], CreatedAt: now}, value, nil
}

// scopesOf reads the scopes that an account of the role wants for a token, each
// once.
func scopesOf(wanted []tokenScope, role models.Role) ([]models.Scope, error) {
	var out []models.Scope
	for _, s := range wanted {
		scope := models.Scope(s)
		if !slices.Contains(models.Scopes(), scope) {
			return nil, models.Errorf(models.CodeInvalid, "No such scope: %q.", kit.Clip(string(s), 40)).In("scopes")
		}
		if scope == models.ScopeAdmin && role != models.RoleAdmin {
			return nil, models.Errorf(models.CodeForbidden, "Only administrators can create tokens with this scope.").In("scopes")
		}
		if !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out, nil
}

type tokenInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *tokenHandlers) revoke(ctx context.Context, in *tokenInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.DeleteAPIToken(ctx, kit.Caller(ctx).ID, in.ID)
}
