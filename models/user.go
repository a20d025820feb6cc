package models

import (
	"time"

	"github.com/google/uuid"
)

// Role is what an account may do.
type Role string

// The roles.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// Valid reports whether r is a known role.
func (r Role) Valid() bool { return r == RoleUser || r == RoleAdmin }

// User is an account.
type User struct {
	ID            uuid.UUID `gorm:"type:uuid;primaryKey"`
	Email         string    // normalised: NFKC, lower case
	PasswordHash  string    // argon2id in PHC string form
	Role          Role
	VerifiedAt    *time.Time // when the owner confirmed the address; nil until then
	TOTPSecret    string     `gorm:"column:totp_secret"` // sealed; empty without a second factor
	TOTPAt        *time.Time `gorm:"column:totp_at"`     // when the second factor was confirmed; nil while it is off
	TOTPStep      int64      `gorm:"column:totp_step"`   // the last time step that was used
	PasskeyHandle []byte     `gorm:"->"`                 // names the account to authenticators; empty until its first passkey is set up
	Passkeys      int        `gorm:"->"`                 // how many it has
	AgentPool     *string    `gorm:"->"`                 // pool of agents that it is bound to; nil where its plan decides
	DisabledAt    *time.Time
	DeleteAt      *time.Time // when the owner deleted it; it goes with its last job
	LastSignInAt  *time.Time // nil for never
	CreatedAt     time.Time
}

// Active reports whether the account can be used at all.
func (u User) Active() bool { return u.DisabledAt == nil && u.DeleteAt == nil && u.VerifiedAt != nil }

// SecondFactor reports whether signing in takes more than the password: a code
// or a passkey.
func (u User) SecondFactor() bool { return u.HasTOTP() || u.HasPasskey() }

// HasTOTP reports whether codes from an authenticator app are on.
func (u User) HasTOTP() bool { return u.TOTPAt != nil }

// HasPasskey reports whether the account has a passkey. Each verifies its user
// with a PIN or biometrics, so a passkey alone is two factors.
func (u User) HasPasskey() bool { return u.Passkeys > 0 }

// Factor is a second factor, required after a password.
type Factor string

// The second factors.
const (
	FactorPasskey  Factor = "passkey"
	FactorTOTP     Factor = "totp"          // a code of an authenticator app
	FactorRecovery Factor = "recovery_code" // a saved code for when the other factors are lost
)

// UserState is whether an account can be used.
type UserState string

// The states of an account.
const (
	UserActive     UserState = "active"
	UserUnverified UserState = "unverified" // the owner has not confirmed the address yet
	UserDisabled   UserState = "disabled"   // an administrator disabled it
)

// State returns whether the account can be used. Being disabled outweighs
// everything else.
func (u User) State() UserState {
	switch {
	case u.DisabledAt != nil:
		return UserDisabled
	case u.VerifiedAt == nil:
		return UserUnverified
	default:
		return UserActive
	}
}

// Session is one sign-in of a user in one browser or CLI.
type Session struct {
	IDHash          []byte    `gorm:"primaryKey"` // SHA-256 of the cookie's value
	UserID          uuid.UUID `gorm:"type:uuid"`
	CreatedAt       time.Time
	AuthenticatedAt time.Time // when the user last gave the password, a code or a passkey
	LastSeenAt      time.Time
	ExpiresAt       time.Time // absolute end
	IP              string    // of the last use
	UserAgent       string
}

// Scope is a group of operations that an API token may call.
type Scope string

// The scopes. None implies another.
const (
	ScopeJobsRead  Scope = "jobs:read"  // jobs, their events and the usage of the account
	ScopeJobsWrite Scope = "jobs:write" // submit jobs and act on them
	ScopeFilesRead Scope = "files:read" // lists of files and download addresses
	ScopeAdmin     Scope = "admin"      // administration, as long as the account is an administrator's
)

// Scopes returns every scope.
func Scopes() []Scope { return []Scope{ScopeJobsRead, ScopeJobsWrite, ScopeFilesRead, ScopeAdmin} }

// APIToken is a credential of a program that acts for a user.
type APIToken struct {
	ID         uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID     uuid.UUID `gorm:"type:uuid"`
	Name       string
	Hash       []byte  // SHA-256 of the token
	Hint       string  // its first characters, to tell it from others
	Scopes     []Scope `gorm:"serializer:json"`
	Client     App     // that holds it; empty for one that the user copied
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt *time.Time
	LastUsedIP string `gorm:"column:last_used_ip"`
}

// OneTimeKind is what a one-time token is for.
type OneTimeKind string

// The kinds of one-time token.
const (
	OneTimeSetup      OneTimeKind = "setup"      // creates the first administrator
	OneTimeVerify     OneTimeKind = "verify"     // confirms a new account's address
	OneTimeReset      OneTimeKind = "reset"      // sets a new password
	OneTimeEmail      OneTimeKind = "email"      // confirms an account's new address
	OneTimeInvitation OneTimeKind = "invitation" // makes an account
	OneTimeSignIn     OneTimeKind = "sign_in"    // the password was correct; a code or passkey is missing
)

// OneTime is a secret that works once. Only its hash is kept.
type OneTime struct {
	ID        uuid.UUID
	Hash      []byte
	Kind      OneTimeKind
	UserID    *uuid.UUID // whose it is; nil for set-up and invitations
	Email     string     // the new or the invited address; else empty
	Role      Role       // of an invited account; else empty
	Binding   []byte     // hash of the password hash at the time; nil for none
	CreatedBy *uuid.UUID // who invited
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Registration is who can register.
type Registration string

// The registration modes.
const (
	RegistrationOpen       Registration = "open"       // anyone who can confirm their address
	RegistrationInvitation Registration = "invitation" // who was invited by an administrator
	RegistrationClosed     Registration = "closed"     // nobody
)

// Valid reports whether r is a known mode.
func (r Registration) Valid() bool {
	return r == RegistrationOpen || r == RegistrationInvitation || r == RegistrationClosed
}

// Client is where a request comes from, for mails and events about it.
type Client struct {
	IP        string
	UserAgent string
}

// Acts on accounts in the audit log.
const (
	AuditUserDisabled     AuditAction = "user.disable"
	AuditUserEnabled      AuditAction = "user.enable"
	AuditUserLoggedOut    AuditAction = "user.end_access"
	AuditUserRole         AuditAction = "user.set_role"
	AuditUserDeleted      AuditAction = "user.delete"
	AuditUserSessionEnded AuditAction = "user.end_session"
	AuditUserTokenRevoked AuditAction = "user.revoke_token"
	AuditUserResetSent    AuditAction = "user.send_reset"
	AuditUserFactorsReset AuditAction = "user.reset_factors"
	AuditUserRead         AuditAction = "user.read"
	AuditUsersExported    AuditAction = "user.export"
	AuditPlansAssigned    AuditAction = "user.assign_plans"
	AuditInvited          AuditAction = "invitation.make"
	AuditInvitationEnded  AuditAction = "invitation.withdraw"
	AuditRegistrationMode AuditAction = "registration.set"
)
