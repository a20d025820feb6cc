package files

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// CheckSelection refuses a choice of files that the job does not have; nil is
// all of them. It returns how many files there are.
func (fs *Files) CheckSelection(ctx context.Context, jobID uuid.UUID, indexes []int) (int, error) {
	var all []int
	err := fs.db.Conn(ctx).Model(&models.File{}).Where("job_id = ?", jobID).Pluck("idx", &all).Error
	if err != nil {
		return 0, postgres.Translate(err, "list files")
	}
	if indexes != nil && len(indexes) == 0 {
		return 0, models.Fault(models.ProblemBadSelection, "Choose at least one file.").In("indexes")
	}
	there := setOf(all)
	for _, index := range indexes {
		if !there[index] {
			return 0, models.Fault(models.ProblemBadSelection, "File %d cannot be chosen.", index).In("indexes")
		}
		delete(there, index) // a second time it is refused
	}
	return len(all), nil
}

// Choose makes the files to fetch those that the job chooses; files that are
// stored already stay stored.
func (fs *Files) Choose(ctx context.Context, job *models.Job) error {
	_, err := fs.db.Exec(ctx, "select files", `
		update files set state = case when ? or idx = any(?) then 'pending' else 'skipped' end
		where job_id = ? and state <> 'stored'`, job.Selection == nil, postgres.Array[int](job.Selection), job.ID)
	if err != nil {
		return err
	}
	return fs.SumUp(ctx, job)
}

// SetSizes records sizes of files, by index, that were unknown before. A size
// that is known already may only be repeated.
func (fs *Files) SetSizes(ctx context.Context, job *models.Job, sizes map[int]int64) error {
	indexes := slices.Collect(maps.Keys(sizes))
	files, err := fs.Targets(ctx, job.ID, indexes)
	if err != nil {
		return err
	}
	for i, size := range sizes {
		if err := fs.setSize(ctx, files[i], size); err != nil {
			return err
		}
	}
	return fs.SumUp(ctx, job)
}

func (fs *Files) setSize(ctx context.Context, f models.File, size int64) error {
	switch {
	case size < 0 || size > f.PartSize*models.MaxParts:
		return models.Errorf(models.CodeInvalid, "A file cannot be %d bytes long.", size)
	case f.Size == size:
		return nil
	case f.Size >= 0:
		return models.Fault(models.ProblemLengthMismatch, "The file was announced with %d bytes and came with %d.", f.Size, size).
			With("bytes", size).With("limit", f.Size)
	}
	_, err := fs.db.Exec(ctx, "set file size", `update files set size = ? where id = ? and size = -1`, size, f.ID)
	return err
}

// unwanted are the states of files that are not part of their job, or not anymore.
var unwanted = []models.FileState{models.FileSkipped, models.FileTrashed, models.FileDeleted}

// SumUp makes the job's size and number of files what its rows of files say.
func (fs *Files) SumUp(ctx context.Context, job *models.Job) error {
	return fs.db.Row(ctx, job, "sum up job size", `
		update jobs j set file_count = f.n, size = f.size, updated_at = ?
		from (select count(*) as n, case when min(size) >= 0 then sum(size)::bigint end as size
			from files where job_id = ? and state not in ?) f
		where j.id = ? returning j.*`, fs.db.Now(), job.ID, unwanted, job.ID)
}
