// Package wording is the only English catalogue of what people read about jobs:
// why a job is in its state, what happens next, and words for states, providers
// and durations. It turns data into sentences and decides nothing.
package wording

import (
	"time"

	"longhaul/models"
)

// Voice is how a surface speaks: what it calls a job, and how it shows times.
type Voice struct {
	noun  string
	clock func(time.Time) string // nil leaves out times
}

// API is the voice of the HTTP API. It shows no times, because they travel next
// to the text.
func API() Voice { return Voice{noun: "job"} }

// Console is the voice of the Temporal UI, which has no zone but UTC.
func Console() Voice { return Voice{noun: "job", clock: UTC} }

// User is the voice of what users read outside of the web app: to them a job is
// a download. The clock formats times for the reader.
func User(clock func(time.Time) string) Voice { return Voice{noun: "download", clock: clock} }

// UTC formats a time for readers whose zone is unknown.
func UTC(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") }

// Condition is what the next step depends on besides the reason.
type Condition struct {
	State       models.State // empty when there is no job yet
	Deadline    *time.Time   // when the next step happens at the latest; nil if it is open-ended
	Attempt     int          // the current or next attempt; 0 if attempts are not counted
	MaxAttempts int
}

// entry is what the catalogue says about one code. Each part lists forms of one
// text; the first whose parameters are all present is used.
type entry struct {
	why  []string
	next []string // what happens next; for a fault what a person can do
	wait []string // a fault that a queued job waits out: what it waits for
}

// Why says why something is in its state. It is empty for an unknown code.
func (v Voice) Why(r models.Reason) string { return v.fill(lookUp(r.Code).why, r.Params, Condition{}) }

// Next says what happens next, or who has to act. It is empty for an unknown
// code.
func (v Voice) Next(r models.Reason, c Condition) string {
	return v.fill(nextForms(r.Code, c), r.Params, c)
}

// Verdict says what is wrong with a source before it is submitted; if it is
// allowed anyway, it also says under which condition.
func (v Voice) Verdict(r models.Reason, allowed bool) string {
	text := v.Why(r)
	switch {
	case !allowed || text == "":
		return text
	case r.Code.Problem() == models.ProblemStorageFull:
		return text + " It would wait until there is room."
	default:
		return text + " Choose some of the files."
	}
}

func lookUp(c models.ReasonCode) entry {
	if e, ok := reasons[c]; ok {
		return e
	}
	return problems[c.Problem()]
}

// nextForms picks the forms of what happens next. What a fault leads to depends
// on the job's state.
func nextForms(code models.ReasonCode, c Condition) []string {
	e := lookUp(code)
	switch {
	case code == models.ReasonRetried && c.State == models.StateNeedsAttention:
		return []string{"It starts again within seconds."}
	case !code.Fault() || e.why == nil:
		return e.next
	case c.State.Running():
		return triedAgain
	}
	switch c.State {
	case models.StateQueued:
		if e.wait != nil {
			return e.wait
		}
		return retries
	case models.StateAwaitingSelection:
		return reasons[models.ReasonChooseFiles].next
	case models.StatePaused:
		return reasons[models.ReasonPaused].next
	case models.StateNeedsAttention:
		return attention
	default:
		return e.next
	}
}
