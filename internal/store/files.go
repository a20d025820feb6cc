package store

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/models"
)

// insertBatch keeps a statement below Postgres' 65 535 parameters.
const insertBatch = 1000

// Files returns the files of the user's job in the order of the manifest.
func (s *Store) Files(ctx context.Context, userID, jobID uuid.UUID) ([]models.File, error) {
	if _, err := s.Job(ctx, userID, jobID); err != nil {
		return nil, err
	}
	var out []models.File
	err := s.conn(ctx).Where("user_id = ? and job_id = ?", userID, jobID).Order("idx").Find(&out).Error
	return out, translate(err, "list files")
}

// File returns a file of the user. One of a deleted job is not_found.
func (s *Store) File(ctx context.Context, userID, fileID uuid.UUID) (models.File, error) {
	var f models.File
	err := s.row(ctx, &f, "load file", `
		select f.* from files f join jobs j on j.id = f.job_id
		where f.user_id = ? and f.id = ? and j.delete_at is null`, userID, fileID)
	return f, err
}

// insertFiles writes a row for each file of the manifest; those outside the
// job's selection are skipped. Rows that are there stay as they are.
func (s *Store) insertFiles(ctx context.Context, job models.Job, m models.Manifest) error {
	if len(m.Files) == 0 {
		return nil
	}
	now := s.Now()
	rows := make([]models.File, 0, len(m.Files))
	for _, f := range m.Files {
		state := models.FilePending
		if !selected(job, f.Index) {
			state = models.FileSkipped
		}
		rows = append(rows, models.File{
			ID: s.NewID(), JobID: job.ID, UserID: job.UserID, Index: f.Index, Path: f.Path, Size: f.Size,
			PartSize: models.PartSize(f.Size), ContentType: contentType(f.Path), State: state, CreatedAt: now,
		})
	}
	err := s.conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, insertBatch).Error
	return translate(err, "insert files")
}

// selected reports whether the file is one of those to fetch.
func selected(job models.Job, index int) bool {
	return job.Selection == nil || slices.Contains(job.Selection, index)
}

// applySize sets the job's size and number of files to those of the selected
// files of the manifest.
func applySize(job *models.Job, m models.Manifest) {
	var size int64
	known, count := true, 0
	for _, f := range m.Files {
		if !selected(*job, f.Index) {
			continue
		}
		count++
		if f.Size < 0 {
			known = false
			continue
		}
		size += f.Size
	}
	job.FileCount, job.Size = count, nil
	if known && count > 0 {
		job.Size = &size
	}
}

// filesOf returns the job's files that are not skipped, by index.
func (s *Store) filesOf(ctx context.Context, jobID uuid.UUID) ([]models.File, error) {
	var out []models.File
	err := s.conn(ctx).Where("job_id = ? and state <> ?", jobID, models.FileSkipped).Order("idx").Find(&out).Error
	return out, translate(err, "list files of job")
}

// partsOf returns the stored parts of the job's files by file, in order.
func (s *Store) partsOf(ctx context.Context, jobID uuid.UUID) (map[uuid.UUID][]models.Part, error) {
	var rows []models.Part
	err := s.rows(ctx, &rows, "list parts", `
		select p.* from file_parts p join files f on f.id = p.file_id
		where f.job_id = ? order by p.file_id, p.number`, jobID)
	out := make(map[uuid.UUID][]models.Part)
	for _, p := range rows {
		out[p.FileID] = append(out[p.FileID], p)
	}
	return out, err
}

func (s *Store) saveMetainfo(ctx context.Context, jobID uuid.UUID, metainfo []byte) error {
	if len(metainfo) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "save metainfo", `
		insert into job_metainfo (job_id, metainfo) values (?, ?)
		on conflict (job_id) do nothing`, jobID, metainfo)
	return err
}
