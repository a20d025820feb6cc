package workflows

// Changes to workflow code that the replay fixtures refuse go behind
// workflow.GetVersion. Their change ids belong here, as constants, each with the
// date after which no open run can still carry the old branch: the longest stay
// is a paused job. None exists so far.
//
// Nothing was released before 2026-11-28: the first worker of this shape ends
// older runs, which are in another task queue (EndRetired), and the reconcile
// sweep starts them again from their rows.
