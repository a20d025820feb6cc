// Package workflows holds Longhaul's deterministic orchestration: the Download
// workflow of a job, the trackers of providers and the sweeps. It does no I/O;
// everything that does is an activity.
package workflows

import "longhaul/models"

// TaskQueue names the task queue of a kind of work. Workflows run in that of
// control; the options of each activity name its own.
func TaskQueue(q models.Queue) string { return "longhaul-" + string(q) }

// DownloadInput starts a job's workflow. Ids only: histories are plain text.
type DownloadInput struct {
	JobID string `json:"jobId"`
	Run   int    `json:"run"`           // from 1; grows with each retry of an ended job
	Kind  string `json:"kind"`          // of the source
	App   string `json:"app,omitempty"` // the web app's address, for operators' links

	// Before is where the run stood that this one continues; nil for the first.
	Before *Situation `json:"before,omitempty"`

	// Counts says that the run shows how often the job was tried. Runs of before
	// 2026-11-29 don't, and their histories have to replay.
	Counts bool `json:"counts,omitempty"`

	// AfterReset says that an operator reset the run before, to a point at which its
	// history knew less than the row.
	AfterReset bool `json:"afterReset,omitempty"`
}

// ResetInput names the run that a reset made.
type ResetInput struct {
	RunID string `json:"runId"`
}

// FaultReset is the type with which every activity of a run is refused whose
// history is another run's, until it starts over.
const FaultReset = "reset"

// DownloadType is the type of a job's workflow in Temporal.
const DownloadType = "Download"

// Names of what a running Download answers to.
const (
	SignalAdmit  = "admit"  // the job holds a slot now, as its row says
	SignalRetry  = "retry"  // retry a job that needs attention
	SignalAsk    = "ask"    // pause, resume or move, as the row says; payload models.Ask
	SignalChosen = "chosen" // the row has the choice of files
	SignalReset  = "reset"  // an operator reset the run: start over from the row; payload ResetInput
	SignalYield  = "yield"  // give the slot up and keep what is there: it is slow while others wait

	// The updates are for operators, who read the answer. Longhaul itself asks by
	// signals, which arrive whether or not a worker is there.
	UpdatePause  = "pause"           // stop and keep what is there
	UpdateResume = "resume"          // continue after a pause
	UpdateSelect = "select"          // choose files; payload SelectInput
	UpdateMove   = "change-provider" // continue with another provider; payload MoveInput
	QueryState   = "state"           // answers StateView
)

// JobWorkflowID returns the id of the workflow that runs a job.
func JobWorkflowID(jobID string) string { return "job-" + jobID }

// TrackerWorkflowID returns the id of the workflow that follows an agent.
func TrackerWorkflowID(agentID string) string { return "track-agent-" + agentID }

// SeedrTrackerWorkflowID is the id of the workflow that follows the Seedr
// account.
const SeedrTrackerWorkflowID = "track-seedr"

// PurgeWorkflowID returns the id of the workflow that removes a deleted job.
func PurgeWorkflowID(jobID string) string { return "purge-" + jobID }

// KeepWorkflowID returns the id of the workflow that makes the complete files of a
// parked job available.
func KeepWorkflowID(jobID string) string { return "keep-" + jobID }

// SelectInput chooses files by their place in the manifest.
type SelectInput struct {
	Indexes []int `json:"indexes"`
}

// MoveInput names the provider at which a job is to continue.
type MoveInput struct {
	Provider string `json:"provider"`
}

// StateView is the workflow's own view of itself, for admins.
type StateView struct {
	State   string        `json:"state"`
	Epoch   int64         `json:"epoch"`
	Attempt int           `json:"attempt"` // transfers started in this run
	Problem string        `json:"problem"`
	Reason  models.Reason `json:"reason"` // why it is there
}
