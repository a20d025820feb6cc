package seedr

import (
	"context"
	"net/http/httptrace"
	"time"

	"golang.org/x/sync/semaphore"
)

// mostPerSecond is how many calls of a client arrive at Seedr in any second.
const mostPerSecond = 5

// pace keeps calls from arriving together that were sent apart: the budget says
// when a call may go out, but a busy machine or network holds some up. A call
// has one of mostPerSecond places from before it is sent until a second after
// it was answered. It arrives in between, so no second sees more arrivals than
// there are places.
type pace struct{ places *semaphore.Weighted }

func newPace() pace { return pace{semaphore.NewWeighted(mostPerSecond)} }

// send waits for a place. Its error is the context's.
func (p pace) send(ctx context.Context) error {
	if p.places.Acquire(ctx, 1) != nil {
		return context.Cause(ctx)
	}
	return nil
}

// answered gives a place back, a second from now.
func (p pace) answered() { time.AfterFunc(time.Second, func() { p.places.Release(1) }) }

// resends returns a context for the request of a call that has a place. Where
// net/http sends the request once more, because a connection that it kept broke
// before the answer, that takes a place of its own. The function gives those
// places back; call it after the answer.
func (p pace) resends(ctx context.Context) (context.Context, func()) {
	sent := 0
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if sent == 0 || p.send(ctx) == nil {
			sent++
		}
	}}
	return httptrace.WithClientTrace(ctx, trace), func() {
		for range sent - 1 {
			p.answered()
		}
	}
}
