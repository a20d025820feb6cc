package jobs

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Bounds of job lists.
const (
	defaultPage = 50
	maxPage     = 100
	maxTimeline = 500
)

// tagJobs groups the operations in the OpenAPI document.
const tagJobs = "jobs"

type jobHandlers struct {
	store      Store
	sources    *sourceReader
	workflows  Workflows
	limits     kit.Limiter
	background *kit.Background
	uiURL      string
}

func (h *jobHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "submit-job", Method: http.MethodPost, Path: "/api/v1/jobs", Tags: []string{tagJobs},
		Summary:       "Submit a magnet link, a URL or a .torrent file",
		Description:   "Answers immediately; the job runs in the background. Repeating an Idempotency-Key within 24 hours returns the same job.",
		DefaultStatus: http.StatusAccepted, MaxBodyBytes: maxSubmitBody, SkipValidateBody: true,
		RequestBody: sourceBody(r.API, "SubmitJob", submitJSON{}, submitForm()),
	}, h.submit)
	kit.Handle(r, huma.Operation{
		OperationID: "list-jobs", Method: http.MethodGet, Path: "/api/v1/jobs", Tags: []string{tagJobs},
		Summary: "List jobs",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "get-job", Method: http.MethodGet, Path: "/api/v1/jobs/{id}", Tags: []string{tagJobs},
		Summary: "A job",
	}, h.get)
	kit.Handle(r, huma.Operation{
		OperationID: "get-job-timeline", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/timeline", Tags: []string{tagJobs},
		Summary: "List a job's events",
	}, h.timeline)
	h.batchRoutes(r)
	h.labelRoutes(r)
	h.ruleRoutes(r)
	h.actRoutes(r)
	h.fileRoutes(r)
	h.actionRoutes(r)
}

type jobInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type jobOutput struct{ Body kit.Job }

// one renders a job as it is now.
func (h *jobHandlers) one(ctx context.Context, job models.Job) (*jobOutput, error) {
	list, err := render(ctx, h.store, job.UserID, job)
	if err != nil {
		return nil, err
	}
	return &jobOutput{Body: list[0]}, nil
}

func (h *jobHandlers) get(ctx context.Context, in *jobInput) (*jobOutput, error) {
	job, err := h.store.Job(ctx, kit.Caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	return h.one(ctx, job)
}

type listInput struct {
	State  []kit.JobState `query:"state" maxItems:"20" doc:"Only jobs in these states, separated by commas"`
	Q      string         `query:"q" maxLength:"200" doc:"Only jobs whose name or files have words that begin with these, or whose name contains this"`
	Label  uuid.UUID      `query:"label" format:"uuid" doc:"Only jobs that have this label"`
	Sort   string         `query:"sort" enum:"created,-created,name,-name,size,-size,state,-state" default:"-created" doc:"Order; a leading minus reverses it"`
	Cursor string         `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int            `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// JobList is one page of jobs.
type JobList struct {
	Jobs       []kit.Job        `json:"jobs" nullable:"false"`
	NextCursor string           `json:"nextCursor" doc:"Empty on the last page"`
	Total      int64            `json:"total" doc:"Matching jobs on all pages"`
	Counts     map[string]int64 `json:"counts" doc:"Jobs with these words and this label, by state; only on the first page"`
}

type listOutput struct{ Body JobList }

func (h *jobHandlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	user := kit.Caller(ctx)
	query := models.JobFilter{Search: in.Q, Label: in.Label, Cursor: in.Cursor, Limit: min(max(in.Limit, 1), maxPage)}
	query.Sort, query.Desc = parseSort(in.Sort)
	var err error
	if query.States, err = statesOf(in.State); err != nil {
		return nil, err
	}
	page, err := h.store.Jobs(ctx, user.ID, query)
	if err != nil {
		return nil, err
	}
	list, err := render(ctx, h.store, user.ID, page.Jobs...)
	if err != nil {
		return nil, err
	}
	out := &listOutput{Body: JobList{Jobs: list, NextCursor: page.NextCursor, Total: page.Total, Counts: map[string]int64{}}}
	for s, n := range page.Counts {
		out.Body.Counts[string(s)] = n
	}
	return out, nil
}

func statesOf(list []kit.JobState) ([]models.State, error) {
	out := make([]models.State, 0, len(list))
	for _, s := range list {
		if !models.State(s).Valid() {
			return nil, models.Errorf(models.CodeInvalid, "%q is not a job state.", kit.Clip(string(s), 40)).In("state")
		}
		out = append(out, models.State(s))
	}
	return out, nil
}

func parseSort(s string) (models.JobSort, bool) {
	if len(s) > 0 && s[0] == '-' {
		return models.JobSort(s[1:]), true
	}
	return models.JobSort(s), false
}

type timelineInput struct {
	ID    uuid.UUID `path:"id" format:"uuid"`
	After int64     `query:"after" minimum:"0" default:"0" doc:"Only events with a greater id"`
}

type timelineOutput struct {
	Body struct {
		Events []kit.Event `json:"events" nullable:"false" doc:"Oldest first"`
	} `nameHint:"Timeline"`
}

func (h *jobHandlers) timeline(ctx context.Context, in *timelineInput) (*timelineOutput, error) {
	user := kit.Caller(ctx)
	if _, err := h.store.Job(ctx, user.ID, in.ID); err != nil {
		return nil, err
	}
	list, err := h.store.JobEvents(ctx, user.ID, in.ID, in.After, maxTimeline)
	if err != nil {
		return nil, err
	}
	out := &timelineOutput{}
	out.Body.Events = make([]kit.Event, 0, len(list))
	for _, e := range list {
		out.Body.Events = append(out.Body.Events, kit.EventOf(e))
	}
	return out, nil
}

// WorkflowView is what the workflow engine knows of a job.
type WorkflowView struct {
	RunID  string
	Status string
	State  *RunState // the workflow's own view; nil when it does not answer
}

// RunState is a running workflow's own view of itself.
type RunState struct {
	State   string
	Epoch   int64
	Attempt int // transfers started in this run
	Problem string
	Reason  models.Reason
}

// WorkflowState is RunState for the wire.
type WorkflowState struct {
	State   string          `json:"state"`
	Epoch   int64           `json:"epoch"`
	Attempt int             `json:"attempt" doc:"Transfers started in this run"`
	Problem kit.ProblemCode `json:"problem"`
	Reason  kit.Reason      `json:"reason"`
}

// The budgets of calls to the workflow engine.
const (
	startBudget = 5 * time.Second // in the background; a start that is cut off early fills Temporal's log
	queryBudget = 2 * time.Second
)
