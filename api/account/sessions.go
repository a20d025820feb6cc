package account

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// sessionHandlers show and end sessions.
type sessionHandlers struct {
	store  sessions
	tokens tokens
}

func (h *sessionHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/auth/sessions", Tags: []string{tagAuth},
		Summary: "List the account's sessions",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/api/v1/auth/sessions/{id}", Tags: []string{tagAuth},
		Summary: "End a session", Description: "The id \"others\" ends all but the current one. Whatever runs in a session, such as an event stream, ends with it.",
		DefaultStatus: http.StatusNoContent,
	}, h.end)
	kit.Handle(r, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/api/v1/auth/logout", Tags: []string{tagAuth},
		Summary: "Sign out", Description: "Ends the session or revokes the API token that sent the request.",
		DefaultStatus: http.StatusNoContent,
	}, h.logout)
}

// SessionInfo is one sign-in of the account.
type SessionInfo struct {
	ID         string    `json:"id"`
	Current    bool      `json:"current" doc:"This request's session"`
	IP         string    `json:"ip" doc:"Address of its last use"`
	UserAgent  string    `json:"userAgent"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
}

// sessionID is the public id of a session: its hash, which can't be turned back
// into the cookie.
func sessionID(hash []byte) string { return base64.RawURLEncoding.EncodeToString(hash) }

type sessionsOutput struct {
	Body struct {
		Sessions []SessionInfo `json:"sessions" nullable:"false"`
	} `nameHint:"SessionList"`
}

func (h *sessionHandlers) list(ctx context.Context, _ *kit.Empty) (*sessionsOutput, error) {
	list, err := h.store.Sessions(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Sessions = make([]SessionInfo, 0, len(list))
	for _, s := range list {
		out.Body.Sessions = append(out.Body.Sessions, SessionInfo{
			ID: sessionID(s.IDHash), Current: bytes.Equal(s.IDHash, kit.InfoOf(ctx).Session.IDHash), IP: s.IP, UserAgent: s.UserAgent,
			CreatedAt: s.CreatedAt, LastSeenAt: s.LastSeenAt, ExpiresAt: s.ExpiresAt,
		})
	}
	return out, nil
}

// otherSessions stands for all sessions but the caller's.
const otherSessions = "others"

type sessionInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *sessionHandlers) end(ctx context.Context, in *sessionInput) (*kit.Empty, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if in.ID == otherSessions {
		return &kit.Empty{}, h.store.DeleteOtherSessions(ctx, user.ID, info.Session.IDHash)
	}
	hash, err := base64.RawURLEncoding.DecodeString(in.ID)
	if err != nil {
		return nil, models.Errorf(models.CodeNotFound, "No such session.")
	}
	return &kit.Empty{}, h.store.DeleteSession(ctx, user.ID, hash)
}

// clearAll makes the browser delete what it stored for the app.
const clearAll = `"cache", "cookies", "storage"`

type logoutOutput struct {
	SetCookie     string `header:"Set-Cookie" hidden:"true"`
	ClearSiteData string `header:"Clear-Site-Data" hidden:"true"`
}

func (h *sessionHandlers) logout(ctx context.Context, _ *kit.Empty) (*logoutOutput, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if info.Token != nil {
		return &logoutOutput{}, orGone(h.tokens.DeleteAPIToken(ctx, user.ID, info.Token.ID))
	}
	cookie := clearSession()
	return &logoutOutput{SetCookie: cookie.String(), ClearSiteData: clearAll},
		orGone(h.store.DeleteSession(ctx, user.ID, info.Session.IDHash))
}

// orGone ignores that what should be removed is already gone.
func orGone(err error) error {
	if err != nil && models.CodeOf(err) == models.CodeNotFound {
		return nil
	}
	return err
}
