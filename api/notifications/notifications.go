// Package notifications serves what users are told of their downloads: the list in
// the app, the events for which they get mails, and their webhooks with the log
// of deliveries.
package notifications

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// Store is what users ask of their notifications. Each call names the user and
// knows only what is theirs.
type Store interface {
	Notifications(ctx context.Context, userID uuid.UUID, f models.NotificationFilter) (models.NotificationPage, error)
	ReadNotifications(ctx context.Context, userID uuid.UUID, ids []uuid.UUID, until time.Time) error
	Settings(ctx context.Context, userID uuid.UUID) (models.NotificationSettings, error)
	SetSettings(ctx context.Context, userID uuid.UUID, s models.NotificationSettings) (models.NotificationSettings, error)
	Webhooks(ctx context.Context, userID uuid.UUID) ([]models.Webhook, error)
	Webhook(ctx context.Context, userID, id uuid.UUID) (models.Webhook, error)
	CreateWebhook(ctx context.Context, h models.Webhook) (models.Webhook, error)
	ChangeWebhook(ctx context.Context, userID, id uuid.UUID, c models.WebhookChange) (models.Webhook, error)
	DeleteWebhook(ctx context.Context, userID, id uuid.UUID) error
	TestWebhook(ctx context.Context, userID, id uuid.UUID) (models.WebhookDelivery, error)
	Deliveries(ctx context.Context, userID, id uuid.UUID, cursor string, limit int) ([]models.WebhookDelivery, string, error)
	Delivery(ctx context.Context, userID, webhookID, id uuid.UUID) (models.WebhookDelivery, []models.WebhookAttempt, error)
	Replay(ctx context.Context, userID, webhookID, id uuid.UUID) (models.WebhookDelivery, error)
}

// Deps is what the operations need.
type Deps struct {
	Store   Store
	Limiter kit.Limiter
	Keys    *token.Keys
	Now     func() time.Time
	NewID   func() uuid.UUID
}

type handlers struct{ Deps }

// Register adds the operations on notifications and webhooks.
func Register(r *kit.Router, d Deps) {
	h := &handlers{d}
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/notifications" + path, Tags: []string{"notifications"}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-notifications", http.MethodGet, "", "What you are told of your downloads",
		"Newest first; kept for 90 days, at most 1000 of them."), h.list)
	read := op("read-notifications", http.MethodPost, "/read", "Mark notifications as read", "Those that are named, or all until a time.")
	read.DefaultStatus = http.StatusNoContent
	kit.Handle(r, read, h.read)
	kit.Handle(r, op("get-notification-settings", http.MethodGet, "/settings", "How you are told of your downloads", ""), h.settings)
	kit.Handle(r, op("change-notification-settings", http.MethodPut, "/settings", "Choose how you are told of your downloads",
		"Downloads that end within a minute share one mail."), h.changeSettings)
	h.webhookRoutes(r)
}

// Notable is an event on the wire.
type Notable models.Notable

// Schema returns the schema of events.
func (Notable) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "Notable", "An event that users are told of", models.Notables()...)
}

// JobNotable is an event of downloads on the wire.
type JobNotable models.Notable

// Schema returns the schema of events of downloads.
func (JobNotable) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "JobNotable", "An event of downloads, which users choose among", models.JobNotables()...)
}

func jobNotables(events []JobNotable) []models.Notable {
	out := make([]models.Notable, 0, len(events))
	for _, e := range events {
		out = append(out, models.Notable(e))
	}
	return out
}

func jobNotablesOf(events []models.Notable) []JobNotable {
	out := make([]JobNotable, 0, len(events))
	for _, e := range events {
		out = append(out, JobNotable(e))
	}
	return out
}

// Notification is what a user is told in the app.
type Notification struct {
	ID        uuid.UUID   `json:"id" format:"uuid"`
	Event     Notable     `json:"event"`
	JobID     *uuid.UUID  `json:"jobId" format:"uuid" doc:"Null if it is of no download, or the download is gone"`
	WebhookID *uuid.UUID  `json:"webhookId" format:"uuid" doc:"Null if it is of no webhook"`
	Name      string      `json:"name" doc:"Of the download or the webhook at that time"`
	Reason    *kit.Reason `json:"reason" doc:"Why the download is in its state; null if it is of none"`
	CreatedAt time.Time   `json:"createdAt"`
	Read      bool        `json:"read"`
}

type listInput struct {
	Unread bool    `query:"unread" doc:"Only what is unread"`
	Event  Notable `query:"event" doc:"Only of this event"`
	Cursor string  `query:"cursor" maxLength:"400"`
	Limit  int     `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Notifications []Notification `json:"notifications" nullable:"false"`
		Unread        int64          `json:"unread" doc:"Of all"`
		NextCursor    string         `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"NotificationPage"`
}

func (h *handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	p, err := h.Store.Notifications(ctx, kit.Caller(ctx).ID, models.NotificationFilter{
		Unread: in.Unread, Event: models.Notable(in.Event), Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Notifications, out.Body.Unread, out.Body.NextCursor = []Notification{}, p.Unread, p.NextCursor
	for _, n := range p.Notifications {
		shown := Notification{
			ID: n.ID, Event: Notable(n.Event), JobID: n.JobID, WebhookID: n.WebhookID, Name: n.Name, CreatedAt: n.CreatedAt, Read: n.ReadAt != nil,
		}
		if n.Reason.Code != "" {
			r := kit.ReasonOf(n.Reason)
			shown.Reason = &r
		}
		out.Body.Notifications = append(out.Body.Notifications, shown)
	}
	return out, nil
}

type readInput struct {
	Body struct {
		IDs   []uuid.UUID `json:"ids,omitempty" maxItems:"200" nullable:"false" doc:"Which; empty means all until the time"`
		Until *time.Time  `json:"until,omitempty" doc:"With ids empty: those from up to this time; null means now"`
	} `nameHint:"ReadNotifications"`
}

func (h *handlers) read(ctx context.Context, in *readInput) (*kit.Empty, error) {
	until := h.Now()
	if in.Body.Until != nil {
		until = *in.Body.Until
	}
	return &kit.Empty{}, h.Store.ReadNotifications(ctx, kit.Caller(ctx).ID, in.Body.IDs, until)
}

// Settings is how a user is told of events.
type Settings struct {
	Mail       []JobNotable `json:"mail" nullable:"false" maxItems:"10" doc:"Events for which there is a mail"`
	AppLabels  []uuid.UUID  `json:"appLabels" required:"false" nullable:"false" maxItems:"100" doc:"Ids of labels: what is told in the app is only of jobs that have one of them; empty for all. Left out, they stay as they are"`
	MailLabels []uuid.UUID  `json:"mailLabels" required:"false" nullable:"false" maxItems:"100" doc:"The same for mails"`
}

type settingsOutput struct{ Body Settings }

func settingsOf(s models.NotificationSettings, err error) (*settingsOutput, error) {
	if err != nil {
		return nil, err
	}
	return &settingsOutput{Settings{
		Mail: jobNotablesOf(s.Mail), AppLabels: append([]uuid.UUID{}, s.AppLabels...), MailLabels: append([]uuid.UUID{}, s.MailLabels...),
	}}, nil
}

func (h *handlers) settings(ctx context.Context, _ *kit.Empty) (*settingsOutput, error) {
	return settingsOf(h.Store.Settings(ctx, kit.Caller(ctx).ID))
}

type changeSettingsInput struct{ Body Settings }

func (h *handlers) changeSettings(ctx context.Context, in *changeSettingsInput) (*settingsOutput, error) {
	return settingsOf(h.Store.SetSettings(ctx, kit.Caller(ctx).ID, models.NotificationSettings{
		Mail: jobNotables(in.Body.Mail), AppLabels: in.Body.AppLabels, MailLabels: in.Body.MailLabels,
	}))
}
