package records

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Audit returns a page of the audit log, newest first.
func (r *Records) Audit(ctx context.Context, f models.AuditFilter) ([]models.AuditRecord, error) {
	q := r.db.Conn(ctx).Order("id desc").Limit(page.Size(f.Limit))
	if f.Actor != "" {
		ids, err := r.namedIDs(ctx, f.Actor)
		if err != nil {
			return nil, err
		}
		q = q.Where("actor_id in ?", ids)
	}
	if f.Action != "" {
		q = q.Where("(action = ? or starts_with(action, ?))", f.Action, f.Action+".")
	}
	if f.TargetKind != "" {
		q = q.Where("target_kind = ?", f.TargetKind)
	}
	if f.Target != "" {
		ids, err := r.namedIDs(ctx, f.Target)
		if err != nil {
			return nil, err
		}
		q = q.Where("(target_id = ? or target_id in ?)", f.Target, texts(ids))
	}
	q = within(q, f.From, f.To, f.Before)
	var entries []models.AuditEntry
	if err := q.Find(&entries).Error; err != nil {
		return nil, postgres.Translate(err, "list audit log")
	}
	ids := make([]uuid.UUID, 0, 2*len(entries))
	for _, e := range entries {
		if e.ActorID != nil {
			ids = append(ids, *e.ActorID)
		}
		if id, err := uuid.Parse(e.TargetID); err == nil {
			ids = append(ids, id)
		}
	}
	names, err := r.namesOf(ctx, ids)
	out := make([]models.AuditRecord, 0, len(entries))
	for _, e := range entries {
		r := models.AuditRecord{AuditEntry: e}
		if e.ActorID != nil {
			r.ActorName = names[*e.ActorID]
		}
		if id, err := uuid.Parse(e.TargetID); err == nil {
			r.TargetName = names[id]
		}
		out = append(out, r)
	}
	return out, err
}

// namedIDs returns the ids for a name: an account's address, an agent's name,
// or an id, which is used as it is even if nothing has it anymore.
func (r *Records) namedIDs(ctx context.Context, name string) ([]uuid.UUID, error) {
	name = strings.TrimSpace(name)
	if id, err := uuid.Parse(name); err == nil {
		return []uuid.UUID{id}, nil
	}
	out := []uuid.UUID{}
	err := r.db.Rows(ctx, &out, "look up a name", `
		select id from users where email = ? and delete_at is null union all select id from agents where name = ?`,
		strings.ToLower(name), name)
	return out, err
}

// namesOf returns the addresses of accounts and the names of agents by their
// ids. What is gone is left out.
func (r *Records) namesOf(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	out := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	err := r.db.Rows(ctx, &rows, "look up names", `
		select id, email as name from users where id in @ids and delete_at is null
		union all select id, name from agents where id in @ids`, map[string]any{"ids": ids})
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}

func texts(ids []uuid.UUID) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

// within adds the bounds that lists of records have.
func within(q *gorm.DB, from, to time.Time, before int64) *gorm.DB {
	if !from.IsZero() {
		q = q.Where("at >= ?", from)
	}
	if !to.IsZero() {
		q = q.Where("at < ?", to)
	}
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	return q
}
