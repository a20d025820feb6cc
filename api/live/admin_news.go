package live

import (
	"context"
	"time"

	"longhaul/internal/wait"
)

// newsInterval is how long changes are gathered before administrators are told: as
// long as an overview is kept, so that one that is fetched then shows them.
const newsInterval = 2 * time.Second

// adminNews gathers that something changed in the deployment.
type adminNews struct{ pending chan struct{} }

func newAdminNews() *adminNews { return &adminNews{make(chan struct{}, 1)} }

// moved notes a change. It never waits.
func (n *adminNews) moved() {
	select {
	case n.pending <- struct{}{}:
	default:
	}
}

// tellAdmins tells the streams of administrators that something changed, a
// while after it did and for all changes at once, until ctx ends. The message says
// nothing else: what an administrator may read, the overview's operation decides.
func (h *Hub) tellAdmins(ctx context.Context) {
	text, err := sseFrame(sseOverview, 0, OverviewChanged{})
	if err != nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.news.pending:
		}
		if wait.For(ctx, newsInterval) != nil {
			return
		}
		h.sendAdmins(frame{0, text})
	}
}

func (h *Hub) sendAdmins(f frame) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, streams := range h.users {
		for s := range streams {
			if !s.admin {
				continue
			}
			select {
			case s.frames <- f:
			default: // it is behind, and the next message says the same
			}
		}
	}
}
