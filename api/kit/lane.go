package kit

import (
	"context"
	"time"
)

// lane lets few callers go at a time. Some more may wait for their turn, and
// the rest is turned away at once: a flood must not take what other routes
// need, such as every connection to the database.
type lane struct {
	going  chan struct{}
	places chan struct{} // of those who go and those who wait
}

func newLane(going, waiting int) *lane {
	return &lane{going: make(chan struct{}, going), places: make(chan struct{}, going+waiting)}
}

// join takes a place, or reports that there is none. Who has one calls leave.
func (l *lane) join() bool {
	select {
	case l.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l *lane) leave() { <-l.places }

// do calls f when it is the turn of a place.
func (l *lane) do(ctx context.Context, f func() error) error {
	select {
	case l.going <- struct{}{}:
		defer func() { <-l.going }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// busyTime is after how long to try again what was turned away.
const busyTime = 2 * time.Second
