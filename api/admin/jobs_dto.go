package admin

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// OwnedJob is a job as administrators see it.
type OwnedJob struct {
	kit.Job
	Owner JobOwner  `json:"owner"`
	Agent *JobAgent `json:"agent" doc:"The agent of the newest attempt; null without one"`
}

// JobOwner is the account that a job belongs to.
type JobOwner struct {
	ID    uuid.UUID `json:"id" format:"uuid"`
	Email string    `json:"email"`
}

// JobAgent is an agent that has, or had, a job.
type JobAgent struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Name string    `json:"name"`
}

// TransformSchema lets progress and agent be null.
func (OwnedJob) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "progress", "agent")
}

func ownedJobOf(j models.OwnedJob, progress *models.Progress) OwnedJob {
	known := map[uuid.UUID]models.Progress{}
	if progress != nil {
		known[j.ID] = *progress
	}
	return OwnedJob{
		Job: kit.JobOf(j.Job, known), Owner: JobOwner{ID: j.UserID, Email: j.OwnerEmail}, Agent: jobAgentOf(j.AgentID, j.AgentName),
	}
}

func jobAgentOf(id *uuid.UUID, name string) *JobAgent {
	if id == nil {
		return nil
	}
	return &JobAgent{ID: *id, Name: name}
}

// JobDetail is everything there is to know about a job.
type JobDetail struct {
	Job      OwnedJob     `json:"job"`
	Files    JobFiles     `json:"files"`
	Events   []kit.Event  `json:"events" nullable:"false" doc:"Oldest first, at most 500"`
	Attempts []JobAttempt `json:"attempts" nullable:"false" doc:"Oldest first"`
	Workflow JobWorkflow  `json:"workflow"`
}

// JobFiles is how many files a job has in each state.
type JobFiles struct {
	Pending int `json:"pending" doc:"Not completely in storage"`
	Stored  int `json:"stored"`
	Skipped int `json:"skipped" doc:"Not chosen"`
	Lost    int `json:"lost" doc:"No longer in storage"`
	Trashed int `json:"trashed" doc:"In the owner's trash"`
	Deleted int `json:"deleted" doc:"Deleted by the owner for good"`
}

// JobAttempt is one try to run a job's transfer at a provider.
type JobAttempt struct {
	Number    int64           `json:"number" doc:"Grows with each attempt; the newest counts"`
	Kind      transferKind    `json:"kind"`
	Provider  kit.Provider    `json:"provider"`
	Agent     *JobAgent       `json:"agent" doc:"Null on Seedr, before it has a place, and if the agent was removed"`
	State     attemptState    `json:"state"`
	Problem   kit.ProblemCode `json:"problem" doc:"Why it failed; empty if it did not"`
	Tries     int             `json:"tries" doc:"Earlier places that were lost to faults of agents or Seedr"`
	WantedAt  time.Time       `json:"wantedAt" doc:"When it started to wait for a place"`
	StartedAt *time.Time      `json:"startedAt" doc:"When it got its place; null while it waits for one"`
	EndedAt   *time.Time      `json:"endedAt"`
}

// TransformSchema lets the agent be null.
func (JobAttempt) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "agent")
}

// JobWorkflow is where the workflow behind a job is found.
type JobWorkflow struct {
	ID    string `json:"id"`
	UIURL string `json:"uiUrl" doc:"Its page in the workflow engine's console; empty if none is configured"`
}

// workflowAt returns a workflow with its page in the console.
func workflowAt(id, uiURL string) JobWorkflow {
	if uiURL == "" {
		return JobWorkflow{ID: id}
	}
	return JobWorkflow{ID: id, UIURL: uiURL + "/workflows/" + id}
}

type (
	transferKind models.TransferKind
	attemptState models.AttemptState
)

// Schema returns the schema of kinds of transfer.
func (transferKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "TransferKind", "How far a transfer goes", models.TransferResolve, models.TransferDownload)
}

// Schema returns the schema of attempt states.
func (attemptState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "AttemptState", "State of an attempt", models.AttemptWanted, models.AttemptOpen, models.AttemptDone,
		models.AttemptFailed, models.AttemptSuperseded)
}

func jobAttemptOf(a models.PlacedAttempt) JobAttempt {
	out := JobAttempt{
		Number: a.Epoch, Kind: transferKind(a.Kind), Provider: kit.Provider(a.Provider), Agent: jobAgentOf(a.AgentID, a.AgentName),
		State: attemptState(a.State), Problem: kit.ProblemCode(a.Problem), Tries: a.Tries, WantedAt: a.WantedAt, EndedAt: a.EndedAt,
	}
	if a.State != models.AttemptWanted {
		out.StartedAt = &a.StartedAt
	}
	return out
}

func jobDetailOf(d models.JobDetail, uiURL string) JobDetail {
	out := JobDetail{
		Job: ownedJobOf(d.OwnedJob, d.Progress),
		Files: JobFiles{
			Pending: d.Files[models.FilePending], Stored: d.Files[models.FileStored], Skipped: d.Files[models.FileSkipped], Lost: d.Files[models.FileLost],
			Trashed: d.Files[models.FileTrashed], Deleted: d.Files[models.FileDeleted],
		},
		Events: make([]kit.Event, 0, len(d.Events)), Attempts: make([]JobAttempt, 0, len(d.Attempts)),
		Workflow: workflowAt(d.WorkflowID(), uiURL),
	}
	for _, e := range d.Events {
		out.Events = append(out.Events, kit.EventOf(e))
	}
	for _, a := range d.Attempts {
		out.Attempts = append(out.Attempts, jobAttemptOf(a))
	}
	return out
}
