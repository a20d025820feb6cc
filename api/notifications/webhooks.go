package notifications

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/internal/webhook"
	"longhaul/models"
)

func (h *handlers) webhookRoutes(r *kit.Router) {
	op := func(id, method, path, summary, description string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/webhooks" + path, Tags: []string{"notifications"}, Summary: summary,
			Description: description, DefaultStatus: status,
		}
	}
	kit.Handle(r, op("list-webhooks", http.MethodGet, "", "List your webhooks", "", 0), h.webhooks)
	kit.Handle(r, op("create-webhook", http.MethodPost, "", "Add a webhook",
		"Events are posted to its address in the form of Standard Webhooks. The secret, with which receivers check the signature, is shown only once.",
		http.StatusCreated), h.create)
	kit.Handle(r, op("change-webhook", http.MethodPatch, "/{id}", "Change a webhook", "What is left out stays as it is. Turning it on forgets that it failed.", 0), h.change)
	kit.Handle(r, op("renew-webhook-secret", http.MethodPost, "/{id}/secret", "Replace a webhook's secret",
		"The new one is shown only once; the old one signs nothing from then on.", 0), h.renew)
	kit.Handle(r, op("delete-webhook", http.MethodDelete, "/{id}", "Delete a webhook", "With its log of deliveries.", http.StatusNoContent), h.delete)
	kit.Handle(r, op("test-webhook", http.MethodPost, "/{id}/test", "Send a test event to a webhook", "Once, even if the webhook is off.", http.StatusAccepted), h.test)
	kit.Handle(r, op("list-deliveries", http.MethodGet, "/{id}/deliveries", "What was sent to a webhook", "Newest first; kept for 30 days.", 0), h.deliveries)
	kit.Handle(r, op("get-delivery", http.MethodGet, "/{id}/deliveries/{delivery}", "A delivery with its attempts", "", 0), h.delivery)
	kit.Handle(r, op("replay-delivery", http.MethodPost, "/{id}/deliveries/{delivery}/replay", "Send a delivery that has ended once more",
		"With the same webhook-id, by which receivers know that they have it.", http.StatusAccepted), h.replay)
}

// WebhookOff is why Longhaul turned a webhook off, or empty.
type WebhookOff models.WebhookOff

// Schema returns the schema of such reasons.
func (WebhookOff) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "WebhookOff", "Why Longhaul turned a webhook off; empty if it did not", append([]models.WebhookOff{""}, models.WebhookOffs()...)...)
}

// DeliveryState is how far a delivery is.
type DeliveryState models.DeliveryState

// Schema returns the schema of states.
func (DeliveryState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "DeliveryState", "How far a delivery is", models.DeliveryStates()...)
}

// Webhook is a webhook without its secrets: the whole address is one.
type Webhook struct {
	ID           uuid.UUID    `json:"id" format:"uuid"`
	Name         string       `json:"name"`
	Host         string       `json:"host" doc:"Of the address; the rest is not shown again"`
	Events       []JobNotable `json:"events" nullable:"false"`
	Labels       []uuid.UUID  `json:"labels" nullable:"false" doc:"Ids of labels: only events of jobs that have one of them; empty for all"`
	Enabled      bool         `json:"enabled"`
	OffReason    WebhookOff   `json:"offReason"`
	FailingSince *time.Time   `json:"failingSince" doc:"Since when no event arrived; null while they do"`
	CreatedAt    time.Time    `json:"createdAt"`
}

func webhookOf(w models.Webhook) Webhook {
	return Webhook{
		ID: w.ID, Name: w.Name, Host: w.Host, Events: jobNotablesOf(w.Events), Labels: append([]uuid.UUID{}, w.Labels...), Enabled: w.Enabled, OffReason: WebhookOff(w.OffReason),
		FailingSince: w.FailingSince, CreatedAt: w.CreatedAt,
	}
}

type webhooksOutput struct {
	Body struct {
		Webhooks []Webhook `json:"webhooks" nullable:"false"`
	} `nameHint:"WebhookList"`
}

func (h *handlers) webhooks(ctx context.Context, _ *kit.Empty) (*webhooksOutput, error) {
	list, err := h.Store.Webhooks(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &webhooksOutput{}
	out.Body.Webhooks = make([]Webhook, 0, len(list))
	for _, w := range list {
		out.Body.Webhooks = append(out.Body.Webhooks, webhookOf(w))
	}
	return out, nil
}

type createInput struct {
	Body struct {
		Name   string       `json:"name" minLength:"1" maxLength:"100"`
		URL    string       `json:"url" minLength:"1" maxLength:"2000" doc:"Where events are posted to"`
		Events []JobNotable `json:"events" nullable:"false" maxItems:"10"`
		Labels []uuid.UUID  `json:"labels" required:"false" nullable:"false" maxItems:"100" doc:"Ids of labels; empty for all downloads"`
	} `nameHint:"NewWebhook"`
}

type secretOutput struct {
	Body struct {
		Secret  string  `json:"secret" doc:"Shown only once"`
		Webhook Webhook `json:"webhook"`
	} `nameHint:"MadeWebhook"`
}

func (h *handlers) create(ctx context.Context, in *createInput) (*secretOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.Limiter.Allow(ctx, kit.LimitToken, user.String()); err != nil {
		return nil, err
	}
	u, err := webhook.CheckAddress(in.Body.URL)
	if err != nil {
		return nil, err
	}
	secret, err := token.NewWebhookSecret()
	if err != nil {
		return nil, err
	}
	w := models.Webhook{ID: h.NewID(), UserID: user, Name: in.Body.Name, Host: u.Host, Events: jobNotables(in.Body.Events), Labels: in.Body.Labels}
	if w.Sealed, err = h.Keys.SealWebhook(user, models.WebhookTarget{URL: u.String(), Secret: secret}); err != nil {
		return nil, err
	}
	return madeWebhook(secret)(h.Store.CreateWebhook(ctx, w))
}

// madeWebhook answers with a webhook and its secret.
func madeWebhook(secret string) func(models.Webhook, error) (*secretOutput, error) {
	return func(w models.Webhook, err error) (*secretOutput, error) {
		if err != nil {
			return nil, err
		}
		out := &secretOutput{}
		out.Body.Secret, out.Body.Webhook = secret, webhookOf(w)
		return out, nil
	}
}

// WebhookPath names a webhook.
type WebhookPath struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type changeInput struct {
	WebhookPath
	Body struct {
		Name    *string       `json:"name,omitempty" minLength:"1" maxLength:"100"`
		URL     *string       `json:"url,omitempty" minLength:"1" maxLength:"2000"`
		Events  *[]JobNotable `json:"events,omitempty" maxItems:"10"`
		Labels  []uuid.UUID   `json:"labels" required:"false" nullable:"false" maxItems:"100" doc:"Empty for all downloads; left out, they stay as they are"`
		Enabled *bool         `json:"enabled,omitempty"`
	} `nameHint:"WebhookChange"`
}

type webhookOutput struct{ Body Webhook }

func (h *handlers) change(ctx context.Context, in *changeInput) (*webhookOutput, error) {
	user := kit.Caller(ctx).ID
	c := models.WebhookChange{Name: in.Body.Name, Labels: in.Body.Labels, Enabled: in.Body.Enabled}
	if in.Body.Events != nil {
		c.Events = jobNotables(*in.Body.Events)
	}
	if in.Body.URL != nil {
		u, err := webhook.CheckAddress(*in.Body.URL)
		if err != nil {
			return nil, err
		}
		c.Target, err = h.retarget(ctx, user, in.ID, func(t *models.WebhookTarget) string { t.URL = u.String(); return u.Host })
		if err != nil {
			return nil, err
		}
	}
	w, err := h.Store.ChangeWebhook(ctx, user, in.ID, c)
	return &webhookOutput{webhookOf(w)}, err
}

// retarget seals the webhook's target again after a change, which returns the
// target's host.
func (h *handlers) retarget(ctx context.Context, user, id uuid.UUID, change func(*models.WebhookTarget) string) (*models.WebhookChangedTarget, error) {
	w, err := h.Store.Webhook(ctx, user, id)
	if err != nil {
		return nil, err
	}
	t, err := h.Keys.OpenWebhook(user, w.Sealed)
	if err != nil {
		return nil, models.Errorf(models.CodeConflict, "The webhook can't be read any more. Delete it and add it again.").Because(err)
	}
	out := &models.WebhookChangedTarget{Host: change(&t)}
	if out.Host == "" {
		out.Host = w.Host
	}
	out.Sealed, err = h.Keys.SealWebhook(user, t)
	return out, err
}

func (h *handlers) renew(ctx context.Context, in *WebhookPath) (*secretOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.Limiter.Allow(ctx, kit.LimitToken, user.String()); err != nil {
		return nil, err
	}
	secret, err := token.NewWebhookSecret()
	if err != nil {
		return nil, err
	}
	t, err := h.retarget(ctx, user, in.ID, func(t *models.WebhookTarget) string { t.Secret = secret; return "" })
	if err != nil {
		return nil, err
	}
	return madeWebhook(secret)(h.Store.ChangeWebhook(ctx, user, in.ID, models.WebhookChange{Target: t}))
}

func (h *handlers) delete(ctx context.Context, in *WebhookPath) (*kit.Empty, error) {
	return &kit.Empty{}, h.Store.DeleteWebhook(ctx, kit.Caller(ctx).ID, in.ID)
}
