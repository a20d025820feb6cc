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

func (h *accountHandlers) sessionRoutes(r *kit.Router) {
	kit.Handle(r, kit.AccessUser, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/auth/sessions", Tags: []string{tagAuth},
		Summary: "List where the account is signed in",
	}, h.listSessions)
	kit.Handle(r, kit.AccessUser, huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/api/v1/auth/sessions/{id}", Tags: []string{tagAuth},
		Summary: "End a session", Description: "The id \"others\" ends all but the present one. What runs in a session, such as an event stream, ends with it.",
		DefaultStatus: http.StatusNoContent,
	}, h.endSession)
}

// SessionInfo is one sign-in of the account.
type SessionInfo struct {
	ID         string    `json:"id"`
	Current    bool      `json:"current" doc:"The session of this request"`
	IP         string    `json:"ip" doc:"Where it was used last"`
	UserAgent  string    `json:"userAgent"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
}

type sessionsOutput struct {
	Body struct {
		Sessions []SessionInfo `json:"sessions" nullable:"false"`
	} `nameHint:"SessionList"`
}

func (h *accountHandlers) listSessions(ctx context.Context, _ *kit.Empty) (*sessionsOutput, error) {
	list, err := h.accounts.Sessions(ctx, kit.Caller(ctx).ID)
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

func (h *accountHandlers) endSession(ctx context.Context, in *sessionInput) (*kit.Empty, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if in.ID == otherSessions {
		return &kit.Empty{}, h.accounts.DeleteOtherSessions(ctx, user.ID, info.Session.IDHash)
	}
	hash, err := base64.RawURLEncoding.DecodeString(in.ID)
	if err != nil {
		return nil, models.Errorf(models.CodeNotFound, "There is no such session.")
	}
	return &kit.Empty{}, h.accounts.DeleteSession(ctx, user.ID, hash)
}

// setSession returns the cookie that carries a new session.
func setSession(value string, expires time.Time) http.Cookie {
	return http.Cookie{
		Name: kit.CookieName, Value: value, Path: "/", Expires: expires,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// clearSession returns the cookie that ends a session in the browser.
func clearSession() http.Cookie {
	return http.Cookie{
		Name: kit.CookieName, Path: "/", MaxAge: -1,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// sessionID is the public name of a session: its hash, which
// cannot be turned back into the cookie.
func sessionID(hash []byte) string { return base64.RawURLEncoding.EncodeToString(hash) }
