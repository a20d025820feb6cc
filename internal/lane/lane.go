// Package lane lets few callers go at a time. Some more may wait for their turn
// and the rest is turned away at once: a flood must not take what others need,
// such as the processors or every connection to the database. It does not know
// who the callers are.
package lane

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Lane is safe for concurrent use.
type Lane struct {
	going  *semaphore.Weighted
	places *semaphore.Weighted // of those who go and those who wait
}

// New returns a lane that lets going callers in at a time, while waiting others
// may wait.
func New(going, waiting int) *Lane {
	return &Lane{going: semaphore.NewWeighted(int64(going)), places: semaphore.NewWeighted(int64(going + waiting))}
}

// Join takes a place, or reports that there is none. Who has one calls Leave.
func (l *Lane) Join() bool { return l.places.TryAcquire(1) }

// Leave gives a place back.
func (l *Lane) Leave() { l.places.Release(1) }

// Do calls f when it is the turn of a place. It returns f's error, or that of
// the context if that ends first.
func (l *Lane) Do(ctx context.Context, f func() error) error {
	if err := l.going.Acquire(ctx, 1); err != nil {
		return err
	}
	defer l.going.Release(1)
	return f()
}
