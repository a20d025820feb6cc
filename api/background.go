package api

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// maxBackground is how many calls may run beside answers. More are left to
// the outbox.
const maxBackground = 64

// background runs short calls that an answer does not wait for.
type background struct {
	log   *slog.Logger
	slots chan struct{}
	wg    sync.WaitGroup
}

func newBackground(log *slog.Logger) *background {
	return &background{log: log, slots: make(chan struct{}, maxBackground)}
}

// run calls f in the background within the budget, or not at all when too
// many calls run already. It must be something that happens later anyway.
func (b *background) run(ctx context.Context, budget time.Duration, f func(context.Context) error) {
	select {
	case b.slots <- struct{}{}:
	default:
		return
	}
	requestID := infoOf(ctx).id
	b.wg.Go(func() {
		defer func() { <-b.slots }()
		// the request ends before the call does; its budget bounds it
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
		defer cancel()
		if err := f(ctx); err != nil {
			b.log.InfoContext(ctx, "call beside an answer failed; the outbox will do it", "request_id", requestID, "error", err)
		}
	})
}

// wait returns when all calls have ended.
func (b *background) wait() { b.wg.Wait() }
