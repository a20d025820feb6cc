// Package passkey runs the ceremonies of WebAuthn: adding a passkey, and
// signing in with one. Each starts with options for the browser and a state
// that the server stores, and ends by checking the browser's answer against
// that state. The package stores nothing: the caller makes sure that a state is
// used once, in time, and by the account it was made for.
//
// Every ceremony requires the authenticator to verify its user with a PIN or
// biometrics, so a passkey alone is two factors.
package passkey

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/models"
)

// handleSize is the size of what names an account to authenticators, in bytes.
const handleSize = 32

// ErrUnsuitable says why passkeys don't work at an origin. Browsers bind them
// to a host name, and offer them only on secure connections.
var ErrUnsuitable = errors.New("passkeys need an https address with a host name, or localhost")

// Party is the origin that passkeys are made for: the relying party.
type Party struct {
	web *webauthn.WebAuthn
}

// New returns the party of the app's origin, ErrUnsuitable for one that cannot
// have passkeys.
func New(base *url.URL, name string) (*Party, error) {
	host := strings.ToLower(base.Hostname())
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if host == "" || net.ParseIP(host) != nil || base.Scheme != "https" && (base.Scheme != "http" || !local) {
		return nil, ErrUnsuitable
	}
	required := true
	timeout := webauthn.TimeoutConfig{Timeout: models.PasskeyTime, TimeoutUVD: models.PasskeyTime}
	web, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{base.Scheme + "://" + strings.ToLower(base.Host)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &required, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsuitable, err)
	}
	return &Party{web}, nil
}

// Host returns the host that the party's passkeys are made for.
func (p *Party) Host() string { return p.web.Config.RPID }

// NewHandle returns random bytes that name an account to authenticators.
func NewHandle() ([]byte, error) {
	b := make([]byte, handleSize)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return b, nil
}

// Ceremony is an exchange with an authenticator that the browser has yet to answer.
type Ceremony struct {
	Options json.RawMessage // what the browser is asked, as its own JSON forms take it
	Hash    []byte          // SHA-256 of the challenge
	State   []byte          // what the answer is checked against
}

// Owner is an account as the ceremonies see it.
type Owner struct {
	Handle   []byte
	Email    string
	Passkeys []models.Passkey
}

// Register begins to add a passkey to the account. An authenticator that has
// one of the account refuses to make a second.
func (p *Party) Register(o Owner) (Ceremony, error) {
	a := p.account(o)
	options, session, err := p.web.BeginRegistration(a, webauthn.WithExclusions(webauthn.Credentials(a.credentials).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("start to register a passkey: %w", err)
	}
	return newCeremony(options.Response, session)
}

// SignIn begins to sign someone in who is not known yet: the authenticator
// offers the passkeys that it has for this host.
func (p *Party) SignIn() (Ceremony, error) {
	options, session, err := p.web.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, fmt.Errorf("start to sign in with a passkey: %w", err)
	}
	return newCeremony(options.Response, session)
}

// Prove begins to prove that it is the account's owner who is there. It needs
// at least one passkey that was made for this host.
func (p *Party) Prove(o Owner) (Ceremony, error) {
	a := p.account(o)
	if len(a.credentials) == 0 {
		return Ceremony{}, models.Errorf(models.CodeConflict, "The account has no passkey for %s.", p.Host())
	}
	options, session, err := p.web.BeginLogin(a)
	if err != nil {
		return Ceremony{}, fmt.Errorf("start to use a passkey: %w", err)
	}
	return newCeremony(options.Response, session)
}

func newCeremony(options any, session *webauthn.SessionData) (Ceremony, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write options: %w", err)
	}
	state, err := json.Marshal(session)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write state: %w", err)
	}
	return Ceremony{Options: o, Hash: token.Hash(session.Challenge), State: state}, nil
}

// account implements webauthn.User.
type account struct {
	owner       Owner
	credentials []webauthn.Credential
}

// account keeps the passkeys that were made for the party's host: others are
// of no use here.
func (p *Party) account(o Owner) account {
	a := account{owner: o}
	for _, k := range o.Passkeys {
		if k.RPID == p.Host() {
			a.credentials = append(a.credentials, credentialOf(k))
		}
	}
	return a
}

// WebAuthnID returns the random handle.
func (a account) WebAuthnID() []byte { return a.owner.Handle }

// WebAuthnName returns what the authenticator's list shows.
func (a account) WebAuthnName() string { return a.owner.Email }

// WebAuthnDisplayName returns what the authenticator's list shows.
func (a account) WebAuthnDisplayName() string { return a.owner.Email }

// WebAuthnCredentials returns the account's passkeys.
func (a account) WebAuthnCredentials() []webauthn.Credential { return a.credentials }

func credentialOf(k models.Passkey) webauthn.Credential {
	transports := make([]protocol.AuthenticatorTransport, 0, len(k.Transports))
	for _, t := range k.Transports {
		transports = append(transports, protocol.AuthenticatorTransport(t))
	}
	return webauthn.Credential{
		ID: k.CredentialID, PublicKey: k.PublicKey, Transport: transports,
		Flags: webauthn.CredentialFlags{
			UserPresent: true, UserVerified: true, BackupEligible: k.BackupEligible, BackupState: k.BackedUp,
		},
		Authenticator: webauthn.Authenticator{AAGUID: k.AAGUID[:], SignCount: uint32(k.SignCount)},
	}
}

// passkeyOf returns a new passkey as it is kept.
func passkeyOf(c *webauthn.Credential, host string) (models.Passkey, error) {
	k := models.Passkey{
		RPID: host, CredentialID: c.ID, PublicKey: c.PublicKey, SignCount: int64(c.Authenticator.SignCount), Transports: []string{},
		BackupEligible: c.Flags.BackupEligible, BackedUp: c.Flags.BackupState,
	}
	for _, t := range c.Transport[:min(len(c.Transport), maxTransports)] {
		k.Transports = append(k.Transports, string(t)[:min(len(t), maxTransport)])
	}
	if len(c.Authenticator.AAGUID) == 0 {
		return k, nil
	}
	var err error
	if k.AAGUID, err = uuid.FromBytes(c.Authenticator.AAGUID); err != nil {
		return models.Passkey{}, refused(err)
	}
	return k, nil
}

// Bounds of what an authenticator says of how it is reached, which is not
// signed.
const (
	maxTransports = 8
	maxTransport  = 32 // bytes
)
