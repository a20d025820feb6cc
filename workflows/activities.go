package workflows

import "longhaul/activities"

// Nil pointers: workflow code needs only the names of the methods, checked by
// the compiler. The worker registers the real ones.
var (
	jobs      *activities.Jobs
	transfers *activities.Transfers
	files     *activities.Files
	tracker   *activities.Tracker
	streams   *activities.Streams
	seedr     *activities.SeedrTracker
	sweeps    *activities.Sweeps
	mails     *activities.Mails
	quota     *activities.Quota
	bulk      *activities.Bulk
	counters  *activities.Counters
	exports   *activities.Exports
	webhooks  *activities.Webhooks
	media     *activities.Media
)
