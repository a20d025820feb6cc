package notifications

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// The channels that a user can limit to labels, beside each webhook.
const (
	inApp  = "app"
	byMail = "mail"
)

// told is by which channels a user is told of a job.
type told struct{ App, Mail bool }

// channels returns by which channels the owner of a job is told of it: by those
// that are limited to no label, or to one that the job has.
func (nt *Notifications) channels(ctx context.Context, job models.Job) (told, error) {
	var out told
	err := nt.db.Row(ctx, &out, "look up limits of channels", `
		with limits as (select n.channel, j.job_id is not null as has from notification_labels n
			left join job_labels j on j.label_id = n.label_id and j.job_id = @job where n.user_id = @user)
		select coalesce((select bool_or(has) from limits where channel = 'app'), true) as app,
			coalesce((select bool_or(has) from limits where channel = 'mail'), true) as mail`,
		map[string]any{"job": job.ID, "user": job.UserID})
	return out, err
}

// Settings returns how the user is told of events.
func (nt *Notifications) Settings(ctx context.Context, userID uuid.UUID) (models.NotificationSettings, error) {
	var out models.NotificationSettings
	var err error
	if out.Mail, err = nt.MailEvents(ctx, userID); err != nil {
		return out, err
	}
	var rows []struct {
		Channel string
		LabelID uuid.UUID
	}
	err = nt.db.Rows(ctx, &rows, "list limits of channels", `
		select channel, label_id from notification_labels where user_id = ? order by label_id`, userID)
	for _, r := range rows {
		if r.Channel == inApp {
			out.AppLabels = append(out.AppLabels, r.LabelID)
		} else {
			out.MailLabels = append(out.MailLabels, r.LabelID)
		}
	}
	return out, err
}

// SetSettings has the user be told so. Limits that are nil stay as they are.
func (nt *Notifications) SetSettings(ctx context.Context, userID uuid.UUID, s models.NotificationSettings) (out models.NotificationSettings, err error) {
	err = nt.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := nt.SetMailEvents(ctx, userID, s.Mail); err != nil {
			return err
		}
		if err := nt.limit(ctx, userID, inApp, s.AppLabels, "appLabels"); err != nil {
			return err
		}
		if err := nt.limit(ctx, userID, byMail, s.MailLabels, "mailLabels"); err != nil {
			return err
		}
		out, err = nt.Settings(ctx, userID)
		return err
	})
	return out, err
}

// limit limits a channel to the labels, to none if there is no label.
func (nt *Notifications) limit(ctx context.Context, userID uuid.UUID, channel string, labels []uuid.UUID, field string) error {
	if labels == nil {
		return nil
	}
	if _, err := nt.db.Exec(ctx, "lift limits of channel", `delete from notification_labels where user_id = ? and channel = ?`, userID, channel); err != nil {
		return err
	}
	n, err := nt.db.Exec(ctx, "limit channel", `
		insert into notification_labels (user_id, channel, label_id) select user_id, ?, id from labels where user_id = ? and id = any(?)`,
		channel, userID, postgres.Array[uuid.UUID](labels))
	return allOwn(n, labels, field, err)
}

// limitWebhook is limit for a webhook of the user.
func (nt *Notifications) limitWebhook(ctx context.Context, h *models.Webhook, labels []uuid.UUID) error {
	if labels == nil {
		return nil
	}
	if _, err := nt.db.Exec(ctx, "lift limits of webhook", `delete from webhook_labels where webhook_id = ?`, h.ID); err != nil {
		return err
	}
	n, err := nt.db.Exec(ctx, "limit webhook", `
		insert into webhook_labels (webhook_id, label_id) select ?, id from labels where user_id = ? and id = any(?)`,
		h.ID, h.UserID, postgres.Array[uuid.UUID](labels))
	h.Labels = labels
	return allOwn(n, labels, "labels", err)
}

// allOwn refuses labels of which only n are the user's.
func allOwn(n int64, labels []uuid.UUID, field string, err error) error {
	distinct := map[uuid.UUID]bool{}
	for _, id := range labels {
		distinct[id] = true
	}
	if err == nil && n < int64(len(distinct)) {
		return models.Errorf(models.CodeInvalid, "There is no such label.").In(field)
	}
	return err
}

// withLabels fills in to which labels the webhooks are limited.
func (nt *Notifications) withLabels(ctx context.Context, hooks ...*models.Webhook) error {
	ids := postgres.Array[uuid.UUID]{}
	at := map[uuid.UUID]*models.Webhook{}
	for _, h := range hooks {
		ids, at[h.ID] = append(ids, h.ID), h
	}
	var rows []struct{ WebhookID, LabelID uuid.UUID }
	err := nt.db.Rows(ctx, &rows, "list limits of webhooks", `
		select webhook_id, label_id from webhook_labels where webhook_id = any(?) order by label_id`, ids)
	for _, r := range rows {
		at[r.WebhookID].Labels = append(at[r.WebhookID].Labels, r.LabelID)
	}
	return err
}
