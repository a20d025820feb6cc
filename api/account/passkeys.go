package account

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/internal/totp"
	"longhaul/models"
)

// passkeyHandlers manage the account's passkeys.
type passkeyHandlers struct {
	store      passkeys
	features   features
	ceremonies *ceremonies
	auth       *kit.Authenticator
	limits     kit.Limiter
	now        func() time.Time
	newID      func() uuid.UUID
}

func (h *passkeyHandlers) routes(r *kit.Router) {
	const path = "/api/v1/auth/passkeys"
	kit.Handle(r, huma.Operation{
		OperationID: "list-passkeys", Method: http.MethodGet, Path: path, Tags: []string{tagAuth},
		Summary: "List the account's passkeys",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "begin-passkey", Method: http.MethodPost, Path: path + "/begin", Tags: []string{tagAuth},
		Summary:     "Start adding a passkey",
		Description: "Send the browser's answer to add-passkey from the same session within five minutes.",
	}, h.begin)
	kit.Handle(r, huma.Operation{
		OperationID: "add-passkey", Method: http.MethodPost, Path: path, Tags: []string{tagAuth},
		Summary: "Add a passkey",
		Description: "It signs in without the password, or replaces the code after it. An account's first second factor comes with " +
			"recovery codes, shown only once.", DefaultStatus: http.StatusCreated,
	}, h.add)
	kit.Handle(r, huma.Operation{
		OperationID: "rename-passkey", Method: http.MethodPatch, Path: path + "/{id}", Tags: []string{tagAuth},
		Summary: "Rename a passkey", DefaultStatus: http.StatusNoContent,
	}, h.rename)
	kit.Handle(r, huma.Operation{
		OperationID: "remove-passkey", Method: http.MethodDelete, Path: path + "/{id}", Tags: []string{tagAuth},
		Summary: "Remove a passkey", Description: "Removing the last second factor also deletes the recovery codes.",
		DefaultStatus: http.StatusNoContent,
	}, h.remove)
}

// PasskeyInfo is a passkey of the account.
type PasskeyInfo struct {
	ID         uuid.UUID  `json:"id" format:"uuid"`
	Name       string     `json:"name"`
	Host       string     `json:"host" doc:"The host it was made for; it works nowhere else"`
	Usable     bool       `json:"usable" doc:"It was made for this installation's current host"`
	Synced     bool       `json:"synced" doc:"It is synced across devices or backed up"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

type passkeysOutput struct {
	Body struct {
		Available   bool          `json:"available" doc:"Passkeys work on this installation"`
		Unavailable string        `json:"unavailable" doc:"Why passkeys don't work, in a sentence; empty if they do"`
		Passkeys    []PasskeyInfo `json:"passkeys" nullable:"false" doc:"Oldest first"`
	} `nameHint:"PasskeyList"`
}

func (h *passkeyHandlers) list(ctx context.Context, _ *kit.Empty) (*passkeysOutput, error) {
	list, err := h.store.Passkeys(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &passkeysOutput{}
	out.Body.Available = h.ceremonies.party != nil
	if h.ceremonies.party == nil {
		out.Body.Unavailable = passkeysOff
	}
	out.Body.Passkeys = make([]PasskeyInfo, 0, len(list))
	for _, k := range list {
		out.Body.Passkeys = append(out.Body.Passkeys, h.info(k))
	}
	return out, nil
}

func (h *passkeyHandlers) info(k models.Passkey) PasskeyInfo {
	return PasskeyInfo{
		ID: k.ID, Name: k.Name, Host: k.RPID, Usable: h.ceremonies.party != nil && h.ceremonies.party.Host() == k.RPID, Synced: k.BackedUp,
		CreatedAt: k.CreatedAt, LastUsedAt: k.LastUsedAt,
	}
}

func (h *passkeyHandlers) begin(ctx context.Context, _ *kit.Empty) (*passkeyOptionsOutput, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	if err := h.features.RequireFlag(ctx, models.FlagPasskeys, user.ID); err != nil {
		return nil, err
	}
	party, err := h.ceremonies.relyingParty()
	if err != nil {
		return nil, err
	}
	if err := h.limits.Allow(ctx, kit.LimitToken, user.ID.String()); err != nil {
		return nil, err
	}
	fresh, err := passkey.NewHandle()
	if err != nil {
		return nil, err
	}
	if user.PasskeyHandle, err = h.store.PasskeyHandle(ctx, user.ID, fresh); err != nil {
		return nil, err
	}
	owner, err := h.ceremonies.owner(ctx, user)
	if err != nil {
		return nil, err
	}
	ceremony, err := party.Register(owner)
	if err != nil {
		return nil, err
	}
	return h.ceremonies.keep(ctx, ceremony, models.PasskeyChallenge{Purpose: models.PasskeyRegister, UserID: &user.ID, Binding: info.Session.IDHash})
}

type addPasskeyInput struct {
	Body struct {
		Name       string          `json:"name" minLength:"1" maxLength:"100" doc:"The user's name for it"`
		Credential json.RawMessage `json:"credential" doc:"The browser's answer, as returned by PublicKeyCredential.toJSON"`
	} `nameHint:"AddPasskey"`
}

type addedPasskeyOutput struct {
	Body struct {
		Passkey       PasskeyInfo `json:"passkey"`
		RecoveryCodes []string    `json:"recoveryCodes" nullable:"false" doc:"Each signs in once without the passkey or app. Shown only once, with the first second factor."`
	} `nameHint:"AddedPasskey"`
}

func (h *passkeyHandlers) add(ctx context.Context, in *addPasskeyInput) (*addedPasskeyOutput, error) {
	info := kit.InfoOf(ctx)
	name, err := passkeyName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	if err := h.features.RequireFlag(ctx, models.FlagPasskeys, kit.Caller(ctx).ID); err != nil {
		return nil, err
	}
	made, err := h.made(ctx, in.Body.Credential)
	if err != nil {
		return nil, err
	}
	made.Name = name
	codes, hashes, err := totp.RecoveryCodes()
	if err != nil {
		return nil, err
	}
	withCodes, err := h.store.AddPasskey(ctx, kit.ActorOf(ctx), made, hashes, info.Client)
	if err != nil {
		return nil, err
	}
	out := &addedPasskeyOutput{}
	out.Body.Passkey, out.Body.RecoveryCodes = h.info(made), []string{}
	if withCodes {
		out.Body.RecoveryCodes = codes
	}
	return out, nil
}

// made checks the answer to begin-passkey and returns the new passkey.
func (h *passkeyHandlers) made(ctx context.Context, credential []byte) (models.Passkey, error) {
	user, info := kit.Caller(ctx), kit.InfoOf(ctx)
	party, err := h.ceremonies.relyingParty()
	if err != nil {
		return models.Passkey{}, err
	}
	answer, err := passkey.ParseMade(credential)
	if err != nil {
		return models.Passkey{}, err
	}
	c, err := h.store.UsePasskeyChallenge(ctx, answer.Hash, models.PasskeyRegister, info.Session.IDHash)
	if err != nil {
		return models.Passkey{}, err
	}
	made, err := party.Registered(answer, passkey.Owner{Handle: user.PasskeyHandle, Email: user.Email}, c.State)
	if err != nil {
		return models.Passkey{}, err
	}
	made.ID, made.UserID, made.CreatedAt = h.newID(), user.ID, h.now()
	return made, nil
}

// passkeyName returns a name as it is stored.
func passkeyName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return "", models.Errorf(models.CodeInvalid, "Give the passkey a name.").In("name")
	}
	return name, nil
}

type renamePasskeyInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	} `nameHint:"RenamePasskey"`
}

func (h *passkeyHandlers) rename(ctx context.Context, in *renamePasskeyInput) (*kit.Empty, error) {
	name, err := passkeyName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.store.RenamePasskey(ctx, kit.ActorOf(ctx), kit.Caller(ctx).ID, in.ID, name)
}

type passkeyInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *passkeyHandlers) remove(ctx context.Context, in *passkeyInput) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.RemovePasskey(ctx, kit.ActorOf(ctx), kit.Caller(ctx).ID, in.ID, kit.InfoOf(ctx).Client)
}
