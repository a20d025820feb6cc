package models

import (
	"time"

	"github.com/google/uuid"
)

// The audited acts on many jobs at once. What they do to each job is audited as
// if it were done alone.
const (
	AuditBulkStarted AuditAction = "bulk.start"
	AuditBulkStopped AuditAction = "bulk.stop"
	AuditBulkRead    AuditAction = "bulk.read"
)

// BulkState is how far an act on many jobs has come.
type BulkState string

// The states of an act on many jobs.
const (
	BulkFinding BulkState = "finding" // the jobs that are meant are being listed
	BulkActing  BulkState = "acting"
	BulkDone    BulkState = "done"
	BulkStopped BulkState = "stopped" // by whoever may; what was done stays done
)

// Over reports whether nothing more happens.
func (s BulkState) Over() bool { return s == BulkDone || s == BulkStopped }

// BulkItemState is what became of one of many jobs.
type BulkItemState string

// The states of one of many jobs.
const (
	BulkItemPending BulkItemState = "pending"
	BulkItemDone    BulkItemState = "done"
	BulkItemRefused BulkItemState = "refused"
)

// Valid reports whether s is one of the states.
func (s BulkItemState) Valid() bool {
	return s == BulkItemPending || s == BulkItemDone || s == BulkItemRefused
}

// Bounds of acts on many jobs.
const (
	MaxBulkRate     = 100  // jobs a second
	DefaultBulkRate = 10   // jobs a second
	MaxBulkJobs     = 1000 // that are named one by one

	OwnBulkRate = 50      // jobs a second, of an owner's act
	MaxOwnBulk  = 100_000 // jobs that an owner's act means
)

// OwnBulkRequest is what an owner asks for: an act on all their jobs that match
// now.
type OwnBulkRequest struct {
	Action Action
	Match  JobFilter // without order and page
}

// Checked refuses what an owner can't do to many jobs at once.
func (r OwnBulkRequest) Checked() error {
	switch r.Action {
	case ActionCancel, ActionPause, ActionResume, ActionRetry, ActionDelete:
		return nil
	default:
		return Errorf(CodeInvalid, "Use pause, resume, retry, cancel or delete.").In("act")
	}
}

// BulkRequest is what an administrator asks for: an act on the named jobs or, if
// none is named, on all that match.
type BulkRequest struct {
	Act   AdminAct
	Jobs  []uuid.UUID
	Match JobMatch
	Rate  int // jobs a second; 0 is DefaultBulkRate
}

// Checked returns the request with defaults filled in. It refuses an act that is
// none of an administrator's, and bounds that are exceeded, naming the field.
func (r BulkRequest) Checked() (BulkRequest, error) {
	if r.Rate == 0 {
		r.Rate = DefaultBulkRate
	}
	switch {
	case !r.Act.Action.ForAdmins():
		return r, Errorf(CodeInvalid, "Administrators can't do that to a job.").In("act")
	case r.Act.Action == ActionMove && !r.Act.Provider.Valid():
		return r, Errorf(CodeInvalid, "Use agent or seedr.").In("provider")
	case r.Act.Action != ActionMove && r.Act.Provider != "":
		return r, Errorf(CodeInvalid, "Only a move leads to a provider.").In("provider")
	case r.Act.Final && r.Act.Action != ActionDelete:
		return r, Errorf(CodeInvalid, "Only a deletion is for good.").In("final")
	case r.Rate < 1 || r.Rate > MaxBulkRate:
		return r, Errorf(CodeInvalid, "Use 1 to %d jobs a second.", MaxBulkRate).In("rate")
	case len(r.Jobs) > MaxBulkJobs:
		return r, Errorf(CodeInvalid, "Name at most %d jobs, or use a filter.", MaxBulkJobs).In("jobs")
	}
	var err error
	r.Match, err = r.Match.Checked()
	return r, err
}

// BulkAct is an act on many jobs: an administrator's on anyone's, or an owner's
// on their own.
type BulkAct struct {
	ID        uuid.UUID
	UserID    *uuid.UUID // the owner whose act it is; nil for an administrator's
	ActorKind ActorKind
	ActorID   *uuid.UUID // nil for the console
	ActorIP   string
	Email     string `gorm:"->"` // of the actor; empty for the console, and when the account was deleted
	Action    Action
	Provider  Provider // where a move leads
	Note      string   // for the owners; may be empty
	Final     bool     // a deletion is for good, not to the owners' trash
	Match     JobMatch `gorm:"serializer:json"`
	Named     bool     // the jobs were listed when it started, instead
	Rate      int      // jobs a second, at most
	State     BulkState
	Cursor    string // how far the jobs that match were listed
	Total     int64  // jobs that are meant, as far as they were listed
	Done      int64
	Refused   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	EndedAt   *time.Time
}

// By returns who acts.
func (b BulkAct) By() Actor { return Actor{Kind: b.ActorKind, ID: b.ActorID, IP: b.ActorIP} }

// WorkflowID returns the id of the workflow that carries the act out.
func (b BulkAct) WorkflowID() string { return "bulk-" + b.ID.String() }

// Act returns what is done to each job.
func (b BulkAct) Act() AdminAct {
	return AdminAct{Action: b.Action, Provider: b.Provider, Note: b.Note, Final: b.Final}
}

// BulkItem is one of the jobs of a BulkAct and what became of it.
type BulkItem struct {
	BulkID  uuid.UUID
	N       int64 // its place in the list, from 1
	JobID   uuid.UUID
	State   BulkItemState
	Code    Code    // why it was refused; empty unless it was
	Problem Problem // more exactly, if there is one
	Refusal string  // in words
	Tries   int     // that failed for reasons of ours
	ActedAt *time.Time

	Name  string `gorm:"->"` // of the job; empty while it is unknown, and if it was deleted
	Owner string `gorm:"->"` // e-mail address of the job's owner; empty if it was deleted
}
