package admin

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// recentActs is how many acts on many jobs are listed.
const recentActs = 50

// bulkHandlers serve acts on many jobs.
type bulkHandlers struct{ *jobHandlers }

func (h *bulkHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/bulk-acts" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	start := op("start-bulk-act", http.MethodPost, "", "Act on many jobs",
		"Does to each of the named jobs, or to all that the filter finds now, what the operation on one job does: by the same rules, audited one by one, "+
			"and the owners are told. It runs in the background, at most rate jobs a second, oldest first.")
	start.DefaultStatus = http.StatusAccepted
	kit.Handle(r, start, h.start)
	kit.Handle(r, op("list-bulk-acts", http.MethodGet, "", "List acts on many jobs", "The newest 50. They are kept for 90 days after their end."), h.list)
	kit.Handle(r, op("get-bulk-act", http.MethodGet, "/{id}", "How far an act on many jobs has come", ""), h.get)
	kit.Handle(r, op("list-bulk-items", http.MethodGet, "/{id}/jobs", "What became of each of many jobs", ""), h.items)
	kit.Handle(r, op("stop-bulk-act", http.MethodPost, "/{id}/stop", "Stop an act on many jobs",
		"What is done stays done. An act that is over stays as it ended."), h.stop)
}

type bulkInput struct {
	Body struct {
		Act      adminAct     `json:"act"`
		Provider kit.Provider `json:"provider,omitempty" doc:"Where a move leads"`
		Note     note         `json:"note,omitempty"`
		Final    bool         `json:"final,omitempty" doc:"A deletion is for good, so that owners can't restore it"`
		Jobs     []uuid.UUID  `json:"jobs,omitempty" maxItems:"1000" doc:"The jobs that are meant; without them, all that the filter finds"`
		Filter   *JobQuery    `json:"filter,omitempty" doc:"Instead of jobs; empty finds every job"`
		Rate     int          `json:"rate,omitempty" minimum:"1" maximum:"100" doc:"Jobs a second, at most; 10 if it is missing"`
	} `nameHint:"StartBulkAct"`
}

// request returns what is asked for, and looks up what the filter names.
func (h *bulkHandlers) request(ctx context.Context, in *bulkInput) (r models.BulkRequest, err error) {
	b := in.Body
	r = models.BulkRequest{
		Act:  models.AdminAct{Action: models.Action(b.Act), Provider: models.Provider(b.Provider), Note: b.Note.text(), Final: b.Final},
		Jobs: b.Jobs, Rate: b.Rate,
	}
	switch {
	case b.Filter == nil && len(b.Jobs) == 0:
		return r, models.Errorf(models.CodeInvalid, "Name jobs or give a filter.").In("jobs")
	case b.Filter != nil && len(b.Jobs) > 0:
		return r, models.Errorf(models.CodeInvalid, "Name jobs or give a filter, not both.").In("filter")
	case b.Filter != nil:
		r.Match, err = h.match(ctx, *b.Filter)
	}
	return r, err
}

type bulkOutput struct{ Body BulkAct }

func (h *bulkHandlers) start(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
	r, err := h.request(ctx, in)
	if err != nil {
		return nil, err
	}
	return h.shown(h.store.StartBulk(ctx, kit.ActorOf(ctx), r))
}

type bulkID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *bulkHandlers) get(ctx context.Context, in *bulkID) (*bulkOutput, error) {
	return h.shown(h.store.BulkAct(ctx, in.ID))
}

func (h *bulkHandlers) stop(ctx context.Context, in *bulkID) (*bulkOutput, error) {
	return h.shown(h.store.StopBulk(ctx, kit.ActorOf(ctx), in.ID))
}

func (h *bulkHandlers) shown(b models.BulkAct, err error) (*bulkOutput, error) {
	if err != nil {
		return nil, err
	}
	return &bulkOutput{Body: bulkActOf(b, h.uiURL)}, nil
}

type bulkListOutput struct {
	Body struct {
		Acts []BulkAct `json:"acts" nullable:"false" doc:"Newest first"`
	} `nameHint:"BulkActList"`
}

func (h *bulkHandlers) list(ctx context.Context, _ *struct{}) (*bulkListOutput, error) {
	acts, err := h.store.BulkActs(ctx, recentActs)
	if err != nil {
		return nil, err
	}
	out := &bulkListOutput{}
	out.Body.Acts = kit.Each(acts, func(b models.BulkAct) BulkAct { return bulkActOf(b, h.uiURL) })
	return out, nil
}

type bulkItemsOutput struct {
	Body struct {
		Jobs       []BulkItem `json:"jobs" nullable:"false" doc:"In the order of their turns"`
		NextCursor string     `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"BulkItemList"`
}

func (h *bulkHandlers) items(ctx context.Context, in *kit.BulkItemsInput) (*bulkItemsOutput, error) {
	items, next, err := h.store.BulkItems(ctx, kit.ActorOf(ctx), in.ID, models.BulkItemState(in.State), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &bulkItemsOutput{}
	out.Body.Jobs, out.Body.NextCursor = kit.Each(items, bulkItemOf), next
	return out, nil
}
