package workflows

// Occurs reports whether a run can be in the situation between two steps.
var Occurs = occurs

// LongHistory is how many events a run that waits has at most.
const LongHistory = longHistory

// Scheduled returns the workflow of each schedule, by the schedule's id.
func Scheduled() map[string]any {
	out := map[string]any{}
	for _, s := range schedules() {
		out[s.id] = s.flow
	}
	return out
}
