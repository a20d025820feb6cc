package bulk

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
	"longhaul/models/wording"
)

// Own starts, shows and stops acts of owners on their own jobs.
type Own struct{ bk *Bulk }

// recentOwn is how many acts an owner sees.
const recentOwn = 20

// StartOwnBulk has the worker do the act to all of the user's jobs that match and
// could allow it, oldest first. They are listed at once, so that jobs that are
// submitted later, or come to match later, are not meant. A user has one such act
// at a time.
func (o *Own) StartOwnBulk(ctx context.Context, by models.Actor, userID uuid.UUID, r models.OwnBulkRequest) (models.BulkAct, error) {
	if err := r.Checked(); err != nil {
		return models.BulkAct{}, err
	}
	bk := o.bk
	now := bk.db.Now()
	b := models.BulkAct{
		ID: bk.db.NewID(), UserID: &userID, ActorKind: by.Kind, ActorID: &userID, ActorIP: by.IP, Action: r.Action, Named: true,
		Rate: models.OwnBulkRate, State: models.BulkActing, CreatedAt: now, UpdatedAt: now,
	}
	err := bk.db.Tx(ctx, func(ctx context.Context) error {
		err := postgres.Translate(bk.db.Conn(ctx).Create(&b).Error, "start act of owner")
		if postgres.IsConflict(err) {
			return models.Errorf(models.CodeConflict, "You have an act on many jobs under way. Wait for its end, or stop it.").Because(err)
		}
		if err != nil {
			return err
		}
		if err := bk.listMeant(ctx, &b, userID, r); err != nil {
			return err
		}
		if err := bk.save(ctx, "count jobs of owner's act", &b, "total"); err != nil {
			return err
		}
		return bk.outbox.Enqueue(ctx, models.OutboxBulk, b.ID)
	})
	return b, err
}

// listMeant lists the jobs that an owner's act means, in one statement.
func (bk *Bulk) listMeant(ctx context.Context, b *models.BulkAct, userID uuid.UUID, r models.OwnBulkRequest) error {
	n, err := bk.db.Exec(ctx, "list jobs of owner's act", `
		insert into bulk_items (bulk_id, n, job_id, state)
		select @bulk, row_number() over (order by created_at, id), id, 'pending' from (?) as meant`,
		bk.own.Meant(ctx, userID, r.Match, r.Action).Limit(models.MaxOwnBulk+1), map[string]any{"bulk": b.ID})
	switch {
	case err != nil:
		return err
	case n == 0:
		return models.Fault(models.ProblemWrongState, "None of these jobs can be %s.", wording.Action(r.Action))
	case n > models.MaxOwnBulk:
		return models.Errorf(models.CodeInvalid, "More than %d jobs match. Narrow the search down.", models.MaxOwnBulk).In("match")
	}
	b.Total = n
	return nil
}

// StopOwnBulk ends an act of the user. What it did stays done, and the rest is
// left as it is. An act that is over stays as it ended.
func (o *Own) StopOwnBulk(ctx context.Context, by models.Actor, userID, id uuid.UUID) (models.BulkAct, error) {
	return o.bk.stop(ctx, by, id, func(b models.BulkAct) bool { return b.UserID != nil && *b.UserID == userID })
}

// OwnBulkActs returns the user's newest acts.
func (o *Own) OwnBulkActs(ctx context.Context, userID uuid.UUID) ([]models.BulkAct, error) {
	var out []models.BulkAct
	err := o.bk.db.Rows(ctx, &out, "list acts of owner", `
		select * from bulk_acts where user_id = ? order by created_at desc, id limit ?`, userID, recentOwn)
	return out, err
}

// OwnBulkAct returns an act of the user with how far it has come.
func (o *Own) OwnBulkAct(ctx context.Context, userID, id uuid.UUID) (models.BulkAct, error) {
	var b models.BulkAct
	err := o.bk.db.Row(ctx, &b, "load act of owner", `select * from bulk_acts where user_id = ? and id = ?`, userID, id)
	return b, err
}

// OwnBulkItems returns what became of the jobs of one of the user's acts, in the
// order in which their turn comes: of those in the state, if one is named. The
// cursor of the next page is empty on the last one.
func (o *Own) OwnBulkItems(ctx context.Context, userID, id uuid.UUID, state models.BulkItemState, cursor string, limit int) ([]models.BulkItem, string, error) {
	after, err := itemsAfter(id, state, cursor)
	if err != nil {
		return nil, "", err
	}
	if _, err := o.OwnBulkAct(ctx, userID, id); err != nil {
		return nil, "", err
	}
	return o.bk.items(ctx, id, state, after, page.Size(limit))
}

// act does to one job what the act is about: what administrators may, or within
// the reach of its owner.
func (bk *Bulk) act(ctx context.Context, b models.BulkAct, jobID uuid.UUID) error {
	var err error
	if b.UserID == nil {
		_, err = bk.jobs.RequestAct(ctx, b.By(), jobID, b.Act())
	} else {
		_, err = bk.own.RequestOwn(ctx, *b.UserID, jobID, b.Action)
	}
	return err
}

// ownerMay reports whether the act may continue: an owner's does not once the
// account is disabled or leaves.
func (bk *Bulk) ownerMay(ctx context.Context, b models.BulkAct) (may bool, err error) {
	if b.UserID == nil {
		return true, nil
	}
	err = bk.db.Row(ctx, &may, "look up owner of act", `select disabled_at is null and delete_at is null from users where id = ? for share`, *b.UserID)
	return may, err
}
