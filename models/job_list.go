package models

import (
	"time"

	"github.com/google/uuid"
)

// NewJob is what a user submits.
type NewJob struct {
	UserID         uuid.UUID
	Source         Source
	Manifest       *Manifest   // what the source contains, if already known
	Selected       []int       // indexes of the files to fetch; nil for Source.Select, and all if that is nil too
	SealedLogin    string      // of the source, for the user; empty without one
	ChooseFiles    bool        // wait for a selection once the file list is known
	Provider       Provider    // chosen by the user; the active one if empty
	Failover       Failover    // empty for the deployment's policy
	RefuseIfHeld   bool        // refuse what the user has finished already, or fetches from the same address
	RefuseIfFull   bool        // refuse the job instead of waiting if there is no room now
	Labels         []uuid.UUID // that it gets
	Filter         *FileRules  // leaves files out if none is selected; nil for none
	StartPaused    bool        // wait until it is resumed
	IdempotencyKey string      // may be empty
	RequestHash    []byte      // hash of the whole request, to tell a replay from a reuse of the key
}

// JobSort is what a list of jobs is sorted by.
type JobSort string

// The sort keys of jobs. Jobs with equal keys are in the order of their ids.
const (
	JobSortCreated JobSort = "created"
	JobSortName    JobSort = "name"  // without regard to case
	JobSortSize    JobSort = "size"  // unknown sizes count as smallest
	JobSortState   JobSort = "state" // then by creation
)

// Valid reports whether s is a known sort key.
func (s JobSort) Valid() bool {
	return s == JobSortCreated || s == JobSortName || s == JobSortSize || s == JobSortState
}

// JobFilter selects a page of a user's jobs.
type JobFilter struct {
	States []State   // jobs in any of these; empty for all
	Search string    // beginnings of words in the names of jobs and files, part of a job's name, or the beginning of an info hash
	Label  uuid.UUID // jobs that have it; nil for all
	Sort   JobSort   // empty is by creation
	Desc   bool
	Cursor string // JobPage.NextCursor of the previous page; empty for the first
	Limit  int
}

// JobPage is one page of a list of jobs.
type JobPage struct {
	Jobs       []Job
	NextCursor string // empty on the last page
	Total      int64  // jobs on all pages, counted with the first one

	// Counts is how many jobs would match in each state if the filter named none;
	// nil behind the first page.
	Counts map[State]int64
}

// AdmissionPulse says how far behind the admission of queued jobs is. Zero is not
// at all.
type AdmissionPulse struct {
	SinceRound time.Duration // since a worker last gave out slots; zero, too, before the first time
	PassedOver time.Duration // how long the oldest job waits whose turn it is, while slots are free
}

// The limits of a pulse beyond which admission does not work.
const (
	roundOverdue = time.Minute
	jobOverdue   = 2 * time.Minute
)

// Stands reports whether admission stands still: rounds come every second, and
// give a job whose turn it is a slot if there is one.
func (p AdmissionPulse) Stands() bool {
	return p.SinceRound > roundOverdue || p.PassedOver > jobOverdue
}

// QueueNote is what a user's queued jobs are waiting for.
type QueueNote struct {
	Running     int    // jobs of the user that hold a slot
	Limit       int    // how many may; 0 is no limit
	Pool        string // of agents that serve the user; empty for those without one
	AgentsAlive int    // agents of it that accept jobs
	FreeSlots   int    // on those agents, for anyone whom they serve
	Room        Room
	Retention   int // days after which the user's ready jobs expire; 0 is never

	Seedr *SeedrNote // nil if none of the user's jobs waits for Seedr
}

// SeedrNote is what keeps jobs waiting for the Seedr account.
type SeedrNote struct {
	Slots, Taken int                 // 0 slots while their number is unknown
	Known        bool                // the space is known
	Free         int64               // bytes
	Down         Reason              // why Seedr cannot be used at all; none if it can
	Full         bool                // Seedr refused a transfer a moment ago
	Needs        map[uuid.UUID]int64 // bytes, by job
}

// Explain returns why the job is in the queue, as of the note. A job that holds
// a slot, that a fault sent back or that is about to be cancelled keeps its
// reason.
func (n QueueNote) Explain(j Job) Reason {
	if !j.Waits() || j.Reason.Code == ReasonCancelRequested {
		return j.Reason
	}
	if lacks, ok := n.Room.lacks(j); ok {
		return lacks
	}
	why := j.Reason
	if why.Code.Problem() == ProblemStorageFull { // no longer
		why = Because(ReasonWaitsForSlot)
	}
	inPool := j.Provider == ProviderAgent && n.Pool != ""
	switch {
	case inPool && n.AgentsAlive == 0:
		return Because(ReasonWaitsForPool, "online", 0)
	case j.Provider == ProviderAgent && n.AgentsAlive == 0:
		return ProblemNoAgent.Because("online", 0)
	case n.Limit > 0 && n.Running >= n.Limit:
		return Because(ReasonWaitsForUserSlot, "running", n.Running, "limit", n.Limit)
	case inPool && n.FreeSlots == 0:
		return Because(ReasonWaitsForPool)
	case j.Provider == ProviderAgent && n.FreeSlots == 0:
		return Because(ReasonWaitsForAgentSlot)
	case j.Provider == ProviderSeedr && n.Seedr != nil:
		return n.Seedr.explain(n.Seedr.Needs[j.ID], why)
	default:
		return why
	}
}

// ExplainToAdmin is Explain for an administrator: what waits for the agents of a
// pool names it. Owners are not told how agents are shared out.
func (n QueueNote) ExplainToAdmin(j Job) Reason {
	why := n.Explain(j)
	ofAgents := why.Code == ReasonWaitsForPool || why.Code.Problem() == ProblemNoAgent || why.Code.Problem() == ProblemDiskFull
	if ofAgents && n.Pool != "" && j.State == StateQueued && j.Provider == ProviderAgent {
		return why.With("pool", n.Pool)
	}
	return why
}

// explain returns why a job that needs this many bytes waits for the account;
// otherwise if nothing does.
func (n SeedrNote) explain(need int64, otherwise Reason) Reason {
	switch {
	case !n.Down.None():
		return n.Down
	case n.Slots > 0 && n.Taken >= n.Slots:
		return ProblemSeedrSlots.Because("taken", n.Slots, "slots", n.Slots)
	case n.Known && need > n.Free:
		return ProblemSeedrFull.Because("need", need, "free", n.Free)
	case n.Known && n.Free == 0:
		return ProblemSeedrFull.Because("free", n.Free)
	case n.Full:
		return ProblemSeedrFull.Reason(nil)
	default:
		return otherwise
	}
}

// lacks says that the owner's storage has no room for the job. A job of unknown
// size needs at least some room.
func (r Room) lacks(j Job) (Reason, bool) {
	free, limited := r.Free()
	switch need := j.QuotaWant - j.QuotaReserved; {
	case limited && need > free:
		return NeedsRoom(need, free), true
	case limited && j.QuotaWant == 0 && j.FileCount == 0 && free == 0:
		return ProblemStorageFull.Reason(nil), true
	default:
		return Reason{}, false
	}
}
