package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// PathPlans is where anybody finds the plans.
const PathPlans = "/api/v1/plans"

// planListHandlers show the plans that accounts can have.
type planListHandlers struct{ plans Plans }

func (h *planListHandlers) routes(r *router) {
	handle(r, accessPublic, huma.Operation{
		OperationID: "list-plans", Method: http.MethodGet, Path: PathPlans, Tags: []string{tagUsage},
		Summary: "The plans that accounts can have",
	}, h.list)
}

func (h *planListHandlers) list(ctx context.Context, _ *empty) (*plansOutput, error) {
	list, err := h.plans.Plans(ctx, true)
	if err != nil {
		return nil, err
	}
	return plansOf(list), nil
}
