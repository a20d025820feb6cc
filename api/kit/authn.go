package kit

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/models"
)

// CookieName is the session cookie. The prefix makes browsers insist on
// Secure, Path=/ and no Domain.
const CookieName = "__Host-sid"

// TokenPrefix starts every API token, so that people and secret scanners know
// one when they see it.
const TokenPrefix = "lh_"

// MaxCredential bounds what is hashed to look a caller up.
const MaxCredential = 256

// reauthTime is how long a given password or code stands for the acts that
// need one.
const reauthTime = 10 * time.Minute

// Store is what the kit asks of the records.
type Store interface {
	// SessionByHash and APITokenByHash find out who calls. Each records the use
	// of the credential from the client address, unless that is empty.
	SessionByHash(ctx context.Context, hash []byte, ip string) (models.Session, models.User, error)
	APITokenByHash(ctx context.Context, hash []byte, ip string) (models.APIToken, models.User, error)
	// AgentByCredential finds out which agent calls.
	AgentByCredential(ctx context.Context, hash []byte) (models.Agent, error)
	Flags
	// RecordSecurity keeps an event that whoever watches for attacks wants to see.
	RecordSecurity(ctx context.Context, e models.SecurityEvent) error
}

// Flags tells which features are on for an account.
type Flags interface {
	// RequireFlag returns feature_off if the feature is off for the account.
	RequireFlag(ctx context.Context, flag models.Flag, userID uuid.UUID) error
}

// Authenticator decides who calls and whether the operation is theirs to use.
// Identity comes from the credential alone, never from the request's content.
// Roles and scopes are looked at here and nowhere else.
type Authenticator struct {
	Store            Store
	Now              func() time.Time
	RequireAdminTOTP bool // administrators have to have a second factor
}

// middleware guards an operation.
func (a *Authenticator) middleware(who Access) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if err := a.admit(hc, who); err != nil {
			ctx := hc.Context()
			InfoOf(ctx).Err = err
			c := GinOf(hc)
			if models.CodeOf(err) == models.CodeUnauthorized {
				c.Header("WWW-Authenticate", challenge(who, hc.Header("Authorization") != ""))
			}
			writeProblem(c, problemOf(ctx, err))
			return
		}
		next(hc)
	}
}

func challenge(who Access, bearer bool) string {
	switch {
	case who == AccessAgent:
		return `Bearer realm="longhaul-agent"`
	case bearer:
		return `Bearer realm="longhaul"`
	default:
		return `Session realm="longhaul"`
	}
}

func (a *Authenticator) admit(hc huma.Context, who Access) error {
	ctx := hc.Context()
	info := InfoOf(ctx)
	switch who {
	case AccessPublic:
		return nil
	case AccessAgent:
		agent, err := a.agentOf(ctx, hc.Header("Authorization"))
		if err != nil {
			return err
		}
		info.agent = &agent
		return nil
	default:
		if err := a.SignIn(ctx, info, hc.Header("Cookie"), hc.Header("Authorization")); err != nil {
			return err
		}
		return a.permit(info, who)
	}
}

// permit decides whether the signed-in caller may use an operation.
func (a *Authenticator) permit(info *Info, who Access) error {
	if (who == AccessAdmin || who == AccessAdminSure) && info.User.Role != models.RoleAdmin {
		return models.Errorf(models.CodeForbidden, "Only administrators can do this.")
	}
	if info.Token != nil {
		scope, ok := who.scope()
		switch {
		case who.confirmed():
			return models.Fault(models.ProblemScopeMissing,
				"An API token can't do this, whatever its scopes. Sign in to the web app and do it there; it asks for your password, a code or a passkey.")
		case !ok:
			return models.Fault(models.ProblemScopeMissing, "An API token can't do this. Please sign in.")
		}
		if scope != "" && !slices.Contains(info.Token.Scopes, scope) {
			return models.Fault(models.ProblemScopeMissing, "The API token lacks the scope %s.", scope)
		}
	}
	if !who.enrols() && a.MustEnrol(*info.User) {
		return models.Fault(models.ProblemSecondFactorNeeded, "Administrators need two-factor sign-in or a passkey. Please set one up first.")
	}
	if who.confirmed() {
		return a.confirmed(info)
	}
	return nil
}

// MustEnrol reports whether the account may do nothing before it has a second
// factor.
func (a *Authenticator) MustEnrol(u models.User) bool {
	return a.RequireAdminTOTP && u.Role == models.RoleAdmin && !u.SecondFactor()
}

// confirmed refuses a session whose user has not proved who they are for a
// while: a browser left open must not be enough to take the account over.
func (a *Authenticator) confirmed(info *Info) error {
	if info.Session == nil || a.Now().Sub(info.Session.AuthenticatedAt) > reauthTime {
		return models.Fault(models.ProblemReauthenticate, "Confirm that it's you: enter your password or a code, or use a passkey.")
	}
	return nil
}

// errAmbiguous refuses a request that says twice who sends it.
func errAmbiguous() error {
	return NewProblem(http.StatusBadRequest, codeAmbiguous, "Two credentials",
		"Send a session cookie or an API token, not both.")
}

// SignIn finds the account behind the session cookie or the API token.
func (a *Authenticator) SignIn(ctx context.Context, info *Info, cookieHeader, authorization string) error {
	cookie := SessionCookie(cookieHeader)
	if authorization != "" {
		if cookie != "" {
			return errAmbiguous()
		}
		return a.tokenSignIn(ctx, info, authorization)
	}
	if cookie == "" || len(cookie) > MaxCredential {
		return errSignedOut()
	}
	session, user, err := a.Store.SessionByHash(ctx, token.Hash(cookie), info.IP)
	if err != nil {
		return orSignedOut(err)
	}
	info.User, info.Session = &user, &session
	return nil
}

func (a *Authenticator) tokenSignIn(ctx context.Context, info *Info, authorization string) error {
	value := Bearer(authorization)
	if !strings.HasPrefix(value, TokenPrefix) {
		return errSignedOut()
	}
	t, user, err := a.Store.APITokenByHash(ctx, token.Hash(value), info.IP)
	if err != nil {
		return orSignedOut(err)
	}
	if err := a.Store.RequireFlag(ctx, models.FlagAPITokens, user.ID); err != nil {
		return err
	}
	info.User, info.Token = &user, &t
	return nil
}

// StillGood reports whether the credential of a running stream is good yet.
// What cannot be found out counts as good: the database is away, and streams
// end for other reasons then.
func (a *Authenticator) StillGood(ctx context.Context, info *Info) bool {
	var err error
	if info.Token != nil {
		if _, _, err = a.Store.APITokenByHash(ctx, info.Token.Hash, ""); err == nil {
			err = a.Store.RequireFlag(ctx, models.FlagAPITokens, info.User.ID)
		}
	} else if info.Session != nil {
		_, _, err = a.Store.SessionByHash(ctx, info.Session.IDHash, "")
	}
	code := models.CodeOf(err)
	return err == nil || code != models.CodeNotFound && code != models.CodeForbidden
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

// Bearer returns the value of a bearer credential, "" for anything else.
func Bearer(authorization string) string {
	scheme, value, ok := strings.Cut(authorization, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || len(value) > MaxCredential {
		return ""
	}
	return value
}

func (a *Authenticator) agentOf(ctx context.Context, header string) (models.Agent, error) {
	value := Bearer(header)
	refused := models.Errorf(models.CodeUnauthorized, "The agent's credential is unknown.")
	if value == "" {
		return models.Agent{}, refused
	}
	agent, err := a.Store.AgentByCredential(ctx, token.Hash(value))
	if err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return models.Agent{}, refused.Because(err)
		}
		return models.Agent{}, err
	}
	return agent, nil
}

// Caller returns the signed-in user of an operation that asked for one.
func Caller(ctx context.Context) models.User {
	if u := InfoOf(ctx).User; u != nil {
		return *u
	}
	return models.User{}
}

// CallingAgent returns the agent of an operation that asked for one.
func CallingAgent(ctx context.Context) models.Agent {
	if a := InfoOf(ctx).agent; a != nil {
		return *a
	}
	return models.Agent{}
}

// SessionCookie returns the session in a Cookie header, "" for none.
func SessionCookie(header string) string { return CookieValue(header, CookieName) }

// CookieValue returns a cookie in a Cookie header, "" for none.
func CookieValue(header, name string) string {
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

// ActorOf returns the caller as the audit log names them.
func ActorOf(ctx context.Context) models.Actor {
	u := Caller(ctx)
	kind := models.ActorUser
	if u.Role == models.RoleAdmin {
		kind = models.ActorAdmin
	}
	return models.Actor{Kind: kind, ID: &u.ID, IP: InfoOf(ctx).IP}
}
