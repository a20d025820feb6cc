package models

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// The audited acts of a cleanup of storage.
const (
	AuditCleanupStarted   AuditAction = "storage.cleanup_start"
	AuditCleanupConfirmed AuditAction = "storage.cleanup_confirm"
	AuditCleanupStopped   AuditAction = "storage.cleanup_stop"
	AuditCleanupDone      AuditAction = "storage.cleanup_end"
)

// CleanupGrace is how old what has no row must be at least to be found: longer
// than an upload address is valid, and longer than a transfer may take between
// opening an upload and recording it.
const CleanupGrace = time.Hour

// MaxCleanupGrace bounds the grace that an administrator chooses.
const MaxCleanupGrace = 365 * 24 * time.Hour

// CleanupState is how far a cleanup of storage has come.
type CleanupState string

// The states of a cleanup.
const (
	CleanupLooking  CleanupState = "looking"  // storage and rows are being compared
	CleanupFound    CleanupState = "found"    // the list is complete; an administrator decides
	CleanupRemoving CleanupState = "removing" // an administrator confirmed it
	CleanupDone     CleanupState = "done"
	CleanupStopped  CleanupState = "stopped" // what was removed stays removed
)

// Over reports whether nothing more happens.
func (s CleanupState) Over() bool { return s == CleanupDone || s == CleanupStopped }

// Working reports whether a worker is busy with it.
func (s CleanupState) Working() bool { return s == CleanupLooking || s == CleanupRemoving }

// CleanupKind is what a cleanup finds.
type CleanupKind string

// The kinds of what a cleanup finds.
const (
	CleanupObject CleanupKind = "object" // without a row
	CleanupUpload CleanupKind = "upload" // open, without a row
	CleanupRow    CleanupKind = "row"    // of a stored file without its object
)

// CleanupKinds returns all kinds.
func CleanupKinds() []CleanupKind { return []CleanupKind{CleanupObject, CleanupUpload, CleanupRow} }

// CleanupItemState is what became of one thing that a cleanup found.
type CleanupItemState string

// The states of what a cleanup found.
const (
	CleanupItemFound   CleanupItemState = "found"   // it would go
	CleanupItemRemoved CleanupItemState = "removed" // the object or upload; a row is marked as lost
	CleanupItemSpared  CleanupItemState = "spared"
	CleanupItemFailed  CleanupItemState = "failed"
)

// Valid reports whether s is one of the states.
func (s CleanupItemState) Valid() bool {
	return slices.Contains([]CleanupItemState{CleanupItemFound, CleanupItemRemoved, CleanupItemSpared, CleanupItemFailed}, s)
}

// CleanupWhy is why something that was found was not removed.
type CleanupWhy string

// The reasons.
const (
	CleanupHasRow  CleanupWhy = "has_row" // a row refers to it now
	CleanupChanged CleanupWhy = "changed" // it was written again
	CleanupGone    CleanupWhy = "gone"    // it was no longer there, or its job was deleted
	CleanupBack    CleanupWhy = "back"    // the row's object is there again
	CleanupRefused CleanupWhy = "refused" // storage refused three times
)

// CleanupRequest is what an administrator asks for.
type CleanupRequest struct {
	Kinds []CleanupKind // none means all
	Grace time.Duration // 0 is CleanupGrace
}

// Checked returns the request with defaults filled in. It refuses what is out of
// bounds, naming the field.
func (r CleanupRequest) Checked() (CleanupRequest, error) {
	if len(r.Kinds) == 0 {
		r.Kinds = CleanupKinds()
	}
	for _, k := range r.Kinds {
		if !slices.Contains(CleanupKinds(), k) {
			return r, Errorf(CodeInvalid, "Use object, upload or row.").In("kinds")
		}
	}
	if r.Grace == 0 {
		r.Grace = CleanupGrace
	}
	if r.Grace < CleanupGrace || r.Grace > MaxCleanupGrace {
		return r, Errorf(CodeInvalid, "Use 1 hour to 365 days.").In("graceHours")
	}
	return r, nil
}

// Cleanup is a search for what has no row or no object, and the removal of what
// it found.
type Cleanup struct {
	ID           uuid.UUID
	ActorKind    ActorKind
	ActorID      *uuid.UUID // nil for the console
	ActorIP      string
	Email        string        `gorm:"->"` // of the actor; empty for the console, and when the account was deleted
	Kinds        []CleanupKind `gorm:"serializer:json"`
	Grace        time.Duration // what is younger is left alone
	State        CleanupState
	Halted       StoragePause // why removing ended early
	Scanned      int64        // objects, uploads and rows that were looked at
	Total        int64        // found
	Bytes        int64
	Removed      int64
	RemovedBytes int64
	Spared       int64
	Failed       int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	ConfirmedAt  *time.Time
	EndedAt      *time.Time
}

// TableName returns the table of cleanups.
func (Cleanup) TableName() string { return "storage_cleanups" }

// By returns who acts.
func (c Cleanup) By() Actor { return Actor{Kind: c.ActorKind, ID: c.ActorID, IP: c.ActorIP} }

// WorkflowID returns the id of the workflow that does the work. Looking and
// removing are one workflow each, so that a confirmation never meets the end of
// the look.
func (c Cleanup) WorkflowID() string {
	if c.ConfirmedAt != nil {
		return "cleanup-" + c.ID.String() + "-remove"
	}
	return "cleanup-" + c.ID.String()
}

// Has reports whether the cleanup is about the kind.
func (c Cleanup) Has(k CleanupKind) bool { return slices.Contains(c.Kinds, k) }

// CleanupItem is something that a cleanup found, and what became of it.
type CleanupItem struct {
	CleanupID  uuid.UUID
	N          int64 // its place in the list
	Kind       CleanupKind
	Key        string
	UploadID   string // of an upload
	Size       int64
	ModifiedAt time.Time
	State      CleanupItemState
	Why        CleanupWhy // it was not removed
	Tries      int        // that failed
	ActedAt    *time.Time

	JobID *uuid.UUID `gorm:"->"` // of a row
	Name  string     `gorm:"->"` // of the row's job
	Owner string     `gorm:"->"` // e-mail address of the job's owner
}
