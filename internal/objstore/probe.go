package objstore

import (
	"context"
	"sync"
	"time"
)

const (
	probeKey   = "health/write" // one small object, written again and again
	probeEvery = 30 * time.Second
)

// WriteProbe finds out whether the bucket takes a write. A bucket that is there
// may still be full or read-only.
type WriteProbe struct {
	client *Client
	now    func() time.Time

	mu    sync.Mutex
	tried time.Time
	err   error
}

// NewWriteProbe returns a probe of the client's bucket.
func NewWriteProbe(c *Client, now func() time.Time) *WriteProbe {
	return &WriteProbe{client: c, now: now}
}

// Check returns the error of a write, which is tried at most every 30 seconds;
// in between it returns the last one. A context that ended tells nothing about
// the bucket, and is not remembered.
func (p *WriteProbe) Check(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.tried.IsZero() && p.now().Sub(p.tried) < probeEvery {
		return p.err
	}
	err := p.client.Put(ctx, probeKey, []byte("ok"), "text/plain")
	if ctx.Err() == nil {
		p.tried, p.err = p.now(), err
	}
	return err
}
