package models

import (
	"time"

	"github.com/google/uuid"
)

// MaxPasskeys is how many passkeys an account may have.
const MaxPasskeys = 20

// PasskeyTime is how long a passkey ceremony stays open.
const PasskeyTime = 5 * time.Minute

// Passkey is a WebAuthn credential of an account. Its private key never leaves
// the user's device or password manager.
type Passkey struct {
	ID             uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID         uuid.UUID `gorm:"type:uuid"`
	RPID           string    `gorm:"column:rp_id"` // the host it was made for
	CredentialID   []byte    // the authenticator's name for it
	PublicKey      []byte    // in COSE form
	SignCount      int64     // the authenticator's counter at the last use; 0 if it has none
	Transports     []string  `gorm:"serializer:json"` // how the browser reaches the authenticator
	AAGUID         uuid.UUID `gorm:"column:aaguid;type:uuid"`
	BackupEligible bool      // can be synced across devices; never changes
	BackedUp       bool      // is synced across devices
	Name           string    // the user's name for it
	CreatedAt      time.Time
	LastUsedAt     *time.Time
}

// PasskeyUse is what an authenticator reports when a passkey is used.
type PasskeyUse struct {
	ID        uuid.UUID // of the passkey
	SignCount int64     // the authenticator's current counter
	BackedUp  bool
}

// PasskeyPurpose is what a passkey ceremony is for.
type PasskeyPurpose string

// The purposes of passkey ceremonies.
const (
	PasskeyRegister     PasskeyPurpose = "register"      // adds a passkey to the account
	PasskeyConfirm      PasskeyPurpose = "confirm"       // proves who the user of a session is
	PasskeySecondFactor PasskeyPurpose = "second_factor" // finishes a sign-in after the correct password
	PasskeySignIn       PasskeyPurpose = "sign_in"       // signs in without a password
)

// PasskeyChallenge is an open ceremony. It works once.
type PasskeyChallenge struct {
	Hash      []byte // SHA-256 of the challenge
	Purpose   PasskeyPurpose
	UserID    *uuid.UUID // the account; nil for PasskeySignIn
	Binding   []byte     // SHA-256 of the session, the open sign-in or the cookie of the browser that started it
	State     []byte     // what the browser's answer is checked against, in JSON
	ExpiresAt time.Time
}

// Acts on passkeys in the audit log.
const (
	AuditPasskeyAdded   AuditAction = "passkey.add"
	AuditPasskeyRenamed AuditAction = "passkey.rename"
	AuditPasskeyRemoved AuditAction = "passkey.remove"
)
