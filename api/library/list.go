package library

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/models"
)

// maxPage keeps a page of the longest names below 200 KB.
const maxPage = 100

type (
	fileKind  models.FileKind
	sortedBy  models.LibrarySort
	kindAsked models.FileKind
)

// Schema returns the schema of kinds of files.
func (fileKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "FileKind", "What a file is, by its name", models.KindVideo, models.KindAudio, models.KindImage, models.KindDocument,
		models.KindArchive, models.KindOther)
}

// Schema returns the schema of what a list can be narrowed to.
func (kindAsked) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "LibraryType", "Files of a kind, or folders", models.KindVideo, models.KindAudio, models.KindImage, models.KindDocument,
		models.KindArchive, models.KindOther, models.KindFolder)
}

// Schema returns the schema of the orders.
func (sortedBy) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "LibrarySort", "Order of files; folders come first", models.LibraryByName, models.LibraryBySize, models.LibraryByDate, models.LibraryByKind)
}

type listInput struct {
	Folder uuid.UUID `query:"folder" format:"uuid" doc:"The top of the library without one"`
	Flat   bool      `query:"flat" doc:"Files of all folders"`
	Q      string    `query:"q" maxLength:"200" doc:"Words that the names of files, folders or downloads have, or begin with; in all folders"`
	Type   kindAsked `query:"type"`
	Sort   sortedBy  `query:"sort" default:"name"`
	Order  string    `query:"order" enum:"asc,desc" default:"asc"`
	Cursor string    `query:"cursor" maxLength:"4096" doc:"nextCursor of the previous page"`
	Limit  int       `query:"limit" minimum:"1" maximum:"100" default:"100"`
}

// FolderName is a folder by its name.
type FolderName struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Name string    `json:"name"`
}

// Folder is a folder with what lies anywhere below it.
type Folder struct {
	ID    uuid.UUID  `json:"id" format:"uuid"`
	Name  string     `json:"name"`
	JobID *uuid.UUID `json:"jobId" format:"uuid" nullable:"true" doc:"The job whose files it was made for; null for others"`
	Files int64      `json:"files" doc:"In it and below it"`
	Size  int64      `json:"size" doc:"Bytes of those files"`
}

// StoredFile is a file of the library.
type StoredFile struct {
	ID          uuid.UUID  `json:"id" format:"uuid"`
	Name        string     `json:"name"`
	FolderID    *uuid.UUID `json:"folderId" format:"uuid" nullable:"true" doc:"The folder that it lies in; null for the top of the library"`
	FolderName  string     `json:"folderName" doc:"Empty for the top of the library"`
	JobID       uuid.UUID  `json:"jobId" format:"uuid"`
	JobName     string     `json:"jobName"`
	Size        int64      `json:"size" doc:"Bytes"`
	Kind        fileKind   `json:"kind"`
	ContentType string     `json:"contentType"`
	StoredAt    *time.Time `json:"storedAt"`
	Lost        bool       `json:"lost" doc:"It was stored, and is no longer in storage"`
	Blocked     bool       `json:"blocked" doc:"Its content is blocked here; it is not delivered"`
	Previewable bool       `json:"previewable" doc:"A browser can show or play it as it is delivered"`
}

// Amounts is how many files there are, and their bytes.
type Amounts struct {
	Files int64 `json:"files"`
	Size  int64 `json:"size"`
}

// FolderPage is one page of the library.
type FolderPage struct {
	Path       []FolderName `json:"path" nullable:"false" doc:"Folders down to the one that is listed; empty for the top and for a list over all folders"`
	Folders    []Folder     `json:"folders" nullable:"false" doc:"They come first"`
	Files      []StoredFile `json:"files" nullable:"false"`
	NextCursor string       `json:"nextCursor" doc:"Empty on the last page"`
	Totals     *Amounts     `json:"totals" doc:"Of what the list has: of a folder also what lies deeper. Null behind the first page"`
}

// TransformSchema lets the totals be null.
func (FolderPage) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "totals")
}

type listOutput struct{ Body FolderPage }

func (h *handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	user := kit.Caller(ctx).ID
	f := models.LibraryFilter{
		Folder: in.Folder, Flat: in.Flat, Search: in.Q, Kind: models.FileKind(in.Type), Sort: models.LibrarySort(in.Sort), Desc: in.Order == "desc",
		Cursor: in.Cursor, Limit: min(max(in.Limit, 1), maxPage),
	}
	if f.Folder == uuid.Nil {
		f.Folder = user
	}
	page, err := h.store.List(ctx, user, f)
	if err != nil {
		return nil, err
	}
	return &listOutput{Body: pageOf(user, page)}, nil
}

type fileOutput struct{ Body StoredFile }

func (h *handlers) file(ctx context.Context, in *idInput) (*fileOutput, error) {
	user := kit.Caller(ctx).ID
	f, err := h.store.LibraryFile(ctx, user, in.ID)
	if err != nil {
		return nil, err
	}
	return &fileOutput{Body: fileOf(user, f)}, nil
}

func pageOf(user uuid.UUID, p models.LibraryPage) FolderPage {
	out := FolderPage{
		Path: make([]FolderName, 0, len(p.Path)), Folders: make([]Folder, 0, len(p.Folders)), Files: make([]StoredFile, 0, len(p.Files)),
		NextCursor: p.NextCursor,
	}
	if p.Totals != nil {
		out.Totals = &Amounts{p.Totals.Files, p.Totals.Size}
	}
	for _, f := range p.Path {
		out.Path = append(out.Path, FolderName{f.ID, f.Name})
	}
	for _, f := range p.Folders {
		out.Folders = append(out.Folders, Folder{ID: f.ID, Name: f.Name, JobID: f.JobID, Files: f.Files, Size: f.Size})
	}
	for _, f := range p.Files {
		out.Files = append(out.Files, fileOf(user, f))
	}
	return out
}

func fileOf(user uuid.UUID, f models.LibraryFile) StoredFile {
	if f.FolderID != nil && *f.FolderID == user {
		f.FolderID = nil
	}
	lost := f.State == models.FileLost
	return StoredFile{
		ID: f.ID, Name: f.Title(), FolderID: f.FolderID, FolderName: f.FolderName, JobID: f.JobID, JobName: f.JobName, Size: f.Size,
		Kind: fileKind(f.Kind), ContentType: f.ContentType, StoredAt: f.StoredAt, Lost: lost, Blocked: f.Blocked,
		Previewable: !lost && !f.Blocked && source.InlineType(f.ContentType) != "",
	}
}
