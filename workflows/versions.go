package workflows

// Changes to workflow code that the replay fixtures refuse go behind
// workflow.GetVersion. Their change ids belong here, as constants, each with the
// date after which no open run can still carry the old branch: the longest stay
// is a paused job. None exists so far.
