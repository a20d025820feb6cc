package workflows

import (
	"slices"
	"testing"
	"time"

	"longhaul/models"
)

// followed is one row of the table of steps: every field but step says in which
// situations the row applies, and an empty field that it doesn't matter. The
// rows exclude each other, so their order doesn't matter.
type followed struct {
	step     step
	over     *bool
	asked    request
	states   []models.State
	deadline *bool
	provider models.Provider
	admitted *bool
	known    *bool
	toChoose *bool
	content  content
}

func (f followed) holds(s Situation) bool {
	is := func(want *bool, have bool) bool { return want == nil || *want == have }
	return is(f.over, s.Over) && (f.asked == "" || f.asked == s.Asked) &&
		(f.states == nil || slices.Contains(f.states, s.State)) && is(f.deadline, !s.Deadline.IsZero()) &&
		(f.provider == "" || f.provider == s.Provider) && is(f.admitted, s.Admitted) &&
		is(f.known, s.FilesKnown) && is(f.toChoose, s.ToChoose) && (f.content == "" || f.content == s.Content)
}

func whatFollows() []followed {
	yes, no := new(true), new(false)
	in := func(s ...models.State) []models.State { return s }
	queued, resolving := in(models.StateQueued), in(models.StateResolving)
	rows := []followed{
		{step: stepEnd, over: yes},
		{step: stepPause, over: no, asked: requestPause},
		{step: stepResume, over: no, asked: requestResume},
		{step: stepMove, over: no, asked: requestMove},
		{step: stepStop, over: no, asked: requestStop},
	}
	for _, f := range []followed{
		{step: stepAwaitResume, states: in(models.StatePaused)},
		{step: stepAwaitAttention, states: in(models.StateNeedsAttention)},
		{step: stepAwaitChoice, states: in(models.StateAwaitingSelection)},
		{step: stepAwaitRetry, states: queued, deadline: yes},
		{step: stepAskForChoice, states: queued, deadline: no, known: yes, toChoose: yes},
		{step: stepAwaitAdmission, states: queued, deadline: no, admitted: no, known: no},
		{step: stepAwaitAdmission, states: queued, deadline: no, admitted: no, known: yes, toChoose: no},
		{step: stepResolve, states: queued, deadline: no, admitted: yes, known: no, provider: models.ProviderAgent},
		{step: stepResolve, states: queued, deadline: no, admitted: yes, known: no, provider: models.ProviderSeedr, toChoose: yes},
		{step: stepTransfer, states: queued, deadline: no, admitted: yes, known: no, provider: models.ProviderSeedr, toChoose: no},
		{step: stepTransfer, states: queued, deadline: no, admitted: yes, known: yes, toChoose: no},
		{step: stepAskForChoice, states: resolving, toChoose: yes},
		{step: stepTransfer, states: resolving, toChoose: no},
		{step: stepCopy, content: contentOnSeedr},
		{step: stepFinalize, content: contentStored},
	} {
		f.over, f.asked = no, requestNothing
		rows = append(rows, f)
	}
	return rows
}

// occurs reports whether a run can be in the situation between two steps. The
// tests of the flow check that it is in no other.
func occurs(s Situation) bool {
	if s.Over {
		return true
	}
	return requested(s) && stands(s)
}

// requested reports whether the state allows what is asked for.
func requested(s Situation) bool {
	switch s.Asked {
	case requestPause:
		return s.State.Allows(models.ActionPause)
	case requestResume:
		return s.State.Allows(models.ActionResume)
	case requestMove:
		return !s.State.Terminal() && s.State != models.StateStoring
	default:
		return true
	}
}

// stands reports whether state, deadline, slot, files and content are
// consistent.
func stands(s Situation) bool {
	dated, away := !s.Deadline.IsZero(), s.Content == contentAway
	switch s.State {
	case models.StateQueued:
		return away
	case models.StatePaused:
		return away && !dated && !s.Admitted
	case models.StateNeedsAttention:
		return away && dated && !s.Admitted
	case models.StateAwaitingSelection:
		return away && dated && !s.Admitted && s.FilesKnown
	case models.StateResolving: // without the files only because a request ended it
		return away && !dated && s.Admitted && (s.FilesKnown || s.Asked != requestNothing)
	case models.StateDownloading: // without the content only because a request ended it
		return !dated && s.Admitted && !s.ToChoose && (s.FilesKnown || s.Provider == models.ProviderSeedr && away) &&
			(s.Content != contentOnSeedr || s.Provider == models.ProviderSeedr) && (!away || s.Asked != requestNothing)
	case models.StateStoring:
		return !dated && s.Admitted && !s.ToChoose && s.FilesKnown && s.Content == contentStored
	default:
		return false
	}
}

// situations are all combinations of what the next step depends on.
func situations(yield func(Situation) bool) {
	bools := []bool{false, true}
	for _, state := range models.States() {
		for _, asked := range []request{requestNothing, requestPause, requestResume, requestMove, requestStop} {
			for _, content := range []content{contentAway, contentOnSeedr, contentStored} {
				for _, provider := range []models.Provider{models.ProviderAgent, models.ProviderSeedr} {
					for bits := range 32 {
						bit := func(n int) bool { return bools[bits>>n&1] }
						s := Situation{
							State: state, Asked: asked, Content: content, Provider: provider,
							Over: bit(0), Admitted: bit(1), FilesKnown: bit(2), ToChoose: bit(3),
						}
						if bit(4) {
							s.Deadline = time.Unix(1, 0)
						}
						if !yield(s) {
							return
						}
					}
				}
			}
		}
	}
}

func TestWhatFollowsEverySituation(t *testing.T) {
	t.Parallel()
	rows := whatFollows()
	uses, can := make([]int, len(rows)), 0
	for s := range situations {
		if !occurs(s) {
			continue
		}
		can++
		holds := 0
		for i, row := range rows {
			if !row.holds(s) {
				continue
			}
			holds++
			uses[i]++
			if got := next(s); got != row.step {
				t.Errorf("%+v: next is %q, want %q", s, got, row.step)
			}
		}
		if holds != 1 {
			t.Errorf("%+v: %d rows of the table hold, want one", s, holds)
		}
	}
	for i, n := range uses {
		if n == 0 {
			t.Errorf("no situation is one of row %d: %+v", i, rows[i])
		}
	}
	t.Logf("%d situations can occur", can)
}

func TestOnlyWaitsAreWaits(t *testing.T) {
	t.Parallel()
	for s := range situations {
		if !occurs(s) || !next(s).waits() {
			continue
		}
		if s.Asked != requestNothing || s.Content != contentAway {
			t.Errorf("a run would continue as new from %+v, which does not cross runs", s)
		}
	}
}
