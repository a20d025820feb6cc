package system

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
)

// ShownAnnouncement is what the operator tells everyone now.
type ShownAnnouncement struct {
	ID          uuid.UUID             `json:"id" format:"uuid" doc:"Of this text: remember it when it is dismissed"`
	Text        string                `json:"text" doc:"Plain text"`
	Level       kit.AnnouncementLevel `json:"level"`
	Dismissible bool                  `json:"dismissible"`
}

// AnnouncementBody carries the announcement.
type AnnouncementBody struct {
	Announcement *ShownAnnouncement `json:"announcement" doc:"Null if there is none"`
}

// TransformSchema lets there be none.
func (AnnouncementBody) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "announcement")
}

type announcementOutput struct{ Body AnnouncementBody }

func (h *systemHandlers) announcement(ctx context.Context, in *configInput) (*announcementOutput, error) {
	info := kit.InfoOf(ctx)
	unknown := h.auth.SignIn(ctx, info, in.Cookie, in.Authorization) != nil
	a, err := h.Store.ShownAnnouncement(ctx, unknown)
	if err != nil || a == nil {
		return &announcementOutput{}, err
	}
	return &announcementOutput{AnnouncementBody{&ShownAnnouncement{
		ID: a.ID, Text: a.Text, Level: kit.AnnouncementLevel(a.Level), Dismissible: a.Dismissible,
	}}}, nil
}
