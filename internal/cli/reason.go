package cli

import (
	"time"

	"longhaul/models"
	"longhaul/models/wording"
)

// reason is why something is in its state, as returned by the API.
type reason struct {
	models.Reason

	Text string `json:"text,omitempty"` // the server's words, for a code of a newer server
}

// localTime formats a time in the local zone, with the day unless it is today.
func localTime(t time.Time) string {
	t = t.Local()
	if t.Format(time.DateOnly) == time.Now().Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2 Jan 15:04")
}

func voice() wording.Voice { return wording.User(localTime) }

// why says why the download is where it is.
func (j job) why() string {
	if text := voice().Why(j.Reason.Reason); text != "" {
		return text
	}
	return j.Reason.Text
}

// next says what happens next.
func (j job) next() string {
	text := voice().Next(j.Reason.Reason, wording.Condition{
		State: j.State, Deadline: j.Deadline, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts,
	})
	if text != "" {
		return text
	}
	return j.NextAction
}

// stuck says why a running download receives no bytes and when it gives up;
// empty while it does.
func (j job) stuck() string {
	if j.Progress == nil || j.Progress.Waiting.None() || !j.State.Running() {
		return ""
	}
	text := voice().Why(j.Progress.Waiting)
	if text == "" { // a code of a newer server
		return "Nothing is arriving."
	}
	return text + " " + voice().Next(j.Progress.Waiting, wording.Condition{
		State: j.State, Deadline: j.Progress.GivesUpAt, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts,
	})
}
