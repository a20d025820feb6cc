package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// maxTimeline is how many events of a job are shown at once.
const maxTimeline = 500

// jobHandlers serve the jobs of all users.
type jobHandlers struct {
	store Store
	uiURL string // of the workflow engine's namespace; empty for none
}

func (h *jobHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-all-jobs", http.MethodGet, "jobs", "List the jobs of all users",
		"Deleted jobs are left out. Audited with the filter: the first page only, and the same filter once an hour."), h.list)
	export := op("export-jobs", http.MethodGet, "jobs.csv", "Export the jobs of all users as CSV",
		"Everything that the filter finds, oldest first. Audited with the filter.")
	export.Responses = csvResponse("job")
	kit.Handle(r, export, h.export)
	kit.Handle(r, op("get-any-job", http.MethodGet, "jobs/{id}", "A user's job with its timeline, attempts and workflow", "Audited, once an hour."), h.get)
	for _, a := range []struct {
		name                 models.Action
		summary, description string
	}{
		{models.ActionCancel, "Cancel a user's job", ""},
		{models.ActionPause, "Pause a user's job", "It keeps what it has fetched."},
		{models.ActionResume, "Resume a user's paused job", ""},
		{models.ActionRetry, "Retry a user's job", "It keeps what is already stored."},
	} {
		o := op(string(a.name)+"-any-job", http.MethodPost, "jobs/{id}/"+string(a.name), a.summary,
			strings.TrimSpace(a.description+" The owner sees in the timeline that an administrator did it, with the note."))
		o.DefaultStatus = http.StatusAccepted
		kit.Handle(r, o, h.act(a.name))
	}
	moves := op("move-job", http.MethodPost, "jobs/{id}/provider", "Move an open job to another provider or agent",
		"It keeps what is in storage. At another provider it returns to the queue. A job that runs on an agent and is moved to the agents runs on another one, "+
			"unless no other has room. It moves within seconds, or as soon as a worker is there.")
	moves.DefaultStatus = http.StatusAccepted
	kit.Handle(r, moves, h.move)
	deletes := op("delete-any-job", http.MethodPost, "jobs/{id}/delete", "Delete a user's job and its files",
		"It goes to the owner's trash unless that is to be final or there is nothing to restore. "+
			"The owner gets a mail with the note; jobs that are deleted within a minute share one.")
	deletes.DefaultStatus = http.StatusNoContent
	kit.Handle(r, deletes, h.remove)
}

// problemName is a problem, never empty.
type problemName models.Problem

// Schema returns the schema of problems, which those of jobs bring along.
func (problemName) Schema(huma.Registry) *huma.Schema { return kit.Ref("ProblemCode") }

// JobQuery says which jobs are meant, in an address or in a body.
type JobQuery struct {
	State       []kit.JobState   `json:"state,omitempty" query:"state" maxItems:"20" doc:"Only jobs in these states, separated by commas"`
	Reason      []kit.ReasonCode `json:"reason,omitempty" query:"reason" maxItems:"50" doc:"Only jobs with these reasons, as stored: what a queued job waits for at this moment is not"`
	Problem     []problemName    `json:"problem,omitempty" query:"problem" maxItems:"50" doc:"Only jobs with these problems"`
	Provider    kit.Provider     `json:"provider,omitempty" query:"provider" doc:"Only jobs at this provider"`
	Agent       uuid.UUID        `json:"agent,omitzero" query:"agent" format:"uuid" doc:"Only jobs whose newest attempt is, or was, on this agent"`
	User        string           `json:"user,omitempty" query:"user" maxLength:"254" doc:"Only jobs of this account, by its id or address"`
	CreatedFrom time.Time        `json:"createdFrom,omitzero" query:"createdFrom" doc:"Submitted at this time or later"`
	CreatedTo   time.Time        `json:"createdTo,omitzero" query:"createdTo" doc:"Submitted before this time"`
	SizeMin     int64            `json:"sizeMin,omitempty" query:"sizeMin" minimum:"0" doc:"Bytes; leaves out jobs of unknown size"`
	SizeMax     int64            `json:"sizeMax,omitempty" query:"sizeMax" minimum:"0" doc:"Bytes; leaves out jobs of unknown size, 0 is no bound"`
	InfoHash    string           `json:"infoHash,omitempty" query:"infoHash" maxLength:"64" doc:"An info hash or at least its first six digits"`
	Q           string           `json:"q,omitempty" query:"q" maxLength:"200" doc:"Part of the name, at least three characters"`
}

// match returns what the query asks for, and looks the account up.
func (h *jobHandlers) match(ctx context.Context, q JobQuery) (models.JobMatch, error) {
	m := models.JobMatch{
		Provider: models.Provider(q.Provider), Agent: q.Agent, CreatedFrom: q.CreatedFrom, CreatedTo: q.CreatedTo,
		SizeMin: q.SizeMin, SizeMax: q.SizeMax, Hash: q.InfoHash, Name: q.Q,
	}
	for _, s := range q.State {
		m.States = append(m.States, models.State(s))
	}
	for _, r := range q.Reason {
		m.Reasons = append(m.Reasons, models.ReasonCode(r))
	}
	for _, p := range q.Problem {
		m.Problems = append(m.Problems, models.Problem(p))
	}
	if q.User == "" {
		return m, nil
	}
	var err error
	m.User, err = accountNamed(ctx, h.store, q.User)
	return m, err
}

type jobListInput struct {
	JobQuery
	Sort   string `query:"sort" enum:"created,-created,name,-name,size,-size" default:"-created" doc:"Order; a leading minus reverses it"`
	Cursor string `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type jobListOutput struct {
	Body struct {
		Jobs       []OwnedJob `json:"jobs" nullable:"false" doc:"Without progress"`
		NextCursor string     `json:"nextCursor" doc:"Empty on the last page"`
		Total      int64      `json:"total" doc:"Matching jobs on all pages, counted with the first page up to 10000"`
		More       bool       `json:"more" doc:"There are more than total"`
	} `nameHint:"OwnedJobList"`
}

func (h *jobHandlers) list(ctx context.Context, in *jobListInput) (*jobListOutput, error) {
	match, err := h.match(ctx, in.JobQuery)
	if err != nil {
		return nil, err
	}
	by, desc := strings.CutPrefix(in.Sort, "-")
	found, err := h.store.AllJobs(ctx, kit.ActorOf(ctx), models.AllJobsFilter{
		JobMatch: match, Sort: models.JobSort(by), Desc: desc, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &jobListOutput{}
	out.Body.Jobs = make([]OwnedJob, 0, len(found.Jobs))
	for _, j := range found.Jobs {
		out.Body.Jobs = append(out.Body.Jobs, ownedJobOf(j, nil))
	}
	out.Body.NextCursor, out.Body.Total, out.Body.More = found.NextCursor, found.Total, found.More
	return out, nil
}

type jobDetailInput struct {
	ID    uuid.UUID `path:"id" format:"uuid"`
	After int64     `query:"after" minimum:"0" default:"0" doc:"Only events with a greater id"`
}

type jobDetailOutput struct{ Body JobDetail }

func (h *jobHandlers) get(ctx context.Context, in *jobDetailInput) (*jobDetailOutput, error) {
	d, err := h.store.JobDetail(ctx, kit.ActorOf(ctx), in.ID, in.After, maxTimeline)
	if err != nil {
		return nil, err
	}
	if d.State == models.StateQueued {
		note, err := h.store.QueueNote(ctx, d.UserID)
		if err != nil {
			return nil, err
		}
		d.Reason = note.ExplainToAdmin(d.Job)
	}
	return &jobDetailOutput{Body: jobDetailOf(d, h.uiURL)}, nil
}

// note is what an administrator tells the owner.
type note string

// Schema returns the schema of notes.
func (note) Schema(huma.Registry) *huma.Schema {
	most := models.MaxActNote
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most, Description: "For the owner; one line"}
}

// text returns the note on one line.
func (n note) text() string { return strings.Join(strings.Fields(string(n)), " ") }

type actInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body *struct {
		Note note `json:"note,omitempty"`
	} `nameHint:"ActOnJob"`
}

func (in *actInput) act(name models.Action) models.AdminAct {
	a := models.AdminAct{Action: name}
	if in.Body != nil {
		a.Note = in.Body.Note.text()
	}
	return a
}

// JobRequested is a job right after something was asked of it.
type JobRequested struct {
	Body kit.Job
}

// act returns the handler of an act that the owner could do, too.
func (h *jobHandlers) act(name models.Action) func(context.Context, *actInput) (*JobRequested, error) {
	return func(ctx context.Context, in *actInput) (*JobRequested, error) {
		job, err := h.store.RequestAct(ctx, kit.ActorOf(ctx), in.ID, in.act(name))
		if err != nil {
			return nil, err
		}
		return &JobRequested{Body: kit.JobOf(job, nil)}, nil
	}
}

type removeInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body *struct {
		Note  note `json:"note,omitempty"`
		Final bool `json:"final,omitempty" doc:"Delete it for good, so that the owner can't restore it"`
	} `nameHint:"DeleteJob"`
}

func (h *jobHandlers) remove(ctx context.Context, in *removeInput) (*kit.Empty, error) {
	a := models.AdminAct{Action: models.ActionDelete}
	if in.Body != nil {
		a.Note, a.Final = in.Body.Note.text(), in.Body.Final
	}
	if _, err := h.store.RequestAct(ctx, kit.ActorOf(ctx), in.ID, a); err != nil {
		return nil, err
	}
	return &kit.Empty{}, nil
}

type moveInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Provider kit.Provider `json:"provider"`
		Note     note         `json:"note,omitempty"`
	} `nameHint:"MoveJob"`
}

func (h *jobHandlers) move(ctx context.Context, in *moveInput) (*JobRequested, error) {
	job, err := h.store.RequestAct(ctx, kit.ActorOf(ctx), in.ID, models.AdminAct{
		Action: models.ActionMove, Provider: models.Provider(in.Body.Provider), Note: in.Body.Note.text(),
	})
	if err != nil {
		return nil, err
	}
	return &JobRequested{Body: kit.JobOf(job, nil)}, nil
}
