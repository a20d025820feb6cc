package records

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// RecordSecurity appends a security event, in the caller's transaction if there
// is one. It should come last, as no other event can be written until the
// transaction ends. Of those with the same kind and Once it keeps one per
// minute.
func (r *Records) RecordSecurity(ctx context.Context, e models.SecurityEvent) error {
	if e.Once != "" {
		wait, err := r.limits.TakeAllowance(ctx, "security "+string(e.Kind)+" "+e.Once, 1, time.Minute)
		if err != nil || wait > 0 {
			return err
		}
	}
	return r.db.Tx(ctx, func(ctx context.Context) error {
		if err := r.db.Lock(ctx, postgres.LockSecurity, ""); err != nil {
			return err
		}
		var last chainLink
		err := r.db.Row(ctx, &last, "load end of security events", `
			select id, coalesce(nullif(hash, ''), ?) as hash from security_events order by id desc limit 1`, chainStart().Hash)
		if models.IsNotFound(err) {
			last, err = chainStart(), nil
		}
		if err != nil {
			return err
		}
		row := securityRow{
			Link: last.next(), At: r.db.Now(), Kind: string(e.Kind), UserID: e.UserID, IP: e.IP, UserAgent: e.UserAgent, Detail: e.Detail,
		}
		row.Link.Hash = row.sum()
		return postgres.Translate(r.db.Conn(ctx).Create(&row).Error, "record security event")
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

// TableName returns the table of security events.
func (securityRow) TableName() string { return "security_events" }

func (r securityRow) link() chainLink { return r.Link }

func (r securityRow) sum() []byte {
	user := ""
	if r.UserID != nil {
		user = r.UserID.String()
	}
	return chainSum("longhaul security 1", hex.EncodeToString(r.Link.PrevHash), r.Link.ID, r.At.UTC().UnixMicro(), r.Kind, user, r.IP, r.UserAgent, r.Detail)
}

// VerifySecurityEvents follows the chain of the security events from the oldest
// that is kept and was chained, and reports whether every hash matches. Earlier
// events may have expired, and events cut off at the end don't show.
func (r *Records) VerifySecurityEvents(ctx context.Context) (models.ChainCheck, error) {
	var first chainLink
	err := r.db.Row(ctx, &first, "load beginning of security events", `
		select id - 1 as id, prev_hash as hash from security_events where hash <> '' order by id limit 1`)
	if models.IsNotFound(err) {
		return models.ChainCheck{}, nil
	}
	if err != nil {
		return models.ChainCheck{}, err
	}
	return follow(first, func(after int64) ([]securityRow, error) {
		var batch []securityRow
		err := r.db.Rows(ctx, &batch, "read security events", `
			select id, at, kind, user_id, ip, user_agent, detail, prev_hash, hash
			from security_events where id > ? order by id limit ?`, after, chainBatch)
		return batch, err
	})
}

// SecurityEvents returns a page of the security events, newest first.
func (r *Records) SecurityEvents(ctx context.Context, f models.SecurityFilter) ([]models.SecurityRecord, error) {
	q := r.db.Conn(ctx).Order("id desc").Limit(page.Size(f.Limit))
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.User != "" {
		ids, err := r.namedIDs(ctx, f.User)
		if err != nil {
			return nil, err
		}
		q = q.Where("user_id in ?", ids)
	}
	if f.IP != "" {
		q = q.Where("ip = ?", f.IP)
	}
	var events []models.SecurityEvent
	if err := within(q, f.From, f.To, f.Before).Find(&events).Error; err != nil {
		return nil, postgres.Translate(err, "list security events")
	}
	ids := make([]uuid.UUID, 0, len(events))
	for _, e := range events {
		if e.UserID != nil {
			ids = append(ids, *e.UserID)
		}
	}
	names, err := r.namesOf(ctx, ids)
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
func (w *Worker) PruneSecurityEvents(ctx context.Context, before time.Time) (int64, error) {
	return w.r.db.Exec(ctx, "prune security events", `
		delete from security_events
		where at < ? and id < coalesce((select min(id) from security_events where at >= ?), 9223372036854775807)`, before, before)
}
