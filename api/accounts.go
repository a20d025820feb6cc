package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/models"
)

// How long a sign-in lasts at most; the store ends idle ones earlier.
const sessionTime = 60 * 24 * time.Hour

// maxUserAgent bounds what is kept of a browser's name.
const maxUserAgent = 256

// Accounts keeps users and their sessions.
type Accounts interface {
	CountUsers(ctx context.Context) (int64, error)
	CreateFirstAdmin(ctx context.Context, tokenHash []byte, u models.User) error
	UserByEmail(ctx context.Context, email string) (models.User, error)
	CreateSession(ctx context.Context, s models.Session) error
	Sessions(ctx context.Context, userID uuid.UUID) ([]models.Session, error)
	DeleteSession(ctx context.Context, userID uuid.UUID, hash []byte) error
	DeleteOtherSessions(ctx context.Context, userID uuid.UUID, keep []byte) error
}

// Passwords checks and hashes passwords, a bounded number at a time.
type Passwords interface {
	// Check reports whether a new password may be used, as a models.Error.
	Check(password, email string) error
	// Hash returns the PHC string of a password.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the password fits the hash. An empty hash takes
	// as long as a real one and never fits.
	Verify(ctx context.Context, hash, password string) (bool, error)
}

type accountHandlers struct {
	accounts  Accounts
	passwords Passwords
	limits    Limiter
	streams   *Hub
	now       func() time.Time
	newID     func() uuid.UUID
}

func (h *accountHandlers) routes(r *router) {
	handle(r, accessPublic, huma.Operation{
		OperationID: "setup", Method: http.MethodPost, Path: "/api/v1/auth/setup", Tags: []string{tagAuth},
		Summary:       "Create the first administrator",
		Description:   "Needs the one-time token of the link that is printed when the server starts without accounts.",
		DefaultStatus: http.StatusCreated,
	}, h.setup)
	handle(r, accessPublic, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/api/v1/auth/login", Tags: []string{tagAuth},
		Summary: "Sign in", Description: "The session comes back as the cookie " + cookieName + ".",
	}, h.login)
	handle(r, accessUser, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/api/v1/auth/logout", Tags: []string{tagAuth},
		Summary: "Sign out", DefaultStatus: http.StatusNoContent,
	}, h.logout)
	handle(r, accessUser, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/auth/sessions", Tags: []string{tagAuth},
		Summary: "List where the account is signed in",
	}, h.listSessions)
	handle(r, accessUser, huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/api/v1/auth/sessions/{id}", Tags: []string{tagAuth},
		Summary: "End a session", Description: "The id \"others\" ends all but the present one.", DefaultStatus: http.StatusNoContent,
	}, h.endSession)
	handle(r, accessUser, huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{tagAuth},
		Summary: "The signed-in account",
	}, h.me)
}

// Me is the signed-in account.
type Me struct {
	ID        uuid.UUID `json:"id" format:"uuid"`
	Email     string    `json:"email"`
	Role      userRole  `json:"role"`
	CreatedAt time.Time `json:"createdAt"`
}

func meOf(u models.User) Me {
	return Me{ID: u.ID, Email: u.Email, Role: userRole(u.Role), CreatedAt: u.CreatedAt}
}

type setupInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		Token    string `json:"token" minLength:"1" maxLength:"256" doc:"The token of the set-up link"`
		Email    string `json:"email" minLength:"3" maxLength:"254"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters"`
	} `nameHint:"Setup"`
}

type signedInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie" hidden:"true"`
	Body      Me
}

func (h *accountHandlers) setup(ctx context.Context, in *setupInput) (*signedInOutput, error) {
	if err := h.limits.Allow(ctx, LimitLoginIP, infoOf(ctx).ip); err != nil {
		return nil, err
	}
	email, err := normalEmail(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if err := h.passwords.Check(in.Body.Password, email); err != nil {
		return nil, err
	}
	if n, err := h.accounts.CountUsers(ctx); err != nil {
		return nil, err
	} else if n > 0 {
		return nil, models.Errorf(models.CodeForbidden, "Longhaul is set up already. Please sign in.")
	}
	hash, err := h.passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	user := models.User{ID: h.newID(), Email: email, PasswordHash: hash, Role: models.RoleAdmin, CreatedAt: h.now()}
	if err := h.accounts.CreateFirstAdmin(ctx, token.Hash(in.Body.Token), user); err != nil {
		return nil, err
	}
	return h.startSession(ctx, user, in.UserAgent)
}

type loginInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		Email    string `json:"email" minLength:"1" maxLength:"254"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	} `nameHint:"Login"`
}

// login answers the same, and as late, for an unknown account, a disabled one
// and a wrong password.
func (h *accountHandlers) login(ctx context.Context, in *loginInput) (*signedInOutput, error) {
	refused := models.Errorf(models.CodeUnauthorized, "E-mail address or password is wrong.")
	email, err := normalEmail(in.Body.Email)
	if err != nil {
		email = ""
	}
	ip := infoOf(ctx).ip
	if err := allowAll(ctx, h.limits, limitAsk{LimitLoginIP, ip}, limitAsk{LimitLoginPair, email + " " + network(ip)},
		limitAsk{LimitLoginAccount, email}); err != nil {
		return nil, err
	}
	user, err := h.accounts.UserByEmail(ctx, email)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, err
	}
	ok, err := h.passwords.Verify(ctx, user.PasswordHash, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok || user.PasswordHash == "" || user.DisabledAt != nil {
		return nil, refused
	}
	return h.startSession(ctx, user, in.UserAgent)
}

// startSession always makes a new session id, so that one which was planted
// before the sign-in is worth nothing.
func (h *accountHandlers) startSession(ctx context.Context, user models.User, userAgent string) (*signedInOutput, error) {
	value, hash, err := token.New()
	if err != nil {
		return nil, err
	}
	now := h.now()
	s := models.Session{
		IDHash: hash, UserID: user.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(sessionTime),
		IP: infoOf(ctx).ip, UserAgent: clip(userAgent, maxUserAgent),
	}
	if err := h.accounts.CreateSession(ctx, s); err != nil {
		return nil, err
	}
	infoOf(ctx).user = &user
	return &signedInOutput{SetCookie: setSession(value, s.ExpiresAt), Body: meOf(user)}, nil
}

type logoutOutput struct {
	SetCookie     http.Cookie `header:"Set-Cookie" hidden:"true"`
	ClearSiteData string      `header:"Clear-Site-Data" hidden:"true"`
}

func (h *accountHandlers) logout(ctx context.Context, _ *empty) (*logoutOutput, error) {
	hash := infoOf(ctx).session
	if err := h.accounts.DeleteSession(ctx, caller(ctx).ID, hash); err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, err
	}
	h.streams.EndSession(hash)
	return &logoutOutput{SetCookie: clearSession(), ClearSiteData: `"cache", "cookies", "storage"`}, nil
}

// SessionInfo is one sign-in of the account.
type SessionInfo struct {
	ID         string    `json:"id"`
	Current    bool      `json:"current" doc:"The session of this request"`
	IP         string    `json:"ip"`
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

func (h *accountHandlers) listSessions(ctx context.Context, _ *empty) (*sessionsOutput, error) {
	list, err := h.accounts.Sessions(ctx, caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Sessions = make([]SessionInfo, 0, len(list))
	for _, s := range list {
		out.Body.Sessions = append(out.Body.Sessions, SessionInfo{
			ID: sessionID(s.IDHash), Current: bytes.Equal(s.IDHash, infoOf(ctx).session), IP: s.IP, UserAgent: s.UserAgent,
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

func (h *accountHandlers) endSession(ctx context.Context, in *sessionInput) (*empty, error) {
	user, info := caller(ctx), infoOf(ctx)
	if in.ID == otherSessions {
		if err := h.accounts.DeleteOtherSessions(ctx, user.ID, info.session); err != nil {
			return nil, err
		}
		h.streams.EndOtherSessions(user.ID, info.session)
		return &empty{}, nil
	}
	hash, err := base64.RawURLEncoding.DecodeString(in.ID)
	if err != nil {
		return nil, models.Errorf(models.CodeNotFound, "There is no such session.")
	}
	if err := h.accounts.DeleteSession(ctx, user.ID, hash); err != nil {
		return nil, err
	}
	h.streams.EndSession(hash)
	return &empty{}, nil
}

type meOutput struct{ Body Me }

func (h *accountHandlers) me(ctx context.Context, _ *empty) (*meOutput, error) {
	return &meOutput{Body: meOf(caller(ctx))}, nil
}
