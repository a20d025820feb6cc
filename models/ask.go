package models

import "time"

// Ask is what a job was asked for and has not done yet: to pause, to resume or to
// move to another provider. It stands in the job's row until a transition meets
// it or the workflow refuses it; a later one replaces it. The zero value asks for
// nothing.
type Ask struct {
	Act      Action     `json:"act"`                // ActionPause, ActionResume or ActionMove
	Provider Provider   `json:"provider,omitempty"` // where a move leads
	At       *time.Time `json:"at,omitempty"`       // tells an ask from an earlier one of the same act
}

// None reports whether nothing is asked for.
func (a Ask) None() bool { return a.Act == "" }

// Equal reports whether both are the same ask.
func (a Ask) Equal(b Ask) bool {
	return a.Act == b.Act && a.Provider == b.Provider && (a.At == nil) == (b.At == nil) && (a.At == nil || a.At.Equal(*b.At))
}

// Met reports whether a job that was in one state and is as j now did what was
// asked for.
func (a Ask) Met(was State, j Job) bool {
	switch a.Act {
	case ActionPause:
		return j.State == StatePaused
	case ActionResume:
		return was == StatePaused && j.State != StatePaused
	case ActionMove:
		return j.Provider == a.Provider
	default:
		return true
	}
}

// Reason returns what the job's owner reads while the ask stands.
func (a Ask) Reason() Reason {
	switch a.Act {
	case ActionPause:
		return Because(ReasonPauseRequested)
	case ActionResume:
		return Because(ReasonResumeRequested)
	case ActionMove:
		return Because(ReasonMoveRequested, "provider", a.Provider)
	default:
		return Reason{}
	}
}

// Refused returns why the ask came to nothing: the job is in a state that does
// not allow it, or has ended.
func (a Ask) Refused(in State) Reason {
	return Because(ReasonActRefused, "act", a.Act, "state", in)
}

// Allows reports whether the action can be done to the job: its state allows it,
// or it undoes what was asked for.
func (j Job) Allows(a Action) bool {
	switch {
	case a == ActionPause && j.Asked.Act == ActionResume, a == ActionResume && j.Asked.Act == ActionPause:
		return !j.State.Terminal()
	default:
		return j.State.Allows(a)
	}
}

// Actions returns what the job's owner can do to it, in menu order. What was
// asked for is offered no longer; its opposite is.
func (j Job) Actions() []Action {
	out := j.State.Actions()
	for i, a := range out {
		switch {
		case a == ActionPause && j.Asked.Act == ActionPause:
			out[i] = ActionResume
		case a == ActionResume && j.Asked.Act == ActionResume:
			out[i] = ActionPause
		default:
		}
	}
	return out
}

// Why returns the reason that the job's owner reads: of what was asked for, while
// that stands, else of its state.
func (j Job) Why() Reason {
	if j.Asked.None() {
		return j.Reason
	}
	return j.Asked.Reason()
}
