package supervisor

import (
	"context"
	"sync"
	"time"
)

// conflate is how long progress waits for more of it.
const conflate = time.Second

// changeLog knows which transfers changed when, in revisions. They begin at 1,
// because 0 asks for everything.
type changeLog struct {
	mu      sync.Mutex
	rev     int64
	last    map[string]int64 // the revision of a transfer's last change
	phase   int64            // the revision of the last change of any phase
	wake    chan struct{}    // closed on a change of phase
	stirred chan struct{}    // closed on any change
}

func newChangeLog() *changeLog {
	return &changeLog{rev: 1, last: map[string]int64{}, wake: make(chan struct{}), stirred: make(chan struct{})}
}

// touch records a change of the transfer.
func (c *changeLog) touch(id string, phase bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rev++
	c.last[id] = c.rev
	close(c.stirred)
	c.stirred = make(chan struct{})
	if phase {
		c.phase = c.rev
		close(c.wake)
		c.wake = make(chan struct{})
	}
}

// drop forgets a transfer that is gone.
func (c *changeLog) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.last, id)
}

// since returns the transfers that changed after the revision, and the
// revision that this holds for.
func (c *changeLog) since(rev int64) ([]string, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rev > c.rev {
		rev = 0 // it is from another life of the agent
	}
	var ids []string
	for id, at := range c.last {
		if at > rev {
			ids = append(ids, id)
		}
	}
	return ids, c.rev
}

// await returns when there is news for a caller that knows the revision:
// immediately after a change of phase, a second after the call for progress,
// and after wait at the latest. A revision from an earlier start of the agent
// returns immediately.
func (c *changeLog) await(ctx context.Context, rev int64, wait time.Duration) {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	pause := time.NewTimer(conflate)
	defer pause.Stop()
	settled := false
	for {
		c.mu.Lock()
		now := rev <= 0 || rev > c.rev || c.phase > rev || (settled && c.rev > rev)
		wake, stirred := c.wake, c.stirred
		c.mu.Unlock()
		if now {
			return
		}
		if !settled {
			stirred = nil // progress is looked at when the pause is over
		}
		select {
		case <-ctx.Done():
			return
		case <-deadline.C:
			return
		case <-pause.C:
			settled = true
		case <-wake:
		case <-stirred:
		}
	}
}
