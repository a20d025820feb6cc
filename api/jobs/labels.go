package jobs

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Labels is what operations on labels ask of the store.
type Labels interface {
	Labels(ctx context.Context, userID uuid.UUID) ([]models.Label, error)
	AddLabel(ctx context.Context, userID uuid.UUID, name string, colour models.Colour) (models.Label, error)
	ChangeLabel(ctx context.Context, userID, labelID uuid.UUID, name string, colour models.Colour) (models.Label, error)
	DeleteLabel(ctx context.Context, userID, labelID uuid.UUID) error
	LabelsOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error)
	SetLabels(ctx context.Context, userID, jobID uuid.UUID, labelIDs []uuid.UUID) (models.Job, error)
	LabelNamed(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID, c models.LabelChange) (models.LabelledJobs, error)
	LabelMatching(ctx context.Context, userID uuid.UUID, f models.JobFilter, c models.LabelChange) (models.LabelledJobs, error)
}

// tagLabels groups the operations in the OpenAPI document.
const tagLabels = "labels"

func (h *jobHandlers) labelRoutes(r *kit.Router) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{tagLabels}, Summary: summary}
	}
	kit.Handle(r, op("list-labels", http.MethodGet, "/api/v1/labels", "List your labels"), h.listLabels)
	add := op("add-label", http.MethodPost, "/api/v1/labels", "Add a label")
	add.DefaultStatus = http.StatusCreated
	kit.Handle(r, add, h.addLabel)
	kit.Handle(r, op("change-label", http.MethodPut, "/api/v1/labels/{id}", "Rename a label or change its colour"), h.changeLabel)
	remove := op("delete-label", http.MethodDelete, "/api/v1/labels/{id}", "Delete a label")
	remove.Description, remove.DefaultStatus = "Jobs that have it stay and lose the label.", http.StatusNoContent
	kit.Handle(r, remove, h.deleteLabel)
	kit.Handle(r, op("set-job-labels", http.MethodPut, "/api/v1/jobs/{id}/labels", "Set the labels of a job"), h.setLabels)
	many := op("label-jobs", http.MethodPost, "/api/v1/jobs/labels", "Change the labels of many jobs")
	many.Description = "Of those that are named or, if none is, of all that match."
	kit.Handle(r, many, h.labelJobs)
}

// Label is what a user sorts jobs by.
type Label struct {
	ID     uuid.UUID `json:"id" format:"uuid"`
	Name   string    `json:"name"`
	Colour string    `json:"colour" enum:"grey,red,orange,yellow,green,teal,blue,violet,pink"`
	Jobs   int64     `json:"jobs" doc:"How many jobs have it"`
}

func labelOf(l models.Label) Label {
	return Label{ID: l.ID, Name: l.Name, Colour: string(l.Colour), Jobs: l.Jobs}
}

type labelsOutput struct {
	Body struct {
		Labels []Label `json:"labels" nullable:"false" doc:"By name"`
	} `nameHint:"LabelList"`
}

type labelOutput struct{ Body Label }

type labelBody struct {
	Name   string `json:"name" minLength:"1" maxLength:"200" doc:"1 to 50 characters, without regard to case unlike all others"`
	Colour string `json:"colour" enum:"grey,red,orange,yellow,green,teal,blue,violet,pink"`
}

func (h *jobHandlers) listLabels(ctx context.Context, _ *struct{}) (*labelsOutput, error) {
	list, err := h.store.Labels(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &labelsOutput{}
	out.Body.Labels = make([]Label, 0, len(list))
	for _, l := range list {
		out.Body.Labels = append(out.Body.Labels, labelOf(l))
	}
	return out, nil
}

type addLabelInput struct {
	Body labelBody `nameHint:"LabelChange"`
}

func (h *jobHandlers) addLabel(ctx context.Context, in *addLabelInput) (*labelOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.limits.Allow(ctx, kit.LimitAction, user.String()); err != nil {
		return nil, err
	}
	l, err := h.store.AddLabel(ctx, user, in.Body.Name, models.Colour(in.Body.Colour))
	if err != nil {
		return nil, err
	}
	return &labelOutput{Body: labelOf(l)}, nil
}

type changeLabelInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body labelBody `nameHint:"LabelChange"`
}

func (h *jobHandlers) changeLabel(ctx context.Context, in *changeLabelInput) (*labelOutput, error) {
	l, err := h.store.ChangeLabel(ctx, kit.Caller(ctx).ID, in.ID, in.Body.Name, models.Colour(in.Body.Colour))
	if err != nil {
		return nil, err
	}
	return &labelOutput{Body: labelOf(l)}, nil
}

func (h *jobHandlers) deleteLabel(ctx context.Context, in *jobInput) (*kit.Empty, error) {
	if err := h.store.DeleteLabel(ctx, kit.Caller(ctx).ID, in.ID); err != nil {
		return nil, err
	}
	return &kit.Empty{}, nil
}

type setLabelsInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Labels []uuid.UUID `json:"labels" nullable:"false" maxItems:"20" doc:"Ids of the labels; none takes all of them away"`
	} `nameHint:"JobLabels"`
}

func (h *jobHandlers) setLabels(ctx context.Context, in *setLabelsInput) (*jobOutput, error) {
	return h.requested(ctx, in.ID, func(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
		return h.store.SetLabels(ctx, userID, jobID, in.Body.Labels)
	})
}

// jobMatch is which of the caller's jobs are meant, as in their list.
type jobMatch struct {
	States []kit.JobState `json:"states,omitempty" nullable:"false" maxItems:"20" doc:"Jobs in any of these states; leave out for all"`
	Q      string         `json:"q,omitempty" maxLength:"200" doc:"Jobs whose name or files have these words"`
	Label  *uuid.UUID     `json:"label,omitempty" format:"uuid" doc:"Jobs that have this label"`
}

func (m jobMatch) filter() (models.JobFilter, error) {
	f := models.JobFilter{Search: m.Q}
	if m.Label != nil {
		f.Label = *m.Label
	}
	var err error
	f.States, err = statesOf(m.States)
	return f, err
}

type labelJobsInput struct {
	Body struct {
		Jobs   []uuid.UUID `json:"jobs,omitempty" nullable:"false" maxItems:"1000" doc:"Ids of jobs"`
		Match  *jobMatch   `json:"match,omitempty" doc:"Instead: all jobs that match now"`
		Add    []uuid.UUID `json:"add,omitempty" nullable:"false" maxItems:"20" doc:"Ids of labels that they get"`
		Remove []uuid.UUID `json:"remove,omitempty" nullable:"false" maxItems:"20" doc:"Ids of labels that they lose"`
	} `nameHint:"LabelJobs"`
}

type labelJobsOutput struct {
	Body struct {
		Changed int64 `json:"changed" doc:"Jobs that have the labels now"`
		Refused int64 `json:"refused" doc:"Jobs that would have more than 20 labels, and were left as they are"`
	} `nameHint:"LabelledJobs"`
}

func (h *jobHandlers) labelJobs(ctx context.Context, in *labelJobsInput) (*labelJobsOutput, error) {
	user, change := kit.Caller(ctx).ID, models.LabelChange{Add: in.Body.Add, Remove: in.Body.Remove}
	if err := h.limits.Allow(ctx, kit.LimitAction, user.String()); err != nil {
		return nil, err
	}
	if (len(in.Body.Jobs) > 0) == (in.Body.Match != nil) {
		return nil, models.Errorf(models.CodeInvalid, "Name the jobs, or say which match.").In("jobs")
	}
	var done models.LabelledJobs
	var err error
	if in.Body.Match == nil {
		done, err = h.store.LabelNamed(ctx, user, in.Body.Jobs, change)
	} else {
		var f models.JobFilter
		if f, err = in.Body.Match.filter(); err == nil {
			done, err = h.store.LabelMatching(ctx, user, f, change)
		}
	}
	if err != nil {
		return nil, err
	}
	out := &labelJobsOutput{}
	out.Body.Changed, out.Body.Refused = done.Changed, done.Refused
	return out, nil
}
