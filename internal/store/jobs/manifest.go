package jobs

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/store/files"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// SaveManifest records what the job's source turned out to contain: name, size,
// files, info hashes and metainfo. An address that leads to a torrent becomes that
// torrent's job, by the rules of a submit. Repeating it changes nothing. Indexes of the
// selection that the manifest does not have are ignored; when none is left it
// is refused as bad_selection. A size that the user's plan could never keep is
// refused as quota_exceeded; a running job for which there is no room now goes
// back to the queue and waits.
func (w *Worker) SaveManifest(ctx context.Context, jobID uuid.UUID, m models.Manifest) error {
	js := w.js
	return js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		if len(m.Files) == 0 {
			return models.Fault(models.ProblemNoFiles, "There is nothing to download in it.")
		}
		if known, err := js.files.Known(ctx, jobID); err != nil || known {
			return err
		}
		if err := js.leadOn(ctx, &job, m); err != nil {
			return err
		}
		if err := js.adopt(ctx, &job, m); err != nil {
			return err
		}
		if err := js.files.Add(ctx, job, m); err != nil {
			return err
		}
		if err := js.blocks.MarkNew(ctx, job); err != nil {
			return err
		}
		if err := js.files.SaveMetainfo(ctx, jobID, m.Metainfo); err != nil {
			return err
		}
		held, err := js.quota.Claim(ctx, &job)
		if err != nil {
			return err
		}
		found := timeline.Of(job, models.EventManifest, models.Because(models.ReasonFilesKnown, "files", len(m.Files)))
		if held || !job.State.Running() {
			err = js.timeline.Add(ctx, found)
		} else {
			err = js.backToQueue(ctx, &job, found)
		}
		if err != nil {
			return err
		}
		if err := js.noteSource(ctx, job, m.Notes); err != nil {
			return err
		}
		return js.noteFilter(ctx, job, m.Files)
	})
}

// backToQueue gives the slot of a running job back that has to wait for room,
// with an event that comes before.
func (js *Jobs) backToQueue(ctx context.Context, job *models.Job, before models.Event) error {
	if err := js.timeline.Add(ctx, before); err != nil {
		return err
	}
	reason, err := js.quota.NeedsRoom(ctx, *job)
	if err != nil {
		return err
	}
	return js.Move(ctx, job, models.JobChange{
		To: models.StateQueued, ReleaseSlot: true, Reason: reason,
	}, models.EventState)
}

// adopt writes to the job what the manifest says about it. A hash that another
// open job of the user has is left out: that one came first.
func (js *Jobs) adopt(ctx context.Context, job *models.Job, m models.Manifest) error {
	job.Name = cmp.Or(m.Name, job.Name)
	job.Private = job.Private || m.Private
	job.InfoHashV1 = cmp.Or(job.InfoHashV1, orNil(m.InfoHashV1))
	job.InfoHashV2 = cmp.Or(job.InfoHashV2, orNil(m.InfoHashV2))
	if err := js.blocks.Refuse(ctx, *job); err != nil {
		return err
	}
	js.filter(job, m.Files)
	files.Measure(job, m)
	if job.FileCount == 0 {
		return models.Fault(models.ProblemBadSelection, "The selection names no file of this source.")
	}
	if job.FileRules != nil && job.Selection != nil {
		if err := js.save(ctx, "choose files by rules", job, "selection"); err != nil {
			return err
		}
	}
	_, err := js.db.Exec(ctx, "adopt manifest", `
		update jobs j set name = ?, private = ?, size = ?, file_count = ?, updated_at = ?,
			info_hash_v1 = case when not exists (select from jobs o where o.user_id = j.user_id and o.id <> j.id
				and o.info_hash_v1 = ? and o.delete_at is null and o.state not in ?) then ? else info_hash_v1 end,
			info_hash_v2 = case when not exists (select from jobs o where o.user_id = j.user_id and o.id <> j.id
				and o.info_hash_v2 = ? and o.delete_at is null and o.state not in ?) then ? else info_hash_v2 end
		where id = ?`,
		job.Name, job.Private, job.Size, job.FileCount, js.db.Now(),
		job.InfoHashV1, terminalStates(), job.InfoHashV1, job.InfoHashV2, terminalStates(), job.InfoHashV2, job.ID)
	return err
}

// SelectFiles chooses the files to fetch; nil is all of them. Files that are
// stored already stay stored.
func (w *Worker) SelectFiles(ctx context.Context, jobID uuid.UUID, indexes []int) error {
	return w.js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := w.js.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		_, err = w.js.choose(ctx, &job, indexes)
		return err
	})
}

// choose is SelectFiles for the locked job. It returns the choice as a reason.
func (js *Jobs) choose(ctx context.Context, job *models.Job, indexes []int) (models.Reason, error) {
	all, err := js.files.CheckSelection(ctx, job.ID, indexes)
	if err != nil {
		return models.Reason{}, err
	}
	chosen := len(indexes)
	if indexes == nil {
		chosen = all
	}
	why := models.Because(models.ReasonFilesChosen, "chosen", chosen, "files", all)
	if slices.Equal(job.Selection, indexes) && (job.Selection == nil) == (indexes == nil) {
		return why, nil
	}
	job.Selection = indexes
	if err := js.save(ctx, "save selection", job, "selection"); err != nil {
		return why, err
	}
	if err := js.files.Choose(ctx, job); err != nil {
		return why, err
	}
	if err := js.wantSelected(ctx, job); err != nil {
		return why, err
	}
	return why, js.timeline.Add(ctx, timeline.Of(*job, models.EventSelection, why))
}

// wantSelected notes what the job needs to hold for the files that were chosen.
// More is held with the admission that follows, less at once.
func (js *Jobs) wantSelected(ctx context.Context, job *models.Job) error {
	bytes, err := js.quota.WantOf(ctx, *job)
	if err != nil {
		return err
	}
	if job.State.Terminal() {
		bytes = 0
	}
	if err := js.quota.Want(ctx, job, bytes); err != nil || job.QuotaReserved <= bytes {
		return err
	}
	_, err = js.quota.Hold(ctx, job)
	return err
}
