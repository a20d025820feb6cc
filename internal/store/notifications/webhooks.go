package notifications

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// deliver queues an event of the job for its owner's webhooks that want it, in the
// caller's transaction.
func (nt *Notifications) deliver(ctx context.Context, job models.Job, event models.Notable, body string) error {
	var hooks []uuid.UUID
	err := nt.db.Rows(ctx, &hooks, "look up webhooks", `
		select id from webhooks h where user_id = ? and enabled and events @> to_jsonb(cast(? as text))
			and (not exists (select from webhook_labels l where l.webhook_id = h.id)
				or exists (select from webhook_labels l join job_labels j on j.label_id = l.label_id where l.webhook_id = h.id and j.job_id = ?))
		order by id`, job.UserID, event, job.ID)
	if err != nil {
		return err
	}
	for _, id := range hooks {
		if _, err := nt.queue(ctx, models.WebhookDelivery{WebhookID: id, MessageID: nt.db.NewID(), Event: event, Body: body}); err != nil {
			return err
		}
	}
	return nil
}

// queue writes a delivery and has the worker make it.
func (nt *Notifications) queue(ctx context.Context, d models.WebhookDelivery) (models.WebhookDelivery, error) {
	d.ID, d.State, d.CreatedAt = nt.db.NewID(), models.DeliveryQueued, nt.db.Now()
	err := nt.db.Tx(ctx, func(ctx context.Context) error {
		if err := nt.db.Conn(ctx).Create(&d).Error; err != nil {
			return postgres.Translate(err, "queue delivery")
		}
		return nt.outbox.Enqueue(ctx, models.OutboxWebhook, d.ID)
	})
	return d, err
}

// Webhooks returns the user's webhooks, oldest first.
func (nt *Notifications) Webhooks(ctx context.Context, userID uuid.UUID) ([]models.Webhook, error) {
	var out []models.Webhook
	if err := nt.db.Conn(ctx).Where("user_id = ?", userID).Order("created_at, id").Find(&out).Error; err != nil {
		return nil, postgres.Translate(err, "list webhooks")
	}
	each := make([]*models.Webhook, 0, len(out))
	for i := range out {
		each = append(each, &out[i])
	}
	return out, nt.withLabels(ctx, each...)
}

// Webhook returns a webhook of the user.
func (nt *Notifications) Webhook(ctx context.Context, userID, id uuid.UUID) (models.Webhook, error) {
	var out models.Webhook
	err := nt.db.Conn(ctx).Where("user_id = ? and id = ?", userID, id).Take(&out).Error
	return out, postgres.Translate(err, "load webhook")
}

// CreateWebhook adds a webhook, which is on. A user has at most
// models.MaxWebhooks; one more is a conflict.
func (nt *Notifications) CreateWebhook(ctx context.Context, h models.Webhook) (models.Webhook, error) {
	var err error
	if h.Name, err = models.CheckedWebhookName(h.Name); err != nil {
		return h, err
	}
	if h.Events, err = models.CheckedNotables(h.Events, "events"); err != nil {
		return h, err
	}
	h.Enabled, h.CreatedAt, h.UpdatedAt = true, nt.db.Now(), nt.db.Now()
	err = nt.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := nt.db.Exec(ctx, "lock account", `select from users where id = ? for no key update`, h.UserID); err != nil {
			return err
		}
		var n int
		if err := nt.db.Row(ctx, &n, "count webhooks", `select count(*) from webhooks where user_id = ?`, h.UserID); err != nil {
			return err
		}
		if n >= models.MaxWebhooks {
			return models.Errorf(models.CodeConflict, "You have %d webhooks, which is the most. Delete one first.", n)
		}
		if err := nt.db.Conn(ctx).Create(&h).Error; err != nil {
			return postgres.Translate(err, "add webhook")
		}
		return nt.limitWebhook(ctx, &h, h.Labels)
	})
	return h, err
}

// ChangeWebhook changes a webhook of the user and returns it. Turning it on
// forgets that it failed.
func (nt *Notifications) ChangeWebhook(ctx context.Context, userID, id uuid.UUID, c models.WebhookChange) (models.Webhook, error) {
	var h models.Webhook
	err := nt.db.Tx(ctx, func(ctx context.Context) error {
		err := nt.db.Row(ctx, &h, "lock webhook", `select * from webhooks where user_id = ? and id = ? for no key update`, userID, id)
		if err != nil {
			return err
		}
		if c.Name != nil {
			if h.Name, err = models.CheckedWebhookName(*c.Name); err != nil {
				return err
			}
		}
		if c.Events != nil {
			if h.Events, err = models.CheckedNotables(c.Events, "events"); err != nil {
				return err
			}
		}
		if c.Target != nil {
			h.Host, h.Sealed = c.Target.Host, c.Target.Sealed
		}
		if c.Enabled != nil {
			h.Enabled, h.OffReason, h.FailingSince = *c.Enabled, "", nil
		}
		if err := nt.saveWebhook(ctx, &h); err != nil {
			return err
		}
		if err := nt.limitWebhook(ctx, &h, c.Labels); err != nil || c.Labels != nil {
			return err
		}
		return nt.withLabels(ctx, &h)
	})
	return h, err
}

func (nt *Notifications) saveWebhook(ctx context.Context, h *models.Webhook) error {
	h.UpdatedAt = nt.db.Now()
	err := nt.db.Conn(ctx).Model(h).Select("name", "host", "sealed", "events", "enabled", "off_reason", "failing_since", "updated_at").Updates(h).Error
	return postgres.Translate(err, "save webhook")
}

// DeleteWebhook removes a webhook of the user with its deliveries.
func (nt *Notifications) DeleteWebhook(ctx context.Context, userID, id uuid.UUID) error {
	n, err := nt.db.Exec(ctx, "delete webhook", `delete from webhooks where user_id = ? and id = ?`, userID, id)
	if err == nil && n == 0 {
		return postgres.NotFound("webhook")
	}
	return err
}

// TestWebhook queues a test event for a webhook of the user, whether or not it is
// on.
func (nt *Notifications) TestWebhook(ctx context.Context, userID, id uuid.UUID) (models.WebhookDelivery, error) {
	h, err := nt.Webhook(ctx, userID, id)
	if err != nil {
		return models.WebhookDelivery{}, err
	}
	b, err := json.Marshal(message{models.NotableTest, nt.db.Now().UTC(), map[string]string{"webhook": h.Name}})
	if err != nil {
		return models.WebhookDelivery{}, fmt.Errorf("encode event: %w", err)
	}
	return nt.queue(ctx, models.WebhookDelivery{WebhookID: id, MessageID: nt.db.NewID(), Event: models.NotableTest, Body: string(b)})
}

// Deliveries returns a page of what is or was sent to a webhook of the user,
// newest first, and the cursor of the next.
func (nt *Notifications) Deliveries(ctx context.Context, userID, id uuid.UUID, cursor string, limit int) ([]models.WebhookDelivery, string, error) {
	if _, err := nt.Webhook(ctx, userID, id); err != nil {
		return nil, "", err
	}
	limit = page.Size(limit)
	q, err := after(nt.db.Conn(ctx).Where("webhook_id = ?", id).Order("created_at desc, id desc").Limit(limit+1), cursor)
	if err != nil {
		return nil, "", err
	}
	var out []models.WebhookDelivery
	if err := q.Find(&out).Error; err != nil {
		return nil, "", postgres.Translate(err, "list deliveries")
	}
	if len(out) <= limit {
		return out, "", nil
	}
	out = out[:limit]
	return out, cursorOf(out[limit-1].CreatedAt, out[limit-1].ID), nil
}

// Delivery returns a delivery to a webhook of the user, with its attempts.
func (nt *Notifications) Delivery(ctx context.Context, userID, webhookID, id uuid.UUID) (d models.WebhookDelivery, tries []models.WebhookAttempt, err error) {
	err = nt.db.Row(ctx, &d, "load delivery", `
		select d.* from webhook_deliveries d join webhooks h on h.id = d.webhook_id
		where h.user_id = ? and h.id = ? and d.id = ?`, userID, webhookID, id)
	if err != nil {
		return d, nil, err
	}
	err = nt.db.Rows(ctx, &tries, "list attempts of delivery", `select * from webhook_attempts where delivery_id = ? order by n`, id)
	return d, tries, err
}

// Replay sends a delivery that has ended once more, as a delivery of its own with
// the same message id. One that is on its way is a conflict.
func (nt *Notifications) Replay(ctx context.Context, userID, webhookID, id uuid.UUID) (models.WebhookDelivery, error) {
	d, _, err := nt.Delivery(ctx, userID, webhookID, id)
	if err != nil {
		return d, err
	}
	if d.State == models.DeliveryQueued {
		return d, models.Errorf(models.CodeConflict, "This delivery is still on its way.")
	}
	return nt.queue(ctx, models.WebhookDelivery{WebhookID: webhookID, MessageID: d.MessageID, Event: d.Event, Body: d.Body})
}
