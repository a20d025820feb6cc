package notifications

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Delivery returns a delivery with the webhook that it goes to.
func (w *Worker) Delivery(ctx context.Context, id uuid.UUID) (models.WebhookSend, error) {
	var out models.WebhookSend
	err := w.nt.db.Row(ctx, &out.WebhookDelivery, "load delivery", `select * from webhook_deliveries where id = ?`, id)
	if err != nil {
		return out, err
	}
	var row struct {
		models.Webhook `gorm:"embedded"`
		Closed         bool
	}
	err = w.nt.db.Row(ctx, &row, "load webhook", `
		select h.*, u.delete_at is not null or u.disabled_at is not null as closed from webhooks h join users u on u.id = h.user_id
		where h.id = ?`, out.WebhookID)
	out.Webhook, out.Closed = row.Webhook, row.Closed
	return out, err
}

// DeliveryTried records an attempt of a delivery and returns the delivery as it
// is then: delivered, failed, or queued for another attempt after the pause. A
// webhook whose server answers 410, or at which nothing arrived for
// models.WebhookFails, is turned off, and its owner is told. An attempt of a
// delivery that has ended changes nothing.
func (w *Worker) DeliveryTried(ctx context.Context, id uuid.UUID, try models.WebhookAttempt) (d models.WebhookDelivery, pause time.Duration, err error) {
	nt := w.nt
	err = nt.db.Tx(ctx, func(ctx context.Context) error {
		if d, err = nt.lockDelivery(ctx, id); err != nil || d.State != models.DeliveryQueued {
			return err
		}
		d.Attempts++
		try.DeliveryID, try.N = id, d.Attempts
		d.Status, d.Error, d.TriedAt = try.Status, try.Error, &try.At
		if err := nt.db.Conn(ctx).Create(&try).Error; err != nil {
			return postgres.Translate(err, "record attempt of delivery")
		}
		tries := models.WebhookTries()
		switch {
		case try.Error == "":
			nt.end(&d, models.DeliveryDelivered)
		case d.Event == models.NotableTest, d.Attempts >= len(tries), try.Status == gone:
			nt.end(&d, models.DeliveryFailed)
		default:
			pause = tries[d.Attempts]
		}
		if err := nt.saveDelivery(ctx, &d); err != nil {
			return err
		}
		return nt.judge(ctx, d, try)
	})
	return d, pause, err
}

// FailDelivery ends a delivery that is not tried again, and says why. One that
// has ended stays as it is.
func (w *Worker) FailDelivery(ctx context.Context, id uuid.UUID, why string) error {
	return w.nt.db.Tx(ctx, func(ctx context.Context) error {
		d, err := w.nt.lockDelivery(ctx, id)
		if err != nil || d.State != models.DeliveryQueued {
			return err
		}
		d.Error = why
		w.nt.end(&d, models.DeliveryFailed)
		return w.nt.saveDelivery(ctx, &d)
	})
}

func (nt *Notifications) lockDelivery(ctx context.Context, id uuid.UUID) (d models.WebhookDelivery, err error) {
	err = nt.db.Row(ctx, &d, "lock delivery", `select * from webhook_deliveries where id = ? for update`, id)
	return d, err
}

func (nt *Notifications) end(d *models.WebhookDelivery, as models.DeliveryState) {
	now := nt.db.Now()
	d.State, d.EndedAt = as, &now
}

func (nt *Notifications) saveDelivery(ctx context.Context, d *models.WebhookDelivery) error {
	err := nt.db.Conn(ctx).Model(d).Select("state", "attempts", "status", "error", "tried_at", "ended_at").Updates(d).Error
	return postgres.Translate(err, "save delivery")
}

// gone is the status with which a server says that nothing is to be sent there
// any more.
const gone = 410

// judge learns from an attempt whether the webhook works. Tests do not count.
func (nt *Notifications) judge(ctx context.Context, d models.WebhookDelivery, try models.WebhookAttempt) error {
	if d.Event == models.NotableTest {
		return nil
	}
	var h models.Webhook
	err := nt.db.Row(ctx, &h, "lock webhook", `select * from webhooks where id = ? for no key update`, d.WebhookID)
	if err != nil || !h.Enabled {
		return err
	}
	switch {
	case try.Error == "" && h.FailingSince == nil:
		return nil
	case try.Error == "":
		h.FailingSince = nil
	case try.Status == gone:
		return nt.turnOff(ctx, h, models.WebhookGone)
	case h.FailingSince == nil:
		h.FailingSince = &try.At
	case try.At.Sub(*h.FailingSince) >= models.WebhookFails:
		return nt.turnOff(ctx, h, models.WebhookFailing)
	default:
		return nil
	}
	return nt.saveWebhook(ctx, &h)
}

// turnOff turns a webhook off and tells its owner.
func (nt *Notifications) turnOff(ctx context.Context, h models.Webhook, why models.WebhookOff) error {
	h.Enabled, h.OffReason = false, why
	if err := nt.saveWebhook(ctx, &h); err != nil {
		return err
	}
	return nt.add(ctx, models.Notification{UserID: h.UserID, Event: models.NotableWebhookOff, WebhookID: &h.ID, Name: h.Name})
}

// keepDeliveries is how long the log of deliveries is kept.
const keepDeliveries = 30 * 24 * time.Hour

// PruneDeliveries removes deliveries that ended long ago, with their attempts, and
// returns how many.
func (w *Worker) PruneDeliveries(ctx context.Context) (int64, error) {
	return w.nt.db.Exec(ctx, "prune deliveries", `delete from webhook_deliveries where ended_at < ?`, w.nt.db.Now().Add(-keepDeliveries))
}

// late is by how much an attempt may be late before the delivery is started again,
// and how long that is not repeated.
const late = 15 * time.Minute

// RestartDeliveries queues deliveries again that should have been tried by now:
// what was to start them, or their workflow, is lost. It returns how many, at most
// limit; those leave the list for a while, so that the next call finds others.
func (w *Worker) RestartDeliveries(ctx context.Context, limit int) (int, error) {
	pauses := postgres.Array[int64]{}
	for _, pause := range models.WebhookTries() {
		pauses = append(pauses, int64((pause + late).Seconds()))
	}
	var lost []uuid.UUID
	now := w.nt.db.Now()
	err := w.nt.db.Tx(ctx, func(ctx context.Context) error {
		err := w.nt.db.Rows(ctx, &lost, "take late deliveries", `
			update webhook_deliveries set restarted_at = @now where id in (
				select id from webhook_deliveries
				where state = 'queued' and coalesce(restarted_at, '-infinity') < @before
					and coalesce(tried_at, created_at) + make_interval(secs => (cast(@pauses as bigint[]))[attempts + 1]) < @now
				order by created_at limit @limit for update skip locked)
			returning id`, map[string]any{"now": now, "before": now.Add(-late), "pauses": pauses, "limit": limit})
		for _, id := range lost {
			if err == nil {
				err = w.nt.outbox.EnqueueOnce(ctx, models.OutboxWebhook, id)
			}
		}
		return err
	})
	return len(lost), err
}

// SealedWebhooks returns webhooks by id after the given one.
func (w *Worker) SealedWebhooks(ctx context.Context, after uuid.UUID, limit int) ([]models.Webhook, error) {
	var out []models.Webhook
	err := w.nt.db.Rows(ctx, &out, "list sealed webhooks", `select id, user_id, sealed from webhooks where id > ? order by id limit ?`, after, limit)
	return out, err
}

// ResealWebhook replaces what is sealed of a webhook by the same, under another
// key.
func (w *Worker) ResealWebhook(ctx context.Context, id uuid.UUID, was, now string) error {
	_, err := w.nt.db.Exec(ctx, "reseal webhook", `update webhooks set sealed = ? where id = ? and sealed = ?`, now, id, was)
	return err
}
