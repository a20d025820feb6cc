package jobs

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// FileLists is the part of the store that lists the files of jobs.
type FileLists interface {
	FilePage(ctx context.Context, userID, jobID uuid.UUID, f models.FileFilter) (models.FilePage, error)
	FilesAfter(ctx context.Context, userID, jobID uuid.UUID, index, limit int) (files []models.File, total int, err error)
	File(ctx context.Context, userID, fileID uuid.UUID) (models.File, error)
}

func (h *jobHandlers) fileRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-job-files", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/files", Tags: []string{tagJobs},
		Summary: "List a job's files", Description: "Page by page, in the order of the source. Empty until the file list is known.",
	}, h.files)
	kit.Handle(r, huma.Operation{
		OperationID: "get-job-outline", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/outline", Tags: []string{tagJobs},
		Summary:     "List a job's files in a compact form",
		Description: "Page by page, for programs that show folders of many files. Empty until the file list is known.",
	}, h.outline)
	kit.Handle(r, huma.Operation{
		OperationID: "get-job-file", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/files/{file}", Tags: []string{tagJobs},
		Summary: "A file of a job",
	}, h.file)
}

type filesInput struct {
	ID     uuid.UUID   `path:"id" format:"uuid"`
	Q      string      `query:"q" maxLength:"200" doc:"Only files whose path contains this; patterns with * and ? have to match a path or a name, and commas separate several"`
	State  []fileState `query:"state" maxItems:"6" doc:"Only files in these states, separated by commas; those that were deleted are listed only if they are named"`
	Index  []int       `query:"index" maxItems:"100" doc:"Only files with these positions in the source, separated by commas"`
	Cursor string      `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int         `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// FileList is one page of a job's files.
type FileList struct {
	Files      []File `json:"files" nullable:"false"`
	NextCursor string `json:"nextCursor" doc:"Empty on the last page"`
	Total      int64  `json:"total" doc:"Matching files on all pages"`
	Size       int64  `json:"size" doc:"Bytes of the matching files on all pages; those of unknown size are left out"`
}

type filesOutput struct{ Body FileList }

func (h *jobHandlers) files(ctx context.Context, in *filesInput) (*filesOutput, error) {
	filter := models.FileFilter{Search: in.Q, Indexes: in.Index, Cursor: in.Cursor, Limit: min(max(in.Limit, 1), maxFiles)}
	for _, s := range in.State {
		filter.States = append(filter.States, models.FileState(s))
	}
	page, err := h.store.FilePage(ctx, kit.Caller(ctx).ID, in.ID, filter)
	if err != nil {
		return nil, err
	}
	out := &filesOutput{Body: FileList{Files: make([]File, 0, len(page.Files)), NextCursor: page.NextCursor, Total: page.Total, Size: page.Size}}
	for _, f := range page.Files {
		out.Body.Files = append(out.Body.Files, fileOf(f))
	}
	return out, nil
}

type fileInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	File uuid.UUID `path:"file" format:"uuid"`
}

type fileOutput struct{ Body File }

func (h *jobHandlers) file(ctx context.Context, in *fileInput) (*fileOutput, error) {
	f, err := h.store.File(ctx, kit.Caller(ctx).ID, in.File)
	if err == nil && f.JobID != in.ID {
		err = models.Errorf(models.CodeNotFound, "No such file.")
	}
	if err != nil {
		return nil, err
	}
	return &fileOutput{Body: fileOf(f)}, nil
}

type outlineInput struct {
	ID     uuid.UUID `path:"id" format:"uuid"`
	Cursor string    `query:"cursor" maxLength:"10" doc:"nextCursor of the previous page"`
}

type outlineOutput struct{ Body kit.Outline }

func (h *jobHandlers) outline(ctx context.Context, in *outlineInput) (*outlineOutput, error) {
	after, err := outlineAfter(in.Cursor)
	if err != nil {
		return nil, err
	}
	files, total, err := h.store.FilesAfter(ctx, kit.Caller(ctx).ID, in.ID, after, maxOutline+1)
	if err != nil {
		return nil, err
	}
	b := newOutline(total)
	for _, f := range files {
		if !b.Add(f.Index, f.Path, f.Size, kit.MarkOf(f), kit.KindOf(f.ContentType)) {
			break
		}
	}
	return &outlineOutput{Body: outlineOf(b)}, nil
}
