package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// NeededOnSeedr returns the info hashes that open jobs need on the Seedr
// account: those of open attempts, and those that are complete and wait for a
// choice of files, for a slot or for being stored.
func (w *Work) NeededOnSeedr(ctx context.Context) (map[string]bool, error) {
	var rows []struct{ Hash string }
	err := w.s.rows(ctx, &rows, "list content needed on Seedr", `
		select distinct j.info_hash_v1 as hash from jobs j
		join job_attempts a on a.job_id = j.id and a.epoch = j.epoch and a.provider = 'seedr'
		where j.provider = 'seedr' and j.delete_at is null and j.info_hash_v1 is not null and (a.state in ('wanted', 'open') or
			a.state = 'done' and j.state in ('queued', 'resolving', 'awaiting_selection', 'downloading', 'storing'))`)
	out := make(map[string]bool, len(rows))
	for _, r := range rows {
		out[r.Hash] = true
	}
	return out, err
}

// FilesOnSeedr returns what is to be copied from Seedr to storage for the job.
// It is seedr_gone when the account does not hold it (any more).
func (w *Work) FilesOnSeedr(ctx context.Context, jobID uuid.UUID) (models.SeedrCopy, error) {
	var out models.SeedrCopy
	job, err := w.Job(ctx, jobID)
	if err != nil {
		return models.SeedrCopy{}, err
	}
	out.Job, out.Epoch = job, job.Epoch
	out.Item, err = w.SeedrItem(ctx, value(job.InfoHashV1))
	if models.IsNotFound(err) || err == nil && out.Item.DoneAt == nil {
		return models.SeedrCopy{}, models.Fault(models.ProblemSeedrGone, "It is not in the Seedr account any more; it is fetched again.")
	}
	if err != nil {
		return models.SeedrCopy{}, err
	}
	if out.Files, err = w.FilesToFinalize(ctx, jobID); err != nil {
		return models.SeedrCopy{}, err
	}
	changed, err := w.cutForCopying(ctx, out.Files)
	if err == nil && changed {
		out.Files, err = w.FilesToFinalize(ctx, jobID)
	}
	return out, err
}

// cutForCopying gives files of which nothing is in storage yet the part size of
// those that a worker copies, and reports whether there were any.
func (w *Work) cutForCopying(ctx context.Context, files []models.FileParts) (bool, error) {
	var ids []uuid.UUID
	var sizes []int64
	for _, f := range files {
		size := models.CopyPartSize(f.Size)
		if f.Size >= 0 && f.UploadID == nil && len(f.Parts) == 0 && f.PartSize != size {
			ids, sizes = append(ids, f.ID), append(sizes, size)
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	_, err := w.s.exec(ctx, "set part sizes", `
		update files f set part_size = p.size from unnest(?::uuid[], ?::bigint[]) as p (id, size)
		where f.id = p.id and f.upload_id is null and not exists (select from file_parts where file_id = f.id)`,
		array{ids}, array{sizes})
	return true, err
}

// SaveStreamedParts records parts that the worker copied to storage for the
// job. An epoch that is not the newest, or a job that is not being stored any
// more, is refused as superseded.
func (w *Work) SaveStreamedParts(ctx context.Context, jobID uuid.UUID, epoch int64, parts []models.PartReport) error {
	if len(parts) == 0 {
		return nil
	}
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		if err := s.fenceStoring(ctx, jobID, epoch); err != nil {
			return err
		}
		indexes := make([]int, 0, len(parts))
		for _, p := range parts {
			indexes = append(indexes, p.Index)
		}
		files, err := s.targets(ctx, jobID, indexes)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if err := checkPart(files[p.Index], p); err != nil {
				return err
			}
		}
		return s.upsertParts(ctx, files, parts)
	})
}

// fenceStoring checks that the job is being stored from Seedr under the epoch,
// and keeps it so until the transaction ends.
func (s *Store) fenceStoring(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	var one int
	err := s.row(ctx, &one, "check storing", `
		select 1 from jobs where id = ? and epoch = ? and provider = ? and state = ? and delete_at is null for share`,
		jobID, epoch, models.ProviderSeedr, models.StateStoring)
	if models.IsNotFound(err) {
		return superseded("the job is not stored from Seedr any more")
	}
	return err
}

// SetUploadID records the multipart upload of a file. The first one wins; the
// winner is returned, and a caller whose upload lost aborts it.
func (w *Work) SetUploadID(ctx context.Context, fileID uuid.UUID, uploadID string) (string, error) {
	return w.s.SetUploadID(ctx, fileID, uploadID)
}
