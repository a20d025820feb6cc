package models

import (
	"time"

	"github.com/google/uuid"
)

// The audited acts of reading what is stored again.
const (
	AuditCheckStarted AuditAction = "storage.check_start"
	AuditCheckStopped AuditAction = "storage.check_stop"
	AuditCheckDone    AuditAction = "storage.check_end"
	AuditCheckPlanned AuditAction = "storage.check_plan"
)

// Bounds of a check of contents.
const (
	DefaultCheckRate = 20 << 20 // bytes a second
	MinCheckRate     = 1 << 20
	MaxCheckRate     = 1 << 30
)

// MaxCheckDays bounds the time between two scheduled checks.
const MaxCheckDays = 365

// CheckState is how far a check of contents has come.
type CheckState string

// The states of a check of contents.
const (
	CheckReading CheckState = "reading"
	CheckDone    CheckState = "done"
	CheckStopped CheckState = "stopped"
)

// ContentCheck reads stored files again and compares them with their checksums.
type ContentCheck struct {
	ID        uuid.UUID
	ActorKind ActorKind
	ActorID   *uuid.UUID
	ActorIP   string
	Email     string `gorm:"->"` // of the actor; empty for the console, and when the account was deleted
	Percent   int64  // of all files, chosen at random
	Rate      int64  // bytes a second, at most
	State     CheckState
	After     uuid.UUID // the last file that was looked at
	Read      int64     // files that were read
	Bytes     int64
	Damaged   int64 // whose bytes are not those that were stored
	Noted     int64 // that had no checksum; it is known from now on
	Unread    int64 // that are gone, or that storage did not hand out
	CreatedAt time.Time
	UpdatedAt time.Time
	EndedAt   *time.Time
}

// TableName returns the table of checks.
func (ContentCheck) TableName() string { return "content_checks" }

// By returns who acts.
func (c ContentCheck) By() Actor { return Actor{Kind: c.ActorKind, ID: c.ActorID, IP: c.ActorIP} }

// WorkflowID returns the id of the workflow that reads.
func (c ContentCheck) WorkflowID() string { return "content-check-" + c.ID.String() }

// ContentResult is what reading a file found.
type ContentResult struct {
	FileID uuid.UUID
	Bytes  int64
	CRC32C string // of what was read; empty if it could not be
}

// DamagedFile is a file whose object has other bytes than were stored.
type DamagedFile struct {
	ID      uuid.UUID
	JobID   uuid.UUID
	Path    string
	Size    int64
	Name    string // of the job
	Owner   string // e-mail address
	FoundAt time.Time
}
