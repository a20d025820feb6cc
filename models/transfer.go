package models

import (
	"time"

	"github.com/google/uuid"
)

// JobChange is a job's change to another state and what is recorded about it.
type JobChange struct {
	To          State
	Reason      Reason     // why it is in this state
	Problem     Problem    // the fault behind the state, if there is one
	Deadline    *time.Time // when the wait ends at the latest; nil if it is open-ended
	Attempt     int        // see Job; the count stays as it is when MaxAttempts is 0
	MaxAttempts int
	Told        Reason // for the timeline; Reason if there is none
	ReleaseSlot bool   // to queued only: give the slot back and wait for admission again
}

// JobMove gives a job to another provider.
type JobMove struct {
	To      Provider
	From    Provider // only if it is still there; empty for wherever it is
	Problem Problem  // why; empty if a person requested it
	Reason  Reason
}

// TransferWant is a transfer that a workflow requests.
type TransferWant struct {
	JobID     uuid.UUID
	Kind      TransferKind
	TaskToken []byte    // answers the workflow
	Elsewhere bool      // see Attempt
	Since     time.Time // when it was first requested
}

// Placement is an attempt for a provider to run.
type Placement struct {
	Attempt
	Job   Job
	Agent Agent                // none on Seedr
	Files []File               // those to fetch, stored ones included; none before a resolve
	Parts map[uuid.UUID][]Part // in storage already, by file

	BytesPerSecond int64 // that the owner's plan has an agent fetch with; 0 is no limit
}

// OpenAttempt is an attempt that a provider works on, with the job's owner.
type OpenAttempt struct {
	Attempt
	UserID uuid.UUID
}

// FileParts is a file to complete, with its parts in order.
type FileParts struct {
	File
	Parts []Part
}

// Whole reports whether the parts are all of the file. An empty file has none.
func (f FileParts) Whole() bool {
	var sum int64
	for _, p := range f.Parts {
		sum += p.Size
	}
	return len(f.Parts) > 0 && sum == f.Size
}

// PartReport is a part that an agent reports as stored.
type PartReport struct {
	Index int // file
	Part
}

// SeedrCopy is a job whose content is complete on Seedr and has to be copied to
// storage.
type SeedrCopy struct {
	Job   Job
	Epoch int64
	Item  SeedrItem
	Files []FileParts // pending ones
}

// TransferResult is the outcome of a transfer.
type TransferResult struct {
	AgentID  string   `json:"agentId"`
	Provider Provider `json:"provider,omitempty"` // empty for an agent
	ToStore  bool     `json:"toStore,omitempty"`  // the provider has all bytes; they have yet to be copied to storage
	Epoch    int64    `json:"epoch"`
	Bytes    int64    `json:"bytes"` // bytes of the selected files; -1 while unknown

	// Waits says that the job is in the queue again, without a slot: its files
	// are known now and there is no room for them.
	Waits bool `json:"waits,omitempty"`
}

// FaultDetails travels with a failed transfer or finalization.
type FaultDetails struct {
	Provider  Provider `json:"provider,omitempty"` // empty for an agent
	AgentID   string   `json:"agentId,omitempty"`
	Epoch     int64    `json:"epoch,omitempty"`
	BytesDone int64    `json:"bytesDone,omitempty"` // verified when it failed; progress renews the budget of retries
	Params    Params   `json:"params,omitempty"`    // details of the fault, for the job's reason
}
