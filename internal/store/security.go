package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// RecordSecurity keeps a security event, in the caller's transaction if there
// is one. Of those with the same kind and Once it keeps one per minute.
func (s *Store) RecordSecurity(ctx context.Context, e models.SecurityEvent) error {
	if e.Once != "" {
		wait, err := s.TakeAllowance(ctx, "security "+string(e.Kind)+" "+e.Once, 1, time.Minute)
		if err != nil || wait > 0 {
			return err
		}
	}
	e.ID, e.At = 0, s.Now()
	return translate(s.conn(ctx).Create(&e).Error, "record security event")
}

// RecordLogin keeps the event of a sign-in and mails the user when they signed
// in before, but never with such a device: a program that names itself the
// same, whatever its version.
func (s *Store) RecordLogin(ctx context.Context, user models.User, from models.Client) error {
	return s.Tx(ctx, func(s *Store) error {
		var before struct{ Any, Same bool }
		err := s.row(ctx, &before, "look for earlier sign-ins", `
			select count(*) > 0 as any, coalesce(bool_or(
				regexp_replace(user_agent, '[0-9.]+', '', 'g') = regexp_replace(?, '[0-9.]+', '', 'g')), false) as same
			from security_events where user_id = ? and kind = ?`, from.UserAgent, user.ID, models.SecurityLogin)
		if err != nil {
			return err
		}
		e := models.SecurityEvent{Kind: models.SecurityLogin, UserID: &user.ID, IP: from.IP, UserAgent: from.UserAgent}
		if err := s.RecordSecurity(ctx, e); err != nil || !before.Any || before.Same {
			return err
		}
		return s.QueueMail(ctx, models.Mail{
			UserID: &user.ID, To: user.Email, Kind: models.MailNewDevice,
			Params: map[string]string{models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
		})
	})
}

// SecurityFilter selects a page of the security events. Zero values select
// all.
type SecurityFilter struct {
	Kind     models.SecurityKind
	User     string // the account's id or address
	IP       string
	From, To time.Time // from inclusive, to exclusive
	Before   int64     // only events with a smaller id; 0 for the newest
	Limit    int
}

// SecurityRecord is an event with the address of its account, empty if that is
// gone or there is none.
type SecurityRecord struct {
	models.SecurityEvent
	UserEmail string
}

// SecurityEvents returns a page of the security events, newest first.
func (s *Store) SecurityEvents(ctx context.Context, f SecurityFilter) ([]SecurityRecord, error) {
	q := s.conn(ctx).Order("id desc").Limit(pageSize(f.Limit))
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.User != "" {
		ids, err := s.namedIDs(ctx, f.User)
		if err != nil {
			return nil, err
		}
		q = q.Where("user_id = any(?)", array{ids})
	}
	if f.IP != "" {
		q = q.Where("ip = ?", f.IP)
	}
	var events []models.SecurityEvent
	if err := within(q, f.From, f.To, f.Before).Find(&events).Error; err != nil {
		return nil, translate(err, "list security events")
	}
	ids := make([]uuid.UUID, 0, len(events))
	for _, e := range events {
		if e.UserID != nil {
			ids = append(ids, *e.UserID)
		}
	}
	names, err := s.namesOf(ctx, ids)
	out := make([]SecurityRecord, 0, len(events))
	for _, e := range events {
		r := SecurityRecord{SecurityEvent: e}
		if e.UserID != nil {
			r.UserEmail = names[*e.UserID]
		}
		out = append(out, r)
	}
	return out, err
}

// PruneSecurityEvents removes the security events from before the time. The
// database itself keeps the last 30 days, whatever the time.
func (w *Work) PruneSecurityEvents(ctx context.Context, before time.Time) (int64, error) {
	return w.s.exec(ctx, "prune security events", `delete from security_events where at < ?`, before)
}
