package activities_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/models"
)

// hooks is a store of deliveries whose webhook belongs to the user of the same id.
type hooks struct {
	mu    sync.Mutex
	tried int
}

func (h *hooks) Delivery(_ context.Context, id uuid.UUID) (models.WebhookSend, error) {
	return models.WebhookSend{
		WebhookDelivery: models.WebhookDelivery{ID: id, State: models.DeliveryQueued}, Webhook: models.Webhook{UserID: id, Enabled: true},
	}, nil
}

func (h *hooks) DeliveryTried(_ context.Context, id uuid.UUID, _ models.WebhookAttempt) (models.WebhookDelivery, time.Duration, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tried++
	return models.WebhookDelivery{ID: id, State: models.DeliveryDelivered}, 0, nil
}

func (h *hooks) FailDelivery(context.Context, uuid.UUID, string) error { return nil }

// tarpit takes forever for one user's events, and no time for others'.
type tarpit struct {
	user    uuid.UUID
	arrived chan struct{}
	release chan struct{}
}

func (p *tarpit) Send(_ context.Context, _ models.WebhookTarget, _ uuid.UUID, body string) (int, string) {
	if body == p.user.String() {
		p.arrived <- struct{}{}
		<-p.release
	}
	return 200, ""
}

// A user whose webhooks hang takes a few places, and the rest of theirs comes back
// later; another user's event passes.
func TestAHangingWebhookHoldsUpNoOtherUser(t *testing.T) {
	t.Parallel()
	store, user := &hooks{}, uuid.New()
	pit := &tarpit{user: user, arrived: make(chan struct{}, 100), release: make(chan struct{})}
	acts := &activities.Webhooks{
		Store: bodies{store}, Sender: pit, Now: time.Now,
		Open: func(uuid.UUID, string) (models.WebhookTarget, error) { return models.WebhookTarget{}, nil },
	}
	results := make(chan error, 50)
	for range 50 {
		go func() {
			_, err := acts.DeliverEvent(t.Context(), activities.DeliveryInput{ID: user})
			results <- err
		}()
	}
	for range 30 { // 4 go, 16 wait, 30 are to come back
		if err := <-results; err == nil {
			t.Error("an event of the hanging webhook passed")
		}
	}
	if n := len(pit.arrived); n != 4 {
		t.Errorf("%d hang at once; want 4", n)
	}
	if _, err := acts.DeliverEvent(t.Context(), activities.DeliveryInput{ID: uuid.New()}); err != nil {
		t.Errorf("the other user's event: %v", err)
	}
	close(pit.release)
	for range 20 {
		if err := <-results; err != nil {
			t.Errorf("one of those that waited: %v", err)
		}
	}
	if store.tried != 21 {
		t.Errorf("%d were sent; want 21", store.tried)
	}
}

// bodies has each delivery carry its user's id.
type bodies struct{ *hooks }

func (b bodies) Delivery(ctx context.Context, id uuid.UUID) (models.WebhookSend, error) {
	s, err := b.hooks.Delivery(ctx, id)
	s.Body = id.String()
	return s, err
}
