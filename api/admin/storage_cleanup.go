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

// recentCleanups is how many cleanups are listed.
const recentCleanups = 20

// cleanupHandlers serve cleanups of storage.
type cleanupHandlers struct {
	store Store
	uiURL string
}

func (h *cleanupHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/storage/cleanup" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	start := op("start-cleanup", http.MethodPost, "", "Look for what has no row or no object",
		"Lists objects and multipart uploads without a row, and files without an object, in the background. It removes nothing: "+
			"what it lists is kept for a week from then on, or removed when you confirm it.")
	start.DefaultStatus = http.StatusAccepted
	kit.Handle(r, start, h.start)
	kit.Handle(r, op("list-cleanups", http.MethodGet, "", "List cleanups of storage", "The newest 20. They are kept for 90 days."), h.list)
	kit.Handle(r, op("get-cleanup", http.MethodGet, "/{id}", "How far a cleanup of storage has come", ""), h.get)
	kit.Handle(r, op("list-cleanup-items", http.MethodGet, "/{id}/items", "What a cleanup found, and what became of it", ""), h.items)
	confirm := op("confirm-cleanup", http.MethodPost, "/{id}/confirm", "Remove what a cleanup found",
		"Objects and uploads are removed for good; files without an object are marked as lost. Each is looked for again first, and what changed is spared. "+
			"Refused while deletion is paused.")
	confirm.DefaultStatus = http.StatusAccepted
	kit.Handle(r, confirm, h.confirm)
	kit.Handle(r, op("stop-cleanup", http.MethodPost, "/{id}/stop", "Stop a cleanup of storage",
		"What was removed stays removed. A cleanup that is over stays as it ended."), h.stop)
}

type (
	cleanupState     models.CleanupState
	cleanupKind      models.CleanupKind
	cleanupItemState models.CleanupItemState
	cleanupWhy       models.CleanupWhy
)

// Schema returns the schema of the states of cleanups.
func (cleanupState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "CleanupState", "How far a cleanup of storage has come; found waits for a confirmation", models.CleanupLooking,
		models.CleanupFound, models.CleanupRemoving, models.CleanupDone, models.CleanupStopped)
}

// Schema returns the schema of what cleanups find.
func (cleanupKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "CleanupKind", "An object or an open multipart upload without a row, or a row without an object", models.CleanupObject,
		models.CleanupUpload, models.CleanupRow)
}

// Schema returns the schema of what became of what a cleanup found.
func (cleanupItemState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "CleanupItemState", "What became of what a cleanup found; a row that is removed is marked as lost", models.CleanupItemFound,
		models.CleanupItemRemoved, models.CleanupItemSpared, models.CleanupItemFailed)
}

// Schema returns the schema of why something was not removed.
func (cleanupWhy) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "CleanupWhy", "Why it was not removed; empty if it was, or may yet be", models.CleanupWhy(""), models.CleanupHasRow,
		models.CleanupChanged, models.CleanupGone, models.CleanupBack, models.CleanupRefused)
}

// Cleanup is a cleanup of storage and how far it has come.
type Cleanup struct {
	ID           uuid.UUID     `json:"id" format:"uuid"`
	State        cleanupState  `json:"state"`
	Halted       string        `json:"halted" enum:",restored,other_bucket" doc:"Why removing ended early: deletion was paused"`
	Kinds        []cleanupKind `json:"kinds" nullable:"false"`
	GraceHours   int64         `json:"graceHours" doc:"What is younger is left alone"`
	By           string        `json:"by" doc:"E-mail address of who started it; empty if the account was deleted"`
	Scanned      int64         `json:"scanned" doc:"Objects, uploads and rows that were looked at"`
	Total        int64         `json:"total" doc:"What was found; grows while state is looking"`
	Bytes        int64         `json:"bytes"`
	Removed      int64         `json:"removed"`
	RemovedBytes int64         `json:"removedBytes" doc:"Of objects"`
	Spared       int64         `json:"spared"`
	Failed       int64         `json:"failed"`
	CreatedAt    time.Time     `json:"createdAt"`
	ConfirmedAt  *time.Time    `json:"confirmedAt"`
	EndedAt      *time.Time    `json:"endedAt"`
	Workflow     JobWorkflow   `json:"workflow"`
}

func cleanupOf(c models.Cleanup, uiURL string) Cleanup {
	out := Cleanup{
		ID: c.ID, State: cleanupState(c.State), Halted: string(c.Halted), GraceHours: int64(c.Grace / time.Hour), By: c.Email, Scanned: c.Scanned,
		Total: c.Total, Bytes: c.Bytes, Removed: c.Removed, RemovedBytes: c.RemovedBytes, Spared: c.Spared, Failed: c.Failed,
		CreatedAt: c.CreatedAt, ConfirmedAt: c.ConfirmedAt, EndedAt: c.EndedAt, Workflow: workflowAt(c.WorkflowID(), uiURL),
		Kinds: make([]cleanupKind, 0, len(c.Kinds)),
	}
	for _, k := range c.Kinds {
		out.Kinds = append(out.Kinds, cleanupKind(k))
	}
	return out
}

type cleanupOutput struct{ Body Cleanup }

func (h *cleanupHandlers) shown(c models.Cleanup, err error) (*cleanupOutput, error) {
	if err != nil {
		return nil, err
	}
	return &cleanupOutput{Body: cleanupOf(c, h.uiURL)}, nil
}

type cleanupInput struct {
	Body struct {
		Kinds      []cleanupKind `json:"kinds,omitempty" maxItems:"3" doc:"Without it, all"`
		GraceHours int64         `json:"graceHours,omitempty" minimum:"1" maximum:"8760" doc:"What is younger is left alone; 1 if it is missing"`
	} `nameHint:"StartCleanup"`
}

func (h *cleanupHandlers) start(ctx context.Context, in *cleanupInput) (*cleanupOutput, error) {
	r := models.CleanupRequest{Grace: time.Duration(in.Body.GraceHours) * time.Hour}
	for _, k := range in.Body.Kinds {
		r.Kinds = append(r.Kinds, models.CleanupKind(k))
	}
	return h.shown(h.store.StartCleanup(ctx, kit.ActorOf(ctx), r))
}

type cleanupID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *cleanupHandlers) get(ctx context.Context, in *cleanupID) (*cleanupOutput, error) {
	return h.shown(h.store.Cleanup(ctx, in.ID))
}

func (h *cleanupHandlers) stop(ctx context.Context, in *cleanupID) (*cleanupOutput, error) {
	return h.shown(h.store.StopCleanup(ctx, kit.ActorOf(ctx), in.ID))
}

type confirmCleanupInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Confirm string `json:"confirm" maxLength:"20" doc:"The word remove, typed as confirmation"`
	} `nameHint:"ConfirmCleanup"`
}

func (h *cleanupHandlers) confirm(ctx context.Context, in *confirmCleanupInput) (*cleanupOutput, error) {
	if in.Body.Confirm != "remove" {
		return nil, models.Errorf(models.CodeInvalid, "Type remove to confirm.").In("confirm")
	}
	return h.shown(h.store.ConfirmCleanup(ctx, kit.ActorOf(ctx), in.ID))
}

type cleanupListOutput struct {
	Body struct {
		Cleanups []Cleanup `json:"cleanups" nullable:"false" doc:"Newest first"`
	} `nameHint:"CleanupList"`
}

func (h *cleanupHandlers) list(ctx context.Context, _ *struct{}) (*cleanupListOutput, error) {
	all, err := h.store.Cleanups(ctx, recentCleanups)
	if err != nil {
		return nil, err
	}
	out := &cleanupListOutput{}
	out.Body.Cleanups = make([]Cleanup, 0, len(all))
	for _, c := range all {
		out.Body.Cleanups = append(out.Body.Cleanups, cleanupOf(c, h.uiURL))
	}
	return out, nil
}

// CleanupItem is something that a cleanup found, and what became of it.
type CleanupItem struct {
	Kind       cleanupKind      `json:"kind"`
	Key        string           `json:"key" doc:"Of the object"`
	UploadID   string           `json:"uploadId" doc:"Of a multipart upload; empty otherwise"`
	Size       int64            `json:"size"`
	ModifiedAt time.Time        `json:"modifiedAt" doc:"When the object or the row was written"`
	State      cleanupItemState `json:"state"`
	Why        cleanupWhy       `json:"why"`
	ActedAt    *time.Time       `json:"actedAt"`
	JobID      string           `json:"jobId" doc:"Of a row; empty otherwise, and if the job was deleted"`
	Job        string           `json:"job" doc:"The name of the job"`
	Owner      string           `json:"owner" doc:"E-mail address of the job's owner"`
}

type cleanupItemsInput struct {
	ID     uuid.UUID        `path:"id" format:"uuid"`
	State  cleanupItemState `query:"state" doc:"Only what is in this state"`
	Cursor string           `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int              `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type cleanupItemsOutput struct {
	Body struct {
		Items      []CleanupItem `json:"items" nullable:"false" doc:"In the order in which they were found"`
		NextCursor string        `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"CleanupItemList"`
}

func (h *cleanupHandlers) items(ctx context.Context, in *cleanupItemsInput) (*cleanupItemsOutput, error) {
	items, next, err := h.store.CleanupItems(ctx, in.ID, models.CleanupItemState(in.State), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &cleanupItemsOutput{}
	out.Body.NextCursor, out.Body.Items = next, make([]CleanupItem, 0, len(items))
	for _, i := range items {
		item := CleanupItem{
			Kind: cleanupKind(i.Kind), Key: i.Key, UploadID: i.UploadID, Size: i.Size, ModifiedAt: i.ModifiedAt, State: cleanupItemState(i.State),
			Why: cleanupWhy(i.Why), ActedAt: i.ActedAt, Job: i.Name, Owner: i.Owner,
		}
		if i.JobID != nil {
			item.JobID = i.JobID.String()
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
}
