package models

import (
	"time"

	"github.com/google/uuid"
)

// Bounds of shares.
const (
	ShareNameLength  = 200                 // characters of a name
	SharePassLength  = 8                   // characters that a password has at least
	SharesEach       = 1000                // shares that an account has at once, those that ended included
	ShareItemsEach   = 1000                // files and folders that a share names
	ShareFilesEach   = 5000                // files that a share of library folders has
	ShareMaxLimit    = 1000000             // of downloads
	ShareDefaultDays = 7                   // that a share lasts unless its owner says else
	ShareRetention   = 30 * 24 * time.Hour // of shares and links to zips that ended
	VisitTime        = 24 * time.Hour      // how long a visitor may stay without opening the share again
)

// Share is a page that shows files of a user to everyone who has its address. It
// refers to jobs, folders and files and copies nothing: what is deleted, lost or
// blocked is not in it.
type Share struct {
	ID           uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID       uuid.UUID `gorm:"type:uuid"`
	TokenHash    []byte    // SHA-256 of the secret in the address
	Name         string
	ViewOnly     bool   // files are shown and played, and not saved; whoever sees one can still keep it
	PasswordHash string // argon2id in PHC string form; empty without a password
	Epoch        int    // grows with each change of the password, and ends what was opened before
	MaxDownloads *int64 // nil for no limit
	Visits       int64  // times that it was opened
	Downloads    int64  // see CountDownload of the store
	CreatedAt    time.Time
	ExpiresAt    *time.Time // nil for never
	RevokedAt    *time.Time
	LastVisitAt  *time.Time
}

// ShareState says whether a share works.
type ShareState string

// The states of a share.
const (
	ShareActive  ShareState = "active"
	ShareSpent   ShareState = "spent"   // as many downloads as its limit allows
	ShareExpired ShareState = "expired" // its time is over
	ShareRevoked ShareState = "revoked"
)

// State returns the state of the share.
func (s Share) State(now time.Time) ShareState {
	switch {
	case s.RevokedAt != nil:
		return ShareRevoked
	case s.ExpiresAt != nil && !s.ExpiresAt.After(now):
		return ShareExpired
	case s.MaxDownloads != nil && s.Downloads >= *s.MaxDownloads:
		return ShareSpent
	default:
		return ShareActive
	}
}

// Facts returns what the audit log says of the share. Names belong to its owner.
func (s Share) Facts() map[string]any {
	out := map[string]any{"owner": s.UserID.String(), "visits": s.Visits, "downloads": s.Downloads, "password": s.PasswordHash != "", "revoked": s.RevokedAt != nil}
	if s.ExpiresAt != nil {
		out["expires"] = s.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return out
}

// ShareChoice is what a share takes of one job: the folders and the files with
// the indexes, and all of it if both are empty.
type ShareChoice struct {
	JobID   uuid.UUID
	Folders []string
	Indexes []int
}

// ShareSettings are what the owner of a share can change.
type ShareSettings struct {
	Name         string
	ViewOnly     bool
	MaxDownloads *int64
	ExpiresAt    *time.Time
	PasswordHash *string // nil leaves it as it is; empty takes the password away
}

// ListedShare is a share in a list.
type ListedShare struct {
	Share
	Items   int  // files, folders and jobs that it names
	Empty   bool // none of its files can be seen now
	Blocked bool // content of it is blocked, and so not in it
}

// SharedFile is a file that a share shows.
type SharedFile struct {
	File
	Position int    // of the item that it belongs to
	Shown    string // its path in the share
}

// VisitedFile is a file of a share as a visitor came to it.
type VisitedFile struct {
	SharedFile
	Visit ShareVisit
	Share Share
}

// ShareVisit is a visitor's stay at a share, from its opening on.
type ShareVisit struct {
	ShareID uuid.UUID
	ID      uuid.UUID
	Epoch   int // of the share when it was opened
}

// What administrators do with shares.
const (
	AuditSharesRead   AuditAction = "share.read"
	AuditShareRevoked AuditAction = "share.revoke"
)

// sharedIndexBits are what the place of a file in its job takes of its number in
// a share. The number is exact in JavaScript.
const sharedIndexBits = 32

// Ref returns the number that names the file in its share, whatever else comes or
// goes.
func (f SharedFile) Ref() int64 { return int64(f.Position)<<sharedIndexBits | int64(f.Index) }

// SharedPlace returns the item and the place in its job of the file that a number
// names.
func SharedPlace(ref int64) (position, index int) {
	return int(ref >> sharedIndexBits), int(ref & (1<<sharedIndexBits - 1))
}
