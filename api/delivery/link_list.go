package delivery

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

func (h *linkHandlers) listRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-links", Method: http.MethodGet, Path: "/api/v1/links", Tags: []string{tagFiles},
		Summary: "List the download links that work, newest first", Description: "At most 500. A link to the same target is the same link, whose time starts over.",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "revoke-link", Method: http.MethodDelete, Path: "/api/v1/links/{id}", Tags: []string{tagFiles},
		Summary: "Revoke a download link", Description: "Requests with it are refused from now on.", DefaultStatus: http.StatusNoContent,
	}, h.revoke)
	kit.Handle(r, huma.Operation{
		OperationID: "revoke-links", Method: http.MethodDelete, Path: "/api/v1/links", Tags: []string{tagFiles},
		Summary: "Revoke all download links", DefaultStatus: http.StatusNoContent,
	}, h.revokeAll)
}

// LinkInfo is a download link without its address, which is shown only once.
type LinkInfo struct {
	ID        uuid.UUID  `json:"id" format:"uuid"`
	JobID     *uuid.UUID `json:"jobId" format:"uuid" nullable:"true" doc:"Null for a zip of files of the library"`
	FileID    *uuid.UUID `json:"fileId" format:"uuid" nullable:"true" doc:"Null for all files of the job as a zip"`
	Name      string     `json:"name" doc:"Of the file with its folders, or of the job"`
	Inline    bool       `json:"inline"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	UsedAt    *time.Time `json:"usedAt" doc:"When it was used last, to the minute; null for never"`
}

type linksOutput struct {
	Body struct {
		Links []LinkInfo `json:"links" nullable:"false"`
	} `nameHint:"LinkList"`
}

func (h *linkHandlers) list(ctx context.Context, _ *kit.Empty) (*linksOutput, error) {
	list, err := h.store.Links(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &linksOutput{}
	out.Body.Links = make([]LinkInfo, 0, len(list))
	for _, l := range list {
		info := LinkInfo{ID: l.ID, JobID: &l.JobID, FileID: l.FileID, Name: l.Path, Inline: l.Inline, CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt, UsedAt: l.LastUsedAt}
		if l.FileID == nil {
			info.Name = l.JobName
		}
		out.Body.Links = append(out.Body.Links, info)
	}
	chosen, err := h.store.Selections(ctx, kit.Caller(ctx).ID)
	for _, s := range chosen {
		out.Body.Links = append(out.Body.Links, LinkInfo{ID: s.ID, Name: selectionName(s), CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt})
	}
	slices.SortStableFunc(out.Body.Links, func(a, b LinkInfo) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out, err
}

type linkIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *linkHandlers) revoke(ctx context.Context, in *linkIDInput) (*kit.Empty, error) {
	err := h.store.RevokeLink(ctx, kit.Caller(ctx).ID, in.ID)
	if models.IsNotFound(err) {
		err = h.store.RevokeSelection(ctx, kit.Caller(ctx).ID, in.ID)
	}
	return &kit.Empty{}, err
}

func (h *linkHandlers) revokeAll(ctx context.Context, _ *kit.Empty) (*kit.Empty, error) {
	if err := h.store.RevokeLinks(ctx, kit.Caller(ctx).ID); err != nil {
		return nil, err
	}
	return &kit.Empty{}, h.store.RevokeSelections(ctx, kit.Caller(ctx).ID)
}
