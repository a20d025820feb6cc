package models

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The audited acts of administrators on other people's jobs; see also
// Action.Audit.
const (
	AuditJobsListed   AuditAction = "job.list"
	AuditJobsExported AuditAction = "job.export"
	AuditJobRead      AuditAction = "job.read"
)

// Audit returns what an administrator's action on a job is called in the audit
// log.
func (a Action) Audit() AuditAction {
	if a == ActionMove {
		return AuditJobMoved
	}
	return AuditAction("job." + string(a))
}

// MaxActNote bounds what an administrator tells a job's owner, in characters.
const MaxActNote = 300

// AdminAct is what an administrator does to someone's job.
type AdminAct struct {
	Action   Action
	Provider Provider // where a move leads
	Note     string   // for the owner; may be empty
	Final    bool     // a deletion is for good, not to the owner's trash
}

// JobMatch says which of all users' jobs an administrator means, to list, export
// or act on them. What is not set matches every job; deleted jobs never match.
type JobMatch struct {
	States      []State      `json:"state,omitempty"`   // any of these
	Reasons     []ReasonCode `json:"reason,omitempty"`  // any of these, as stored
	Problems    []Problem    `json:"problem,omitempty"` // any of these
	Provider    Provider     `json:"provider,omitempty"`
	Agent       uuid.UUID    `json:"agent,omitzero"` // had the newest attempt
	User        uuid.UUID    `json:"user,omitzero"`
	CreatedFrom time.Time    `json:"createdFrom,omitzero"` // this time or later
	CreatedTo   time.Time    `json:"createdTo,omitzero"`   // before this time
	SizeMin     int64        `json:"sizeMin,omitempty"`    // bytes; a job of unknown size has no less and no more than any
	SizeMax     int64        `json:"sizeMax,omitempty"`
	Hash        string       `json:"infoHash,omitempty"` // an info hash or its beginning
	Name        string       `json:"q,omitempty"`        // part of the name without regard to case
}

// minSearch is how many characters of a name can be looked up by an index.
const minSearch = 3

var hashBeginning = regexp.MustCompile(`^[0-9a-f]{6,64}$`)

// Checked returns the match with its texts in the form that is stored. It
// refuses what no job can match, and names the field.
func (m JobMatch) Checked() (JobMatch, error) {
	m.Name, m.Hash = strings.TrimSpace(m.Name), strings.ToLower(strings.TrimSpace(m.Hash))
	for _, s := range m.States {
		if !s.Valid() {
			return m, Errorf(CodeInvalid, "%q is not a job state.", bounded(string(s))).In("state")
		}
	}
	for _, r := range m.Reasons {
		if !r.Valid() {
			return m, Errorf(CodeInvalid, "%q is not a reason code.", bounded(string(r))).In("reason")
		}
	}
	for _, p := range m.Problems {
		if ReasonCode(p).Problem() == "" {
			return m, Errorf(CodeInvalid, "%q is not a problem code.", bounded(string(p))).In("problem")
		}
	}
	switch {
	case m.Provider != "" && !m.Provider.Valid():
		return m, Errorf(CodeInvalid, "Use agent or seedr.").In("provider")
	case m.SizeMax > 0 && m.SizeMax < m.SizeMin:
		return m, Errorf(CodeInvalid, "This is less than sizeMin.").In("sizeMax")
	case !m.CreatedTo.IsZero() && !m.CreatedTo.After(m.CreatedFrom):
		return m, Errorf(CodeInvalid, "This is not after createdFrom.").In("createdTo")
	case m.Hash != "" && !hashBeginning.MatchString(m.Hash):
		return m, Errorf(CodeInvalid, "Give an info hash or at least its first six digits.").In("infoHash")
	case m.Name != "" && utf8.RuneCountInString(m.Name) < minSearch:
		return m, Errorf(CodeInvalid, "Give at least %d characters of the name.", minSearch).In("q")
	case strings.ContainsRune(m.Name, 0):
		return m, Errorf(CodeInvalid, "This contains a character that no name has.").In("q")
	default:
		return m, nil
	}
}

// AllJobsFilter selects a page of the jobs of all users.
type AllJobsFilter struct {
	JobMatch
	Sort   JobSort // empty is by creation
	Desc   bool
	Cursor string // AllJobsPage.NextCursor of the previous page; empty for the first
	Limit  int
}

// MaxJobTotal is how far the jobs of all users are counted.
const MaxJobTotal = 10_000

// AllJobsPage is one page of the jobs of all users.
type AllJobsPage struct {
	Jobs       []OwnedJob
	NextCursor string // empty on the last page
	Total      int64  // jobs on all pages, counted with the first one, at most MaxJobTotal
	More       bool   // there are more than Total
}

// OwnedJob is a job as administrators see it: with its owner and the agent of
// its newest attempt.
type OwnedJob struct {
	Job
	OwnerEmail string
	AgentName  string // empty without an agent
}

// JobDetail is everything that administrators see of a job.
type JobDetail struct {
	OwnedJob
	Progress *Progress         // nil if there is none
	Files    map[FileState]int // how many; states without files are left out
	Events   []Event           // oldest first
	Attempts []PlacedAttempt   // oldest first
}

// PlacedAttempt is an attempt with the name of its agent, empty if it had none
// or the agent was removed.
type PlacedAttempt struct {
	Attempt
	AgentName string
}

// Facts returns what is matched, for the audit log, which hides what is named a
// hash.
func (m JobMatch) Facts() (map[string]any, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode a filter: %w", err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("decode a filter: %w", err)
	}
	if m.Hash != "" {
		delete(out, "infoHash")
		out["torrent"] = m.Hash
	}
	return out, nil
}
