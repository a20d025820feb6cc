package passkey

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"longhaul/internal/token"
	"longhaul/models"
)

// refused is the answer to whatever is wrong with a browser's answer. What
// exactly is for the log alone.
func refused(err error) error {
	if detail, ok := errors.AsType[*protocol.Error](err); ok && detail.DevInfo != "" {
		err = fmt.Errorf("%w: %s", err, detail.DevInfo)
	}
	return models.Fault(models.ProblemPasskeyRefused, "This passkey doesn't match. It may have been removed from the account or belong to another address.").Because(err)
}

// Made is a browser's answer that brings a new passkey, not checked yet.
type Made struct {
	Hash   []byte // SHA-256 of the challenge that it says to answer
	parsed *protocol.ParsedCredentialCreationData
}

// ParseMade reads the JSON form of a browser's answer to Register.
func ParseMade(answer []byte) (Made, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Made{}, refused(err)
	}
	return Made{token.Hash(parsed.Response.CollectedClientData.Challenge), parsed}, nil
}

// Registered checks the answer to Register and returns the new passkey, which
// lacks its id, owner, name and time.
func (p *Party) Registered(m Made, o Owner, state []byte) (models.Passkey, error) {
	session, err := sessionOf(state)
	if err != nil {
		return models.Passkey{}, err
	}
	credential, err := p.web.CreateCredential(p.account(o), session, m.parsed)
	if err != nil {
		return models.Passkey{}, refused(err)
	}
	return passkeyOf(credential, p.Host())
}

// Used is a browser's answer that proves who someone is, not checked yet.
type Used struct {
	Hash   []byte // SHA-256 of the challenge that it says to answer
	Handle []byte // of the account that it says to be of; may be empty
	parsed *protocol.ParsedCredentialAssertionData
}

// ParseUsed reads the JSON form of a browser's answer to SignIn or Prove.
func ParseUsed(answer []byte) (Used, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Used{}, refused(err)
	}
	return Used{token.Hash(parsed.Response.CollectedClientData.Challenge), parsed.Response.UserHandle, parsed}, nil
}

// SignedIn checks the answer to SignIn by the account that its handle names.
func (p *Party) SignedIn(u Used, o Owner, state []byte) (models.PasskeyUse, error) {
	return p.verify(u, o, state, func(a account, s webauthn.SessionData) (*webauthn.Credential, error) {
		known := func(_, _ []byte) (webauthn.User, error) { return a, nil }
		_, credential, err := p.web.ValidatePasskeyLogin(known, s, u.parsed)
		return credential, err
	})
}

// Proved checks the answer to Prove.
func (p *Party) Proved(u Used, o Owner, state []byte) (models.PasskeyUse, error) {
	return p.verify(u, o, state, func(a account, s webauthn.SessionData) (*webauthn.Credential, error) {
		return p.web.ValidateLogin(a, s, u.parsed)
	})
}

func (p *Party) verify(u Used, o Owner, state []byte, check func(account, webauthn.SessionData) (*webauthn.Credential, error)) (models.PasskeyUse, error) {
	session, err := sessionOf(state)
	if err != nil {
		return models.PasskeyUse{}, err
	}
	credential, err := check(p.account(o), session)
	if err != nil {
		return models.PasskeyUse{}, refused(err)
	}
	for _, k := range o.Passkeys {
		if string(k.CredentialID) == string(credential.ID) {
			// The counter as it was sent, not as the library would keep it: the
			// store compares it with what other calls may have left since.
			return models.PasskeyUse{
				ID: k.ID, SignCount: int64(u.parsed.Response.AuthenticatorData.Counter), BackedUp: credential.Flags.BackupState,
			}, nil
		}
	}
	return models.PasskeyUse{}, refused(errors.New("the passkey does not belong to the account"))
}

func sessionOf(state []byte) (webauthn.SessionData, error) {
	var s webauthn.SessionData
	if err := json.Unmarshal(state, &s); err != nil {
		return s, fmt.Errorf("read the state of a ceremony: %w", err)
	}
	return s, nil
}
