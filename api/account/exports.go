package account

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// ExportStore is what the exports of an account's data ask of the store.
type ExportStore interface {
	RequestExport(ctx context.Context, by models.Actor, userID uuid.UUID) (models.Export, error)
	Exports(ctx context.Context, userID uuid.UUID) ([]models.Export, error)
	Export(ctx context.Context, userID, id uuid.UUID) (models.Export, error)
}

// Objects reads what is in storage.
type Objects interface {
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// exportHandlers give an account's owner all that is stored about it.
type exportHandlers struct {
	store   ExportStore
	objects Objects
	limits  kit.Limiter
}

func (h *exportHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/me/exports" + path, Tags: []string{"account"}, Summary: summary, Description: description,
		}
	}
	request := op("request-export", http.MethodPost, "", "Have all that is stored about you collected",
		"A mail tells when the zip of JSON files is ready. One at a time.")
	request.DefaultStatus = http.StatusAccepted
	kit.Handle(r, request, h.request)
	kit.Handle(r, op("list-exports", http.MethodGet, "", "Your exports", "Those that can be downloaded or are being made, newest first."), h.list)
	get := op("get-export", http.MethodGet, "/{id}/zip", "Download an export", "Within seven days.")
	get.Responses = map[string]*huma.Response{"200": {Description: "The zip", Content: map[string]*huma.MediaType{"application/zip": {}}}}
	kit.Handle(r, get, h.get)
}

// Export is a zip with all that is stored about an account.
type Export struct {
	ID        uuid.UUID  `json:"id" format:"uuid"`
	Ready     bool       `json:"ready" doc:"It can be downloaded"`
	Size      int64      `json:"size" doc:"Bytes; 0 until it is ready"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt" doc:"When it is removed; null until it is ready"`
}

func exportOf(e models.Export) Export {
	return Export{ID: e.ID, Ready: e.State == models.ExportReady, Size: e.Size, CreatedAt: e.CreatedAt, ExpiresAt: e.ExpiresAt}
}

type exportOutput struct{ Body Export }

func (h *exportHandlers) request(ctx context.Context, _ *struct{}) (*exportOutput, error) {
	user := kit.Caller(ctx)
	if err := h.limits.Allow(ctx, kit.LimitExport, user.ID.String()); err != nil {
		return nil, err
	}
	e, err := h.store.RequestExport(ctx, kit.ActorOf(ctx), user.ID)
	if err != nil {
		return nil, err
	}
	return &exportOutput{exportOf(e)}, nil
}

type exportsOutput struct {
	Body struct {
		Exports []Export `json:"exports" nullable:"false"`
	} `nameHint:"ExportList"`
}

func (h *exportHandlers) list(ctx context.Context, _ *struct{}) (*exportsOutput, error) {
	found, err := h.store.Exports(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &exportsOutput{}
	out.Body.Exports = make([]Export, 0, len(found))
	for _, e := range found {
		out.Body.Exports = append(out.Body.Exports, exportOf(e))
	}
	return out, nil
}

// exportTime is how long a client may take to fetch an export.
const exportTime = time.Hour

type exportInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// get streams the zip. It comes from the app's origin, as a download of our own
// making that no browser shows.
func (h *exportHandlers) get(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	e, err := h.store.Export(ctx, kit.Caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	body, err := h.objects.Get(ctx, e.Key(), e.ETag, 0, -1)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) { //nolint:contextcheck // gin carries the same one
		defer func() { _ = body.Close() }()
		header := kit.GinOf(hc).Writer.Header()
		header.Set("Content-Type", "application/zip")
		header.Set("Content-Length", fmt.Sprint(e.Size))
		header.Set("Content-Disposition", `attachment; filename="longhaul-`+e.CreatedAt.Format(time.DateOnly)+`.zip"`)
		header.Set("Cache-Control", "private, no-store")
		_ = http.NewResponseController(kit.GinOf(hc).Writer).SetWriteDeadline(time.Now().Add(exportTime)) // the server's default is too short for slow clients
		if _, err := io.Copy(kit.GinOf(hc).Writer, body); err != nil {
			kit.InfoOf(hc.Context()).Err = err
		}
	}}, nil
}
