package kit

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"longhaul/internal/lane"
)

// How many calls may run beside answers, and of those that record what
// happened, how many at a time; as many again as maxBackground may wait. More
// are left to the outbox, or not recorded.
const (
	MaxBackground = 64
	MaxRecords    = 2
)

// Background runs short calls that an answer does not wait for.
type Background struct {
	log  *slog.Logger
	lane *lane.Lane
	wg   sync.WaitGroup
}

// NewBackground runs so many calls at a time; MaxBackground more may wait.
func NewBackground(log *slog.Logger, going int) *Background {
	return &Background{log: log, lane: lane.New(going, MaxBackground)}
}

// Run calls f in the background within the budget, or not at all when too
// many calls run already. It must be something that happens later anyway.
func (b *Background) Run(ctx context.Context, budget time.Duration, f func(context.Context) error) {
	if !b.lane.Join() {
		return
	}
	requestID := InfoOf(ctx).ID
	b.wg.Go(func() {
		defer b.lane.Leave()
		// the request ends before the call does; its budget bounds it
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
		defer cancel()
		if err := b.lane.Do(ctx, func() error { return f(ctx) }); err != nil {
			b.log.InfoContext(ctx, "background call failed", "request_id", requestID, "error", err)
		}
	})
}

// Wait returns when all calls have ended.
func (b *Background) Wait() { b.wg.Wait() }
