package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"longhaul/models"
)

// SaveManifest records what the job's source turned out to hold: name, size,
// files, info hashes and metainfo. Doing it again changes nothing. Indexes of
// the selection that the manifest does not have are ignored; when none is left
// it is refused as bad_selection. A size that the user's plan could never keep
// is refused as quota_exceeded; a running job for which there is no room now
// goes back to the queue and waits.
func (w *Work) SaveManifest(ctx context.Context, jobID uuid.UUID, m models.Manifest) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		if len(m.Files) == 0 {
			return models.Fault(models.ProblemNoFiles, "There is nothing to download in it.")
		}
		var known int64
		if err := s.conn(ctx).Model(&models.File{}).Where("job_id = ?", jobID).Count(&known).Error; err != nil {
			return translate(err, "count files")
		}
		if known > 0 {
			return nil
		}
		if err := s.adopt(ctx, &job, m); err != nil {
			return err
		}
		if err := s.insertFiles(ctx, job, m); err != nil {
			return err
		}
		if err := s.saveMetainfo(ctx, jobID, m.Metainfo); err != nil {
			return err
		}
		held, err := s.claim(ctx, &job)
		if err != nil {
			return err
		}
		found := eventOf(job, models.EventManifest, models.Because(models.ReasonFilesKnown, "files", len(m.Files)))
		if held || !job.State.Running() {
			return s.addEvents(ctx, found)
		}
		return s.backToQueue(ctx, &job, found)
	})
}

// backToQueue gives the slot of a running job back that has to wait for room,
// with an event that comes before.
func (s *Store) backToQueue(ctx context.Context, job *models.Job, before models.Event) error {
	if err := s.addEvents(ctx, before); err != nil {
		return err
	}
	reason, err := s.needsRoom(ctx, *job)
	if err != nil {
		return err
	}
	return s.move(ctx, job, models.JobChange{
		To: models.StateQueued, ReleaseSlot: true, Reason: reason,
	}, models.EventState)
}

// adopt writes to the job what the manifest tells about it. A hash that
// another open job of the user has is left out: that one came first.
func (s *Store) adopt(ctx context.Context, job *models.Job, m models.Manifest) error {
	job.Name = cmp.Or(m.Name, job.Name)
	job.Private = job.Private || m.Private
	job.InfoHashV1 = cmp.Or(job.InfoHashV1, orNil(m.InfoHashV1))
	job.InfoHashV2 = cmp.Or(job.InfoHashV2, orNil(m.InfoHashV2))
	if err := s.checkBlocked(ctx, *job); err != nil {
		return err
	}
	applySize(job, m)
	if job.FileCount == 0 {
		return models.Fault(models.ProblemBadSelection, "The selection names no file of this source.")
	}
	_, err := s.exec(ctx, "adopt manifest", `
		update jobs j set name = ?, private = ?, size = ?, file_count = ?, updated_at = ?,
			info_hash_v1 = case when not exists (select from jobs o where o.user_id = j.user_id and o.id <> j.id
				and o.info_hash_v1 = ? and o.delete_at is null and o.state not in ?) then ? else info_hash_v1 end,
			info_hash_v2 = case when not exists (select from jobs o where o.user_id = j.user_id and o.id <> j.id
				and o.info_hash_v2 = ? and o.delete_at is null and o.state not in ?) then ? else info_hash_v2 end
		where id = ?`,
		job.Name, job.Private, job.Size, job.FileCount, s.Now(),
		job.InfoHashV1, terminalStates(), job.InfoHashV1, job.InfoHashV2, terminalStates(), job.InfoHashV2, job.ID)
	return err
}

// SelectFiles chooses the files to fetch; nil is all of them. Files that are
// stored already stay stored.
func (w *Work) SelectFiles(ctx context.Context, jobID uuid.UUID, indexes []int) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		var files []models.File
		if err := s.conn(ctx).Where("job_id = ?", jobID).Find(&files).Error; err != nil {
			return translate(err, "list files")
		}
		if err := checkSelection(files, indexes); err != nil {
			return err
		}
		if slices.Equal(job.Selection, indexes) && (job.Selection == nil) == (indexes == nil) {
			return nil
		}
		job.Selection = indexes
		if err := s.conn(ctx).Model(&job).Select("Selection").Updates(&job).Error; err != nil {
			return translate(err, "save selection")
		}
		_, err = s.exec(ctx, "select files", `
			update files set state = case when ? or idx = any(?) then 'pending' else 'skipped' end
			where job_id = ? and state <> 'stored'`, indexes == nil, array{indexes}, jobID)
		if err != nil {
			return err
		}
		if err := s.sumSize(ctx, &job); err != nil {
			return err
		}
		bytes, err := s.wantOf(ctx, job)
		if err != nil {
			return err
		}
		if job.State.Terminal() {
			bytes = 0
		}
		if err := s.want(ctx, &job, bytes); err != nil { // it is held with the admission that follows
			return err
		}
		if job.QuotaReserved > bytes {
			if _, err := s.hold(ctx, &job); err != nil {
				return err
			}
		}
		chosen := len(indexes)
		if indexes == nil {
			chosen = len(files)
		}
		return s.addEvents(ctx, eventOf(job, models.EventSelection,
			models.Because(models.ReasonFilesChosen, "chosen", chosen, "files", len(files))))
	})
}

func checkSelection(files []models.File, indexes []int) error {
	if indexes != nil && len(indexes) == 0 {
		return models.Fault(models.ProblemBadSelection, "Choose at least one file.").In("indexes")
	}
	for i, index := range indexes {
		exists := slices.ContainsFunc(files, func(f models.File) bool { return f.Index == index })
		if !exists || slices.Contains(indexes[:i], index) {
			return models.Fault(models.ProblemBadSelection, "File %d cannot be chosen.", index).In("indexes")
		}
	}
	return nil
}
