package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
)

// PathPlans is where the public plans are listed.
const PathPlans = "/api/v1/plans"

// planHandlers show the plans that accounts can have.
type planHandlers struct{ store Store }

func (h *planHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-plans", Method: http.MethodGet, Path: PathPlans, Tags: []string{tagUsage},
		Summary: "List the public plans",
	}, h.list)
}

func (h *planHandlers) list(ctx context.Context, _ *kit.Empty) (*kit.PlansOutput, error) {
	list, err := h.store.Plans(ctx, true)
	if err != nil {
		return nil, err
	}
	return kit.PlansOf(list), nil
}
