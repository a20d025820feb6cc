package jobs

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/models"
)

// File is a file of a job.
type File struct {
	ID          uuid.UUID `json:"id" format:"uuid"`
	Index       int       `json:"index" doc:"Position in the source, used to choose files"`
	Path        string    `json:"path" doc:"Sanitised; components joined by /"`
	Size        int64     `json:"size" doc:"Bytes; -1 if unknown"`
	ContentType string    `json:"contentType"`
	State       fileState `json:"state"`
	Blocked     bool      `json:"blocked" doc:"Its content is blocked here; it is not delivered"`
	Available   bool      `json:"available" doc:"It can be streamed and downloaded now, whatever state its job is in"`
	Previewable bool      `json:"previewable" doc:"A browser can show or play it"`
}

func fileOf(f models.File) File {
	available := f.State == models.FileStored && !f.Blocked
	return File{
		ID: f.ID, Index: f.Index, Path: f.Path, Size: f.Size, ContentType: f.ContentType, State: fileState(f.State), Blocked: f.Blocked, Available: available,
		Previewable: available && source.InlineType(f.ContentType) != "",
	}
}

type fileState models.FileState

// Schema returns the schema of file states.
func (fileState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "FileState", "State of a file", models.FilePending, models.FileStored, models.FileSkipped, models.FileLost, models.FileTrashed, models.FileDeleted)
}
