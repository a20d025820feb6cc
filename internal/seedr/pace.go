package seedr

import (
	"context"
	"time"
)

// mostPerSecond is how many calls of a client arrive at Seedr in any second.
const mostPerSecond = 5

// pace keeps calls from arriving together that were sent apart: the budget says
// when a call may go out, but a busy machine or network holds some up. A call
// has one of mostPerSecond places from before it is sent until a second after
// it was answered. It arrives in between, so no second sees more arrivals than
// there are places.
type pace chan struct{}

func newPace() pace { return make(pace, mostPerSecond) }

// send waits for a place. Its error is the context's.
func (p pace) send(ctx context.Context) error {
	select {
	case p <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// answered gives a place back, a second from now.
func (p pace) answered() { time.AfterFunc(time.Second, func() { <-p }) }
