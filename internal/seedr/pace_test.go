package seedr

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestPace holds up the calls that are sent until they all arrive at once.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		var sent atomic.Int64
		go func() {
			for range 2*mostPerSecond + 1 {
				if err := p.send(t.Context()); err != nil {
					t.Error(err)
				}
				sent.Add(1)
			}
		}()
		expect := func(want int64, when string) {
			t.Helper()
			synctest.Wait()
			if got := sent.Load(); got != want {
				t.Errorf("%s %d calls were sent, want %d", when, got, want)
			}
		}
		<-time.After(time.Minute)
		expect(mostPerSecond, "without an answer")
		for range mostPerSecond {
			p.answered()
		}
		<-time.After(time.Second - 1)
		expect(mostPerSecond, "within a second of the answers")
		<-time.After(1)
		expect(2*mostPerSecond, "a second after the answers")
		p.answered()
		<-time.After(time.Second)
		expect(2*mostPerSecond+1, "a second after one more answer")
	})
}
