package admin

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

type adminAct models.Action

// Schema returns the schema of what administrators do to jobs.
func (adminAct) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "AdminAct", "What an administrator does to someone's job", models.ActionRetry, models.ActionCancel, models.ActionPause,
		models.ActionResume, models.ActionMove, models.ActionDelete)
}

// BulkAct is an act on many jobs and how far it has come.
type BulkAct struct {
	ID       uuid.UUID `json:"id" format:"uuid"`
	Act      adminAct  `json:"act"`
	Provider string    `json:"provider" doc:"Where a move leads; empty otherwise"`
	Note     string    `json:"note" doc:"For the owners; may be empty"`
	Final    bool      `json:"final" doc:"A deletion is for good"`
	Filter   *JobQuery `json:"filter" doc:"What found the jobs; null if they were named"`
	Rate     int       `json:"rate" doc:"Jobs a second, at most"`
	By       string    `json:"by" doc:"E-mail address of who started it; empty if the account was deleted"`
	kit.BulkProgress
	Workflow JobWorkflow `json:"workflow"`
}

// TransformSchema lets the filter be null.
func (BulkAct) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "filter")
}

func bulkActOf(b models.BulkAct, uiURL string) BulkAct {
	out := BulkAct{
		ID: b.ID, Act: adminAct(b.Action), Provider: string(b.Provider), Note: b.Note, Final: b.Final, Rate: b.Rate, By: b.Email,
		BulkProgress: kit.BulkProgressOf(b), Workflow: workflowAt(b.WorkflowID(), uiURL),
	}
	if !b.Named {
		out.Filter = queryOf(b.Match)
	}
	return out
}

// BulkItem is one of many jobs, whose it is and what became of it.
type BulkItem struct {
	kit.BulkOutcome
	Owner string `json:"owner" doc:"E-mail address; empty if the job was deleted"`
}

func bulkItemOf(i models.BulkItem) BulkItem {
	return BulkItem{BulkOutcome: kit.BulkOutcomeOf(i), Owner: i.Owner}
}

// queryOf returns the query that asks for the jobs.
func queryOf(m models.JobMatch) *JobQuery {
	q := JobQuery{
		Provider: kit.Provider(m.Provider), Agent: m.Agent, CreatedFrom: m.CreatedFrom, CreatedTo: m.CreatedTo,
		SizeMin: m.SizeMin, SizeMax: m.SizeMax, InfoHash: m.Hash, Q: m.Name,
	}
	if m.User != uuid.Nil {
		q.User = m.User.String()
	}
	for _, s := range m.States {
		q.State = append(q.State, kit.JobState(s))
	}
	for _, r := range m.Reasons {
		q.Reason = append(q.Reason, kit.ReasonCode(r))
	}
	for _, p := range m.Problems {
		q.Problem = append(q.Problem, problemName(p))
	}
	return &q
}
