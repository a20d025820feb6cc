// Package labels keeps what users sort their jobs by, and which job has which.
//
// It does not know what happens to a job: one that is purged loses its labels
// with its row.
package labels

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"longhaul/internal/event"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Labels keeps the labels.
type Labels struct {
	db     *postgres.DB
	outbox *outbox.Outbox
}

// New returns the labels of the database.
func New(db *postgres.DB, o *outbox.Outbox) *Labels { return &Labels{db, o} }

// Labels returns the user's labels by name, each with the number of its jobs.
func (ls *Labels) Labels(ctx context.Context, userID uuid.UUID) ([]models.Label, error) {
	var out []models.Label
	err := ls.db.Rows(ctx, &out, "list labels", `
		select l.*, (select count(*) from job_labels jl join jobs j on j.id = jl.job_id and j.delete_at is null where jl.label_id = l.id) as jobs
		from labels l where l.user_id = ? order by lower(l.name), l.id`, userID)
	return out, err
}

// AddLabel adds a label. A name that the user has already, in whatever case, is
// refused, and so is one more than the bound.
func (ls *Labels) AddLabel(ctx context.Context, userID uuid.UUID, name string, colour models.Colour) (models.Label, error) {
	name, err := models.CheckedLabel(name, colour)
	if err != nil {
		return models.Label{}, err
	}
	l := models.Label{ID: ls.db.NewID(), UserID: userID, Name: name, Colour: colour, CreatedAt: ls.db.Now()}
	err = ls.db.Tx(ctx, func(ctx context.Context) error {
		if err := ls.db.Lock(ctx, postgres.LockLabels, userID.String()); err != nil {
			return err
		}
		var n int64
		if err := ls.db.Row(ctx, &n, "count labels", `select count(*) from labels where user_id = ?`, userID); err != nil {
			return err
		}
		if n >= models.MaxLabels {
			return models.Errorf(models.CodeConflict, "You have %d labels, which is the most. Delete one first.", models.MaxLabels)
		}
		if err := named(postgres.Translate(ls.db.Conn(ctx).Create(&l).Error, "add label")); err != nil {
			return err
		}
		return ls.tell(ctx, userID)
	})
	return l, err
}

// tell has the user's open pages read the labels again.
func (ls *Labels) tell(ctx context.Context, userID uuid.UUID) error {
	return ls.outbox.Notify(ctx, event.Changed(userID, event.PartLabels))
}

// named words the conflict of two labels with one name.
func named(err error) error {
	if postgres.IsConflict(err) {
		return models.Errorf(models.CodeConflict, "You have a label of this name already.").In("name").Because(err)
	}
	return err
}

// ChangeLabel gives a label another name and colour.
func (ls *Labels) ChangeLabel(ctx context.Context, userID, labelID uuid.UUID, name string, colour models.Colour) (models.Label, error) {
	name, err := models.CheckedLabel(name, colour)
	if err != nil {
		return models.Label{}, err
	}
	var l models.Label
	err = ls.db.Tx(ctx, func(ctx context.Context) error {
		err := ls.db.Row(ctx, &l, "change label", `
			update labels set name = ?, colour = ? where user_id = ? and id = ? returning *`, name, colour, userID, labelID)
		if err != nil {
			return named(err)
		}
		return ls.tell(ctx, userID)
	})
	return l, err
}

// DeleteLabel removes a label, from all jobs that have it too. It is CodeConflict
// while a channel or webhook is limited to this label alone: without it, what was
// kept from them would be sent.
func (ls *Labels) DeleteLabel(ctx context.Context, userID, labelID uuid.UUID) error {
	return ls.db.Tx(ctx, func(ctx context.Context) error {
		if err := ls.refuseLastLimit(ctx, userID, labelID); err != nil {
			return err
		}
		n, err := ls.db.Exec(ctx, "delete label", `delete from labels where user_id = ? and id = ?`, userID, labelID)
		if err == nil && n == 0 {
			err = postgres.NotFound("label")
		}
		if err != nil {
			return err
		}
		return ls.tell(ctx, userID)
	})
}

// refuseLastLimit refuses a label that is all a channel or webhook is limited to.
// It holds the user's labels, so that two can't be deleted at once.
func (ls *Labels) refuseLastLimit(ctx context.Context, userID, labelID uuid.UUID) error {
	if _, err := ls.db.Exec(ctx, "hold labels", `select from labels where user_id = ? order by id for update`, userID); err != nil {
		return err
	}
	var last bool
	err := ls.db.Row(ctx, &last, "look up limits to label", `
		select exists (select from notification_labels l where l.label_id = @label and l.user_id = @user
				and not exists (select from notification_labels o where o.user_id = l.user_id and o.channel = l.channel and o.label_id <> l.label_id))
			or exists (select from webhook_labels l where l.label_id = @label
				and not exists (select from webhook_labels o where o.webhook_id = l.webhook_id and o.label_id <> l.label_id))`,
		map[string]any{"label": labelID, "user": userID})
	if err == nil && last {
		err = models.Errorf(models.CodeConflict, "Notifications are limited to this label alone. Change that first, in the settings of notifications.")
	}
	return err
}

// LabelsOf returns the labels of the jobs, by job.
func (ls *Labels) LabelsOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []struct{ JobID, LabelID uuid.UUID }
	err := ls.db.Rows(ctx, &rows, "look up labels", `
		select jl.job_id, jl.label_id from job_labels jl join labels l on l.id = jl.label_id
		where l.user_id = ? and jl.job_id = any(?) order by lower(l.name), l.id`, userID, postgres.Array[uuid.UUID](jobIDs))
	out := make(map[uuid.UUID][]uuid.UUID, len(rows))
	for _, r := range rows {
		out[r.JobID] = append(out[r.JobID], r.LabelID)
	}
	return out, err
}

// Attach gives a job that is being written its labels. Labels that are not the
// owner's, and more than the bound, are refused.
func (ls *Labels) Attach(ctx context.Context, job models.Job, labelIDs []uuid.UUID) error {
	if len(labelIDs) == 0 {
		return nil
	}
	if len(labelIDs) > models.MaxJobLabels {
		return tooMany()
	}
	if err := ls.Own(ctx, job.UserID, labelIDs); err != nil {
		return err
	}
	_, err := ls.db.Exec(ctx, "label job", `
		insert into job_labels (job_id, label_id) select ?, id from unnest(cast(? as uuid[])) as chosen(id) on conflict do nothing`,
		job.ID, postgres.Array[uuid.UUID](labelIDs))
	return err
}

func tooMany() error {
	return models.Errorf(models.CodeInvalid, "A job can have at most %d labels.", models.MaxJobLabels).In("labels")
}

// Own refuses labels that are not the user's, and keeps the others from being
// deleted until the transaction ends.
func (ls *Labels) Own(ctx context.Context, userID uuid.UUID, labelIDs []uuid.UUID) error {
	wanted := slices.Compact(slices.SortedFunc(slices.Values(labelIDs), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }))
	var found []uuid.UUID
	err := ls.db.Rows(ctx, &found, "look for labels", `
		select id from labels where user_id = ? and id = any(?) order by id for key share`, userID, postgres.Array[uuid.UUID](wanted))
	if err == nil && len(found) < len(wanted) {
		err = models.Errorf(models.CodeInvalid, "There is no such label.").In("labels")
	}
	return err
}

// listOf returns the ids as an array that is empty, and not null, without any.
func listOf(ids []uuid.UUID) postgres.Array[uuid.UUID] {
	return append(postgres.Array[uuid.UUID]{}, ids...)
}

// LabelJobs adds labels to the user's jobs among those that the query selects by
// their id, and takes others from them. A job that would get too many is left as
// it is and counted.
func (ls *Labels) LabelJobs(ctx context.Context, userID uuid.UUID, jobs *gorm.DB, c models.LabelChange) (models.LabelledJobs, error) {
	var out models.LabelledJobs
	if err := c.Checked(); err != nil {
		return out, err
	}
	err := ls.db.Tx(ctx, func(ctx context.Context) error {
		if err := ls.db.Lock(ctx, postgres.LockLabels, userID.String()); err != nil {
			return err
		}
		if err := ls.Own(ctx, userID, slices.Concat(c.Add, c.Remove)); err != nil {
			return err
		}
		var row struct{ Meant, Changed int64 }
		err := ls.db.Row(ctx, &row, "label jobs", `
			with meant as materialized (select j.id from (?) as j),
			fits as materialized (
				select m.id from meant m where cardinality(cast(@add as uuid[])) = 0 or (
					select count(*) from (select label_id from job_labels where job_id = m.id and label_id <> all(cast(@remove as uuid[]))
						union select unnest(cast(@add as uuid[]))) as then_on) <= @most),
			lost as (delete from job_labels where label_id = any(cast(@remove as uuid[])) and job_id in (select id from fits)),
			got as (insert into job_labels (job_id, label_id)
				select f.id, l.id from fits f cross join unnest(cast(@add as uuid[])) as l(id) on conflict do nothing)
			select (select count(*) from meant) as meant, (select count(*) from fits) as changed`,
			jobs, map[string]any{
				"add": listOf(c.Add), "remove": listOf(c.Remove), "most": models.MaxJobLabels,
			})
		out = models.LabelledJobs{Changed: row.Changed, Refused: row.Meant - row.Changed}
		if err != nil || row.Changed == 0 {
			return err
		}
		return ls.tell(ctx, userID)
	})
	return out, err
}
