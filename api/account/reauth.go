package account

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/models"
)

// reauthHandlers let a session's owner prove who they are.
type reauthHandlers struct {
	store      sessions
	passwords  Passwords
	codes      *codes
	ceremonies *ceremonies
	limits     kit.Limiter
	record     *recorder
}

func (h *reauthHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "reauthenticate", Method: http.MethodPost, Path: "/api/v1/auth/reauthenticate", Tags: []string{tagAuth},
		Summary: "Confirm who you are", Description: "With the password, a two-factor code or a passkey. It is valid for ten minutes in this session.",
		DefaultStatus: http.StatusNoContent,
	}, h.reauthenticate)
	kit.Handle(r, huma.Operation{
		OperationID: "begin-passkey-reauthentication", Method: http.MethodPost, Path: "/api/v1/auth/reauthenticate/passkey/begin", Tags: []string{tagAuth},
		Summary: "Start confirming who you are with a passkey", Description: "Send the browser's answer to reauthenticate.",
	}, h.beginPasskey)
}

type reauthInput struct {
	Body struct {
		Password string          `json:"password,omitempty" maxLength:"1024" doc:"Either this"`
		Code     string          `json:"code,omitempty" maxLength:"64" doc:"or a two-factor or recovery code"`
		Passkey  json.RawMessage `json:"passkey,omitempty" doc:"or the browser's answer to begin-passkey-reauthentication, as PublicKeyCredential.toJSON gives it"`
	} `nameHint:"Reauthentication"`
}

func (h *reauthHandlers) reauthenticate(ctx context.Context, in *reauthInput) (*kit.Empty, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	given := 0
	for _, g := range []bool{in.Body.Password != "", in.Body.Code != "", len(in.Body.Passkey) > 0} {
		if g {
			given++
		}
	}
	if given != 1 {
		return nil, models.Errorf(models.CodeInvalid, "Send exactly one of password, code and passkey.").In("password")
	}
	var err error
	switch {
	case in.Body.Code != "":
		err = h.codes.check(ctx, user, in.Body.Code)
	case len(in.Body.Passkey) > 0:
		err = h.confirmByPasskey(ctx, in.Body.Passkey)
	default:
		err = h.confirmByPassword(ctx, user, in.Body.Password)
	}
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.store.ConfirmSession(ctx, user.ID, info.Session.IDHash)
}

func (h *reauthHandlers) confirmByPassword(ctx context.Context, user models.User, password string) error {
	if err := h.limits.Allow(ctx, kit.LimitLoginPair, user.Email+" "+kit.Network(kit.InfoOf(ctx).IP)); err != nil {
		return err
	}
	ok, err := h.passwords.Verify(ctx, user.PasswordHash, password)
	if err != nil || ok {
		return err
	}
	h.record.note(ctx, models.SecurityLoginFailed, &user.ID, "while signed in")
	return models.Errorf(models.CodeInvalid, "The password is wrong.").In("password")
}

func (h *reauthHandlers) beginPasskey(ctx context.Context, _ *kit.Empty) (*passkeyOptionsOutput, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, info.IP); err != nil {
		return nil, err
	}
	party, err := h.ceremonies.relyingParty()
	if err != nil {
		return nil, err
	}
	return h.ceremonies.beginProof(ctx, party, user, models.PasskeyChallenge{Purpose: models.PasskeyConfirm, UserID: &user.ID, Binding: info.Session.IDHash})
}

// confirmByPasskey checks the answer to begin-passkey-reauthentication.
func (h *reauthHandlers) confirmByPasskey(ctx context.Context, credential []byte) error {
	party, err := h.ceremonies.relyingParty()
	if err != nil {
		return err
	}
	answer, err := passkey.ParseUsed(credential)
	if err != nil {
		return err
	}
	return h.ceremonies.prove(ctx, party, kit.Caller(ctx), answer, models.PasskeyConfirm, kit.InfoOf(ctx).Session.IDHash)
}
