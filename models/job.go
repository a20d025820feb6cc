package models

import (
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Job is what a user submits and owns: one row, one workflow.
type Job struct {
	ID          uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID      uuid.UUID `gorm:"type:uuid"`
	SourceKind  SourceKind
	SourceURI   string // see Source.URI; secret-bearing, never logged
	SourceLogin string // of the source, sealed for the user; empty without one
	OriginURI   string // see Source.Origin; secret-bearing, never logged
	InfoHashV1  *string
	InfoHashV2  *string
	Name        string
	Size        *int64     // bytes of the selected files; nil while unknown
	FileCount   int        // selected files
	ChooseFiles bool       // wait in awaiting_selection once the file list is known
	FileRules   *FileRules `gorm:"column:file_filter;serializer:json"` // leaves files out once they are known, if none is chosen; nil for none
	Selection   []int      `gorm:"serializer:json"`                    // indexes of the chosen files; nil for all
	Private     bool       // see Source.Private
	KeepPage    bool       // see Source.KeepPage
	State       State
	StateSince  time.Time
	Reason      Reason     `gorm:"embedded;embeddedPrefix:reason_"` // why it is in this state
	Problem     Problem    // the fault behind the state, if there is one
	Deadline    *time.Time // when the wait ends at the latest, even by giving up; nil if it is open-ended
	Attempt     int        // the current or next attempt; 0 while attempts are not counted
	MaxAttempts int        // after this many attempts, the job needs attention
	Provider    Provider
	Failover    Failover   // empty for the deployment's policy
	AgentID     *uuid.UUID `gorm:"type:uuid"` // of the newest attempt; nil before it has a place, on Seedr, and if the agent was removed
	Epoch       int64      // fencing number of the current attempt; grows by one with each placement
	Run         int        // workflow runs so far; an admin's retry of an ended job adds one
	AdmittedAt  *time.Time // holds a slot since; nil when it does not
	Asked       Ask        `gorm:"embedded;embeddedPrefix:asked_"` // and not done yet
	Blocked     bool       // its content is blocked here: nothing of it is delivered; see Block
	Halted      bool       // it was paused because its owner's account was disabled, and continues when it is enabled
	DeleteAt    *time.Time // its owner deleted it, which hides it everywhere; the purge removes row and objects of one that is not in the trash
	TrashUntil  *time.Time // it is deleted, but in the trash, and can be restored until then
	CreatedAt   time.Time
	UpdatedAt   time.Time
	FinishedAt  *time.Time

	QuotaWant     int64 // bytes of storage that the job needs to hold in order to run; 0 while unknown
	QuotaReserved int64 // bytes that it holds
	QuotaUsed     int64 // bytes of its stored files, as of its last end
}

// WorkflowID returns the id of the workflow that runs the job.
func (j Job) WorkflowID() string { return "job-" + j.ID.String() }

// Title returns what the owner knows the job by: its name, else an info hash or
// its id.
func (j Job) Title() string {
	switch {
	case j.Name != "":
		return j.Name
	case j.InfoHashV1 != nil:
		return *j.InfoHashV1
	case j.InfoHashV2 != nil:
		return *j.InfoHashV2
	default:
		return j.ID.String()
	}
}

// Address returns the web address that the job comes from; empty if from none.
func (j Job) Address() string {
	if j.SourceKind == SourceURL {
		return j.SourceURI
	}
	return j.OriginURI
}

// Bytes returns the size of the job's selected files, -1 while it is unknown.
func (j Job) Bytes() int64 {
	if j.Size == nil {
		return -1
	}
	return *j.Size
}

// Fits reports whether the provider can fetch what the job names.
func (j Job) Fits(p Provider) bool {
	hash := ""
	if j.InfoHashV1 != nil {
		hash = *j.InfoHashV1
	}
	return p.Fits(j.SourceKind, hash)
}

// Waits reports whether the job is in the queue for its first slot or a new
// one, without a fault.
func (j Job) Waits() bool {
	return j.State == StateQueued && j.AdmittedAt == nil && j.Problem == ""
}

// InTrash reports whether the job is deleted, but can still be restored.
func (j Job) InTrash() bool { return j.DeleteAt != nil && j.TrashUntil != nil }

// Purgeable reports whether the job was deleted for good and has ended, so that
// its row and objects may go.
func (j Job) Purgeable() bool { return j.DeleteAt != nil && j.TrashUntil == nil && j.State.Terminal() }

// Unattended reports whether an operator ended the workflow of the job, so that
// it has none until a person retries, cancels or moves it.
func (j Job) Unattended() bool {
	return j.State == StateNeedsAttention && j.Problem == ProblemEndedByOperator
}

// Attempt is one try to run a job's transfer at a provider.
type Attempt struct {
	JobID     uuid.UUID `gorm:"type:uuid;primaryKey"`
	Epoch     int64     `gorm:"primaryKey"`
	Provider  Provider
	AgentID   *uuid.UUID `gorm:"type:uuid"`           // nil on Seedr, and while it is wanted
	Ref       string     `gorm:"column:provider_ref"` // the provider's id of the transfer, if known
	Kind      TransferKind
	TaskToken []byte // completes the workflow's pending activity; never leaves the control plane
	State     AttemptState
	Problem   Problem
	Elsewhere bool      // another provider may follow if this one can't accept it for a while
	Tries     int       // earlier attempts after infrastructure faults, unknown to the workflow
	WantedAt  time.Time // when it started to wait for a place
	StartedAt time.Time // when it was placed
	EndedAt   *time.Time
	BeatAt    time.Time // last activity heartbeat sent by token

	// DueAt is when placement looks at it next: it finds a place for a wanted
	// attempt, and repeats the call for an open one whose answer was lost. It
	// is nil when placement has nothing left to do.
	DueAt *time.Time

	Trace string // of the activity that wants it, as a traceparent; empty without one
}

// TableName returns the table of attempts.
func (Attempt) TableName() string { return "job_attempts" }

// TransferKind is how far a transfer goes.
type TransferKind string

// The kinds of transfer.
const (
	TransferResolve  TransferKind = "resolve"  // fetch the metadata only
	TransferDownload TransferKind = "download" // fetch and store the content
)

// State returns a job's state while such a transfer runs.
func (k TransferKind) State() State {
	if k == TransferResolve {
		return StateResolving
	}
	return StateDownloading
}

// AttemptState is the state of an attempt.
type AttemptState string

// The states of an attempt.
const (
	AttemptWanted     AttemptState = "wanted"     // the workflow asked for it; waits for a place
	AttemptOpen       AttemptState = "open"       // the provider works on it
	AttemptDone       AttemptState = "done"       // ended well
	AttemptFailed     AttemptState = "failed"     // ended with a problem
	AttemptSuperseded AttemptState = "superseded" // a newer epoch took over, or the job was stopped
)

// Live reports whether a workflow waits for the attempt. A job has at most one.
func (s AttemptState) Live() bool { return s == AttemptWanted || s == AttemptOpen }

// Progress is the latest known progress of a running transfer. It never enters
// Temporal: the tracker publishes it and writes it in batches.
type Progress struct {
	JobID       uuid.UUID  `gorm:"type:uuid;primaryKey" json:"jobId"`
	UserID      uuid.UUID  `gorm:"-" json:"-"`
	Phase       Phase      `json:"phase"`
	BytesTotal  int64      `json:"bytesTotal"`  // bytes of the selected files; -1 while unknown
	BytesDone   int64      `json:"bytesDone"`   // verified bytes
	BytesStored int64      `json:"bytesStored"` // bytes that are in object storage
	DownRate    int64      `json:"downRate"`    // bytes per second
	UpRate      int64      `json:"upRate"`      // bytes per second
	Peers       int        `json:"peers"`
	Seeders     int        `json:"seeders"`
	ETASeconds  *int64     `json:"etaSeconds"`                                               // nil while unknown
	Waiting     Reason     `gorm:"embedded;embeddedPrefix:waiting_" json:"waiting,omitzero"` // why no bytes arrive; none while they do
	GivesUpAt   *time.Time `json:"givesUpAt"`                                                // when the wait ends in a problem
	SlowSince   *time.Time `json:"-"`                                                        // kept by the store; nil while it is fast enough, or waits for something else
	UpdatedAt   time.Time  `json:"updatedAt"`
}

// TableName returns the table of progress rows.
func (Progress) TableName() string { return "job_progress" }

// Phase is what the engine is doing, in more detail than the job's state.
type Phase string

// The phases of a transfer.
const (
	PhaseStarting    Phase = "starting"
	PhaseResolving   Phase = "resolving"
	PhaseChecking    Phase = "checking" // checking finished pieces on disk
	PhaseDownloading Phase = "downloading"
	PhaseUploading   Phase = "uploading" // all bytes verified; the last parts go to storage
	PhaseSeeding     Phase = "seeding"
	PhaseDone        Phase = "done"
	PhaseFailed      Phase = "failed"
	PhaseStopped     Phase = "stopped"
)

// EventKind is what happened to a job, for its timeline.
type EventKind string

// The kinds of job event.
const (
	EventSubmitted EventKind = "submitted"
	EventState     EventKind = "state"     // moved to another state
	EventPlaced    EventKind = "placed"    // given to an agent or to Seedr
	EventAttempt   EventKind = "attempt"   // an attempt ended with a problem; another follows
	EventManifest  EventKind = "manifest"  // name, size and files became known
	EventSelection EventKind = "selection" // files were chosen
	EventDeleted   EventKind = "deleted"   // the user deleted it
	EventMoved     EventKind = "moved"     // given to another provider
	EventRefused   EventKind = "refused"   // what was asked for could not be done
	EventNoted     EventKind = "noted"     // something of its source is not used, or not certain
)

// Event is one row of a job's timeline. Its id orders all events of the
// deployment and is the SSE event id.
type Event struct {
	ID      int64     `gorm:"primaryKey"`
	JobID   uuid.UUID `gorm:"type:uuid"`
	UserID  uuid.UUID `gorm:"type:uuid"`
	Kind    EventKind
	State   State // the job's state after the event
	Problem Problem
	Reason  Reason `gorm:"embedded;embeddedPrefix:reason_"`
	At      time.Time
}

// TableName returns the table of events.
func (Event) TableName() string { return "job_events" }

// FileState is the state of a file.
type FileState string

// The states of a file.
const (
	FilePending FileState = "pending" // not complete in storage
	FileStored  FileState = "stored"  // complete, checked, visible
	FileSkipped FileState = "skipped" // not selected
	FileLost    FileState = "lost"    // was stored, but its object is no longer in storage
	FileTrashed FileState = "trashed" // stored, but its owner deleted it: it can be restored until TrashUntil
	FileDeleted FileState = "deleted" // was stored; its owner deleted it for good
)

// Hidden reports whether the owner deleted the file: lists leave it out, and
// nothing of it is delivered.
func (s FileState) Hidden() bool { return s == FileTrashed || s == FileDeleted }

// File is one stored object of a job. Its path is only for display and never
// becomes part of a key.
type File struct {
	ID          uuid.UUID  `gorm:"type:uuid;primaryKey"`
	JobID       uuid.UUID  `gorm:"type:uuid"`
	UserID      uuid.UUID  `gorm:"type:uuid"`
	Index       int        `gorm:"column:idx"` // place in the manifest
	Path        string     // sanitised, components joined by "/", unique within the job
	FolderID    *uuid.UUID `gorm:"type:uuid"` // where it lies in its owner's library; nil until its job ends
	Name        string     // in the library; empty until it lies there
	Size        int64      // bytes; -1 when unknown
	PartSize    int64      // bytes of each part but the last; fixed when the file is created, see the function PartSize
	ContentType string
	State       FileState
	Blocked     bool       // it is not delivered; see Block
	TrashedAt   *time.Time // when its owner deleted it
	TrashUntil  *time.Time // when it leaves the trash for good; for a deleted one, until its object is gone
	UploadID    *string    // the open multipart upload; nil if none
	Validator   string     // strong ETag or Last-Modified of a url source; parts are valid only while it stays the same
	ETag        string     `gorm:"column:etag"`
	CreatedAt   time.Time
	StoredAt    *time.Time
	CRC32C      string `gorm:"column:crc32c"` // of the whole object, as in S3; empty if it is not known
	CRC32       *int64 `gorm:"column:crc32"`  // of the whole object, as in zips; nil if it is not known
}

// Title returns the name that the owner sees: the one that they gave it, or the
// last part of its path.
func (f File) Title() string {
	if f.Name != "" {
		return f.Name
	}
	return f.Path[strings.LastIndexByte(f.Path, '/')+1:]
}

// Key returns the object key, made of ids only.
func (f File) Key() string { return "jobs/" + f.JobID.String() + "/" + f.ID.String() }

// IDsOfKey returns the ids of the job and the file that an object key is made of.
func IDsOfKey(key string) (job, file uuid.UUID, err error) {
	rest, ok := strings.CutPrefix(key, "jobs/")
	a, b, two := strings.Cut(rest, "/")
	if !ok || !two || len(a) != 36 || len(b) != 36 { // uuid.Parse takes other forms, too
		return job, file, Errorf(CodeNotFound, "No file has this key.")
	}
	job, err1 := uuid.Parse(a)
	file, err2 := uuid.Parse(b)
	if err := errors.Join(err1, err2); err != nil {
		return job, file, Errorf(CodeNotFound, "No file has this key.").Because(err)
	}
	return job, file, nil
}

// Part is one uploaded part of a file.
type Part struct {
	FileID   uuid.UUID `gorm:"type:uuid;primaryKey"`
	Number   int       `gorm:"primaryKey"` // from 1
	Size     int64
	CRC32C   string `gorm:"column:crc32c"` // base64 of the big-endian CRC-32C, as in S3
	CRC32    *int64 `gorm:"column:crc32"`  // IEEE, as in zips; nil if it is not known
	ETag     string `gorm:"column:etag"`
	StoredAt time.Time
}

// TableName returns the table of parts.
func (Part) TableName() string { return "file_parts" }
