package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// contentHandlers serve checks of what is stored against its checksums.
type contentHandlers struct {
	store Store
	uiURL string
}

func (h *contentHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/storage/" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	start := op("start-content-check", http.MethodPost, "checks", "Read stored files again",
		"Reads a share of the stored files, chosen at random, or all of them, in the background and at most at a rate, and compares them with the checksums "+
			"that they were stored with. It changes no file.")
	start.DefaultStatus = http.StatusAccepted
	kit.Handle(r, start, h.start)
	kit.Handle(r, op("list-content-checks", http.MethodGet, "checks", "List checks of contents", "The newest 20. They are kept for 90 days after their end."), h.list)
	kit.Handle(r, op("get-content-check", http.MethodGet, "checks/{id}", "How far a check of contents has come", ""), h.get)
	kit.Handle(r, op("stop-content-check", http.MethodPost, "checks/{id}/stop", "Stop a check of contents",
		"What it found stays. A check that is over stays as it ended."), h.stop)
	kit.Handle(r, op("plan-content-checks", http.MethodPut, "checks/plan", "Schedule checks of contents",
		"A check starts when the last one, however it was started, is so many days ago. 0 days turns it off, which is the default."), h.plan)
	kit.Handle(r, op("list-damaged-files", http.MethodGet, "damaged", "Files whose bytes are not those that were stored",
		"As the last check that read them found."), h.damaged)
}

type checkState models.CheckState

// Schema returns the schema of the states of checks.
func (checkState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "ContentCheckState", "How far a check of contents has come", models.CheckReading, models.CheckDone, models.CheckStopped)
}

// ContentCheck is a check of contents and how far it has come.
type ContentCheck struct {
	ID        uuid.UUID   `json:"id" format:"uuid"`
	State     checkState  `json:"state"`
	Percent   int64       `json:"percent" doc:"Of all stored files"`
	Rate      int64       `json:"rate" doc:"Bytes a second, at most"`
	By        string      `json:"by" doc:"E-mail address of who started it; empty if the account was deleted"`
	Read      int64       `json:"read" doc:"Files that were read"`
	Bytes     int64       `json:"bytes"`
	Damaged   int64       `json:"damaged" doc:"Files whose bytes are not those that were stored"`
	Noted     int64       `json:"noted" doc:"Files without a checksum, which is noted now and compared from then on"`
	Unread    int64       `json:"unread" doc:"Files that are gone, or that storage did not hand out"`
	CreatedAt time.Time   `json:"createdAt"`
	EndedAt   *time.Time  `json:"endedAt"`
	Workflow  JobWorkflow `json:"workflow"`
}

type checkOutput struct{ Body ContentCheck }

func (h *contentHandlers) shown(c models.ContentCheck, err error) (*checkOutput, error) {
	if err != nil {
		return nil, err
	}
	return &checkOutput{Body: h.of(c)}, nil
}

func (h *contentHandlers) of(c models.ContentCheck) ContentCheck {
	return ContentCheck{
		ID: c.ID, State: checkState(c.State), Percent: c.Percent, Rate: c.Rate, By: c.Email, Read: c.Read, Bytes: c.Bytes, Damaged: c.Damaged,
		Noted: c.Noted, Unread: c.Unread, CreatedAt: c.CreatedAt, EndedAt: c.EndedAt, Workflow: workflowAt(c.WorkflowID(), h.uiURL),
	}
}

type checkInput struct {
	Body struct {
		Percent int64 `json:"percent" minimum:"1" maximum:"100" doc:"Of all stored files; 100 reads all"`
		Rate    int64 `json:"rate,omitempty" minimum:"1048576" maximum:"1073741824" doc:"Bytes a second, at most; 20 MiB if it is missing"`
	} `nameHint:"StartContentCheck"`
}

func (h *contentHandlers) start(ctx context.Context, in *checkInput) (*checkOutput, error) {
	return h.shown(h.store.StartContentCheck(ctx, kit.ActorOf(ctx), in.Body.Percent, in.Body.Rate))
}

// CheckPlan is how often a check of contents starts, and how much it reads.
type CheckPlan struct {
	Days    int64 `json:"days" minimum:"0" maximum:"365" doc:"Between two checks; 0 is none"`
	Percent int64 `json:"percent" minimum:"1" maximum:"100" doc:"Of all stored files"`
}

type checkPlan struct{ Body CheckPlan }

func (h *contentHandlers) plan(ctx context.Context, in *checkPlan) (*checkPlan, error) {
	return in, h.store.PlanContentChecks(ctx, kit.ActorOf(ctx), in.Body.Days, in.Body.Percent)
}

type checkID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *contentHandlers) get(ctx context.Context, in *checkID) (*checkOutput, error) {
	return h.shown(h.store.ContentCheck(ctx, in.ID))
}

func (h *contentHandlers) stop(ctx context.Context, in *checkID) (*checkOutput, error) {
	return h.shown(h.store.StopContentCheck(ctx, kit.ActorOf(ctx), in.ID))
}

type checkListOutput struct {
	Body struct {
		Checks []ContentCheck `json:"checks" nullable:"false" doc:"Newest first"`
	} `nameHint:"ContentCheckList"`
}

func (h *contentHandlers) list(ctx context.Context, _ *struct{}) (*checkListOutput, error) {
	all, err := h.store.ContentChecks(ctx, recentCleanups)
	if err != nil {
		return nil, err
	}
	out := &checkListOutput{}
	out.Body.Checks = make([]ContentCheck, 0, len(all))
	for _, c := range all {
		out.Body.Checks = append(out.Body.Checks, h.of(c))
	}
	return out, nil
}

// DamagedFile is a file whose bytes are not those that were stored.
type DamagedFile struct {
	ID      uuid.UUID `json:"id" format:"uuid"`
	JobID   uuid.UUID `json:"jobId" format:"uuid"`
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	Job     string    `json:"job" doc:"Its name"`
	Owner   string    `json:"owner" doc:"E-mail address"`
	FoundAt time.Time `json:"foundAt" doc:"When a check found it first"`
}

type damagedOutput struct {
	Body struct {
		Files      []DamagedFile `json:"files" nullable:"false"`
		NextCursor string        `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"DamagedFileList"`
}

func (h *contentHandlers) damaged(ctx context.Context, in *storagePageInput) (*damagedOutput, error) {
	files, next, err := h.store.DamagedFiles(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &damagedOutput{}
	out.Body.NextCursor, out.Body.Files = next, make([]DamagedFile, 0, len(files))
	for _, f := range files {
		out.Body.Files = append(out.Body.Files, DamagedFile{
			ID: f.ID, JobID: f.JobID, Path: f.Path, Size: f.Size, Job: f.Name, Owner: f.Owner, FoundAt: f.FoundAt,
		})
	}
	return out, nil
}
