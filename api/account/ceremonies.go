package account

import (
	"context"
	"encoding/json"
	"time"

	"longhaul/api/kit"
	"longhaul/internal/passkey"
	"longhaul/models"
)

// ceremonies runs the exchanges with passkeys.
type ceremonies struct {
	store  passkeys
	party  *passkey.Party // nil if passkeys don't work here
	limits kit.Limiter
	record *recorder
	now    func() time.Time
}

// passkeysOff tells the operator what passkeys need.
const passkeysOff = "Browsers offer passkeys only at an https address with a host name, or at localhost. This installation's BASE_URL is neither."

// relyingParty returns what runs the ceremonies, or a fault if passkeys don't
// work here.
func (c *ceremonies) relyingParty() (*passkey.Party, error) {
	if c.party == nil {
		return nil, models.Fault(models.ProblemPasskeysOff, passkeysOff)
	}
	return c.party, nil
}

type passkeyOptionsOutput struct {
	SetCookie string `header:"Set-Cookie" hidden:"true"`
	Body      struct {
		Options   json.RawMessage `json:"options" doc:"For the browser's PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON"`
		ExpiresAt time.Time       `json:"expiresAt" doc:"When the challenge expires"`
	} `nameHint:"PasskeyOptions"`
}

// keep records a new ceremony and returns its options.
func (c *ceremonies) keep(ctx context.Context, b passkey.Ceremony, p models.PasskeyChallenge) (*passkeyOptionsOutput, error) {
	p.Hash, p.State, p.ExpiresAt = b.Hash, b.State, c.now().Add(models.PasskeyTime)
	if err := c.store.KeepPasskeyChallenge(ctx, p); err != nil {
		return nil, err
	}
	out := &passkeyOptionsOutput{}
	out.Body.Options, out.Body.ExpiresAt = b.Options, p.ExpiresAt
	return out, nil
}

// owner returns the account with its passkeys as the ceremonies see it.
func (c *ceremonies) owner(ctx context.Context, user models.User) (passkey.Owner, error) {
	list, err := c.store.Passkeys(ctx, user.ID)
	return passkey.Owner{Handle: user.PasskeyHandle, Email: user.Email, Passkeys: list}, err
}

// beginProof starts a ceremony that proves the caller owns the account.
func (c *ceremonies) beginProof(ctx context.Context, party *passkey.Party, user models.User, p models.PasskeyChallenge) (*passkeyOptionsOutput, error) {
	owner, err := c.owner(ctx, user)
	if err != nil {
		return nil, err
	}
	ceremony, err := party.Prove(owner)
	if err != nil {
		return nil, err
	}
	return c.keep(ctx, ceremony, p)
}

// prove consumes an open ceremony of the account and checks the answer.
func (c *ceremonies) prove(ctx context.Context, party *passkey.Party, user models.User, answer passkey.Used, purpose models.PasskeyPurpose, binding []byte) error {
	if err := c.limits.AllowAll(ctx, factorAsks(ctx, user)...); err != nil {
		return err
	}
	p, err := c.store.UsePasskeyChallenge(ctx, answer.Hash, purpose, binding)
	if err != nil {
		return err
	}
	owner, err := c.owner(ctx, user)
	if err != nil {
		return err
	}
	use, err := party.Proved(answer, owner, p.State)
	if err != nil {
		c.record.note(ctx, models.SecuritySecondFactorFailed, &user.ID, "passkey")
		return err
	}
	return c.use(ctx, user, use)
}

// use records the use of a passkey whose answer is valid. If its counter went
// back, the passkey may be a copy and is refused.
func (c *ceremonies) use(ctx context.Context, user models.User, use models.PasskeyUse) error {
	ok, err := c.store.UsePasskey(ctx, user.ID, use)
	if err != nil || ok {
		return err
	}
	c.record.note(ctx, models.SecurityPasskeyCopied, &user.ID, "passkey "+use.ID.String())
	return models.Fault(models.ProblemPasskeyCopied,
		"This passkey's use count is behind what it was last time, so there may be a copy of it. Sign in another way, remove it, and add a new one.")
}
