// Package live tells clients of changes as they happen: a hub fans the news of
// jobs out to their owners, and one operation streams it as server-sent events.
//
// It does not know what a job looks like; the API gives it a view.
package live

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Store is what the streams ask of the records.
type Store interface {
	// EventsAfter and LastEventID find what a client missed. Ids of one
	// account's events become visible in their order.
	EventsAfter(ctx context.Context, userID uuid.UUID, after int64, limit int) ([]models.Event, error)
	LastEventID(ctx context.Context, userID uuid.UUID) (int64, error)
}

// Deps are the parts that the streams speak to.
type Deps struct {
	Store Store
	Hub   *Hub
}

// Register adds the operation that streams changes.
func Register(r *kit.Router, d Deps) {
	(&streamHandlers{hub: d.Hub, store: d.Store, auth: r.Auth}).routes(r)
}
