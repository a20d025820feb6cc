package workflows

// Change ids for workflow.GetVersion belong here, as constants, each with the
// date after which no open run can still carry the old branch: the longest
// stay is a paused job, so a branch goes only after the sweep of reconciling
// has continued every older run as new. None exists so far. A change to
// workflow code that the replay fixtures refuse needs one.
//
// Providers and fail-over (2026-11-25) needed none: their branches hang on data
// that older histories do not have, Plan.Failover and TransferResult.ToStore.
// Short histories (2026-11-25) hang on Plan.Brief: a version marker would cost
// the two events that the shape saves.
