package account

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/internal/token"
	"longhaul/models"
)

// How long a sign-in lasts at most; the store ends idle ones earlier.
const sessionTime = 60 * 24 * time.Hour

// How long one-time secrets work.
const (
	linkLife      = 30 * time.Minute // links by mail
	signInLife    = 5 * time.Minute  // from the password to the code
	accountBudget = 30 * time.Second // for what happens beside an answer
)

// tagAuth groups the operations in the OpenAPI document.
const tagAuth = "auth"

// Accounts keeps users and their sessions.
type Accounts interface {
	CountUsers(ctx context.Context) (int64, error)
	CreateFirstAdmin(ctx context.Context, ip string, tokenHash []byte, u models.User) error
	UserByEmail(ctx context.Context, email string) (models.User, error)
	CreateSession(ctx context.Context, s models.Session) error
	ConfirmSession(ctx context.Context, userID uuid.UUID, hash []byte) error
	Sessions(ctx context.Context, userID uuid.UUID) ([]models.Session, error)
	DeleteSession(ctx context.Context, userID uuid.UUID, hash []byte) error
	DeleteOtherSessions(ctx context.Context, userID uuid.UUID, keep []byte) error
	Rehash(ctx context.Context, userID uuid.UUID, old, hash string) error
	ChangePassword(ctx context.Context, userID uuid.UUID, passwordHash string, from models.Client) error
	ConfirmEmail(ctx context.Context, tokenHash []byte, from models.Client) error
	DeleteAccount(ctx context.Context, by models.Actor, userID uuid.UUID) error
}

// OneTimes keeps secrets that work once.
type OneTimes interface {
	OneTime(ctx context.Context, kind models.OneTimeKind, hash []byte) (models.OneTime, models.User, error)
	BeginSignIn(ctx context.Context, userID uuid.UUID, t models.OneTime) error
	TrySignIn(ctx context.Context, hash []byte) (models.User, error)
	FinishSignIn(ctx context.Context, hash []byte) error
}

// SecurityLog keeps events that somebody who watches for attacks wants to see.
type SecurityLog interface {
	RecordSecurity(ctx context.Context, e models.SecurityEvent) error
	// RecordLogin records a sign-in, and mails the user about a new device.
	RecordLogin(ctx context.Context, user models.User, from models.Client) error
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
	// NeedsRehash reports whether the hash was made with other parameters than
	// new ones are.
	NeedsRehash(hash string) bool
}

// accountHandlers serves everything about the caller's own account and the
// ways into it.
type accountHandlers struct {
	accounts      Accounts
	oneTimes      OneTimes
	registrations Registrations
	factors       SecondFactors
	passkeys      Passkeys
	party         *passkey.Party // nil where passkeys cannot be
	tokens        Tokens
	security      SecurityLog
	passwords     Passwords
	bots          BotCheck
	policy        *Policy
	limits        kit.Limiter
	auth          *kit.Authenticator
	keys          *token.Keys
	background    *kit.Background
	issuer        string
	now           func() time.Time
	newID         func() uuid.UUID
}

func (h *accountHandlers) routes(r *kit.Router) {
	kit.Handle(r, kit.AccessPublic, huma.Operation{
		OperationID: "setup", Method: http.MethodPost, Path: "/api/v1/auth/setup", Tags: []string{tagAuth},
		Summary:       "Create the first administrator",
		Description:   "Needs the one-time token of the link that is printed when the server starts without accounts.",
		DefaultStatus: http.StatusCreated,
	}, h.setup)
	kit.Handle(r, kit.AccessAccount, huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{tagAuth},
		Summary: "The signed-in account",
	}, h.me)
	h.signInRoutes(r)
	h.signUpRoutes(r)
	h.sessionRoutes(r)
	h.profileRoutes(r)
	h.factorRoutes(r)
	h.passkeyRoutes(r)
}

// Me is the signed-in account.
type Me struct {
	ID                   uuid.UUID `json:"id" format:"uuid"`
	Email                string    `json:"email"`
	Role                 kit.Role  `json:"role"`
	SecondFactor         bool      `json:"secondFactor" doc:"The password alone does not sign in"`
	Passkey              bool      `json:"passkey" doc:"The account has a passkey, and passkeys can be used here"`
	SecondFactorRequired bool      `json:"secondFactorRequired" doc:"It has to be set up before anything else works"`
	CreatedAt            time.Time `json:"createdAt"`
}

func (h *accountHandlers) meOf(u models.User) Me {
	return Me{
		ID: u.ID, Email: u.Email, Role: kit.Role(u.Role), SecondFactor: u.SecondFactor(), Passkey: u.HasPasskey() && h.party != nil,
		SecondFactorRequired: h.auth.MustEnrol(u), CreatedAt: u.CreatedAt,
	}
}

type meOutput struct{ Body Me }

func (h *accountHandlers) me(ctx context.Context, _ *kit.Empty) (*meOutput, error) {
	return &meOutput{Body: h.meOf(kit.Caller(ctx))}, nil
}

type setupInput struct {
	Body struct {
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
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	email, err := kit.NormalEmail(in.Body.Email)
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
	now := h.now()
	user := models.User{
		ID: h.newID(), Email: email, PasswordHash: hash, Role: models.RoleAdmin, VerifiedAt: &now, CreatedAt: now,
	}
	if err := h.accounts.CreateFirstAdmin(ctx, kit.InfoOf(ctx).IP, token.Hash(in.Body.Token), user); err != nil {
		return nil, err
	}
	return h.startSession(ctx, user)
}

// startSession always makes a new session id, so that one which was planted
// before the sign-in is worth nothing.
func (h *accountHandlers) startSession(ctx context.Context, user models.User) (*signedInOutput, error) {
	cookie, err := h.openSession(ctx, user)
	if err != nil {
		return nil, err
	}
	return &signedInOutput{SetCookie: cookie, Body: h.meOf(user)}, nil
}

func (h *accountHandlers) openSession(ctx context.Context, user models.User) (http.Cookie, error) {
	value, hash, err := token.New()
	if err != nil {
		return http.Cookie{}, err
	}
	now, info := h.now(), kit.InfoOf(ctx)
	s := models.Session{
		IDHash: hash, UserID: user.ID, CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(sessionTime),
		IP: info.IP, UserAgent: info.Client.UserAgent,
	}
	if err := h.accounts.CreateSession(ctx, s); err != nil {
		return http.Cookie{}, err
	}
	info.User = &user
	h.background.Run(ctx, accountBudget, func(ctx context.Context) error {
		return h.security.RecordLogin(ctx, user, info.Client)
	})
	return setSession(value, s.ExpiresAt), nil
}

// link makes a one-time secret of the kind that a mail will carry.
func (h *accountHandlers) link(kind models.OneTimeKind) models.OneTime {
	id := h.newID()
	return models.OneTime{ID: id, Hash: token.Hash(h.keys.OneTime(id)), Kind: kind, ExpiresAt: h.now().Add(linkLife)}
}

// note records a security event beside the answer, which takes as long
// whatever there is to record.
func (h *accountHandlers) note(ctx context.Context, kind models.SecurityKind, userID *uuid.UUID, detail string) {
	client := kit.InfoOf(ctx).Client
	h.background.Run(ctx, accountBudget, func(ctx context.Context) error {
		return h.security.RecordSecurity(ctx, models.SecurityEvent{
			Kind: kind, UserID: userID, IP: client.IP, UserAgent: client.UserAgent, Detail: detail,
		})
	})
}
