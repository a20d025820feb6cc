package workflows

import (
	"errors"
	"slices"

	"go.temporal.io/sdk/temporal"

	"longhaul/models"
)

// fault is why a step of a job failed, as the workflow sees it.
type fault struct {
	Type    string // a problem, or a code if there is none
	Message string
	Details models.FaultDetails
}

// faultOf reads what an activity failed with.
func faultOf(err error) fault {
	var f fault
	if ae, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		f.Type, f.Message = ae.Type(), ae.Message()
		if ae.HasDetails() {
			// Details of another shape belong to another fault and are not needed.
			_ = ae.Details(&f.Details)
		}
		return f
	}
	f.Type = string(models.CodeInternal)
	f.Message = "Something went wrong on our side."
	if _, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		f.Type = string(models.CodeUnavailable)
		f.Message = "It took too long."
	}
	return f
}

// problem returns the problem of the fault, empty if it has none.
func (f fault) problem() models.Problem {
	// A type that is not a problem has the code of unlisted ones. Listing all
	// problems would iterate over a map, which workflow code must not do.
	if p := models.Problem(f.Type); p.Code() != models.CodeInternal {
		return p
	}
	return ""
}

// reason returns why a job is where the fault led it.
func (f fault) reason() models.Reason {
	switch p := f.problem(); {
	case p != "":
		return p.Reason(f.Details.Params)
	case f.Type == string(models.CodeUnavailable), f.Type == string(models.CodeRateLimited):
		return models.Reason{Code: models.ReasonUnavailable, Params: f.Details.Params}
	default:
		return models.Reason{Code: models.ReasonInternal, Params: f.Details.Params}
	}
}

// final reports whether trying again cannot help, so that the job fails.
func (f fault) final() bool {
	switch p := f.problem(); p {
	case "":
	case models.ProblemSelectionExpired, models.ProblemGaveUp, models.ProblemWrongState:
		// A wrong state means that the row is not where this run thinks it is;
		// continuing would work against whoever changed it.
		return true
	default:
		return p.Final()
	}
	switch models.Code(f.Type) {
	case models.CodeUnavailable, models.CodeInternal, models.CodeConflict, models.CodeRateLimited:
		return false
	default:
		return slices.Contains(models.Codes(), models.Code(f.Type))
	}
}

// waitsForRoom reports whether the job returns to the queue, without a fault,
// until its owner's storage has room.
func (f fault) waitsForRoom() bool { return f.Type == string(models.ProblemStorageFull) }

// counted reports whether the workflow retries the fault itself, a bounded
// number of times. The rest have been retried long enough before they get here.
func (f fault) counted() bool { return slices.Contains(countedFaults(), f.Type) }

// countedFaults are the transient faults of a source or of storage that must
// not be retried forever.
func countedFaults() []string {
	return []string{
		string(models.ProblemNoPeers), string(models.ProblemStalled), string(models.ProblemMetadataTimeout),
		string(models.ProblemSourceFailing), string(models.ProblemLengthMismatch), string(models.ProblemSourceChanged),
		string(models.ProblemSuperseded),
		string(models.ProblemSeedrGone), string(models.ProblemWrongContent),
		string(models.CodeInternal),
	}
}
