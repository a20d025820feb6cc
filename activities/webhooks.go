package activities

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/lane"
	"longhaul/internal/wait"
	"longhaul/models"
)

// WebhookStore is what deliveries to webhooks need from the database.
type WebhookStore interface {
	Delivery(ctx context.Context, id uuid.UUID) (models.WebhookSend, error)
	DeliveryTried(ctx context.Context, id uuid.UUID, try models.WebhookAttempt) (models.WebhookDelivery, time.Duration, error)
	FailDelivery(ctx context.Context, id uuid.UUID, why string) error
}

// WebhookSender posts an event once. It returns the status of the answer, 0 if
// there was none, and why it failed; empty if it arrived.
type WebhookSender interface {
	Send(ctx context.Context, t models.WebhookTarget, message uuid.UUID, body string) (status int, why string)
}

// Webhooks delivers events to users' webhooks.
type Webhooks struct {
	Store  WebhookStore
	Sender WebhookSender
	Open   func(owner uuid.UUID, sealed string) (models.WebhookTarget, error)
	Now    func() time.Time

	users userLanes
}

// crowded is about when an attempt comes back that found too many of its user
// before it.
const crowded = 30 * time.Second

// DeliverEvent posts one event to a webhook and records how that went. While it
// does not arrive it fails, and names the pause after which Temporal is to call it
// again. The history contains only the id and the outcome.
func (a *Webhooks) DeliverEvent(ctx context.Context, in DeliveryInput) (DeliveryResult, error) {
	send, err := a.Store.Delivery(ctx, in.ID)
	if models.IsNotFound(err) {
		return DeliveryResult{}, nil // the webhook was deleted, or its account is
	}
	if err != nil {
		return DeliveryResult{}, border(ctx, err)
	}
	if send.State != models.DeliveryQueued {
		return DeliveryResult{State: send.State}, nil
	}
	if send.Closed {
		return DeliveryResult{State: models.DeliveryFailed}, border(ctx, a.Store.FailDelivery(ctx, in.ID, "The account is disabled."))
	}
	if !send.Webhook.Enabled && send.Event != models.NotableTest {
		return DeliveryResult{State: models.DeliveryFailed}, border(ctx, a.Store.FailDelivery(ctx, in.ID, "The webhook is off."))
	}
	target, err := a.Open(send.Webhook.UserID, send.Webhook.Sealed)
	if err != nil {
		return DeliveryResult{State: models.DeliveryFailed}, border(ctx, a.Store.FailDelivery(ctx, in.ID, "The webhook's address can't be read any more. Enter it again."))
	}
	try, room, err := a.send(ctx, send, target)
	if err != nil {
		return DeliveryResult{}, border(ctx, err) // it says nothing about the webhook
	}
	if !room {
		return DeliveryResult{}, later("Other deliveries of the same user come first.", wait.Spread(crowded))
	}
	d, pause, err := a.Store.DeliveryTried(ctx, in.ID, try)
	if err != nil {
		return DeliveryResult{}, border(ctx, err)
	}
	if d.State == models.DeliveryQueued {
		return DeliveryResult{}, later("The webhook did not accept the event.", pause)
	}
	return DeliveryResult{State: d.State}, nil
}

// send posts the event when it is its turn among those of its user. It reports
// false when too many wait.
func (a *Webhooks) send(ctx context.Context, send models.WebhookSend, target models.WebhookTarget) (try models.WebhookAttempt, room bool, err error) {
	room, err = a.users.do(ctx, send.Webhook.UserID, func() error {
		try.At = a.Now()
		try.Status, try.Error = a.Sender.Send(ctx, target, send.MessageID, send.Body)
		try.Took = a.Now().Sub(try.At)
		return ctx.Err()
	})
	return try, room, err
}

// How many deliveries of one user run and wait in a process. A webhook that
// takes its whole time to fail costs the others no slot.
const userSends, userWaits = 4, 16

// userLanes lets a few deliveries of each user go at a time.
type userLanes struct {
	mu    sync.Mutex
	lanes map[uuid.UUID]*userLane
}

type userLane struct {
	*lane.Lane
	inside int
}

// do calls f when it is the user's turn, and reports false if too many of theirs
// wait.
func (u *userLanes) do(ctx context.Context, user uuid.UUID, f func() error) (room bool, err error) {
	l := u.enter(user)
	defer u.leave(user)
	if !l.Join() {
		return false, nil
	}
	defer l.Leave()
	return true, l.Do(ctx, f)
}

func (u *userLanes) enter(user uuid.UUID) *userLane {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := u.lanes[user]
	if l == nil {
		if u.lanes == nil {
			u.lanes = map[uuid.UUID]*userLane{}
		}
		l = &userLane{Lane: lane.New(userSends, userWaits)}
		u.lanes[user] = l
	}
	l.inside++
	return l
}

func (u *userLanes) leave(user uuid.UUID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if l := u.lanes[user]; l.inside > 1 {
		l.inside--
	} else {
		delete(u.lanes, user)
	}
}

// FailDelivery records that a delivery was ended by an operator.
func (a *Webhooks) FailDelivery(ctx context.Context, in DeliveryInput) error {
	return border(ctx, ignoreGone(a.Store.FailDelivery(ctx, in.ID, "An operator ended the delivery.")))
}
