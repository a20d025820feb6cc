package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// schemaPrefix is where the OpenAPI document keeps its schemas.
const schemaPrefix = "#/components/schemas/"

// Tags group the operations of the OpenAPI document.
const (
	tagAuth    = "auth"
	tagSources = "sources"
	tagJobs    = "jobs"
	tagFiles   = "files"
	tagUsage   = "usage"
	tagEvents  = "events"
	tagAdmin   = "admin"
	tagAgents  = "agents"
	tagSystem  = "system"
)

// The wire forms of the closed sets of models. Each has a named schema whose
// values come from models, so that generated clients get one type per set.
type (
	jobState   models.State
	jobAction  models.Action
	sourceKind models.SourceKind
	userRole   models.Role
	userState  models.UserState
	fileState  models.FileState
	phase      models.Phase
	eventKind  models.EventKind
	agentState models.AgentState
	provider   models.Provider
	ledgerKind models.LedgerKind

	secondFactor models.Factor
)

// Schema returns the schema of job states.
func (jobState) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "JobState", "Where a job stands", models.States()...)
}

// Schema returns the schema of actions.
func (jobAction) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "JobAction", "What may be done to a job", models.ActionCancel, models.ActionPause,
		models.ActionResume, models.ActionSelect, models.ActionRetry, models.ActionDelete)
}

// Schema returns the schema of source kinds.
func (sourceKind) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "SourceKind", "What was submitted", models.SourceMagnet, models.SourceTorrent, models.SourceURL)
}

// Schema returns the schema of roles.
func (userRole) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "Role", "What an account may do", models.RoleUser, models.RoleAdmin)
}

// Schema returns the schema of account states.
func (userState) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "UserState", "Whether an account can be used", models.UserActive, models.UserUnverified, models.UserDisabled)
}

// Schema returns the schema of file states.
func (fileState) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "FileState", "How far a file has come", models.FilePending, models.FileStored, models.FileSkipped)
}

// Schema returns the schema of phases.
func (phase) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "Phase", "What the download engine does, finer than the job's state",
		models.PhaseStarting, models.PhaseResolving, models.PhaseChecking, models.PhaseDownloading,
		models.PhaseUploading, models.PhaseSeeding, models.PhaseDone, models.PhaseFailed, models.PhaseStopped)
}

// Schema returns the schema of event kinds.
func (eventKind) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "EventKind", "What happened to a job", models.EventSubmitted, models.EventState, models.EventPlaced,
		models.EventAttempt, models.EventManifest, models.EventSelection, models.EventMoved, models.EventDeleted)
}

// Schema returns the schema of agent states.
func (agentState) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "AgentState", "What the administrators want of an agent",
		models.AgentActive, models.AgentCordoned, models.AgentDraining)
}

// Schema returns the schema of providers.
func (provider) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "Provider", "Where the bytes are fetched", models.ProviderAgent, models.ProviderSeedr)
}

// Schema returns the schema of kinds of ledger line.
func (ledgerKind) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "LedgerKind", "What a line of the quota ledger records", models.LedgerReserve, models.LedgerGrow,
		models.LedgerSettle, models.LedgerRelease, models.LedgerFree, models.LedgerRepair)
}

// Schema returns the schema of second factors.
func (secondFactor) Schema(r huma.Registry) *huma.Schema {
	return enum(r, "SecondFactor", "What may follow a password", models.FactorPasskey, models.FactorTOTP, models.FactorRecovery)
}

func enum[T ~string](r huma.Registry, name, doc string, values ...T) *huma.Schema {
	if _, ok := r.Map()[name]; !ok {
		s := &huma.Schema{Type: huma.TypeString, Description: doc}
		for _, v := range values {
			s.Enum = append(s.Enum, string(v))
		}
		s.PrecomputeMessages()
		r.Map()[name] = s
	}
	return &huma.Schema{Ref: schemaPrefix + name}
}

// orNull turns the reference to a schema into one that allows null.
func orNull(s *huma.Schema) *huma.Schema {
	return &huma.Schema{Description: s.Description, AnyOf: []*huma.Schema{{Ref: s.Ref}, {Type: "null"}}}
}

func statusKey(status int) string { return strconv.Itoa(status) }
