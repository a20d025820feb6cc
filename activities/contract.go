package activities

import (
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// JobInput names the job that an activity works on.
type JobInput struct {
	JobID uuid.UUID `json:"jobId"`
	Run   int       `json:"run,omitempty"` // LoadJob only: the workflow run that loads the job

	// Stands is for LoadJob only: the state in which the previous run left the
	// job and from which this one continues.
	Stands models.State `json:"stands,omitempty"`

	// Elsewhere says that another provider may follow: a transfer that can't be
	// placed returns to the workflow after a while instead of waiting.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

// Plan is what a Download needs to know about its job: no names and no source,
// because histories are plain text.
type Plan struct {
	Over             bool            `json:"over,omitempty"` // delivered or deleted; there is nothing left to do
	State            models.State    `json:"state"`
	Admitted         bool            `json:"admitted,omitempty"`      // holds a slot already
	ManifestKnown    bool            `json:"manifestKnown,omitempty"` // name, size and files are known
	ChooseFiles      bool            `json:"chooseFiles,omitempty"`   // the user is still to choose files
	Provider         models.Provider `json:"provider"`
	Failover         models.Failover `json:"failover,omitempty"`  // where the job may move automatically
	SeedrFits        bool            `json:"seedrFits,omitempty"` // Seedr can fetch such a source
	Private          bool            `json:"private,omitempty"`   // of a private torrent
	Bytes            int64           `json:"bytes"`               // -1 while unknown
	SelectionTimeout time.Duration   `json:"selectionTimeout"`
	AttentionTimeout time.Duration   `json:"attentionTimeout"`
	Asked            models.Ask      `json:"asked,omitzero"` // and not done yet
	RetryPauses      []time.Duration `json:"retryPauses"`    // one retry after each; then the job needs attention

	Run int `json:"run,omitempty"` // of the job

	// Why, since when and until when at most the job is in its state.
	Reason   models.Reason  `json:"reason,omitzero"`
	Problem  models.Problem `json:"problem,omitempty"`
	Since    time.Time      `json:"since,omitzero"`
	Deadline *time.Time     `json:"deadline,omitempty"`
}

// StateInput is one transition of a job.
type StateInput struct {
	JobID       uuid.UUID      `json:"jobId"`
	To          models.State   `json:"to"`
	Reason      models.Reason  `json:"reason,omitzero"`    // why it is in the state
	Deadline    *time.Time     `json:"deadline,omitempty"` // when the wait ends at the latest
	Problem     models.Problem `json:"problem,omitempty"`
	Attempt     int            `json:"attempt,omitempty"`     // the current or next attempt; if MaxAttempts is 0, the row keeps its count
	MaxAttempts int            `json:"maxAttempts,omitempty"` // after this many attempts, the job needs attention
	ReleaseSlot bool           `json:"releaseSlot,omitempty"` // give the slot back although the job continues
}

// StopInput ends what runs for a job and moves it to another state.
type StopInput struct {
	StateInput
	Remove bool `json:"remove,omitempty"` // the agent removes the bytes too
}

// SelectionInput chooses files by their place in the manifest.
type SelectionInput struct {
	JobID   uuid.UUID `json:"jobId"`
	Indexes []int     `json:"indexes"`
}

// AskInput names what a job was asked for and cannot do.
type AskInput struct {
	JobID uuid.UUID  `json:"jobId"`
	Ask   models.Ask `json:"ask"`
}

// MoveInput gives a job to another provider.
type MoveInput struct {
	JobID   uuid.UUID       `json:"jobId"`
	From    models.Provider `json:"from,omitempty"` // only if it is still there
	To      models.Provider `json:"to"`
	Problem models.Problem  `json:"problem,omitempty"` // why; empty if a person requested it
	Reason  models.Reason   `json:"reason"`
}

// MoveResult is the job's situation after a move.
type MoveResult struct {
	State         models.State    `json:"state"`
	Provider      models.Provider `json:"provider"`
	ManifestKnown bool            `json:"manifestKnown,omitempty"`
	ChooseFiles   bool            `json:"chooseFiles,omitempty"` // the user is still to choose files
}

// StoreResult is what was copied from Seedr to storage.
type StoreResult struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"` // of the files
	Read  int64 `json:"read"`  // bytes that the last attempt read from Seedr
}

// FinalizeResult is what was made visible.
type FinalizeResult struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// TrackInput names the agent whose transfers are followed, or Seedr.
type TrackInput struct {
	AgentID  uuid.UUID       `json:"agentId"`
	Provider models.Provider `json:"provider,omitempty"` // empty for an agent
}

// TrackResult says why the tracker ended normally.
type TrackResult struct {
	Gone bool `json:"gone,omitempty"` // the agent is no longer registered, or there is no Seedr account
}

// MailInput names the mail to send.
type MailInput struct {
	MailID uuid.UUID `json:"mailId"`
}

// MailResult is a mail's outcome.
type MailResult struct {
	State models.MailState `json:"state"`
}

// DeliveryInput names the delivery to a webhook.
type DeliveryInput struct {
	ID uuid.UUID `json:"id"`
}

// DeliveryResult is a delivery's outcome.
type DeliveryResult struct {
	State models.DeliveryState `json:"state"`
}

// MediaInput names the job whose media files are read.
type MediaInput struct {
	JobID uuid.UUID `json:"jobId"`
}

// MediaResult is what became of a job's media files.
type MediaResult struct {
	Read       int  `json:"read"`
	Unreadable int  `json:"unreadable,omitempty"`
	Off        bool `json:"off,omitempty"` // this worker has no ffprobe
}

// BulkInput names an act on many jobs.
type BulkInput struct {
	ID uuid.UUID `json:"id"`
}

// BulkResult is how far an act on many jobs has come.
type BulkResult struct {
	State   models.BulkState `json:"state"`
	Total   int64            `json:"total"`
	Done    int64            `json:"done"`
	Refused int64            `json:"refused"`
}

// CleanupInput names a cleanup of storage.
type CleanupInput struct {
	ID uuid.UUID `json:"id"`
}

// CleanupResult is how far a cleanup of storage has come.
type CleanupResult struct {
	State   models.CleanupState `json:"state"`
	Total   int64               `json:"total"`
	Removed int64               `json:"removed"`
	Spared  int64               `json:"spared"`
	Failed  int64               `json:"failed"`
}

// ContentsInput names a check of contents.
type ContentsInput struct {
	ID uuid.UUID `json:"id"`
}

// ContentsResult is how far a check of contents has come.
type ContentsResult struct {
	State   models.CheckState `json:"state"`
	Read    int64             `json:"read"`
	Bytes   int64             `json:"bytes"`
	Damaged int64             `json:"damaged"`
	Unread  int64             `json:"unread"`
}

// DueCheckResult says whether a scheduled check of contents was started.
type DueCheckResult struct {
	Started bool `json:"started"`
}

// SumResult is what is stored.
type SumResult struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
}

// SweepInput bounds a sweep of object storage.
type SweepInput struct {
	Preview bool          `json:"preview,omitempty"` // count only, remove nothing
	Grace   time.Duration `json:"grace"`             // younger objects and uploads are left alone
	Keep    time.Duration `json:"keep,omitempty"`    // remove what was first seen so long ago
	Percent int64         `json:"percent,omitempty"` // refuse to remove a larger share at once; 0 refuses nothing
	Floor   int64         `json:"floor,omitempty"`   // so many may go whatever their share is
	Cap     int           `json:"cap"`               // remove at most this many per sweep; 0 means all
}

// SweepResult is what a sweep found and removed.
type SweepResult struct {
	Preview bool  `json:"preview,omitempty"`
	Objects int   `json:"objects"` // objects without a row
	Bytes   int64 `json:"bytes"`
	Uploads int   `json:"uploads"` // open multipart uploads without a row
	Scanned int   `json:"scanned"` // objects and uploads looked at
	Removed int   `json:"removed"` // of both

	Refused  int64               `json:"refused,omitempty"` // would have been removed, but is too much at once
	Paused   models.StoragePause `json:"paused,omitempty"`  // why nothing was removed
	Capped   bool                `json:"capped"`            // more was due than one sweep may remove
	Failures int                 `json:"failures"`          // removals that storage refused; the next sweep tries again
}

// CheckInput bounds a check of the stored files.
type CheckInput struct {
	Percent int64 `json:"percent,omitempty"` // refuse to mark a larger share as lost at once; 0 refuses nothing
	Floor   int64 `json:"floor,omitempty"`   // so many may be marked whatever their share is
}

// CheckResult is what a check of the stored files found.
type CheckResult struct {
	Checked int64               `json:"checked"`           // files
	Lost    int64               `json:"lost"`              // are marked now
	Found   int64               `json:"found"`             // were marked before, and are back
	Refused int64               `json:"refused,omitempty"` // would have been marked, but are too many at once
	Paused  models.StoragePause `json:"paused,omitempty"`  // why files were not checked, or may be wrong
}

// RepairInput bounds a reconcile sweep of open jobs.
type RepairInput struct {
	Quiet time.Duration `json:"quiet"` // jobs that changed more recently are left alone
}

// RepairResult is what a reconcile sweep found.
type RepairResult struct {
	Checked   int `json:"checked"`
	Restarted int `json:"restarted"` // jobs that had no running workflow
	Parked    int `json:"parked"`    // jobs whose workflow an operator ended
	GaveUp    int `json:"gaveUp"`    // of those, what nobody did anything about in time
	Admitted  int `json:"admitted"`  // admitted jobs that were signalled again
	Ended     int `json:"ended"`     // workflows that the database does not know
	Purged    int `json:"purged"`    // deleted jobs whose purge was started again
	Bulk      int `json:"bulk"`      // acts on many jobs whose workflow was started again
	Cleanups  int `json:"cleanups"`  // cleanups of storage, likewise
	Contents  int `json:"contents"`  // checks of contents, likewise
	Halted    int `json:"halted"`    // jobs that were asked late to pause or continue with their owners' accounts
	Blocked   int `json:"blocked"`   // jobs whose owners were told late that they are blocked
	Notices   int `json:"notices"`   // takedown notices whose decision was carried out late
	Counters  int `json:"counters"`  // counter-notices whose workflow was started again
	Webhooks  int `json:"webhooks"`  // deliveries to webhooks, likewise
}

// PruneResult counts the rows that a prune removed.
type PruneResult struct {
	Heartbeats      int64 `json:"heartbeats"`
	Sessions        int64 `json:"sessions"`
	Inspections     int64 `json:"inspections"`
	IdempotencyKeys int64 `json:"idempotencyKeys"`
	DeletedEvents   int64 `json:"deletedEvents"`
	Mails           int64 `json:"mails"`
	SecurityEvents  int64 `json:"securityEvents"`
	EnrolmentTokens int64 `json:"enrolmentTokens"`
	Allowances      int64 `json:"allowances"`
	BulkActs        int64 `json:"bulkActs"`
	Cleanups        int64 `json:"cleanups"`
	ContentChecks   int64 `json:"contentChecks"`
	Shares          int64 `json:"shares"`
	Notices         int64 `json:"notices"` // that name no person any more
	Notifications   int64 `json:"notifications"`
	Deliveries      int64 `json:"deliveries"` // to webhooks
	Selections      int64 `json:"selections"`
	Folders         int64 `json:"folders"` // of libraries, that are empty and no one made
}

// ExpireResult is what the retention rule did.
type ExpireResult struct {
	Announced int64 `json:"announced"` // ready jobs that got another date
	Expired   int   `json:"expired"`   // jobs whose files were removed

	Paused models.StoragePause `json:"paused,omitempty"` // why nothing was removed
}

// RollUpResult counts the days of accounts that a roll-up changed.
type RollUpResult struct {
	Days int64 `json:"days"`
}

// DriftResult is what a reconcile of quotas repaired; it should be all zero.
type DriftResult struct {
	Jobs     int   `json:"jobs"`
	Accounts int   `json:"accounts"`
	Bytes    int64 `json:"bytes"`
}

// ExportInput names an export of an account's data.
type ExportInput struct {
	ID uuid.UUID `json:"id"`
}

// ExportResult is what was written.
type ExportResult struct {
	Bytes int64 `json:"bytes"` // of the zip; 0 if there was nothing to make
}

// ExportSweepResult is what a sweep of the exports did.
type ExportSweepResult struct {
	Started int   `json:"started"` // whose workflow was started again
	Expired int64 `json:"expired"` // rows
	Removed int   `json:"removed"` // zips
}
