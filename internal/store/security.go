package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// RecordSecurity appends a security event, in the caller's transaction if there
// is one. It should come last, as no other event can be written until the
// transaction ends. Of those with the same kind and Once it keeps one per
// minute.
func (s *Store) RecordSecurity(ctx context.Context, e models.SecurityEvent) error {
	if e.Once != "" {
		wait, err := s.TakeAllowance(ctx, "security "+string(e.Kind)+" "+e.Once, 1, time.Minute)
		if err != nil || wait > 0 {
			return err
		}
	}
	return s.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx, lockSecurity, ""); err != nil {
			return err
		}
		var last chainLink
		err := s.row(ctx, &last, "load end of security events", `
			select id, coalesce(nullif(hash, ''), ?) as hash from security_events order by id desc limit 1`, array{chainStart().Hash})
		if models.IsNotFound(err) {
			last, err = chainStart(), nil
		}
		if err != nil {
			return err
		}
		row := securityRow{
			Link: chainLink{ID: last.ID + 1, PrevHash: last.Hash}, At: s.Now(), Kind: string(e.Kind), UserID: e.UserID,
			IP: e.IP, UserAgent: e.UserAgent, Detail: e.Detail,
		}
		_, err = s.exec(ctx, "record security event", `
			insert into security_events (id, at, kind, user_id, ip, user_agent, detail, prev_hash, hash)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			row.Link.ID, row.At, row.Kind, row.UserID, row.IP, row.UserAgent, row.Detail, array{row.Link.PrevHash}, array{row.sum()})
		return err
	})
}

// securityRow is an event as the hash covers it.
type securityRow struct {
	Link      chainLink `gorm:"embedded"`
	At        time.Time
	Kind      string
	UserID    *uuid.UUID
	IP        string
	UserAgent string
	Detail    string
}

func (r securityRow) link() chainLink { return r.Link }

func (r securityRow) sum() []byte {
	user := ""
	if r.UserID != nil {
		user = r.UserID.String()
	}
	return chainSum("longhaul security 1", hex.EncodeToString(r.Link.PrevHash), r.Link.ID, r.At.UTC().UnixMicro(), r.Kind, user, r.IP, r.UserAgent, r.Detail)
}

// VerifySecurityEvents follows the chain of the security events from the
// oldest that is kept and was chained, and tells whether every hash fits. What
// is gone before it may have been old, and what was cut off at the end cannot
// be seen.
func (s *Store) VerifySecurityEvents(ctx context.Context) (models.ChainCheck, error) {
	var first chainLink
	err := s.row(ctx, &first, "load beginning of security events", `
		select id - 1 as id, prev_hash as hash from security_events where hash <> '' order by id limit 1`)
	if models.IsNotFound(err) {
		return models.ChainCheck{}, nil
	}
	if err != nil {
		return models.ChainCheck{}, err
	}
	return follow(first, func(after int64) ([]securityRow, error) {
		var batch []securityRow
		err := s.rows(ctx, &batch, "read security events", `
			select id, at, kind, user_id, ip, user_agent, detail, prev_hash, hash
			from security_events where id > ? order by id limit ?`, after, chainBatch)
		return batch, err
	})
}

// RecordLogin keeps the event of a sign-in and mails the user when they signed
// in before, but never with such a device: a program that names itself the
// same, whatever its version.
func (s *Store) RecordLogin(ctx context.Context, user models.User, from models.Client) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		var before struct{ Any, Same bool }
		err := s.row(ctx, &before, "look for earlier sign-ins", `
			select count(*) > 0 as any, coalesce(bool_or(
				regexp_replace(user_agent, '[0-9.]+', '', 'g') = regexp_replace(?, '[0-9.]+', '', 'g')), false) as same
			from security_events where user_id = ? and kind = ?`, from.UserAgent, user.ID, models.SecurityLogin)
		if err != nil {
			return err
		}
		e := models.SecurityEvent{Kind: models.SecurityLogin, UserID: &user.ID, IP: from.IP, UserAgent: from.UserAgent}
		if before.Any && !before.Same {
			if err := s.QueueMail(ctx, models.Mail{
				UserID: &user.ID, To: user.Email, Kind: models.MailNewDevice,
				Params: map[string]string{models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
			}); err != nil {
				return err
			}
		}
		return s.RecordSecurity(ctx, e)
	})
}

// SecurityEvents returns a page of the security events, newest first.
func (s *Store) SecurityEvents(ctx context.Context, f models.SecurityFilter) ([]models.SecurityRecord, error) {
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
	out := make([]models.SecurityRecord, 0, len(events))
	for _, e := range events {
		r := models.SecurityRecord{SecurityEvent: e}
		if e.UserID != nil {
			r.UserEmail = names[*e.UserID]
		}
		out = append(out, r)
	}
	return out, err
}

// PruneSecurityEvents removes the security events from before the time, from
// the beginning of their chain on. The database itself keeps the last 30 days,
// whatever the time.
func (w *Work) PruneSecurityEvents(ctx context.Context, before time.Time) (int64, error) {
	return w.s.exec(ctx, "prune security events", `
		delete from security_events
		where at < ? and id < coalesce((select min(id) from security_events where at >= ?), 9223372036854775807)`, before, before)
}
