package delivery

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/models"
)

// PathSelection is the path of the zips of selections.
const PathSelection = "/p/:token/:name"

// Selections is the part of the store that packs chosen files of the library. Each
// call but the one for running deliveries names the owner first.
type Selections interface {
	Pack(ctx context.Context, userID uuid.UUID, p models.Picked, expires time.Time) (models.Selection, error)
	Selection(ctx context.Context, userID, id uuid.UUID) (models.Selection, error)
	PackedFiles(ctx context.Context, userID, id uuid.UUID) ([]models.File, error)
	// MayDeliverPacked returns not_found when the file may no longer be delivered
	// with the selection, for whatever reason.
	MayDeliverPacked(ctx context.Context, id, fileID uuid.UUID) error
	Selections(ctx context.Context, userID uuid.UUID) ([]models.Selection, error)
	RevokeSelection(ctx context.Context, userID, id uuid.UUID) error
	RevokeSelections(ctx context.Context, userID uuid.UUID) error
}

func (h *linkHandlers) selectionRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "link-selection", Method: http.MethodPost, Path: "/api/v1/library/zip", Tags: []string{tagFiles},
		Summary:     "Create a download link for files and folders as a zip",
		Description: "Over any number of jobs. The zip has what lies there now, under the names of now.",
	}, h.selection)
}

type selectionInput struct {
	Body struct {
		Files   []uuid.UUID `json:"files,omitempty" maxItems:"1000" format:"uuid"`
		Folders []uuid.UUID `json:"folders,omitempty" maxItems:"1000" format:"uuid" doc:"With everything in them"`
	} `nameHint:"ZipFiles"`
}

func (h *linkHandlers) selection(ctx context.Context, in *selectionInput) (*linkOutput, error) {
	user := kit.Caller(ctx)
	if n := len(in.Body.Files) + len(in.Body.Folders); n == 0 || n > models.MaxPicked {
		return nil, models.Errorf(models.CodeInvalid, "Name 1 to %d files and folders.", models.MaxPicked).In("files")
	}
	if err := h.store.RequireFlag(ctx, models.FlagArchives, user.ID); err != nil {
		return nil, err
	}
	if err := h.limits.Allow(ctx, kit.LimitArchive, user.ID.String()); err != nil {
		return nil, err
	}
	s, err := h.store.Pack(ctx, user.ID, models.Picked{Files: in.Body.Files, Folders: in.Body.Folders}, h.signer.expiry())
	if err != nil {
		return nil, err
	}
	return &linkOutput{Body: h.signer.sign(token.PurposeSelection, grant{user.ID, s.ID, s.ID, false}, s.ExpiresAt, "p", selectionName(s))}, nil
}

func selectionName(s models.Selection) string {
	if name := source.SanitizeFileName(s.Name + ".zip"); name != "" {
		return name
	}
	return "files.zip"
}

// selection sends the files of a selection as a zip. What is no longer there is
// left out, which makes it another zip: its ETag says so to whoever resumes.
func (h *deliveryHandlers) selection(c *gin.Context) {
	ctx := c.Request.Context()
	g, err := h.signer.read(token.PurposeSelection, c.Param("token"))
	var s models.Selection
	if err == nil {
		s, err = h.selected(ctx, g)
	}
	if err != nil {
		kit.Abort(c, err)
		return
	}
	if err = h.mayDeliver(ctx, g); err == nil {
		err = h.limits.Allow(ctx, zipLimit(c.Request), g.userID.String())
	}
	if err == nil {
		err = h.store.RequireFlag(ctx, models.FlagArchives, g.userID)
	}
	var files []models.File
	if err == nil {
		files, err = h.store.PackedFiles(ctx, g.userID, g.id)
	}
	if err == nil && len(files) == 0 {
		err = models.Errorf(models.CodeNotFound, "There are no files to zip.")
	}
	if err != nil {
		h.refuse(c, err)
		return
	}
	h.learnSmall(ctx, files)
	header := c.Writer.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", source.ContentDisposition(source.Attachment, selectionName(s)))
	header.Set("Cache-Control", "private, no-cache")
	h.allowApp(c)
	still := func(file uuid.UUID) error { return h.store.MayDeliverPacked(ctx, g.link, file) }
	h.sendZip(c, errand{owner: g.userID, still: still}, files)
}

// selected returns the selection of a link that works.
func (h *deliveryHandlers) selected(ctx context.Context, g grant) (models.Selection, error) {
	s, err := h.store.Selection(ctx, g.userID, g.id)
	if err == nil {
		err = h.ownerReads(ctx, g.userID)
	}
	if models.IsNotFound(err) {
		err = models.Errorf(models.CodeNotFound, "This link is invalid or has expired.").Because(err)
	}
	return s, err
}
