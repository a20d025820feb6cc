package workflows

import "longhaul/activities"

// Nil pointers: workflow code needs only the names of the methods, checked by
// the compiler. The worker registers the real ones.
var (
	jobs      *activities.Jobs
	transfers *activities.Transfers
	files     *activities.Files
	tracker   *activities.Tracker
	sweeps    *activities.Sweeps
	mails     *activities.Mails
)
