package admin

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

const (
	overviewKept = 2 * time.Second // pages that ask within it get the same
	overviewTime = 10 * time.Second
)

// OverviewStore sees the deployment as a whole.
type OverviewStore interface {
	Overview(ctx context.Context) (models.Overview, error)
}

// overviewHandlers show what goes on. However many pages are open, one overview at
// a time is put together.
type overviewHandlers struct {
	store   OverviewStore
	version string
	now     func() time.Time

	mu   sync.Mutex
	last OverviewInfo
}

func (h *overviewHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-overview", Method: http.MethodGet, Path: "/api/v1/admin/overview", Tags: []string{tagAdmin},
		Summary: "What goes on in the deployment",
		Description: "Health of each component with cause, since when and advice, running and waiting jobs, what moved, what went wrong, and what needs a person. " +
			"The event overview on the event stream tells that it changed.",
	}, h.get)
}

type overviewOutput struct{ Body OverviewInfo }

func (h *overviewHandlers) get(ctx context.Context, _ *kit.Empty) (*overviewOutput, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err // while it waited; the next one's turn comes sooner
	}
	now := h.now()
	if age := now.Sub(h.last.At); age >= 0 && age < overviewKept {
		return &overviewOutput{Body: h.last}, nil
	}
	// Those that wait for it get it even if the one that asked is gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), overviewTime)
	defer cancel()
	o, err := h.store.Overview(ctx)
	if err != nil {
		return nil, err
	}
	h.last = overviewInfo(now, h.version, o)
	return &overviewOutput{Body: h.last}, nil
}
