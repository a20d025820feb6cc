package kit

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/models"
	"longhaul/models/wording"
)

// Job is a job as its owner sees it. It leaves out the source's address, which
// may contain passkeys.
type Job struct {
	ID          uuid.UUID   `json:"id" format:"uuid"`
	Name        string      `json:"name" doc:"Empty until it is known"`
	SourceKind  SourceKind  `json:"sourceKind"`
	Origin      string      `json:"origin" doc:"The web address that led to this torrent, without its query; empty for a job that was submitted as it is"`
	InfoHash    string      `json:"infoHash" doc:"Hex; empty for a URL"`
	Size        *int64      `json:"size" doc:"Bytes of the selected files; null while unknown"`
	FileCount   int         `json:"fileCount" doc:"Selected files; 0 while unknown"`
	State       JobState    `json:"state"`
	StateSince  time.Time   `json:"stateSince"`
	Reason      Reason      `json:"reason" doc:"Why it is in this state"`
	NextAction  string      `json:"nextAction" doc:"What happens next, in one plain English sentence, derived from the reason and the figures below"`
	Deadline    *time.Time  `json:"deadline" doc:"When this wait ends at the latest, even by giving up; null if it is open-ended"`
	Attempt     int         `json:"attempt" doc:"The current or next attempt; 0 while attempts are not counted"`
	MaxAttempts int         `json:"maxAttempts" doc:"After this many attempts, the job needs attention"`
	Blocked     bool        `json:"blocked" doc:"Its content is blocked here; nothing of it is delivered"`
	Problem     ProblemCode `json:"problem" doc:"The fault behind the state; empty if none"`
	Provider    Provider    `json:"provider"`
	Actions     []JobAction `json:"actions" nullable:"false" doc:"What can be done to it now"`
	MovableTo   []Provider  `json:"movableTo" nullable:"false" doc:"Providers that an administrator can move it to; agent for a job that an agent runs means another agent"`
	Labels      []uuid.UUID `json:"labels" nullable:"false" doc:"Ids of the labels that its owner gave it"`
	CreatedAt   time.Time   `json:"createdAt"`
	UpdatedAt   time.Time   `json:"updatedAt"`
	FinishedAt  *time.Time  `json:"finishedAt"`
	Progress    *Progress   `json:"progress" doc:"The transfer's latest known progress; null if there is none"`
}

// TransformSchema lets the progress be null.
func (Job) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return Nullable(s, "progress")
}

// Progress is the latest known progress of a running transfer.
type Progress struct {
	JobID       uuid.UUID  `json:"jobId" format:"uuid"`
	Phase       Phase      `json:"phase"`
	BytesTotal  int64      `json:"bytesTotal" doc:"-1 while unknown"`
	BytesDone   int64      `json:"bytesDone" doc:"Verified bytes"`
	BytesStored int64      `json:"bytesStored" doc:"Bytes in storage"`
	DownRate    int64      `json:"downRate" doc:"Bytes per second"`
	UpRate      int64      `json:"upRate" doc:"Bytes per second"`
	Peers       int        `json:"peers"`
	Seeders     int        `json:"seeders"`
	ETASeconds  *int64     `json:"etaSeconds" doc:"Null while unknown"`
	Waiting     *Reason    `json:"waiting" doc:"Why no bytes arrive; null while they do"`
	GivesUpAt   *time.Time `json:"givesUpAt" doc:"When the wait ends in a problem"`
	UpdatedAt   time.Time  `json:"updatedAt"`
}

// TransformSchema lets the reason be null.
func (Progress) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return Nullable(s, "waiting")
}

// ProgressOf returns the progress of a transfer.
func ProgressOf(p models.Progress) Progress {
	return Progress{
		JobID: p.JobID, Phase: Phase(p.Phase), BytesTotal: p.BytesTotal, BytesDone: p.BytesDone,
		BytesStored: p.BytesStored, DownRate: p.DownRate, UpRate: p.UpRate, Peers: p.Peers, Seeders: p.Seeders,
		ETASeconds: p.ETASeconds, Waiting: ReasonOrNil(p.Waiting), GivesUpAt: p.GivesUpAt, UpdatedAt: p.UpdatedAt,
	}
}

// JobOf returns a job without progress if it is not running, because that would
// be stale.
func JobOf(j models.Job, progress map[uuid.UUID]models.Progress) Job {
	next := wording.Condition{State: j.State, Deadline: j.Deadline, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts}
	out := Job{
		ID: j.ID, Name: j.Name, SourceKind: SourceKind(j.SourceKind), Origin: source.Readable(j.OriginURI), InfoHash: infoHashOf(j), Size: j.Size,
		FileCount: j.FileCount, State: JobState(j.State), StateSince: j.StateSince, Reason: ReasonOf(j.Why()),
		NextAction: wording.API().Next(j.Why(), next), Deadline: j.Deadline, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts,
		Blocked: j.Blocked, Problem: ProblemCode(j.Problem), Provider: Provider(j.Provider),
		CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt, FinishedAt: j.FinishedAt, Actions: []JobAction{}, MovableTo: []Provider{},
		Labels: []uuid.UUID{},
	}
	for _, a := range j.Actions() {
		out.Actions = append(out.Actions, JobAction(a))
	}
	for _, p := range j.MovableTo() {
		out.MovableTo = append(out.MovableTo, Provider(p))
	}
	if p, ok := progress[j.ID]; ok && !j.State.Terminal() {
		dto := ProgressOf(p)
		if !j.State.Running() {
			dto.DownRate, dto.UpRate, dto.ETASeconds = 0, 0, nil
		}
		out.Progress = &dto
	}
	return out
}

func infoHashOf(j models.Job) string {
	switch {
	case j.InfoHashV1 != nil:
		return *j.InfoHashV1
	case j.InfoHashV2 != nil:
		return *j.InfoHashV2
	default:
		return ""
	}
}

// Event is one entry of a job's timeline.
type Event struct {
	ID      int64       `json:"id"`
	Kind    EventKind   `json:"kind"`
	State   JobState    `json:"state" doc:"The job's state after it"`
	Problem ProblemCode `json:"problem" doc:"Empty if there is none"`
	Reason  Reason      `json:"reason"`
	At      time.Time   `json:"at"`
}

// EventOf returns an entry of a timeline.
func EventOf(e models.Event) Event {
	return Event{
		ID: e.ID, Kind: EventKind(e.Kind), State: JobState(e.State), Problem: ProblemCode(e.Problem),
		Reason: ReasonOf(e.Reason), At: e.At,
	}
}
