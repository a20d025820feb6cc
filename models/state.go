package models

import "slices"

// State is the state of a job. docs/state-machine.md draws the same machine; a
// test compares them.
type State string

// The states of a job.
const (
	StateQueued            State = "queued"             // accepted; waits for a free slot
	StateResolving         State = "resolving"          // the metadata is being fetched
	StateAwaitingSelection State = "awaiting_selection" // waits for the user to choose files
	StateDownloading       State = "downloading"        // the provider fetches; verified parts go to storage at the same time
	StateStoring           State = "storing"            // all bytes are stored; objects are completed and checked
	StateReady             State = "ready"              // every file can be streamed and downloaded
	StatePaused            State = "paused"             // stopped by the user; keeps what it has
	StateNeedsAttention    State = "needs_attention"    // retries are used up; waits for a person, then fails
	StateFailed            State = "failed"             // ended without a result; can be retried
	StateCancelled         State = "cancelled"          // ended by the user; can be retried
	StateExpired           State = "expired"            // was ready; its files were removed by the retention rule
)

// transitions lists what may follow each state. The initial state is queued.
var transitions = map[State][]State{
	StateQueued:            {StateResolving, StateDownloading, StatePaused, StateNeedsAttention, StateFailed, StateCancelled},
	StateResolving:         {StateQueued, StateAwaitingSelection, StateDownloading, StatePaused, StateNeedsAttention, StateFailed, StateCancelled},
	StateAwaitingSelection: {StateQueued, StatePaused, StateNeedsAttention, StateFailed, StateCancelled},
	StateDownloading:       {StateQueued, StateStoring, StatePaused, StateNeedsAttention, StateFailed, StateCancelled},
	StateStoring:           {StateQueued, StateReady, StateNeedsAttention, StateFailed, StateCancelled},
	StatePaused:            {StateQueued, StateAwaitingSelection, StateNeedsAttention, StateFailed, StateCancelled},
	StateNeedsAttention:    {StateQueued, StateFailed, StateCancelled},
	StateReady:             {StateExpired},
	StateFailed:            {StateQueued},
	StateCancelled:         {StateQueued},
	StateExpired:           {},
}

// States returns every state in the order of the main flow.
func States() []State {
	return []State{
		StateQueued, StateResolving, StateAwaitingSelection, StateDownloading, StateStoring, StateReady,
		StatePaused, StateNeedsAttention, StateFailed, StateCancelled, StateExpired,
	}
}

// Valid reports whether s is a known state.
func (s State) Valid() bool { _, ok := transitions[s]; return ok }

// Next returns the states that may follow s.
func (s State) Next() []State { return slices.Clone(transitions[s]) }

// CanBecome reports whether a job in s may change to next. The same state is
// not a transition and is refused.
func (s State) CanBecome(next State) bool { return slices.Contains(transitions[s], next) }

// Terminal reports whether the job has ended: nothing more happens unless
// someone acts.
func (s State) Terminal() bool {
	return s == StateReady || s == StateFailed || s == StateCancelled || s == StateExpired
}

// Running reports whether the job holds a slot: it was admitted and the
// provider or storage works on it.
func (s State) Running() bool {
	return s == StateResolving || s == StateDownloading || s == StateStoring
}

// Before returns the states from which a job may change to s.
func (s State) Before() []State {
	var out []State
	for _, from := range States() {
		if from.CanBecome(s) {
			out = append(out, from)
		}
	}
	return out
}

// Action is what a user or admin can do to a job.
type Action string

// The actions on a job.
const (
	ActionCancel Action = "cancel"
	ActionPause  Action = "pause"
	ActionResume Action = "resume"
	ActionSelect Action = "select" // choose files
	ActionRetry  Action = "retry"
	ActionDelete Action = "delete"
	ActionMove   Action = "move" // to another provider; only administrators can
	ActionStop   Action = "stop" // for good, because its content is blocked; only a block does
)

// ForAdmins reports whether administrators may do it to other people's jobs.
func (a Action) ForAdmins() bool {
	switch a {
	case ActionCancel, ActionPause, ActionResume, ActionRetry, ActionDelete, ActionMove:
		return true
	default:
		return false
	}
}

// Actions returns what can be done to a job in s, in menu order.
func (s State) Actions() []Action {
	switch s {
	case StateQueued, StateResolving, StateDownloading:
		return []Action{ActionPause, ActionCancel, ActionDelete}
	case StateAwaitingSelection:
		return []Action{ActionSelect, ActionPause, ActionCancel, ActionDelete}
	case StateStoring:
		return []Action{ActionCancel, ActionDelete}
	case StatePaused:
		return []Action{ActionResume, ActionCancel, ActionDelete}
	case StateNeedsAttention:
		return []Action{ActionRetry, ActionCancel, ActionDelete}
	case StateFailed, StateCancelled:
		return []Action{ActionRetry, ActionDelete}
	case StateReady, StateExpired:
		return []Action{ActionDelete}
	default:
		return nil
	}
}

// StoringRefusal says why a job that is being stored can be neither paused nor
// moved, and what happens next.
const StoringRefusal = "Everything is fetched and is being stored, so it can't be paused or moved now. " +
	"The files become available soon; cancel the job if you don't want them."

// Allows reports whether the action can be done to a job in s.
func (s State) Allows(a Action) bool { return slices.Contains(s.Actions(), a) }
