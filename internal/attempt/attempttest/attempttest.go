// Package attempttest has waiters that record their calls. It is for tests
// only.
package attempttest

import (
	"context"
	"sync"

	"longhaul/models"
)

// Waiters notes the answers to tokens. It may be used concurrently.
type Waiters struct {
	mu     sync.Mutex
	ends   map[string]*End
	refuse func(token string) error
}

// End is what a waiter was told.
type End struct {
	Told    bool // it was answered
	Result  models.TransferResult
	Fault   *models.Error // nil when the transfer ended well
	Details models.FaultDetails
	Calls   int // answers, refused ones included
	Beats   int // heartbeats, refused ones included
}

// New returns waiters for every token.
func New() *Waiters { return &Waiters{ends: map[string]*End{}} }

// Refuse makes every call return what refuse returns for its token.
func (w *Waiters) Refuse(refuse func(token string) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refuse = refuse
}

// Of returns what the waiter of the token was told.
func (w *Waiters) Of(token []byte) End {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *w.end(token)
}

// Done implements attempt.Waiters.
func (w *Waiters) Done(_ context.Context, token []byte, res models.TransferResult) error {
	return w.told(token, func(e *End) { e.Result = res })
}

// Failed implements attempt.Waiters.
func (w *Waiters) Failed(_ context.Context, token []byte, fault *models.Error, d models.FaultDetails) error {
	return w.told(token, func(e *End) { e.Fault, e.Details = fault, d })
}

// Beat implements attempt.Waiters.
func (w *Waiters) Beat(_ context.Context, token []byte, _ any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end(token).Beats++
	return w.refused(token)
}

func (w *Waiters) told(token []byte, note func(*End)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.end(token)
	e.Calls++
	if err := w.refused(token); err != nil {
		return err
	}
	e.Told = true
	note(e)
	return nil
}

func (w *Waiters) end(token []byte) *End {
	e, ok := w.ends[string(token)]
	if !ok {
		e = &End{}
		w.ends[string(token)] = e
	}
	return e
}

func (w *Waiters) refused(token []byte) error {
	if w.refuse == nil {
		return nil
	}
	return w.refuse(string(token))
}
