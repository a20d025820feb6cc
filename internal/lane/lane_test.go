package lane

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestAFloodIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(2, 3)
		var going, most, refused atomic.Int64
		release := make(chan struct{})
		for range 9 {
			go func() {
				if !l.Join() {
					refused.Add(1)
					return
				}
				defer l.Leave()
				_ = l.Do(t.Context(), func() error {
					most.Store(max(most.Load(), going.Add(1)))
					<-release
					going.Add(-1)
					return nil
				})
			}()
		}
		synctest.Wait()
		if going.Load() != 2 || refused.Load() != 4 {
			t.Errorf("%d go and %d were turned away; want 2 and 4", going.Load(), refused.Load())
		}
		close(release)
		synctest.Wait()
		if going.Load() != 0 || most.Load() > 2 {
			t.Errorf("%d still go, %d went at once", going.Load(), most.Load())
		}
		if !l.Join() {
			t.Error("the places were not given back")
		}
	})
}

func TestWhoGivesUpWaitingLeavesTheTurnToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(1, 5)
		release := make(chan struct{})
		go func() { _ = l.Do(t.Context(), func() error { <-release; return nil }) }()
		synctest.Wait()
		impatient, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() { gaveUp <- l.Do(impatient, func() error { return nil }) }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("giving up: %v", err)
		}
		close(release)
		failed := errors.New("as the caller said")
		if err := l.Do(t.Context(), func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("the next one: %v", err)
		}
	})
}
