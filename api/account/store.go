package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Store is the part of the store that the account's operations use.
type Store interface {
	users
	sessions
	oneTimes
	registrations
	registrationStore
	factors
	passkeys
	tokens
	connections
	usageLog
	securityLog
	features
	// Plans returns the plans, only those shown to everyone if public is set.
	Plans(ctx context.Context, public bool) ([]models.Plan, error)
}

// users stores accounts.
type users interface {
	CountUsers(ctx context.Context) (int64, error)
	CreateFirstAdmin(ctx context.Context, ip string, tokenHash []byte, u models.User) error
	UserByEmail(ctx context.Context, email string) (models.User, error)
	Rehash(ctx context.Context, userID uuid.UUID, old, hash string) error
	ChangePassword(ctx context.Context, userID uuid.UUID, passwordHash string, from models.Client) error
	ConfirmEmail(ctx context.Context, tokenHash []byte, from models.Client) error
	DeleteAccount(ctx context.Context, by models.Actor, userID uuid.UUID) error
}

// sessions stores who is signed in.
type sessions interface {
	CreateSession(ctx context.Context, s models.Session) error
	ConfirmSession(ctx context.Context, userID uuid.UUID, hash []byte) error
	Sessions(ctx context.Context, userID uuid.UUID) ([]models.Session, error)
	DeleteSession(ctx context.Context, userID uuid.UUID, hash []byte) error
	DeleteOtherSessions(ctx context.Context, userID uuid.UUID, keep []byte) error
}

// oneTimes stores secrets that work once.
type oneTimes interface {
	OneTime(ctx context.Context, kind models.OneTimeKind, hash []byte) (models.OneTime, models.User, error)
	BeginSignIn(ctx context.Context, userID uuid.UUID, t models.OneTime) error
	TrySignIn(ctx context.Context, hash []byte) (models.User, error)
	FinishSignIn(ctx context.Context, hash []byte) error
}

// registrations creates accounts and recovers lost ones.
type registrations interface {
	// SaveAccountRequest stores a request made with an e-mail address, so that
	// it is carried out soon even if the process dies. It takes the same time
	// whether or not the address has an account.
	SaveAccountRequest(ctx context.Context, r models.AccountRequest) error
	Verify(ctx context.Context, tokenHash []byte) error
	ResetPassword(ctx context.Context, tokenHash []byte, passwordHash string, from models.Client) error
	Accept(ctx context.Context, tokenHash []byte, u models.User) (models.User, error)
}

// factors stores what two-factor sign-in needs.
type factors interface {
	OfferTOTP(ctx context.Context, userID uuid.UUID, sealed string) error
	EnableTOTP(ctx context.Context, userID uuid.UUID, step int64, codes [][]byte, from models.Client) error
	DisableTOTP(ctx context.Context, userID uuid.UUID, from models.Client) error
	UseTOTPStep(ctx context.Context, userID uuid.UUID, step int64) (bool, error)
	UseRecoveryCode(ctx context.Context, userID uuid.UUID, hash []byte) (bool, error)
	RecoveryCodesLeft(ctx context.Context, userID uuid.UUID) (int, error)
	ReplaceRecoveryCodes(ctx context.Context, userID uuid.UUID, codes [][]byte) error
}

// passkeys stores passkeys and the open ceremonies.
type passkeys interface {
	PasskeyHandle(ctx context.Context, userID uuid.UUID, fresh []byte) ([]byte, error)
	UserByPasskeyHandle(ctx context.Context, handle []byte) (models.User, error)
	Passkeys(ctx context.Context, userID uuid.UUID) ([]models.Passkey, error)
	KeepPasskeyChallenge(ctx context.Context, c models.PasskeyChallenge) error
	UsePasskeyChallenge(ctx context.Context, hash []byte, purpose models.PasskeyPurpose, binding []byte) (models.PasskeyChallenge, error)
	AddPasskey(ctx context.Context, by models.Actor, p models.Passkey, codes [][]byte, from models.Client) (withCodes bool, err error)
	RenamePasskey(ctx context.Context, by models.Actor, userID, id uuid.UUID, name string) error
	RemovePasskey(ctx context.Context, by models.Actor, userID, id uuid.UUID, from models.Client) error
	UsePasskey(ctx context.Context, userID uuid.UUID, use models.PasskeyUse) (bool, error)
}

// tokens stores the credentials of programs that act for a user.
type tokens interface {
	CreateAPIToken(ctx context.Context, t models.APIToken, from models.Client) error
	APITokens(ctx context.Context, userID uuid.UUID) ([]models.APIToken, error)
	DeleteAPIToken(ctx context.Context, userID, id uuid.UUID) error
}

// connections stores what users approved for apps.
type connections interface {
	KeepConnection(ctx context.Context, c models.Connection) error
	UseConnection(ctx context.Context, hash []byte, redirect string, challenge []byte, t models.APIToken, from models.Client) (models.APIToken, error)
}

// features tells what accounts may use.
type features interface {
	kit.Flags
	// FlagsOff returns the features that are off for the account.
	FlagsOff(ctx context.Context, userID uuid.UUID) ([]models.Flag, error)
}

// usageLog reads what accounts use.
type usageLog interface {
	Usage(ctx context.Context, userID uuid.UUID) (models.Usage, error)
	Ledger(ctx context.Context, userID uuid.UUID, jobID *uuid.UUID, before int64, limit int) ([]models.LedgerEntry, error)
	DailyUsage(ctx context.Context, userID uuid.UUID, from time.Time) ([]models.DailyUsage, error)
}

// securityLog stores events that matter for spotting attacks.
type securityLog interface {
	RecordSecurity(ctx context.Context, e models.SecurityEvent) error
	// RecordFailedCode records a wrong second factor, and mails the user after several.
	RecordFailedCode(ctx context.Context, user models.User, from models.Client) error
	// RecordLogin records a sign-in, and mails the user about a new device.
	RecordLogin(ctx context.Context, user models.User, from models.Client) error
}
