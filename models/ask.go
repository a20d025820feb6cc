package models

import (
	"slices"
	"time"
)

// Ask is what a job was asked for and has not done yet: to pause, to resume, to
// move to another provider or, when its content is blocked, to stop. It stands in the job's row until a transition meets
// it or the workflow refuses it; a later one replaces it. The zero value asks for
// nothing.
type Ask struct {
	Act      Action     `json:"act"`                // ActionPause, ActionResume, ActionMove or ActionStop
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
	case ActionStop:
		return j.State.Terminal()
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
	case ActionStop:
		return ProblemBlockedContent.Reason(nil)
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
// or it undoes what was asked for. A blocked job can only be ended.
func (j Job) Allows(a Action) bool {
	switch {
	case j.Blocked && a != ActionCancel && a != ActionDelete:
		return false
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
	return slices.DeleteFunc(out, func(a Action) bool { return !j.Allows(a) })
}

// Why returns the reason that the job's owner reads: that its content is blocked,
// what was asked for, while that stands, or else that of its state.
func (j Job) Why() Reason {
	switch {
	case j.Blocked:
		return ProblemBlockedContent.Reason(nil)
	case j.Asked.None():
		return j.Reason
	default:
		return j.Asked.Reason()
	}
}
