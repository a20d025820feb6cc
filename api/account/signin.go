package account

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/internal/totp"
	"longhaul/models"
)

// The actions that a robot check is made for, as the widget names them.
const (
	botLogin    = "login"
	botRegister = "register"
	botReset    = "reset"
)

// BotCheck tells persons from robots.
type BotCheck interface {
	// Check reports as a models.Error when the widget's answer is not that of
	// a person who meant the action.
	Check(ctx context.Context, answer, ip, action string) error
}

// checkPerson refuses robots, where a check is configured.
func (h *accountHandlers) checkPerson(ctx context.Context, answer, action string) error {
	if h.bots == nil {
		return nil
	}
	return h.bots.Check(ctx, answer, kit.InfoOf(ctx).IP, action)
}

func (h *accountHandlers) signInRoutes(r *kit.Router) {
	kit.Handle(r, kit.AccessPublic, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/api/v1/auth/login", Tags: []string{tagAuth},
		Summary: "Sign in",
		Description: "The session comes back as the cookie " + kit.CookieName + ". An account with two-factor sign-in gets a challenge instead, " +
			"which login-totp answers, or login-passkey.",
	}, h.login)
	kit.Handle(r, kit.AccessPublic, huma.Operation{
		OperationID: "login-totp", Method: http.MethodPost, Path: "/api/v1/auth/login/totp", Tags: []string{tagAuth},
		Summary: "Finish a sign-in with a two-factor or recovery code",
	}, h.loginTOTP)
	kit.Handle(r, kit.AccessEnrol, huma.Operation{
		OperationID: "reauthenticate", Method: http.MethodPost, Path: "/api/v1/auth/reauthenticate", Tags: []string{tagAuth},
		Summary: "Confirm who you are", Description: "With the password, a two-factor code or a passkey. It stands for ten minutes in this session.",
		DefaultStatus: http.StatusNoContent,
	}, h.reauthenticate)
	kit.Handle(r, kit.AccessAccount, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/api/v1/auth/logout", Tags: []string{tagAuth},
		Summary: "Sign out", Description: "Ends the session, or revokes the API token, that the request came with.",
		DefaultStatus: http.StatusNoContent,
	}, h.logout)
}

type loginInput struct {
	Body struct {
		Email     string `json:"email" minLength:"1" maxLength:"254"`
		Password  string `json:"password" minLength:"1" maxLength:"1024"`
		Turnstile string `json:"turnstile,omitempty" maxLength:"2048" doc:"Answer of the Turnstile widget with the action \"login\", where the configuration has a site key"`
	} `nameHint:"Login"`
}

// LoginResult is how a sign-in goes on.
type LoginResult struct {
	User      *Me            `json:"user,omitempty" doc:"Who is signed in; absent while a second factor is missing"`
	Challenge string         `json:"challenge,omitempty" doc:"What to send with the second factor; works once"`
	Factors   []secondFactor `json:"factors,omitempty" doc:"What may answer the challenge"`
	ExpiresAt time.Time      `json:"expiresAt,omitzero" doc:"Of the challenge"`
}

type loginOutput struct {
	SetCookie string `header:"Set-Cookie" hidden:"true"`
	Body      LoginResult
}

// login answers the same, and as late, for an unknown account, a disabled one
// and a wrong password.
func (h *accountHandlers) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		email = ""
	}
	ip := kit.InfoOf(ctx).IP
	if err := h.limits.AllowAll(ctx, kit.Ask{Limit: kit.LimitLoginIP, Key: ip}, kit.Ask{Limit: kit.LimitLoginPair, Key: email + " " + kit.Network(ip)},
		kit.Ask{Limit: kit.LimitLoginAccount, Key: email}); err != nil {
		return nil, err
	}
	if err := h.checkPerson(ctx, in.Body.Turnstile, botLogin); err != nil {
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
	if !ok || user.PasswordHash == "" || user.DisabledAt != nil || user.DeleteAt != nil {
		h.noteFailed(ctx, user)
		return nil, models.Errorf(models.CodeUnauthorized, "E-mail address or password is wrong.")
	}
	if user.VerifiedAt == nil {
		return nil, models.Fault(models.ProblemEmailUnverified, "Please use the link in the mail that we sent you first. It works for 30 minutes; you can have another one.")
	}
	h.rehash(ctx, user, in.Body.Password)
	return h.afterPassword(ctx, user)
}

// noteFailed records a wrong password; of an address that is no account at
// most one a minute, as anybody can make up addresses.
func (h *accountHandlers) noteFailed(ctx context.Context, user models.User) {
	e := models.SecurityEvent{Kind: models.SecurityLoginFailed, IP: kit.InfoOf(ctx).IP, UserAgent: kit.InfoOf(ctx).Client.UserAgent}
	if user.PasswordHash != "" {
		e.UserID = &user.ID
	} else {
		e.Once = kit.Network(e.IP)
	}
	h.background.Run(ctx, accountBudget, func(ctx context.Context) error { return h.security.RecordSecurity(ctx, e) })
}

// rehash moves a password to the present parameters, which only its owner's
// sign-in can do. It may fail: the next sign-in tries again.
func (h *accountHandlers) rehash(ctx context.Context, user models.User, password string) {
	if !h.passwords.NeedsRehash(user.PasswordHash) {
		return
	}
	h.background.Run(ctx, accountBudget, func(ctx context.Context) error {
		hash, err := h.passwords.Hash(ctx, password)
		if err != nil {
			return err
		}
		return h.accounts.Rehash(ctx, user.ID, user.PasswordHash, hash)
	})
}

// afterPassword opens the session, or asks for the second factor.
func (h *accountHandlers) afterPassword(ctx context.Context, user models.User) (*loginOutput, error) {
	if !user.SecondFactor() {
		cookie, err := h.openSession(ctx, user)
		if err != nil {
			return nil, err
		}
		me := h.meOf(user)
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

// factorsOf returns what may answer the challenge of the account's sign-in, the
// likeliest first.
func (h *accountHandlers) factorsOf(user models.User) []secondFactor {
	var out []secondFactor
	if user.HasPasskey() && h.party != nil {
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

func (h *accountHandlers) loginTOTP(ctx context.Context, in *loginTOTPInput) (*signedInOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	challenge := token.Hash(in.Body.Challenge)
	user, err := h.oneTimes.TrySignIn(ctx, challenge)
	if err != nil {
		return nil, err
	}
	if err := h.checkCode(ctx, user, in.Body.Code); err != nil {
		return nil, err
	}
	if err := h.oneTimes.FinishSignIn(ctx, challenge); err != nil {
		return nil, err
	}
	return h.startSession(ctx, user)
}

// checkCode uses a two-factor or recovery code of the user up.
func (h *accountHandlers) checkCode(ctx context.Context, user models.User, code string) error {
	if err := h.limits.Allow(ctx, kit.LimitTOTP, user.ID.String()); err != nil {
		return err
	}
	ok, err := h.useCode(ctx, user, code)
	if err != nil || ok {
		return err
	}
	h.note(ctx, models.SecuritySecondFactorFailed, &user.ID, "")
	return models.Fault(models.ProblemWrongCode, "The code is wrong or was used before. Please wait for the next one.").In("code")
}

func (h *accountHandlers) useCode(ctx context.Context, user models.User, code string) (bool, error) {
	if !user.SecondFactor() {
		return false, nil
	}
	if totp.IsRecovery(code) {
		return h.factors.UseRecoveryCode(ctx, user.ID, totp.RecoveryHash(code))
	}
	if !user.HasTOTP() {
		return false, nil
	}
	secret, err := h.keys.Open(token.PurposeTOTP, user.ID, user.TOTPSecret)
	if err != nil {
		return false, err
	}
	step, ok := totp.Match(string(secret), code, h.now())
	if !ok {
		return false, nil
	}
	return h.factors.UseTOTPStep(ctx, user.ID, step)
}

type reauthInput struct {
	Body struct {
		Password string          `json:"password,omitempty" maxLength:"1024" doc:"Either this"`
		Code     string          `json:"code,omitempty" maxLength:"64" doc:"or a two-factor or recovery code"`
		Passkey  json.RawMessage `json:"passkey,omitempty" doc:"or the browser's answer to begin-passkey-reauthentication, as PublicKeyCredential.toJSON gives it"`
	} `nameHint:"Reauthentication"`
}

func (h *accountHandlers) reauthenticate(ctx context.Context, in *reauthInput) (*kit.Empty, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	given := 0
	for _, g := range []bool{in.Body.Password != "", in.Body.Code != "", len(in.Body.Passkey) > 0} {
		if g {
			given++
		}
	}
	if given != 1 {
		return nil, models.Errorf(models.CodeInvalid, "Please give either the password, a code or a passkey.").In("password")
	}
	var err error
	switch {
	case in.Body.Code != "":
		err = h.checkCode(ctx, user, in.Body.Code)
	case len(in.Body.Passkey) > 0:
		err = h.confirmByPasskey(ctx, in.Body.Passkey)
	default:
		err = h.confirmByPassword(ctx, user, in.Body.Password)
	}
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.accounts.ConfirmSession(ctx, user.ID, info.Session.IDHash)
}

func (h *accountHandlers) confirmByPassword(ctx context.Context, user models.User, password string) error {
	if err := h.limits.Allow(ctx, kit.LimitLoginPair, user.Email+" "+kit.Network(kit.InfoOf(ctx).IP)); err != nil {
		return err
	}
	ok, err := h.passwords.Verify(ctx, user.PasswordHash, password)
	if err != nil || ok {
		return err
	}
	h.note(ctx, models.SecurityLoginFailed, &user.ID, "while signed in")
	return models.Errorf(models.CodeInvalid, "The password is wrong.").In("password")
}

// clearAll has the browser forget what it keeps of the app.
const clearAll = `"cache", "cookies", "storage"`

type logoutOutput struct {
	SetCookie     string `header:"Set-Cookie" hidden:"true"`
	ClearSiteData string `header:"Clear-Site-Data" hidden:"true"`
}

func (h *accountHandlers) logout(ctx context.Context, _ *kit.Empty) (*logoutOutput, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if info.Token != nil {
		return &logoutOutput{}, orGone(h.tokens.DeleteAPIToken(ctx, user.ID, info.Token.ID))
	}
	cookie := clearSession()
	return &logoutOutput{SetCookie: cookie.String(), ClearSiteData: clearAll},
		orGone(h.accounts.DeleteSession(ctx, user.ID, info.Session.IDHash))
}

// orGone passes over the news that what should go is gone.
func orGone(err error) error {
	if err != nil && models.CodeOf(err) == models.CodeNotFound {
		return nil
	}
	return err
}

// secondFactor is a second factor on the wire.
type secondFactor models.Factor

// Schema returns the schema of second factors.
func (secondFactor) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "SecondFactor", "What may follow a password", models.FactorPasskey, models.FactorTOTP, models.FactorRecovery)
}
