package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/internal/token"
	"longhaul/models"
)

// cookieName is the session cookie. The prefix makes browsers insist on
// Secure, Path=/ and no Domain.
const cookieName = "__Host-sid"

// maxCredential bounds what is hashed to look a caller up.
const maxCredential = 256

// Sessions finds out who calls.
type Sessions interface {
	SessionByHash(ctx context.Context, hash []byte) (models.Session, models.User, error)
}

// AgentCredentials finds out which agent calls.
type AgentCredentials interface {
	AgentByCredential(ctx context.Context, hash []byte) (models.Agent, error)
}

// authenticator decides who calls and whether the operation is theirs to use.
// Identity comes from the credential alone, never from the request's content.
type authenticator struct {
	sessions Sessions
	agents   AgentCredentials
}

// middleware guards an operation.
func (a *authenticator) middleware(who access) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if err := a.admit(hc, who); err != nil {
			ctx := hc.Context()
			infoOf(ctx).err = err
			c := ginOf(hc)
			if models.CodeOf(err) == models.CodeUnauthorized {
				c.Header("WWW-Authenticate", challenge(who))
			}
			writeProblem(c, problemOf(ctx, err))
			return
		}
		next(hc)
	}
}

func challenge(who access) string {
	if who == accessAgent {
		return `Bearer realm="longhaul-agent"`
	}
	return `Session realm="longhaul"`
}

func (a *authenticator) admit(hc huma.Context, who access) error {
	ctx := hc.Context()
	info := infoOf(ctx)
	switch who {
	case accessPublic:
		return nil
	case accessAgent:
		agent, err := a.agentOf(ctx, hc.Header("Authorization"))
		if err != nil {
			return err
		}
		info.agent = &agent
		return nil
	case accessUser, accessAdmin:
		if err := a.signIn(ctx, info, hc.Header("Cookie")); err != nil {
			return err
		}
		if who == accessAdmin && info.user.Role != models.RoleAdmin {
			return models.Errorf(models.CodeForbidden, "Only administrators may do this.")
		}
		return nil
	default:
		return models.Errorf(models.CodeForbidden, "Nobody may do this.")
	}
}

// signIn finds the account behind the session cookie.
func (a *authenticator) signIn(ctx context.Context, info *requestInfo, cookieHeader string) error {
	value := sessionCookie(cookieHeader)
	if value == "" || len(value) > maxCredential {
		return errSignedOut()
	}
	hash := token.Hash(value)
	_, user, err := a.sessions.SessionByHash(ctx, hash)
	if err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return errSignedOut()
		}
		return err
	}
	if user.DisabledAt != nil {
		return errSignedOut()
	}
	info.user, info.session = &user, hash
	return nil
}

func errSignedOut() error {
	return models.Errorf(models.CodeUnauthorized, "Please sign in.")
}

func (a *authenticator) agentOf(ctx context.Context, header string) (models.Agent, error) {
	scheme, value, ok := strings.Cut(header, " ")
	refused := models.Errorf(models.CodeUnauthorized, "The agent's credential is not known.")
	if !ok || !strings.EqualFold(scheme, "Bearer") || value == "" || len(value) > maxCredential {
		return models.Agent{}, refused
	}
	agent, err := a.agents.AgentByCredential(ctx, token.Hash(value))
	if err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return models.Agent{}, refused.Because(err)
		}
		return models.Agent{}, err
	}
	return agent, nil
}

// caller returns the signed-in user of an operation that asked for one.
func caller(ctx context.Context) models.User {
	if u := infoOf(ctx).user; u != nil {
		return *u
	}
	return models.User{}
}

// callingAgent returns the agent of an operation that asked for one.
func callingAgent(ctx context.Context) models.Agent {
	if a := infoOf(ctx).agent; a != nil {
		return *a
	}
	return models.Agent{}
}

func sessionCookie(header string) string {
	if header == "" {
		return ""
	}
	cookies, err := http.ParseCookie(header)
	if err != nil {
		return ""
	}
	for _, c := range cookies {
		if c.Name == cookieName {
			return c.Value
		}
	}
	return ""
}

// setSession returns the cookie that carries a new session.
func setSession(value string, expires time.Time) http.Cookie {
	return http.Cookie{
		Name: cookieName, Value: value, Path: "/", Expires: expires,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// clearSession returns the cookie that ends a session in the browser.
func clearSession() http.Cookie {
	return http.Cookie{
		Name: cookieName, Path: "/", MaxAge: -1,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// sessionID is the public name of a session: the start of its hash, which
// cannot be turned back into the cookie.
func sessionID(hash []byte) string { return base64.RawURLEncoding.EncodeToString(hash) }
