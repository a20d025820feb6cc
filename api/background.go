package api

import (
	"context"
	"log/slog"
	"math/rand/v2"
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

// How long a call that was accepted waits: until the answer is out, and some
// more, so that what it costs cannot be told from the time of the answer.
const (
	acceptDelay  = 20 * time.Millisecond
	acceptJitter = 20 * time.Millisecond
)

// accept promises to call f in the background within the budget, so that the
// answer does not depend on what f finds, in its bytes or its time. It refuses
// as rate_limited when too many calls run already; nobody else would do it.
func (b *background) accept(ctx context.Context, budget time.Duration, f func(context.Context) error) error {
	select {
	case b.slots <- struct{}{}:
	default:
		return rateLimited(time.Second)
	}
	requestID := infoOf(ctx).id
	b.wg.Go(func() {
		defer func() { <-b.slots }()
		<-time.After(acceptDelay + rand.N(acceptJitter))
		// as above: the answer does not wait
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
		defer cancel()
		if err := f(ctx); err != nil {
			b.log.ErrorContext(ctx, "call beside an answer failed", "request_id", requestID, "error", err)
		}
	})
	return nil
}

// wait returns when all calls have ended.
func (b *background) wait() { b.wg.Wait() }
