package supervisor

import (
	"context"
	"errors"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
)

const (
	flushWithin = 2 * time.Minute // as long as the control plane lets transfers finish that end soon
	flushLook   = 50 * time.Millisecond
)

var errFlushed = errors.New("stopped by request, after what was started was stored")

// flush has the transfer finish and store the parts of which it has something, and
// stop then. It reports false if the transfer has nothing to finish.
func (t *transfer) flush() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.saved.Ended != nil || t.saved.Start.Kind != agentapi.KindDownload {
		return false
	}
	if t.leaving {
		return true
	}
	t.leaving = true
	if t.child != nil {
		t.child.Tell(childapi.Order{Do: childapi.OrderFlush})
	}
	// What takes longer is not waited for; it counts from here, whatever happens.
	limit := time.AfterFunc(flushWithin, func() { t.cancel(errHalted) })
	go func() {
		<-t.gone
		limit.Stop()
	}()
	return true
}

// hasFlushed records that the engine has finished what was started.
func (t *transfer) hasFlushed() {
	select {
	case t.flushed <- struct{}{}:
	default:
	}
}

// uploadRest waits until every whole part is in storage.
func (t *transfer) uploadRest(ctx context.Context, uploadEnd <-chan error) error {
	tick := time.NewTicker(flushLook)
	defer tick.Stop()
	for !t.ledger.Idle() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-uploadEnd:
			return err // nil: it was the whole of it
		case <-tick.C:
		}
	}
	return errFlushed
}
