package account

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/internal/token"
	"longhaul/models"
)

// beginCookieName is the cookie that ties a sign-in without a password to the
// browser that started it.
const beginCookieName = "__Host-passkey"

// passkeySignInHandlers sign in with a passkey, alone or after a password.
type passkeySignInHandlers struct {
	store      passkeys
	features   features
	oneTimes   oneTimes
	ceremonies *ceremonies
	limits     kit.Limiter
	open       *opener
	record     *recorder
}

func (h *passkeySignInHandlers) routes(r *kit.Router) {
	const path = "/api/v1/auth/login/passkey"
	kit.Handle(r, huma.Operation{
		OperationID: "begin-passkey-login", Method: http.MethodPost, Path: path + "/begin", Tags: []string{tagAuth},
		Summary: "Start signing in with a passkey",
		Description: "With a sign-in challenge, the passkey is the second factor. Without one, it signs in alone: the browser offers the passkeys it has for this " +
			"host, so the response says nothing about any account.",
	}, h.begin)
	kit.Handle(r, huma.Operation{
		OperationID: "login-passkey", Method: http.MethodPost, Path: path, Tags: []string{tagAuth},
		Summary: "Sign in with a passkey", Description: "Within five minutes of begin-passkey-login, in the same browser. The response sets the session cookie " + kit.CookieName + ".",
	}, h.finish)
}

type beginPasskeyLoginInput struct {
	Body struct {
		Challenge string `json:"challenge,omitempty" maxLength:"256" doc:"From login; leave out to sign in without a password"`
	} `nameHint:"BeginPasskeyLogin"`
}

func (h *passkeySignInHandlers) begin(ctx context.Context, in *beginPasskeyLoginInput) (*passkeyOptionsOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	party, err := h.ceremonies.relyingParty()
	if err != nil {
		return nil, err
	}
	if in.Body.Challenge == "" {
		return h.beginPasswordless(ctx, party)
	}
	binding := token.Hash(in.Body.Challenge)
	_, user, err := h.oneTimes.OneTime(ctx, models.OneTimeSignIn, binding)
	if err != nil {
		return nil, orExpired(err)
	}
	return h.ceremonies.beginProof(ctx, party, user, models.PasskeyChallenge{Purpose: models.PasskeySecondFactor, UserID: &user.ID, Binding: binding})
}

// orExpired turns a missing sign-in into an expired one.
func orExpired(err error) error {
	if models.AsError(err).Problem == models.ProblemLinkNotValid {
		return models.Fault(models.ProblemSignInExpired, "The sign-in took too long. Start again.")
	}
	return err
}

// beginPasswordless starts a sign-in of a user who is not known yet.
func (h *passkeySignInHandlers) beginPasswordless(ctx context.Context, party *passkey.Party) (*passkeyOptionsOutput, error) {
	value, binding, err := token.New()
	if err != nil {
		return nil, err
	}
	ceremony, err := party.SignIn()
	if err != nil {
		return nil, err
	}
	out, err := h.ceremonies.keep(ctx, ceremony, models.PasskeyChallenge{Purpose: models.PasskeySignIn, Binding: binding})
	if err != nil {
		return nil, err
	}
	cookie := http.Cookie{
		Name: beginCookieName, Value: value, Path: "/", MaxAge: int(models.PasskeyTime.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	out.SetCookie = cookie.String()
	return out, nil
}

type loginPasskeyInput struct {
	Cookie string `header:"Cookie" hidden:"true"`
	Body   struct {
		Challenge  string          `json:"challenge,omitempty" maxLength:"256" doc:"From login; leave out to sign in without a password"`
		Credential json.RawMessage `json:"credential" doc:"The browser's answer, as returned by PublicKeyCredential.toJSON"`
	} `nameHint:"LoginPasskey"`
}

func (h *passkeySignInHandlers) finish(ctx context.Context, in *loginPasskeyInput) (*signedInOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	party, err := h.ceremonies.relyingParty()
	if err != nil {
		return nil, err
	}
	answer, err := passkey.ParseUsed(in.Body.Credential)
	if err != nil {
		return nil, err
	}
	var user models.User
	if in.Body.Challenge == "" {
		user, err = h.passwordless(ctx, party, answer, kit.CookieValue(in.Cookie, beginCookieName))
	} else {
		user, err = h.secondFactor(ctx, party, answer, token.Hash(in.Body.Challenge))
	}
	if err != nil {
		return nil, err
	}
	return h.open.start(ctx, user)
}

// secondFactor finishes a sign-in after the correct password.
func (h *passkeySignInHandlers) secondFactor(ctx context.Context, party *passkey.Party, answer passkey.Used, challenge []byte) (models.User, error) {
	user, err := h.oneTimes.TrySignIn(ctx, challenge)
	if err != nil {
		return models.User{}, err
	}
	if err := h.ceremonies.prove(ctx, party, user, answer, models.PasskeySecondFactor, challenge); err != nil {
		return models.User{}, err
	}
	return user, h.oneTimes.FinishSignIn(ctx, challenge)
}

// passwordless returns the account whose passkey answered, in the browser that
// was asked. An unknown passkey, a disabled account and an invalid answer are
// refused in the same way.
func (h *passkeySignInHandlers) passwordless(ctx context.Context, party *passkey.Party, answer passkey.Used, cookie string) (models.User, error) {
	c, err := h.store.UsePasskeyChallenge(ctx, answer.Hash, models.PasskeySignIn, token.Hash(cookie))
	if err != nil {
		return models.User{}, err
	}
	user, err := h.store.UserByPasskeyHandle(ctx, answer.Handle)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return models.User{}, err
	}
	owner, err := h.ceremonies.owner(ctx, user)
	if err != nil {
		return models.User{}, err
	}
	use, err := party.SignedIn(answer, owner, c.State)
	if err != nil {
		h.record.failed(ctx, user, "passkey")
		return models.User{}, err
	}
	if err := h.features.RequireFlag(ctx, models.FlagPasskeys, user.ID); err != nil {
		return models.User{}, err
	}
	return user, h.ceremonies.use(ctx, user, use)
}
