package jobs

import (
	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// The wire forms of the closed sets that only jobs show.
type (
	jobAction  models.Action
	sourceKind models.SourceKind
	fileState  models.FileState
	phase      models.Phase
	eventKind  models.EventKind
)

// Schema returns the schema of actions.
func (jobAction) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "JobAction", "What can be done to a job", models.ActionCancel, models.ActionPause,
		models.ActionResume, models.ActionSelect, models.ActionRetry, models.ActionDelete)
}

// Schema returns the schema of source kinds.
func (sourceKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "SourceKind", "Kind of source", models.SourceMagnet, models.SourceTorrent, models.SourceURL)
}

// Schema returns the schema of file states.
func (fileState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "FileState", "State of a file", models.FilePending, models.FileStored, models.FileSkipped, models.FileLost)
}

// Schema returns the schema of phases.
func (phase) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "Phase", "What the download engine is doing, in more detail than the job's state",
		models.PhaseStarting, models.PhaseResolving, models.PhaseChecking, models.PhaseDownloading,
		models.PhaseUploading, models.PhaseSeeding, models.PhaseDone, models.PhaseFailed, models.PhaseStopped)
}

// Schema returns the schema of event kinds.
func (eventKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "EventKind", "Kind of event", models.EventSubmitted, models.EventState, models.EventPlaced,
		models.EventAttempt, models.EventManifest, models.EventSelection, models.EventMoved, models.EventRefused,
		models.EventDeleted)
}
