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

// announceStore is the part of the store that the announcement uses.
type announceStore interface {
	Announcement(ctx context.Context) (*models.Announcement, error)
	Announce(ctx context.Context, by models.Actor, a models.Announcement) error
	EndAnnouncement(ctx context.Context, by models.Actor) error
}

// announceHandlers tell everyone something.
type announceHandlers struct{ store announceStore }

func (h *announceHandlers) routes(r *kit.Router) {
	const path = "/api/v1/admin/announcement"
	kit.Handle(r, huma.Operation{
		OperationID: "get-any-announcement", Method: http.MethodGet, Path: path, Tags: []string{tagAdmin},
		Summary: "Get the announcement, whether or not it is shown now",
	}, h.get)
	kit.Handle(r, huma.Operation{
		OperationID: "announce", Method: http.MethodPut, Path: path, Tags: []string{tagAdmin},
		Summary:     "Tell everyone something",
		Description: "In place of what was told before. Everyone who is signed in reads it within seconds, above every page.", DefaultStatus: http.StatusNoContent,
	}, h.announce)
	kit.Handle(r, huma.Operation{
		OperationID: "end-announcement", Method: http.MethodDelete, Path: path, Tags: []string{tagAdmin},
		Summary: "Remove the announcement", DefaultStatus: http.StatusNoContent,
	}, h.end)
}

// AnnouncementInfo is the announcement as administrators see it.
type AnnouncementInfo struct {
	ID          uuid.UUID             `json:"id" format:"uuid"`
	Text        string                `json:"text"`
	Level       kit.AnnouncementLevel `json:"level"`
	From        time.Time             `json:"from"`
	Until       *time.Time            `json:"until" doc:"Null until it is removed"`
	Dismissible bool                  `json:"dismissible"`
	Public      bool                  `json:"public" doc:"Shown before sign-in, too"`
	CreatedAt   time.Time             `json:"createdAt"`
}

// AnyAnnouncement carries the announcement.
type AnyAnnouncement struct {
	Announcement *AnnouncementInfo `json:"announcement" doc:"Null if there is none"`
}

// TransformSchema lets there be none.
func (AnyAnnouncement) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "announcement")
}

type anyAnnouncementOutput struct{ Body AnyAnnouncement }

func (h *announceHandlers) get(ctx context.Context, _ *kit.Empty) (*anyAnnouncementOutput, error) {
	a, err := h.store.Announcement(ctx)
	if err != nil || a == nil {
		return &anyAnnouncementOutput{}, err
	}
	return &anyAnnouncementOutput{AnyAnnouncement{&AnnouncementInfo{
		ID: a.ID, Text: a.Text, Level: kit.AnnouncementLevel(a.Level), From: a.StartsAt, Until: a.EndsAt, Dismissible: a.Dismissible,
		Public: a.Public, CreatedAt: a.CreatedAt,
	}}}, nil
}

type announceInput struct {
	Body struct {
		Text        string                `json:"text" minLength:"1" maxLength:"500" doc:"One line of plain text"`
		Level       kit.AnnouncementLevel `json:"level"`
		From        *time.Time            `json:"from,omitempty" nullable:"true" doc:"Without it, now"`
		Until       *time.Time            `json:"until,omitempty" nullable:"true" doc:"Without it, until it is removed"`
		Dismissible bool                  `json:"dismissible,omitempty" doc:"Readers can hide it, each in their browser"`
		Public      bool                  `json:"public,omitempty" doc:"Shown on the sign-in page, too"`
	} `nameHint:"Announce"`
}

func (h *announceHandlers) announce(ctx context.Context, in *announceInput) (*kit.Empty, error) {
	b := in.Body
	a := models.Announcement{Text: b.Text, Level: models.AnnouncementLevel(b.Level), EndsAt: b.Until, Dismissible: b.Dismissible, Public: b.Public}
	if b.From != nil {
		a.StartsAt = *b.From
	}
	return &kit.Empty{}, h.store.Announce(ctx, kit.ActorOf(ctx), a)
}

func (h *announceHandlers) end(ctx context.Context, _ *kit.Empty) (*kit.Empty, error) {
	return &kit.Empty{}, h.store.EndAnnouncement(ctx, kit.ActorOf(ctx))
}
