package account

import (
	"context"
	"net/http"
	"time"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// accountBudget is how long a background call may take.
const accountBudget = 30 * time.Second

// sessionTime is the longest a session lasts; the store ends idle ones earlier.
const sessionTime = 60 * 24 * time.Hour

// opener opens sessions.
type opener struct {
	store  sessions
	me     meView
	record *recorder
	now    func() time.Time
}

type signedInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie" hidden:"true"`
	Body      Me
}

// start signs a user in. It always creates a new session id, so one planted
// before the sign-in is useless.
func (o *opener) start(ctx context.Context, user models.User) (*signedInOutput, error) {
	cookie, err := o.session(ctx, user)
	if err != nil {
		return nil, err
	}
	me, err := o.me.of(ctx, user)
	if err != nil {
		return nil, err
	}
	return &signedInOutput{SetCookie: cookie, Body: me}, nil
}

// session opens a session and returns its cookie.
func (o *opener) session(ctx context.Context, user models.User) (http.Cookie, error) {
	value, hash, err := token.New()
	if err != nil {
		return http.Cookie{}, err
	}
	now, info := o.now(), kit.InfoOf(ctx)
	s := models.Session{
		IDHash: hash, UserID: user.ID, CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(sessionTime),
		IP: info.IP, UserAgent: info.Client.UserAgent,
	}
	if err := o.store.CreateSession(ctx, s); err != nil {
		return http.Cookie{}, err
	}
	info.User = &user
	o.record.signedIn(ctx, user)
	return setSession(value, s.ExpiresAt), nil
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
