package jobs

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Acts is what acts on all jobs that match ask of the store.
type Acts interface {
	StartOwnBulk(ctx context.Context, by models.Actor, userID uuid.UUID, r models.OwnBulkRequest) (models.BulkAct, error)
	StopOwnBulk(ctx context.Context, by models.Actor, userID, id uuid.UUID) (models.BulkAct, error)
	OwnBulkActs(ctx context.Context, userID uuid.UUID) ([]models.BulkAct, error)
	OwnBulkAct(ctx context.Context, userID, id uuid.UUID) (models.BulkAct, error)
	OwnBulkItems(ctx context.Context, userID, id uuid.UUID, state models.BulkItemState, cursor string, limit int) ([]models.BulkItem, string, error)
}

func (h *jobHandlers) actRoutes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/job-acts" + path, Tags: []string{tagJobs}, Summary: summary, Description: description,
		}
	}
	start := op("start-job-act", http.MethodPost, "", "Act on all of your jobs that match",
		"Does to each job that matches now and whose state allows it what the operation on one job does, oldest first. "+
			"It runs in the background, one act at a time. A delete moves to the trash.")
	start.DefaultStatus = http.StatusAccepted
	kit.Handle(r, start, h.startAct)
	kit.Handle(r, op("list-job-acts", http.MethodGet, "", "List your acts on many jobs", "The newest 20. They are kept for 90 days after their end."), h.listActs)
	kit.Handle(r, op("get-job-act", http.MethodGet, "/{id}", "How far an act on many of your jobs has come", ""), h.getAct)
	kit.Handle(r, op("list-job-act-items", http.MethodGet, "/{id}/jobs", "What became of each of many jobs of yours", ""), h.actItems)
	kit.Handle(r, op("stop-job-act", http.MethodPost, "/{id}/stop", "Stop an act on many of your jobs",
		"What is done stays done. An act that is over stays as it ended."), h.stopAct)
}

// ownAct is what an owner does to all jobs that match.
type ownAct models.Action

// Schema returns the schema of what owners do to all jobs that match.
func (ownAct) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "OwnAct", "What an owner does to all jobs that match", models.ActionPause, models.ActionResume, models.ActionRetry,
		models.ActionCancel, models.ActionDelete)
}

// JobAct is an owner's act on many jobs and how far it has come.
type JobAct struct {
	ID  uuid.UUID `json:"id" format:"uuid"`
	Act ownAct    `json:"act"`
	kit.BulkProgress
}

func jobActOf(b models.BulkAct) JobAct {
	return JobAct{ID: b.ID, Act: ownAct(b.Action), BulkProgress: kit.BulkProgressOf(b)}
}

type actOutput struct{ Body JobAct }

func shownAct(b models.BulkAct, err error) (*actOutput, error) {
	if err != nil {
		return nil, err
	}
	return &actOutput{Body: jobActOf(b)}, nil
}

type startActInput struct {
	Body struct {
		Act   ownAct   `json:"act"`
		Match jobMatch `json:"match" doc:"Empty finds every job of yours"`
	} `nameHint:"StartJobAct"`
}

func (h *jobHandlers) startAct(ctx context.Context, in *startActInput) (*actOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.limits.Allow(ctx, kit.LimitAction, user.String()); err != nil {
		return nil, err
	}
	f, err := in.Body.Match.filter()
	if err != nil {
		return nil, err
	}
	return shownAct(h.store.StartOwnBulk(ctx, kit.ActorOf(ctx), user, models.OwnBulkRequest{Action: models.Action(in.Body.Act), Match: f}))
}

func (h *jobHandlers) getAct(ctx context.Context, in *jobInput) (*actOutput, error) {
	return shownAct(h.store.OwnBulkAct(ctx, kit.Caller(ctx).ID, in.ID))
}

func (h *jobHandlers) stopAct(ctx context.Context, in *jobInput) (*actOutput, error) {
	return shownAct(h.store.StopOwnBulk(ctx, kit.ActorOf(ctx), kit.Caller(ctx).ID, in.ID))
}

type actsOutput struct {
	Body struct {
		Acts []JobAct `json:"acts" nullable:"false" doc:"Newest first"`
	} `nameHint:"JobActList"`
}

func (h *jobHandlers) listActs(ctx context.Context, _ *struct{}) (*actsOutput, error) {
	acts, err := h.store.OwnBulkActs(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &actsOutput{}
	out.Body.Acts = kit.Each(acts, jobActOf)
	return out, nil
}

// JobActItem is one of many jobs of an owner and what became of it.
type JobActItem struct{ kit.BulkOutcome }

func jobActItemOf(i models.BulkItem) JobActItem { return JobActItem{kit.BulkOutcomeOf(i)} }

type actItemsOutput struct {
	Body struct {
		Jobs       []JobActItem `json:"jobs" nullable:"false" doc:"In the order of their turns"`
		NextCursor string       `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"JobActItemList"`
}

func (h *jobHandlers) actItems(ctx context.Context, in *kit.BulkItemsInput) (*actItemsOutput, error) {
	items, next, err := h.store.OwnBulkItems(ctx, kit.Caller(ctx).ID, in.ID, models.BulkItemState(in.State), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &actItemsOutput{}
	out.Body.Jobs, out.Body.NextCursor = kit.Each(items, jobActItemOf), next
	return out, nil
}
