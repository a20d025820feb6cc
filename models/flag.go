package models

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Flag names a feature that administrators can switch off: for everyone, for the
// accounts of a plan or for one account.
type Flag string

// The flags. All are on where no rule says otherwise.
const (
	FlagMagnetJobs     Flag = "magnet_jobs"     // submit magnet links
	FlagTorrentJobs    Flag = "torrent_jobs"    // submit .torrent files
	FlagURLJobs        Flag = "url_jobs"        // submit addresses of files
	FlagProviderChoice Flag = "provider_choice" // name a provider or a failover policy for a job; the provider settings must allow it, too
	FlagFailover       Flag = "failover"        // jobs move to another provider on their own, where their policy says so
	FlagArchives       Flag = "archives"        // all files of a job as a zip
	FlagShares         Flag = "shares"          // share files with everyone who has an address
	FlagPasskeys       Flag = "passkeys"        // add passkeys, and sign in with nothing else; as a second factor they stay
	FlagAPITokens      Flag = "api_tokens"      // create API tokens and use them
)

// Flags returns every flag in the order in which lists show them.
func Flags() []Flag {
	return []Flag{
		FlagMagnetJobs, FlagTorrentJobs, FlagURLJobs, FlagProviderChoice, FlagFailover, FlagArchives, FlagShares, FlagPasskeys, FlagAPITokens,
	}
}

// Valid reports whether f is a known flag.
func (f Flag) Valid() bool { return slices.Contains(Flags(), f) }

// Off returns the fault of a request that needs a feature which is off for the
// account.
func (f Flag) Off() *Error {
	return Fault(ProblemFeatureOff, "%s", offWords[f]).With("feature", string(f))
}

var offWords = map[Flag]string{
	FlagMagnetJobs:     "Magnet links are switched off for this account.",
	FlagTorrentJobs:    "Torrent files are switched off for this account.",
	FlagURLJobs:        "Downloads from web addresses are switched off for this account.",
	FlagProviderChoice: "Administrators choose the provider here.",
	FlagFailover:       "Moves to another provider are switched off for this account.",
	FlagArchives:       "Zip files are switched off for this account.",
	FlagShares:         "Shares are switched off for this account.",
	FlagPasskeys:       "Passkeys are switched off for this account.",
	FlagAPITokens:      "API tokens are switched off for this account.",
}

// FlagOf returns the flag of jobs of the kind.
func FlagOf(k SourceKind) Flag {
	switch k {
	case SourceMagnet:
		return FlagMagnetJobs
	case SourceURL:
		return FlagURLJobs
	default:
		return FlagTorrentJobs
	}
}

// FlagTarget is whom a rule of a flag concerns: the account, the accounts of the
// plan, or everyone if both are nil. At most one of them is set.
type FlagTarget struct {
	PlanID *string
	UserID *uuid.UUID `gorm:"type:uuid"`
}

// FlagRule switches a flag for some accounts. That of an account is stronger
// than that of its plan, and that is stronger than the one for everyone.
type FlagRule struct {
	Flag Flag
	FlagTarget
	Enabled   bool
	Reason    string     // for administrators
	ChangedBy *uuid.UUID `gorm:"type:uuid"` // nil for the console, and if the account was deleted
	ChangedAt time.Time
}

// TableName returns the table of the rules.
func (FlagRule) TableName() string { return "flag_rules" }

// FlagEntry is a rule with the names for its ids.
type FlagEntry struct {
	FlagRule
	PlanName string
	Email    string // of the account that it concerns
	ByEmail  string // of who changed it
}

// FlagChange sets the rule of a flag for a target, or removes it if Enabled is
// nil.
type FlagChange struct {
	Flag Flag
	FlagTarget
	Enabled *bool
	Reason  string
}

// AuditFlagSet is a change of a flag.
const AuditFlagSet AuditAction = "flag.set"
