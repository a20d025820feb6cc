package models

import "slices"

// NoticeState is how far a notice has come. docs/state-machine.md has the table
// of what leads from one to another.
type NoticeState string

// The states of a notice.
const (
	NoticeReceived   NoticeState = "received"   // complete, and waits for a decision
	NoticeIncomplete NoticeState = "incomplete" // lacks something that the law asks for
	NoticeAccepted   NoticeState = "accepted"   // what it names is blocked
	NoticeRejected   NoticeState = "rejected"
	NoticeCountered  NoticeState = "countered" // a counter-notice's clock runs
	NoticeRestored   NoticeState = "restored"  // the blocks were lifted
	NoticeUpheld     NoticeState = "upheld"    // the complainant went to court; the blocks stay
	NoticeWithdrawn  NoticeState = "withdrawn" // by the complainant
)

// NoticeStates returns every state.
func NoticeStates() []NoticeState {
	return []NoticeState{
		NoticeReceived, NoticeIncomplete, NoticeAccepted, NoticeRejected, NoticeCountered, NoticeRestored, NoticeUpheld, NoticeWithdrawn,
	}
}

// Valid reports whether s is a known state.
func (s NoticeState) Valid() bool { return slices.Contains(NoticeStates(), s) }

// Waits reports whether an administrator has to act.
func (s NoticeState) Waits() bool {
	return s == NoticeReceived || s == NoticeIncomplete || s == NoticeCountered
}

// Blocks reports whether what the notice names is blocked.
func (s NoticeState) Blocks() bool {
	return s == NoticeAccepted || s == NoticeCountered || s == NoticeUpheld
}

// Over reports whether nothing more happens.
func (s NoticeState) Over() bool {
	return s == NoticeRejected || s == NoticeRestored || s == NoticeWithdrawn
}

// NoticeAct is what is done with a notice.
type NoticeAct string

// The acts.
const (
	NoticeComplete NoticeAct = "complete" // add what was missing
	NoticeAccept   NoticeAct = "accept"
	NoticeReject   NoticeAct = "reject"
	NoticeCounter  NoticeAct = "counter"
	NoticeRestore  NoticeAct = "restore"
	NoticeUphold   NoticeAct = "uphold"
	NoticeWithdraw NoticeAct = "withdraw"
)

// NoticeActs returns every act.
func NoticeActs() []NoticeAct {
	return []NoticeAct{NoticeComplete, NoticeAccept, NoticeReject, NoticeCounter, NoticeRestore, NoticeUphold, NoticeWithdraw}
}

// noticeTable says where each act leads. Completing a notice leads back to
// received or incomplete, whichever fits what it says then.
var noticeTable = map[NoticeState]map[NoticeAct]NoticeState{
	NoticeReceived: {
		NoticeComplete: NoticeReceived, NoticeAccept: NoticeAccepted, NoticeReject: NoticeRejected, NoticeWithdraw: NoticeWithdrawn,
	},
	NoticeIncomplete: {NoticeComplete: NoticeReceived, NoticeReject: NoticeRejected, NoticeWithdraw: NoticeWithdrawn},
	NoticeAccepted:   {NoticeCounter: NoticeCountered, NoticeRestore: NoticeRestored, NoticeWithdraw: NoticeWithdrawn},
	NoticeCountered:  {NoticeRestore: NoticeRestored, NoticeUphold: NoticeUpheld, NoticeWithdraw: NoticeWithdrawn},
	NoticeUpheld:     {NoticeRestore: NoticeRestored, NoticeWithdraw: NoticeWithdrawn},
}

// After returns the state that the act leads to, and whether it is possible.
func (s NoticeState) After(act NoticeAct) (NoticeState, bool) {
	next, ok := noticeTable[s][act]
	return next, ok
}

// Acts returns what can be done with a notice in the state.
func (s NoticeState) Acts() []NoticeAct {
	out := []NoticeAct{}
	for _, act := range NoticeActs() {
		if _, ok := s.After(act); ok {
			out = append(out, act)
		}
	}
	return out
}

// NoticeDecision is what an administrator decides on a notice.
type NoticeDecision struct {
	Act  NoticeAct
	Note string // why; the owners and the complainant read it
	Tell bool   // tell the complainant of a rejection by mail
}

// Checked returns the decision if it is one, and names the field that is wrong
// otherwise.
func (d NoticeDecision) Checked() (NoticeDecision, error) {
	switch d.Act {
	case NoticeAccept, NoticeReject, NoticeRestore, NoticeUphold, NoticeWithdraw:
	default:
		return d, Errorf(CodeInvalid, "Use accept, reject, restore, uphold or withdraw.").In("act")
	}
	if len([]rune(d.Note)) > MaxNoticeNote {
		return d, Errorf(CodeInvalid, "Use at most %d characters.", MaxNoticeNote).In("note")
	}
	if d.Note == "" && d.Act != NoticeAccept {
		return d, Errorf(CodeInvalid, "Say why.").In("note")
	}
	return d, nil
}
