package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/internal/token"
	"longhaul/models"
)

// cookieName is the session cookie. The prefix makes browsers insist on
// Secure, Path=/ and no Domain.
const cookieName = "__Host-sid"

// tokenPrefix starts every API token, so that people and secret scanners know
// one when they see it.
const tokenPrefix = "lh_"

// maxCredential bounds what is hashed to look a caller up.
const maxCredential = 256

// reauthTime is how long a given password or code stands for the acts that
// need one.
const reauthTime = 10 * time.Minute

// Sessions finds out who calls. Each records the use of the credential from
// the client address, unless that is empty.
type Sessions interface {
	SessionByHash(ctx context.Context, hash []byte, ip string) (models.Session, models.User, error)
	APITokenByHash(ctx context.Context, hash []byte, ip string) (models.APIToken, models.User, error)
}

// AgentCredentials finds out which agent calls.
type AgentCredentials interface {
	AgentByCredential(ctx context.Context, hash []byte) (models.Agent, error)
}

// authenticator decides who calls and whether the operation is theirs to use.
// Identity comes from the credential alone, never from the request's content.
// Roles and scopes are looked at here and nowhere else.
type authenticator struct {
	sessions         Sessions
	agents           AgentCredentials
	now              func() time.Time
	requireAdminTOTP bool // administrators have to have a second factor
}

// middleware guards an operation.
func (a *authenticator) middleware(who access) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if err := a.admit(hc, who); err != nil {
			ctx := hc.Context()
			infoOf(ctx).err = err
			c := ginOf(hc)
			if models.CodeOf(err) == models.CodeUnauthorized {
				c.Header("WWW-Authenticate", challenge(who, hc.Header("Authorization") != ""))
			}
			writeProblem(c, problemOf(ctx, err))
			return
		}
		next(hc)
	}
}

func challenge(who access, bearer bool) string {
	switch {
	case who == accessAgent:
		return `Bearer realm="longhaul-agent"`
	case bearer:
		return `Bearer realm="longhaul"`
	default:
		return `Session realm="longhaul"`
	}
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
	default:
		if err := a.signIn(ctx, info, hc.Header("Cookie"), hc.Header("Authorization")); err != nil {
			return err
		}
		return a.permit(info, who)
	}
}

// permit decides whether the signed-in caller may use an operation.
func (a *authenticator) permit(info *requestInfo, who access) error {
	if (who == accessAdmin || who == accessAdminSure) && info.user.Role != models.RoleAdmin {
		return models.Errorf(models.CodeForbidden, "Only administrators may do this.")
	}
	if info.token != nil {
		scope, ok := who.scope()
		if !ok {
			return models.Fault(models.ProblemScopeMissing, "This cannot be done by an API token. Please sign in.")
		}
		if scope != "" && !slices.Contains(info.token.Scopes, scope) {
			return models.Fault(models.ProblemScopeMissing, "The API token lacks the scope %s.", scope)
		}
	}
	if who != accessAccount && who != accessEnrol && a.mustEnrol(*info.user) {
		return models.Fault(models.ProblemSecondFactorNeeded, "Administrators need two-factor sign-in or a passkey here. Please set one up first.")
	}
	if who == accessConfirmed || who == accessAdminSure {
		return a.confirmed(info)
	}
	return nil
}

// mustEnrol reports whether the account may do nothing before it has a second
// factor.
func (a *authenticator) mustEnrol(u models.User) bool {
	return a.requireAdminTOTP && u.Role == models.RoleAdmin && !u.SecondFactor()
}

// confirmed refuses a session whose user has not proved who they are for a
// while: a browser left open must not be enough to take the account over.
func (a *authenticator) confirmed(info *requestInfo) error {
	if info.session == nil || a.now().Sub(info.session.AuthenticatedAt) > reauthTime {
		return models.Fault(models.ProblemReauthenticate, "Please confirm that it is you: enter your password or a code, or use a passkey.")
	}
	return nil
}

// errAmbiguous refuses a request that says twice who sends it.
func errAmbiguous() error {
	return httpProblem(http.StatusBadRequest, codeAmbiguous, "Two credentials",
		"Send a session cookie or an API token, not both.")
}

// signIn finds the account behind the session cookie or the API token.
func (a *authenticator) signIn(ctx context.Context, info *requestInfo, cookieHeader, authorization string) error {
	cookie := sessionCookie(cookieHeader)
	if authorization != "" {
		if cookie != "" {
			return errAmbiguous()
		}
		return a.tokenSignIn(ctx, info, authorization)
	}
	if cookie == "" || len(cookie) > maxCredential {
		return errSignedOut()
	}
	session, user, err := a.sessions.SessionByHash(ctx, token.Hash(cookie), info.ip)
	if err != nil {
		return orSignedOut(err)
	}
	info.user, info.session = &user, &session
	return nil
}

func (a *authenticator) tokenSignIn(ctx context.Context, info *requestInfo, authorization string) error {
	value := bearer(authorization)
	if !strings.HasPrefix(value, tokenPrefix) {
		return errSignedOut()
	}
	t, user, err := a.sessions.APITokenByHash(ctx, token.Hash(value), info.ip)
	if err != nil {
		return orSignedOut(err)
	}
	info.user, info.token = &user, &t
	return nil
}

// stillGood reports whether the credential of a running stream is good yet.
// What cannot be found out counts as good: the database is away, and streams
// end for other reasons then.
func (a *authenticator) stillGood(ctx context.Context, info *requestInfo) bool {
	var err error
	if info.token != nil {
		_, _, err = a.sessions.APITokenByHash(ctx, info.token.Hash, "")
	} else if info.session != nil {
		_, _, err = a.sessions.SessionByHash(ctx, info.session.IDHash, "")
	}
	return err == nil || models.CodeOf(err) != models.CodeNotFound
}

func orSignedOut(err error) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return errSignedOut()
	}
	return err
}

func errSignedOut() error {
	return models.Errorf(models.CodeUnauthorized, "Please sign in.")
}

// bearer returns the value of a bearer credential, "" for anything else.
func bearer(authorization string) string {
	scheme, value, ok := strings.Cut(authorization, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || len(value) > maxCredential {
		return ""
	}
	return value
}

func (a *authenticator) agentOf(ctx context.Context, header string) (models.Agent, error) {
	value := bearer(header)
	refused := models.Errorf(models.CodeUnauthorized, "The agent's credential is not known.")
	if value == "" {
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

func sessionCookie(header string) string { return cookieValue(header, cookieName) }

func cookieValue(header, name string) string {
	if header == "" {
		return ""
	}
	cookies, err := http.ParseCookie(header)
	if err != nil {
		return ""
	}
	for _, c := range cookies {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// actorOf returns the caller as the audit log names them.
func actorOf(ctx context.Context) models.Actor {
	u := caller(ctx)
	kind := models.ActorUser
	if u.Role == models.RoleAdmin {
		kind = models.ActorAdmin
	}
	return models.Actor{Kind: kind, ID: &u.ID, IP: infoOf(ctx).ip}
}
