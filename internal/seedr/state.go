package seedr

import (
	"context"
	"sync"
	"time"
)

// State is what all clients of one account share, in all processes: the budget
// of calls and the circuit breaker. It is small and changes with every call.
// Its zero value is a rested, closed one.
type State struct {
	NextCallAt  time.Time     `json:"nextCallAt"`  // when the budget admits the next call
	PausedUntil time.Time     `json:"pausedUntil"` // Seedr asked for fewer calls: none before
	Pause       time.Duration `json:"pause"`       // the last pause that Seedr did not name, in nanoseconds; doubles
	Failures    int           `json:"failures"`    // calls in a row that failed for Seedr's sake
	OpenUntil   time.Time     `json:"openUntil"`   // the breaker lets one trial through after this, none before
	OpenFor     time.Duration `json:"openFor"`     // how long it was opened last, in nanoseconds; doubles
	Reason      Kind          `json:"reason"`      // why it is open; empty when it is closed
	Trial       bool          `json:"trial"`       // a trial is out; OpenUntil is when it is given up
}

// Shared keeps the state of one account.
type Shared interface {
	// Update runs change on the account's state and keeps the outcome, in one
	// transaction that no other client can come between. The time is that of
	// one clock for all clients, such as the database's. A change may run more
	// than once and does nothing else.
	Update(ctx context.Context, change func(s *State, now time.Time)) error
}

// Memory is a Shared for one process. The zero value is ready to use.
type Memory struct {
	Now func() time.Time // nil is time.Now

	mu    sync.Mutex
	state State
}

// Update implements Shared.
func (m *Memory) Update(_ context.Context, change func(s *State, now time.Time)) error {
	now := time.Now
	if m.Now != nil {
		now = m.Now
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.state, now())
	return nil
}

// The budget and the breaker.
const (
	// callInterval allows for three to four calls a second, all clients
	// together.
	callInterval = 300 * time.Millisecond
	maxQueue     = 20 * time.Second // a call that would wait longer for its turn is refused

	pauseFirst = 60 * time.Second // after a 429 that names no delay; doubles …
	pauseMax   = 300 * time.Second

	openAfter = 5                // failures in a row
	openFirst = 15 * time.Second // doubles with every failed trial …
	openMax   = 300 * time.Second
	trialTime = 30 * time.Second // a trial that is not reported by then is given up
)

// Open reports whether calls are refused at now, until when and why.
func (s State) Open(now time.Time) (until time.Time, why Kind, open bool) {
	if now.Before(s.OpenUntil) {
		return s.OpenUntil, s.Reason, true
	}
	if now.Before(s.PausedUntil) {
		return s.PausedUntil, KindLimited, true
	}
	return time.Time{}, "", false
}

// take asks for a call: how long to wait for its turn, or why there is none.
func (s *State) take(now time.Time, forced bool) (wait time.Duration, refusal *Error) {
	if until, why, open := s.Open(now); open && !forced {
		kind := KindOpen
		if why == KindLimited || why == KindAuth {
			kind = why
		}
		return 0, &Error{Kind: kind, RetryAfter: until.Sub(now)}
	}
	at := now
	if s.NextCallAt.After(at) {
		at = s.NextCallAt
	}
	wait = at.Sub(now)
	if wait > maxQueue {
		return 0, &Error{Kind: KindLimited, RetryAfter: wait}
	}
	s.NextCallAt = at.Add(callInterval)
	if s.Reason != "" {
		// One trial at a time; the others are still refused.
		s.OpenUntil, s.Trial = at.Add(trialTime), true
	}
	return wait, nil
}

// report records how a call went; nil means an answer, including a refusal.
func (s *State) report(now time.Time, failure *Error) {
	switch {
	case failure == nil:
		s.close()
		s.Pause = 0
	case failure.Kind == KindLimited:
		s.close()
		wait := failure.RetryAfter
		if wait <= 0 {
			s.Pause = min(max(2*s.Pause, pauseFirst), pauseMax)
			wait = s.Pause
		}
		if until := now.Add(wait); until.After(s.PausedUntil) {
			s.PausedUntil = until
		}
	case failure.Kind == KindAuth:
		// Asking again and again with a refused password may lock the account.
		s.open(now, KindAuth)
	case failure.counts():
		s.Failures++
		if s.Failures >= openAfter {
			s.open(now, failure.Kind)
		}
	default:
		s.report(now, nil)
	}
}

func (s *State) close() {
	s.Failures, s.OpenFor, s.OpenUntil, s.Reason, s.Trial = 0, 0, time.Time{}, "", false
}

// open opens the breaker, for longer after each failed trial. Calls that were
// under way when it opened do not count again.
func (s *State) open(now time.Time, why Kind) {
	if s.Reason != "" && !s.Trial && now.Before(s.OpenUntil) {
		return
	}
	s.Trial = false
	s.OpenFor = min(max(2*s.OpenFor, openFirst), openMax)
	s.OpenUntil, s.Reason = now.Add(s.OpenFor), why
}

// counts reports whether the failure says that Seedr itself is unwell.
func (e *Error) counts() bool {
	return e.Kind == KindTransient || e.Kind == KindHTML || e.Kind == KindMalformed
}
