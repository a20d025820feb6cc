package jobs

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

func (h *jobHandlers) actionRoutes(r *kit.Router) {
	act := func(name, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: name + "-job", Method: http.MethodPost, Path: "/api/v1/jobs/{id}/" + name, Tags: []string{tagJobs},
			Summary: summary, Description: description, DefaultStatus: http.StatusAccepted,
		}
	}
	kit.Handle(r, act("cancel", "Cancel a job", ""), h.cancel)
	kit.Handle(r, act("pause", "Pause a job", "It keeps what it has fetched."), h.pause)
	kit.Handle(r, act("resume", "Resume a paused job", ""), h.resume)
	kit.Handle(r, act("retry", "Retry a job", "It keeps what is already stored."), h.retry)
	choose := act("select", "Choose the files of a job", "Only while the job awaits a selection.")
	choose.MaxBodyBytes = maxFieldSize
	kit.Handle(r, choose, h.choose)
	h.deleteRoutes(r)
	kit.Handle(r, huma.Operation{
		OperationID: "get-job-workflow", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/workflow", Tags: []string{tagJobs},
		Summary: "Get a job's workflow",
	}, h.workflow)
}

// requested responds with the job after what its owner asked for, within the
// owner's allowance. Nothing waits for the job's workflow: it may be away.
func (h *jobHandlers) requested(ctx context.Context, id uuid.UUID, ask func(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)) (*jobOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.limits.Allow(ctx, kit.LimitAction, user.String()); err != nil {
		return nil, err
	}
	job, err := ask(ctx, user, id)
	if err != nil {
		return nil, err
	}
	return h.one(ctx, job)
}

func (h *jobHandlers) pause(ctx context.Context, in *jobInput) (*jobOutput, error) {
	return h.requested(ctx, in.ID, h.store.RequestPause)
}

func (h *jobHandlers) resume(ctx context.Context, in *jobInput) (*jobOutput, error) {
	return h.requested(ctx, in.ID, h.store.RequestResume)
}

func (h *jobHandlers) cancel(ctx context.Context, in *jobInput) (*jobOutput, error) {
	return h.requested(ctx, in.ID, h.store.RequestCancel)
}

type retryInput struct {
	ID       uuid.UUID `path:"id" format:"uuid"`
	KeepPage bool      `query:"keepPage" doc:"Keep the web page that the URL leads to, as the file"`
}

func (h *jobHandlers) retry(ctx context.Context, in *retryInput) (*jobOutput, error) {
	if in.KeepPage {
		return h.requested(ctx, in.ID, h.store.RequestRetryKeepingPage)
	}
	return h.requested(ctx, in.ID, h.store.RequestRetry)
}

type selectInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Indexes []int `json:"indexes" nullable:"false" minItems:"1" maxItems:"50000" doc:"The indexes of the files to fetch"`
	} `nameHint:"SelectFiles"`
}

func (h *jobHandlers) choose(ctx context.Context, in *selectInput) (*jobOutput, error) {
	return h.requested(ctx, in.ID, func(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
		return h.store.RequestSelect(ctx, userID, jobID, in.Body.Indexes)
	})
}

// Workflow is the workflow behind a job, for administrators.
type Workflow struct {
	WorkflowID string         `json:"workflowId"`
	RunID      string         `json:"runId" doc:"Empty when there is no run"`
	Status     string         `json:"status" doc:"The run's status in the workflow engine"`
	State      *WorkflowState `json:"state" doc:"The workflow's own view; null if it doesn't answer"`
	UIURL      string         `json:"uiUrl" doc:"Its page in the workflow engine's console; empty if none is configured"`
}

// TransformSchema lets the state be null.
func (Workflow) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "state")
}

type workflowOutput struct{ Body Workflow }

func (h *jobHandlers) workflow(ctx context.Context, in *jobInput) (*workflowOutput, error) {
	job, err := h.store.Job(ctx, kit.Caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, queryBudget)
	defer cancel()
	view, err := h.workflows.View(limited, job)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, models.Errorf(models.CodeUnavailable, "The workflow engine is not responding.").Because(err)
	}
	out := &workflowOutput{Body: Workflow{
		WorkflowID: job.WorkflowID(), RunID: view.RunID, Status: view.Status,
	}}
	if s := view.State; s != nil {
		out.Body.State = &WorkflowState{
			State: s.State, Epoch: s.Epoch, Attempt: s.Attempt, Problem: kit.ProblemCode(s.Problem), Reason: kit.ReasonOf(s.Reason),
		}
	}
	if h.uiURL != "" {
		out.Body.UIURL = h.uiURL + "/workflows/" + job.WorkflowID()
	}
	return out, nil
}
