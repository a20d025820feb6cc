package kit

import (
	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// The wire forms of the closed sets that belong to jobs follow.

// JobAction is what can be done to a job.
type JobAction models.Action

// SourceKind is what was submitted.
type SourceKind models.SourceKind

// Phase is what the download engine is doing.
type Phase models.Phase

// EventKind is what happened to a job.
type EventKind models.EventKind

// Schema returns the schema of actions.
func (JobAction) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "JobAction", "What can be done to a job", models.ActionCancel, models.ActionPause,
		models.ActionResume, models.ActionSelect, models.ActionRetry, models.ActionDelete)
}

// Schema returns the schema of source kinds.
func (SourceKind) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "SourceKind", "Kind of source", models.SourceMagnet, models.SourceTorrent, models.SourceURL)
}

// Schema returns the schema of phases.
func (Phase) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "Phase", "What the download engine is doing, in more detail than the job's state",
		models.PhaseStarting, models.PhaseResolving, models.PhaseChecking, models.PhaseDownloading,
		models.PhaseUploading, models.PhaseSeeding, models.PhaseDone, models.PhaseFailed, models.PhaseStopped)
}

// Schema returns the schema of event kinds.
func (EventKind) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "EventKind", "Kind of event", models.EventSubmitted, models.EventState, models.EventPlaced,
		models.EventAttempt, models.EventManifest, models.EventSelection, models.EventMoved, models.EventRefused,
		models.EventNoted, models.EventDeleted)
}
