package account

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// signInLife is how long a sign-in may take from the password to the code.
const signInLife = 5 * time.Minute

// signInHandlers sign in with a password and, if required, a second factor.
type signInHandlers struct {
	store      users
	oneTimes   oneTimes
	passwords  Passwords
	persons    kit.PersonCheck
	limits     kit.Limiter
	codes      *codes
	open       *opener
	record     *recorder
	background *kit.Background
	now        func() time.Time
	newID      func() uuid.UUID
}

func (h *signInHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/api/v1/auth/login", Tags: []string{tagAuth},
		Summary: "Sign in",
		Description: "The response sets the session cookie " + kit.CookieName + ". An account with a second factor gets a challenge instead, " +
			"to be answered with login-totp or login-passkey.",
	}, h.login)
	kit.Handle(r, huma.Operation{
		OperationID: "login-totp", Method: http.MethodPost, Path: "/api/v1/auth/login/totp", Tags: []string{tagAuth},
		Summary: "Finish a sign-in with a two-factor or recovery code",
	}, h.loginTOTP)
}

type loginInput struct {
	Body struct {
		Email     string `json:"email" minLength:"1" maxLength:"254"`
		Password  string `json:"password" minLength:"1" maxLength:"1024"`
		Turnstile string `json:"turnstile,omitempty" maxLength:"2048" doc:"Answer of the Turnstile widget with the action \"login\", where the configuration has a site key"`
	} `nameHint:"Login"`
}

// secondFactor is a second factor on the wire.
type secondFactor models.Factor

// Schema returns the schema of second factors.
func (secondFactor) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "SecondFactor", "A second factor", models.FactorPasskey, models.FactorTOTP, models.FactorRecovery)
}

// LoginResult is the next step of a sign-in.
type LoginResult struct {
	User      *Me            `json:"user,omitempty" doc:"The signed-in account; absent while a second factor is needed"`
	Challenge string         `json:"challenge,omitempty" doc:"Send it with the second factor; works once"`
	Factors   []secondFactor `json:"factors,omitempty" doc:"What can answer the challenge"`
	ExpiresAt time.Time      `json:"expiresAt,omitzero" doc:"Of the challenge"`
}

type loginOutput struct {
	SetCookie string `header:"Set-Cookie" hidden:"true"`
	Body      LoginResult
}

// login gives the same response, after the same time, for an unknown account, a
// disabled one and a wrong password.
func (h *signInHandlers) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		email = ""
	}
	ip := kit.InfoOf(ctx).IP
	if err := h.limits.AllowAll(ctx, kit.Ask{Limit: kit.LimitLoginIP, Key: ip}, kit.Ask{Limit: kit.LimitLoginPair, Key: email + " " + kit.Network(ip)},
		kit.Ask{Limit: kit.LimitLoginAccount, Key: email}); err != nil {
		return nil, err
	}
	if err := h.persons.Check(ctx, in.Body.Turnstile, botLogin); err != nil {
		return nil, err
	}
	user, err := h.store.UserByEmail(ctx, email)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, err
	}
	ok, err := h.passwords.Verify(ctx, user.PasswordHash, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok || user.PasswordHash == "" || user.DisabledAt != nil || user.DeleteAt != nil {
		h.record.failed(ctx, user, "")
		return nil, models.Errorf(models.CodeUnauthorized, "Wrong e-mail address or password.")
	}
	if user.VerifiedAt == nil {
		return nil, models.Fault(models.ProblemEmailUnverified, "First use the link in the mail we sent you. It works for 30 minutes; you can request another.")
	}
	h.rehash(ctx, user, in.Body.Password)
	return h.afterPassword(ctx, user)
}

// rehash upgrades a password to the current parameters, which is possible only
// while its owner signs in. If it fails, the next sign-in tries again.
func (h *signInHandlers) rehash(ctx context.Context, user models.User, password string) {
	if !h.passwords.NeedsRehash(user.PasswordHash) {
		return
	}
	h.background.Run(ctx, accountBudget, func(ctx context.Context) error {
		hash, err := h.passwords.Hash(ctx, password)
		if err != nil {
			return err
		}
		return h.store.Rehash(ctx, user.ID, user.PasswordHash, hash)
	})
}

// afterPassword opens the session, or asks for the second factor.
func (h *signInHandlers) afterPassword(ctx context.Context, user models.User) (*loginOutput, error) {
	if !user.SecondFactor() {
		cookie, err := h.open.session(ctx, user)
		if err != nil {
			return nil, err
		}
		me, err := h.open.me.of(ctx, user)
		if err != nil {
			return nil, err
		}
		return &loginOutput{SetCookie: cookie.String(), Body: LoginResult{User: &me}}, nil
	}
	value, hash, err := token.New()
	if err != nil {
		return nil, err
	}
	t := models.OneTime{ID: h.newID(), Hash: hash, Kind: models.OneTimeSignIn, ExpiresAt: h.now().Add(signInLife)}
	if err := h.oneTimes.BeginSignIn(ctx, user.ID, t); err != nil {
		return nil, err
	}
	return &loginOutput{Body: LoginResult{Challenge: value, Factors: h.factorsOf(user), ExpiresAt: t.ExpiresAt}}, nil
}

// factorsOf returns what can answer the challenge of the account's sign-in,
// most likely first.
func (h *signInHandlers) factorsOf(user models.User) []secondFactor {
	var out []secondFactor
	if user.HasPasskey() && h.open.me.passkeys {
		out = append(out, secondFactor(models.FactorPasskey))
	}
	if user.HasTOTP() {
		out = append(out, secondFactor(models.FactorTOTP))
	}
	return append(out, secondFactor(models.FactorRecovery))
}

type loginTOTPInput struct {
	Body struct {
		Challenge string `json:"challenge" minLength:"1" maxLength:"256" doc:"From login"`
		Code      string `json:"code" minLength:"1" maxLength:"64" doc:"From the authenticator app, or a recovery code"`
	} `nameHint:"LoginCode"`
}

func (h *signInHandlers) loginTOTP(ctx context.Context, in *loginTOTPInput) (*signedInOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	challenge := token.Hash(in.Body.Challenge)
	user, err := h.oneTimes.TrySignIn(ctx, challenge)
	if err != nil {
		return nil, err
	}
	if err := h.codes.check(ctx, user, in.Body.Code); err != nil {
		return nil, err
	}
	if err := h.oneTimes.FinishSignIn(ctx, challenge); err != nil {
		return nil, err
	}
	return h.open.start(ctx, user)
}
