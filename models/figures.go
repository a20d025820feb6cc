package models

import "time"

// JobMoved is that a job came to another state.
type JobMoved struct {
	From, To State
	Problem  Problem       // why it failed or needs attention; empty for none
	Provider Provider      // that it was with
	After    time.Duration // how long it was in the state before
	Bytes    int64         // of its files, if it became ready
}

// Figures are what the workers' metrics say of the database, as of one moment.
// All times are durations, so that they mean the same on every worker.
type Figures struct {
	TakenAt   time.Time        `json:"-"`
	Jobs      []JobsFigure     `json:"jobs"` // that have not ended
	Outbox    OutboxFigures    `json:"outbox"`
	Admission AdmissionFigures `json:"admission"`
	Mails     MailFigures      `json:"mails"`
	Agents    AgentFigures     `json:"agents"`
	Seedr     SeedrFigures     `json:"seedr"`
	Storage   StorageFigures   `json:"storage"`
}

// JobsFigure counts the open jobs of a state that wait for the same reason.
type JobsFigure struct {
	State    State         `json:"state"`
	Reason   string        `json:"reason"` // a code; empty for none
	Provider Provider      `json:"provider"`
	Count    int64         `json:"count"`
	Oldest   time.Duration `json:"oldest"` // in the state
}

// OutboxFigures are what waits to be told to Temporal.
type OutboxFigures struct {
	Items  int64         `json:"items"`
	Oldest time.Duration `json:"oldest"` // account requests included
}

// AdmissionFigures are how admission does.
type AdmissionFigures struct {
	SinceRound time.Duration `json:"sinceRound"`
	PassedOver time.Duration `json:"passedOver"`
}

// MailFigures are the mails that wait.
type MailFigures struct {
	Queued int64         `json:"queued"`
	Oldest time.Duration `json:"oldest"`
}

// AgentFigures count the agents.
type AgentFigures struct {
	Online    int64 `json:"online"`    // heard from, whether or not they take work
	Lost      int64 `json:"lost"`      // not heard from
	Active    int64 `json:"active"`    // online and take work
	LowDisk   int64 `json:"lowDisk"`   // online, with less than a tenth of the disk free
	Slots     int64 `json:"slots"`     // of the active ones
	FreeSlots int64 `json:"freeSlots"` // of those

	EmptyPools int64 `json:"emptyPools"` // in which jobs wait, and no agent is active
}

// SeedrFigures are how the Seedr account does.
type SeedrFigures struct {
	Configured bool          `json:"configured"`
	FailingFor time.Duration `json:"failingFor"` // 0 while it answers well
	Problem    Problem       `json:"problem"`    // of the last answer, while it fails
	CallsOff   bool          `json:"callsOff"`   // the breaker is open, or Seedr asked for a pause
	Full       bool          `json:"full"`       // it refused a transfer for lack of room a moment ago
	SpaceMax   int64         `json:"spaceMax"`
	SpaceUsed  int64         `json:"spaceUsed"`
}

// StorageFigures are what storage needs a person for.
type StorageFigures struct {
	Paused         bool          `json:"paused"` // bucket and database don't belong together
	RefusedOrphans int64         `json:"refusedOrphans"`
	RefusedLost    int64         `json:"refusedLost"`
	Lost           int64         `json:"lost"`       // files whose object is gone
	SinceSweep     time.Duration `json:"sinceSweep"` // 0 before the first
	SinceCheck     time.Duration `json:"sinceCheck"` // 0 before the first
}
