package workflows

// Changes to workflow code that the replay fixtures refuse go behind
// workflow.GetVersion. Their change ids belong here, as constants, each with the
// date after which no open run can still carry the old branch: the longest stay
// is a paused job. None exists so far.
//
// What a run is started with is in its history, too: DownloadInput.Counts tells
// runs that show their attempts from older ones, at no event. It may go when no
// open run is older than 2026-11-29.
//
// Nothing was released before 2026-11-28: the first worker of this shape ends
// older runs, which are in another task queue (EndRetired), and the reconcile
// sweep starts them again from their rows.
