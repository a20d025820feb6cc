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
// browser that began it.
const beginCookieName = "__Host-passkey"

func (h *accountHandlers) passkeySignInRoutes(r *kit.Router) {
	const path = "/api/v1/auth/login/passkey"
	kit.Handle(r, kit.AccessPublic, huma.Operation{
		OperationID: "begin-passkey-login", Method: http.MethodPost, Path: path + "/begin", Tags: []string{tagAuth},
		Summary: "Begin to sign in with a passkey",
		Description: "With the challenge of a sign-in the passkey is its second factor. Without one it signs in alone: the browser offers those that it has for this " +
			"host, so that the answer tells nothing of any account.",
	}, h.beginPasskeyLogin)
	kit.Handle(r, kit.AccessPublic, huma.Operation{
		OperationID: "login-passkey", Method: http.MethodPost, Path: path, Tags: []string{tagAuth},
		Summary: "Sign in with a passkey", Description: "Within five minutes of begin-passkey-login, in the same browser. The session comes back as the cookie " + kit.CookieName + ".",
	}, h.loginPasskey)
	kit.Handle(r, kit.AccessEnrol, huma.Operation{
		OperationID: "begin-passkey-reauthentication", Method: http.MethodPost, Path: "/api/v1/auth/reauthenticate/passkey/begin", Tags: []string{tagAuth},
		Summary: "Begin to confirm who you are with a passkey", Description: "reauthenticate takes the browser's answer.",
	}, h.beginPasskeyReauth)
}

type beginPasskeyLoginInput struct {
	Body struct {
		Challenge string `json:"challenge,omitempty" maxLength:"256" doc:"From login; absent for a sign-in without a password"`
	} `nameHint:"BeginPasskeyLogin"`
}

func (h *accountHandlers) beginPasskeyLogin(ctx context.Context, in *beginPasskeyLoginInput) (*passkeyBegunOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	party, err := h.relyingParty()
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
	return h.beginProof(ctx, party, user, models.PasskeyChallenge{Purpose: models.PasskeySecondFactor, UserID: &user.ID, Binding: binding})
}

// orExpired words the end of a begun sign-in's time as what it is.
func orExpired(err error) error {
	if models.AsError(err).Problem == models.ProblemLinkNotValid {
		return models.Fault(models.ProblemSignInExpired, "The sign-in took too long. Please begin again.")
	}
	return err
}

// beginPasswordless begins a sign-in of somebody who is not known yet.
func (h *accountHandlers) beginPasswordless(ctx context.Context, party *passkey.Party) (*passkeyBegunOutput, error) {
	value, binding, err := token.New()
	if err != nil {
		return nil, err
	}
	begun, err := party.SignIn()
	if err != nil {
		return nil, err
	}
	out, err := h.keepCeremony(ctx, begun, models.PasskeyChallenge{Purpose: models.PasskeySignIn, Binding: binding})
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

// beginProof begins to prove that it is the account's owner who is there.
func (h *accountHandlers) beginProof(ctx context.Context, party *passkey.Party, user models.User, c models.PasskeyChallenge) (*passkeyBegunOutput, error) {
	owner, err := h.passkeyOwner(ctx, user)
	if err != nil {
		return nil, err
	}
	begun, err := party.Prove(owner)
	if err != nil {
		return nil, err
	}
	return h.keepCeremony(ctx, begun, c)
}

type loginPasskeyInput struct {
	Cookie string `header:"Cookie" hidden:"true"`
	Body   struct {
		Challenge  string          `json:"challenge,omitempty" maxLength:"256" doc:"From login; absent for a sign-in without a password"`
		Credential json.RawMessage `json:"credential" doc:"The browser's answer, as PublicKeyCredential.toJSON gives it"`
	} `nameHint:"LoginPasskey"`
}

func (h *accountHandlers) loginPasskey(ctx context.Context, in *loginPasskeyInput) (*signedInOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	party, err := h.relyingParty()
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
		user, err = h.passkeySecondFactor(ctx, party, answer, token.Hash(in.Body.Challenge))
	}
	if err != nil {
		return nil, err
	}
	return h.startSession(ctx, user)
}

// passkeySecondFactor finishes a sign-in whose password was right.
func (h *accountHandlers) passkeySecondFactor(ctx context.Context, party *passkey.Party, answer passkey.Used, challenge []byte) (models.User, error) {
	user, err := h.oneTimes.TrySignIn(ctx, challenge)
	if err != nil {
		return models.User{}, err
	}
	if err := h.prove(ctx, party, user, answer, models.PasskeySecondFactor, challenge); err != nil {
		return models.User{}, err
	}
	return user, h.oneTimes.FinishSignIn(ctx, challenge)
}

// prove uses a begun ceremony of the account up, whose answer has to fit.
func (h *accountHandlers) prove(ctx context.Context, party *passkey.Party, user models.User, answer passkey.Used, purpose models.PasskeyPurpose, binding []byte) error {
	if err := h.limits.Allow(ctx, kit.LimitTOTP, user.ID.String()); err != nil {
		return err
	}
	c, err := h.passkeys.UsePasskeyChallenge(ctx, answer.Hash, purpose, binding)
	if err != nil {
		return err
	}
	owner, err := h.passkeyOwner(ctx, user)
	if err != nil {
		return err
	}
	use, err := party.Proved(answer, owner, c.State)
	if err != nil {
		h.note(ctx, models.SecuritySecondFactorFailed, &user.ID, "passkey")
		return err
	}
	return h.usePasskey(ctx, user, use)
}

// passwordless returns whose passkey answered, in the browser that was asked.
// A passkey of nobody, of a disabled account and an answer that does not fit
// are refused alike.
func (h *accountHandlers) passwordless(ctx context.Context, party *passkey.Party, answer passkey.Used, cookie string) (models.User, error) {
	c, err := h.passkeys.UsePasskeyChallenge(ctx, answer.Hash, models.PasskeySignIn, token.Hash(cookie))
	if err != nil {
		return models.User{}, err
	}
	user, err := h.passkeys.UserByPasskeyHandle(ctx, answer.Handle)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return models.User{}, err
	}
	owner, err := h.passkeyOwner(ctx, user)
	if err != nil {
		return models.User{}, err
	}
	use, err := party.SignedIn(answer, owner, c.State)
	if err != nil {
		h.noteFailedPasskey(ctx, user)
		return models.User{}, err
	}
	return user, h.usePasskey(ctx, user, use)
}

// noteFailedPasskey records a passkey that did not fit; of nobody's at most one
// a minute, as anybody can make up passkeys.
func (h *accountHandlers) noteFailedPasskey(ctx context.Context, user models.User) {
	client := kit.InfoOf(ctx).Client
	e := models.SecurityEvent{Kind: models.SecurityLoginFailed, IP: client.IP, UserAgent: client.UserAgent, Detail: "passkey"}
	if user.PasswordHash != "" {
		e.UserID = &user.ID
	} else {
		e.Once = kit.Network(e.IP)
	}
	h.background.Run(ctx, accountBudget, func(ctx context.Context) error { return h.security.RecordSecurity(ctx, e) })
}

// usePasskey records the use of a passkey whose answer fits. One whose counter
// went back may be a copy, and is refused.
func (h *accountHandlers) usePasskey(ctx context.Context, user models.User, use models.PasskeyUse) error {
	ok, err := h.passkeys.UsePasskey(ctx, user.ID, use)
	if err != nil || ok {
		return err
	}
	h.note(ctx, models.SecurityPasskeyCopied, &user.ID, "passkey "+use.ID.String())
	return models.Fault(models.ProblemPasskeyCopied,
		"This passkey was used more often elsewhere than here, as if there were a copy of it. Sign in another way, remove it, and add a new one.")
}

func (h *accountHandlers) beginPasskeyReauth(ctx context.Context, _ *kit.Empty) (*passkeyBegunOutput, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, info.IP); err != nil {
		return nil, err
	}
	party, err := h.relyingParty()
	if err != nil {
		return nil, err
	}
	return h.beginProof(ctx, party, user, models.PasskeyChallenge{Purpose: models.PasskeyConfirm, UserID: &user.ID, Binding: info.Session.IDHash})
}

// confirmByPasskey checks the answer to begin-passkey-reauthentication.
func (h *accountHandlers) confirmByPasskey(ctx context.Context, credential []byte) error {
	party, err := h.relyingParty()
	if err != nil {
		return err
	}
	answer, err := passkey.ParseUsed(credential)
	if err != nil {
		return err
	}
	return h.prove(ctx, party, kit.Caller(ctx), answer, models.PasskeyConfirm, kit.InfoOf(ctx).Session.IDHash)
}
