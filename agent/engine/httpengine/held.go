package httpengine

import (
	"cmp"
	"context"
	"time"

	"longhaul/internal/byterange"
)

// held is an answer that Resolve got and that a Download may use, so that a link
// that works once is asked for once.
type held struct {
	url    string
	a      *answer
	cancel func()      // ends the exchange
	stop   func() bool // takes the exchange from the context that asked
	spent  bool        // the body was read
	timer  *time.Timer
}

// ask gets the whole content. The exchange ends with ctx until it is kept.
func ask(ctx context.Context, r *requester) (*held, error) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	a, err := r.get(own, byterange.Range{}, "")
	if err != nil {
		stop()
		cancel()
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	return &held{url: r.url, a: a, cancel: cancel, stop: stop}, nil
}

// keep holds the answer for a while, in place of an earlier one, if the engine is
// to hold any.
func (e *Engine) keep(h *held) {
	if e.cfg.Hold <= 0 || h.spent || !h.stop() {
		h.end()
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.held != nil {
		e.held.drop()
	}
	e.held = h
	h.timer = time.AfterFunc(e.cfg.Hold, func() { e.forget(h) })
}

func (h *held) drop() {
	h.timer.Stop()
	h.end()
}

func (h *held) end() {
	h.stop()
	h.a.close()
	h.cancel()
}

// forget closes an answer that was not used in time.
func (e *Engine) forget(h *held) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.held == h {
		e.held = nil
		h.end()
	}
}

// Keeps implements engine.Keeper.
func (e *Engine) Keeps() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.held != nil
}

// unheld returns the answer that is kept for the address, if any; the exchange
// ends with ctx from then on.
func (e *Engine) unheld(ctx context.Context, url string) *answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := e.held
	if h == nil {
		return nil
	}
	e.held = nil
	if h.url != url {
		h.drop()
		return nil
	}
	h.timer.Stop()
	context.AfterFunc(ctx, h.cancel)
	return h.a
}
