package bulk

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Admin starts, shows and stops acts.
type Admin struct{ bk *Bulk }

// StartBulk has the worker do the act to the named jobs or, if none is named, to
// all that match now: jobs that are submitted later are not meant.
func (ad *Admin) StartBulk(ctx context.Context, by models.Actor, r models.BulkRequest) (models.BulkAct, error) {
	r, err := r.Checked()
	if err != nil {
		return models.BulkAct{}, err
	}
	bk := ad.bk
	now := bk.db.Now()
	b := models.BulkAct{
		ID: bk.db.NewID(), ActorKind: by.Kind, ActorID: by.ID, ActorIP: by.IP, Action: r.Act.Action, Provider: r.Act.Provider, Note: r.Act.Note, Final: r.Act.Final,
		Match: r.Match, Named: len(r.Jobs) > 0, Rate: r.Rate, State: models.BulkFinding, CreatedAt: now, UpdatedAt: now,
	}
	if b.Named {
		b.State = models.BulkActing
	} else if b.Match.CreatedTo.IsZero() || b.Match.CreatedTo.After(now) {
		b.Match.CreatedTo = now
	}
	err = bk.db.Tx(ctx, func(ctx context.Context) error {
		if err := bk.db.Conn(ctx).Create(&b).Error; err != nil {
			return postgres.Translate(err, "start bulk act")
		}
		if b.Named {
			if err := bk.list(ctx, &b, r.Jobs); err != nil {
				return err
			}
			if err := bk.save(ctx, "count named jobs", &b, "total"); err != nil {
				return err
			}
		}
		if err := bk.audit(ctx, by, models.AuditBulkStarted, b); err != nil {
			return err
		}
		if err := bk.outbox.Enqueue(ctx, models.OutboxBulk, b.ID); err != nil {
			return err
		}
		b, err = bk.load(ctx, b.ID)
		return err
	})
	return b, err
}

// StopBulk ends an act. What it did stays done, and the rest is left as it is.
// An act that is over stays as it ended.
func (ad *Admin) StopBulk(ctx context.Context, by models.Actor, id uuid.UUID) (models.BulkAct, error) {
	return ad.bk.stop(ctx, by, id, ofAdmins)
}

// BulkActs returns the newest acts, at most limit.
func (ad *Admin) BulkActs(ctx context.Context, limit int) ([]models.BulkAct, error) {
	var out []models.BulkAct
	err := ad.bk.db.Rows(ctx, &out, "list bulk acts", `
		select b.*, coalesce(u.email, '') as email from bulk_acts b left join users u on u.id = b.actor_id
		where b.user_id is null order by b.created_at desc, b.id limit ?`, page.Size(limit))
	return out, err
}

// BulkAct returns an act with how far it has come.
func (ad *Admin) BulkAct(ctx context.Context, id uuid.UUID) (models.BulkAct, error) {
	b, err := ad.bk.load(ctx, id)
	if err == nil && !ofAdmins(b) {
		return models.BulkAct{}, postgres.NotFound("act")
	}
	return b, err
}

// ofAdmins reports whether an act is an administrator's and not an owner's.
func ofAdmins(b models.BulkAct) bool { return b.UserID == nil }

// byPlace is the order of an act's jobs.
const byPlace = "n"

// BulkItems returns what became of the jobs of an act, in the order in which
// their turn comes: of those in the state, if one is named. The cursor of the
// next page is empty on the last one. They name what others download, so the
// look is in the audit log, once an hour.
func (ad *Admin) BulkItems(ctx context.Context, by models.Actor, id uuid.UUID, state models.BulkItemState, cursor string, limit int) ([]models.BulkItem, string, error) {
	after, err := itemsAfter(id, state, cursor)
	if err != nil {
		return nil, "", err
	}
	if _, err := ad.BulkAct(ctx, id); err != nil {
		return nil, "", err
	}
	if err := ad.bk.records.RecordLook(ctx, by.Did(models.AuditBulkRead, auditTarget, id.String())); err != nil {
		return nil, "", err
	}
	return ad.bk.items(ctx, id, state, after, limit)
}

// itemsAfter returns the place that a page of an act's jobs begins after.
func itemsAfter(id uuid.UUID, state models.BulkItemState, cursor string) (int64, error) {
	if state != "" && !state.Valid() {
		return 0, models.Errorf(models.CodeInvalid, "Use pending, done or refused.").In("state")
	}
	if cursor == "" {
		return 0, nil
	}
	c, err := page.Read(cursor, byPlace, false)
	if err != nil {
		return 0, err
	}
	after, err := strconv.ParseInt(c.Key, 10, 64)
	if err != nil || c.ID != id {
		return 0, page.Refused().Because(err)
	}
	return after, nil
}

// items returns a page of an act's jobs, and the cursor of the next one.
func (bk *Bulk) items(ctx context.Context, id uuid.UUID, state models.BulkItemState, after int64, limit int) ([]models.BulkItem, string, error) {
	limit = page.Size(limit)
	q := bk.db.Conn(ctx).Table("bulk_items i").
		Select("i.*, coalesce(j.name, '') as name, coalesce(u.email, '') as owner").
		Joins("left join jobs j on j.id = i.job_id and j.delete_at is null").Joins("left join users u on u.id = j.user_id").
		Where("i.bulk_id = ? and i.n > ?", id, after).Order("i.n").Limit(limit + 1)
	if state != "" {
		q = q.Where("i.state = ?", state)
	}
	var out []models.BulkItem
	if err := q.Find(&out).Error; err != nil {
		return nil, "", postgres.Translate(err, "list jobs of bulk act")
	}
	if len(out) <= limit {
		return out, "", nil
	}
	out = out[:limit]
	next := page.Cursor{By: byPlace, Key: strconv.FormatInt(out[limit-1].N, 10), ID: id}
	return out, next.String(), nil
}
