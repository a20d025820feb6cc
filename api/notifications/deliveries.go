package notifications

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Delivery is an event that is or was sent to a webhook.
type Delivery struct {
	ID        uuid.UUID     `json:"id" format:"uuid"`
	MessageID uuid.UUID     `json:"messageId" format:"uuid" doc:"What follows msg_ in the header webhook-id; a replay has that of what it repeats"`
	Event     Notable       `json:"event"`
	State     DeliveryState `json:"state"`
	Attempts  int           `json:"attempts"`
	Status    int           `json:"status" doc:"Of the last answer; 0 if there was none"`
	Error     string        `json:"error" doc:"Why the last attempt failed; empty if it arrived"`
	CreatedAt time.Time     `json:"createdAt"`
	TriedAt   *time.Time    `json:"triedAt"`
	EndedAt   *time.Time    `json:"endedAt"`
	NextAt    *time.Time    `json:"nextAt" doc:"When it is tried again, about; null when it has ended"`
}

// DeliveryAttempt is one attempt of a delivery.
type DeliveryAttempt struct {
	Number       int       `json:"number" doc:"From 1"`
	At           time.Time `json:"at"`
	Milliseconds int64     `json:"milliseconds" doc:"How long it took"`
	Status       int       `json:"status" doc:"Of the answer; 0 if there was none"`
	Error        string    `json:"error" doc:"Empty if it arrived"`
}

func deliveryOf(d models.WebhookDelivery) Delivery {
	out := Delivery{
		ID: d.ID, MessageID: d.MessageID, Event: Notable(d.Event), State: DeliveryState(d.State), Attempts: d.Attempts, Status: d.Status, Error: d.Error,
		CreatedAt: d.CreatedAt, TriedAt: d.TriedAt, EndedAt: d.EndedAt,
	}
	if tries := models.WebhookTries(); d.State == models.DeliveryQueued && d.TriedAt != nil && d.Attempts < len(tries) {
		next := d.TriedAt.Add(tries[d.Attempts])
		out.NextAt = &next
	}
	return out
}

type deliveriesInput struct {
	WebhookPath
	Cursor string `query:"cursor" maxLength:"400"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type deliveriesOutput struct {
	Body struct {
		Deliveries []Delivery `json:"deliveries" nullable:"false"`
		NextCursor string     `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"DeliveryPage"`
}

func (h *handlers) deliveries(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	list, next, err := h.Store.Deliveries(ctx, kit.Caller(ctx).ID, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &deliveriesOutput{}
	out.Body.Deliveries, out.Body.NextCursor = make([]Delivery, 0, len(list)), next
	for _, d := range list {
		out.Body.Deliveries = append(out.Body.Deliveries, deliveryOf(d))
	}
	return out, nil
}

type deliveryInput struct {
	WebhookPath
	Delivery uuid.UUID `path:"delivery" format:"uuid"`
}

type deliveryOutput struct {
	Body struct {
		Delivery Delivery          `json:"delivery"`
		Body     json.RawMessage   `json:"body" doc:"What is sent"`
		Attempts []DeliveryAttempt `json:"attempts" nullable:"false"`
	} `nameHint:"DeliveryDetail"`
}

func (h *handlers) delivery(ctx context.Context, in *deliveryInput) (*deliveryOutput, error) {
	d, tries, err := h.Store.Delivery(ctx, kit.Caller(ctx).ID, in.ID, in.Delivery)
	if err != nil {
		return nil, err
	}
	out := &deliveryOutput{}
	out.Body.Delivery, out.Body.Body, out.Body.Attempts = deliveryOf(d), json.RawMessage(d.Body), []DeliveryAttempt{}
	for _, t := range tries {
		out.Body.Attempts = append(out.Body.Attempts, DeliveryAttempt{
			Number: t.N, At: t.At, Milliseconds: t.Took.Milliseconds(), Status: t.Status, Error: t.Error,
		})
	}
	return out, nil
}

type queuedOutput struct{ Body Delivery }

func (h *handlers) test(ctx context.Context, in *WebhookPath) (*queuedOutput, error) {
	return h.queued(ctx, func(user uuid.UUID) (models.WebhookDelivery, error) { return h.Store.TestWebhook(ctx, user, in.ID) })
}

func (h *handlers) replay(ctx context.Context, in *deliveryInput) (*queuedOutput, error) {
	return h.queued(ctx, func(user uuid.UUID) (models.WebhookDelivery, error) {
		return h.Store.Replay(ctx, user, in.ID, in.Delivery)
	})
}

// queued answers with a delivery that the user asked for, within limits.
func (h *handlers) queued(ctx context.Context, queue func(user uuid.UUID) (models.WebhookDelivery, error)) (*queuedOutput, error) {
	user := kit.Caller(ctx).ID
	if err := h.Limiter.Allow(ctx, kit.LimitWebhook, user.String()); err != nil {
		return nil, err
	}
	d, err := queue(user)
	if err != nil {
		return nil, err
	}
	return &queuedOutput{deliveryOf(d)}, nil
}
