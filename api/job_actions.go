package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/models"
)

func (h *jobHandlers) actionRoutes(r *router) {
	act := func(name, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: name + "-job", Method: http.MethodPost, Path: "/api/v1/jobs/{id}/" + name, Tags: []string{tagJobs},
			Summary: summary, Description: description, DefaultStatus: http.StatusAccepted,
		}
	}
	handle(r, accessJobsWrite, act("cancel", "Cancel a job", ""), h.cancel)
	handle(r, accessJobsWrite, act("pause", "Pause a job", "It keeps what it has."), h.pause)
	handle(r, accessJobsWrite, act("resume", "Resume a paused job", ""), h.resume)
	handle(r, accessJobsWrite, act("retry", "Try a job again", "It takes up what is already stored."), h.retry)
	handle(r, accessJobsWrite, act("select", "Choose the files of a job", "While the job awaits a selection."), h.choose)
	handle(r, accessJobsWrite, huma.Operation{
		OperationID: "delete-job", Method: http.MethodDelete, Path: "/api/v1/jobs/{id}", Tags: []string{tagJobs},
		Summary: "Delete a job and its files", DefaultStatus: http.StatusNoContent,
	}, h.remove)
	handle(r, accessAdmin, huma.Operation{
		OperationID: "get-job-workflow", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/workflow", Tags: []string{tagJobs},
		Summary: "The workflow behind a job",
	}, h.workflow)
}

// guarded finds a job of the caller and refuses an action that does not fit
// its state.
func (h *jobHandlers) guarded(ctx context.Context, id uuid.UUID, a models.Action) (models.Job, error) {
	user := caller(ctx)
	if err := h.limits.Allow(ctx, LimitAction, user.ID.String()); err != nil {
		return models.Job{}, err
	}
	job, err := h.jobs.Job(ctx, user.ID, id)
	if err != nil {
		return models.Job{}, err
	}
	if a == models.ActionPause && job.State == models.StateStoring {
		return models.Job{}, models.Fault(models.ProblemWrongState, models.StoringRefusal)
	}
	if !job.State.Allows(a) {
		return models.Job{}, models.Fault(models.ProblemWrongState, "A job that is %s cannot do this: %s.", stateWords(job.State), a)
	}
	return job, nil
}

// update runs a call to the job's workflow within its budget and answers with
// the job as it is afterwards.
func (h *jobHandlers) update(ctx context.Context, id uuid.UUID, a models.Action, call func(context.Context, models.Job) error) (*jobOutput, error) {
	job, err := h.guarded(ctx, id, a)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, updateBudget)
	defer cancel()
	if err := call(limited, job); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, models.Errorf(models.CodeUnavailable,
				"The job engine does not answer at the moment. Please try again shortly.").Because(err)
		}
		return nil, err
	}
	return h.get(ctx, &jobInput{ID: id})
}

func (h *jobHandlers) pause(ctx context.Context, in *jobInput) (*jobOutput, error) {
	return h.update(ctx, in.ID, models.ActionPause, h.controller.Pause)
}

func (h *jobHandlers) resume(ctx context.Context, in *jobInput) (*jobOutput, error) {
	return h.update(ctx, in.ID, models.ActionResume, h.controller.Resume)
}

type selectInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Indexes []int `json:"indexes" nullable:"false" minItems:"1" maxItems:"50000" doc:"The index of each file to fetch"`
	} `nameHint:"SelectFiles"`
}

func (h *jobHandlers) choose(ctx context.Context, in *selectInput) (*jobOutput, error) {
	return h.update(ctx, in.ID, models.ActionSelect, func(ctx context.Context, job models.Job) error {
		return h.controller.Select(ctx, job, in.Body.Indexes)
	})
}

func (h *jobHandlers) cancel(ctx context.Context, in *jobInput) (*jobOutput, error) {
	if _, err := h.guarded(ctx, in.ID, models.ActionCancel); err != nil {
		return nil, err
	}
	if err := h.jobs.RequestCancel(ctx, caller(ctx).ID, in.ID); err != nil {
		return nil, err
	}
	return h.get(ctx, in)
}

func (h *jobHandlers) retry(ctx context.Context, in *jobInput) (*jobOutput, error) {
	if _, err := h.guarded(ctx, in.ID, models.ActionRetry); err != nil {
		return nil, err
	}
	job, err := h.jobs.RequestRetry(ctx, caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	return h.one(ctx, job)
}

func (h *jobHandlers) remove(ctx context.Context, in *jobInput) (*empty, error) {
	if err := h.jobs.RequestDelete(ctx, caller(ctx).ID, in.ID); err != nil {
		return nil, err
	}
	return &empty{}, nil
}

// Workflow is the workflow behind a job, for administrators.
type Workflow struct {
	WorkflowID string         `json:"workflowId"`
	RunID      string         `json:"runId" doc:"Empty when there is no run"`
	Status     string         `json:"status" doc:"What the workflow engine says of the run"`
	State      *WorkflowState `json:"state" doc:"The workflow's own view; null when it does not answer"`
	UIURL      string         `json:"uiUrl" doc:"Its page in the workflow engine's web interface; empty if none is configured"`
}

// TransformSchema lets the state be null.
func (Workflow) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	if p := s.Properties["state"]; p != nil && p.Ref != "" {
		s.Properties["state"] = orNull(p)
	}
	return s
}

type workflowOutput struct{ Body Workflow }

func (h *jobHandlers) workflow(ctx context.Context, in *jobInput) (*workflowOutput, error) {
	job, err := h.jobs.Job(ctx, caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, queryBudget)
	defer cancel()
	view, err := h.controller.View(limited, job)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, models.Errorf(models.CodeUnavailable, "The workflow engine does not answer at the moment.").Because(err)
	}
	out := &workflowOutput{Body: Workflow{
		WorkflowID: job.WorkflowID(), RunID: view.RunID, Status: view.Status, State: view.State,
	}}
	if h.uiURL != "" {
		out.Body.UIURL = h.uiURL + "/workflows/" + job.WorkflowID()
	}
	return out, nil
}
