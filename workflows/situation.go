package workflows

import (
	"time"

	"longhaul/activities"
	"longhaul/models"
)

// Situation is where a job is. A run decides everything by its situation; a run
// that continues as new passes it to the next one, which reads everything else
// from the job's row.
type Situation struct {
	// The job's row says the same; set by moved.
	State    models.State   `json:"state"`
	Since    time.Time      `json:"since"`             // when it came there
	Reason   models.Reason  `json:"reason"`            // why it is there
	Problem  models.Problem `json:"problem,omitempty"` // behind the state
	Deadline time.Time      `json:"deadline,omitzero"` // of the state: the next try, the choice of files, a person's decision

	// What the job is; set by load and by whatever changes it.
	Provider   models.Provider `json:"provider"`
	Admitted   bool            `json:"admitted,omitempty"`   // holds a slot
	FilesKnown bool            `json:"filesKnown,omitempty"` // name, size and files
	ToChoose   bool            `json:"toChoose,omitempty"`   // the user is still to choose files
	Bytes      int64           `json:"bytes"`                // of the chosen files; -1 while unknown

	// The transfers so far.
	Attempt   int               `json:"attempt"`             // started since the submission or the last retry of an ended job
	AgentID   string            `json:"agentId,omitempty"`   // that the last ended one ran on
	Epoch     int64             `json:"epoch,omitempty"`     // of the last ended one
	Faults    int               `json:"faults,omitempty"`    // counted since the last progress
	Failures  int               `json:"failures,omitempty"`  // all that were counted, in this run of the job
	BytesDone int64             `json:"bytesDone,omitempty"` // verified at the last counted fault
	Left      []models.Provider `json:"left,omitempty"`      // providers that the job left for their faults

	// What never crosses runs, because no job waits in it.
	Content content         `json:"-"` // where the content is
	Asked   request         `json:"-"` // requested and not done yet
	MoveTo  models.Provider `json:"-"` // where to, if that is a move
	Over    bool            `json:"-"` // nothing follows
}

// content is where the content of a job is.
type content string

const (
	contentAway    content = "away" // with the source; parts may be stored already
	contentOnSeedr content = "on_seedr"
	contentStored  content = "stored"
)

// request is what a person, or admission, may ask a run to do between two steps.
type request string

const (
	requestNothing request = "nothing"
	requestPause   request = "pause"
	requestResume  request = "resume"
	requestMove    request = "move"
	requestYield   request = "yield"
	requestStop    request = "stop" // for good
)

// read adopts what the job's row says.
func (s *Situation) read(plan activities.Plan) {
	s.State, s.Provider, s.Bytes = plan.State, plan.Provider, plan.Bytes
	s.Admitted, s.FilesKnown, s.ToChoose, s.Over = plan.Admitted, plan.ManifestKnown, plan.ChooseFiles, plan.Over
}

// step is one thing that a run does next.
type step string

const (
	stepEnd            step = "end"
	stepPause          step = "pause"
	stepResume         step = "resume"
	stepMove           step = "move"
	stepYield          step = "yield"
	stepStop           step = "stop"
	stepAwaitResume    step = "await resume"
	stepAwaitAttention step = "await attention"
	stepAwaitChoice    step = "await choice"
	stepAwaitRetry     step = "await retry"
	stepAwaitAdmission step = "await admission"
	stepAskForChoice   step = "await a selection"
	stepResolve        step = "resolve"
	stepTransfer       step = "transfer"
	stepCopy           step = "copy"
	stepFinalize       step = "finalize"
)

// waits reports whether the job only waits in the step, however long.
func (s step) waits() bool {
	switch s {
	case stepAwaitResume, stepAwaitAttention, stepAwaitChoice, stepAwaitRetry, stepAwaitAdmission:
		return true
	default:
		return false
	}
}

// next says what follows from a situation: requests first, then the end of a
// wait, then the first thing that the job still lacks.
func next(s Situation) step {
	switch {
	case s.Over:
		return stepEnd
	case s.Asked != requestNothing:
		return asked(s.Asked)
	}
	switch s.State {
	case models.StatePaused:
		return stepAwaitResume
	case models.StateNeedsAttention:
		return stepAwaitAttention
	case models.StateAwaitingSelection:
		return stepAwaitChoice
	default:
		return missing(s)
	}
}

func asked(r request) step {
	switch r {
	case requestPause:
		return stepPause
	case requestResume:
		return stepResume
	case requestYield:
		return stepYield
	case requestStop:
		return stepStop
	default:
		return stepMove
	}
}

// missing says what a job lacks if there is no request and it is not waiting
// for its user.
func missing(s Situation) step {
	switch {
	case s.State == models.StateQueued && !s.Deadline.IsZero():
		return stepAwaitRetry
	case s.FilesKnown && s.ToChoose:
		return stepAskForChoice
	case !s.Admitted:
		return stepAwaitAdmission
	case !s.FilesKnown && s.resolvesFirst():
		return stepResolve
	case s.Content == contentOnSeedr:
		return stepCopy
	case s.Content == contentStored:
		return stepFinalize
	default:
		return stepTransfer
	}
}

// resolvesFirst reports whether the files must be known before the transfer.
// Seedr fetches whole torrents, so there it matters only if the user wants to
// choose.
func (s Situation) resolvesFirst() bool { return s.Provider != models.ProviderSeedr || s.ToChoose }
