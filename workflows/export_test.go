package workflows

// Occurs reports whether a run can be in the situation between two steps.
var Occurs = occurs

// LongHistory is how many events a run that waits has at most.
const LongHistory = longHistory
