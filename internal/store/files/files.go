// Package files keeps what jobs consist of: the files of a manifest, which of
// them are to be fetched, and their parts on the way to storage.
//
// It writes of a job only its size and number of files, which are sums. When a
// file may be written, and by whom, is for others to say.
package files

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Files keeps the files of jobs.
type Files struct {
	db *postgres.DB
}

// New returns the files of the database.
func New(db *postgres.DB) *Files {
	return &Files{db: db}
}

// Worker returns the methods that only the worker may use.
func (fs *Files) Worker() *Worker { return &Worker{fs} }

// Worker completes files and compares them with storage.
type Worker struct{ fs *Files }

// shown is what is true of a file that its owner has not deleted.
const shown = `state not in ('trashed', 'deleted')`

// insertBatch keeps a statement below Postgres' 65 535 parameters.
const insertBatch = 1000

// Files returns the files of the user's job in the order of the manifest, those
// that were deleted left out. If the
// job is blocked, all of them are.
func (fs *Files) Files(ctx context.Context, userID, jobID uuid.UUID) ([]models.File, error) {
	blocked, err := fs.jobBlocked(ctx, userID, jobID)
	if err != nil {
		return nil, err
	}
	var out []models.File
	err = fs.db.Conn(ctx).Where("user_id = ? and job_id = ? and "+shown, userID, jobID).Order("idx").Find(&out).Error
	for i := range out {
		out[i].Blocked = out[i].Blocked || blocked
	}
	return out, postgres.Translate(err, "list files")
}

// File returns a file of the user. One that was deleted, or whose job was, is
// not_found, and one of
// a blocked job is blocked.
func (fs *Files) File(ctx context.Context, userID, fileID uuid.UUID) (models.File, error) {
	var f struct {
		models.File
		JobBlocked bool
	}
	err := fs.db.Row(ctx, &f, "load file", `
		select f.*, j.blocked as job_blocked from files f join jobs j on j.id = f.job_id
		where f.user_id = ? and f.id = ? and f.`+shown+` and j.delete_at is null`, userID, fileID)
	f.Blocked = f.Blocked || f.JobBlocked
	return f.File, err
}

// HasMedia reports whether a file of the job may be media, by its type.
func (fs *Files) HasMedia(ctx context.Context, jobID uuid.UUID) (has bool, err error) {
	err = fs.db.Row(ctx, &has, "look for media files", `
		select exists (select from files where job_id = ? and state = 'stored' and (content_type like 'video/%' or content_type like 'audio/%'))`, jobID)
	return has, err
}

// Add writes a row for each file of the manifest; those outside the
// job's selection are skipped. Rows that are there stay as they are.
func (fs *Files) Add(ctx context.Context, job models.Job, m models.Manifest) error {
	if len(m.Files) == 0 {
		return nil
	}
	now, chosen := fs.db.Now(), selection(job)
	rows := make([]models.File, 0, len(m.Files))
	Measure(&job, m)
	size := int64(-1)
	if job.Size != nil {
		size = *job.Size
	}
	for _, f := range m.Files {
		state := models.FilePending
		if !chosen(f.Index) {
			state = models.FileSkipped
		}
		rows = append(rows, models.File{
			ID: fs.db.NewID(), JobID: job.ID, UserID: job.UserID, Index: f.Index, Path: f.Path, Size: f.Size,
			PartSize: models.PartSize(f.Size, size), ContentType: contentType(f.Path), State: state, CreatedAt: now,
		})
	}
	err := fs.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, insertBatch).Error
	return postgres.Translate(err, "insert files")
}

// selection returns what tells whether a file is one of those to fetch.
func selection(job models.Job) func(index int) bool {
	if job.Selection == nil {
		return func(int) bool { return true }
	}
	chosen := setOf(job.Selection)
	return func(index int) bool { return chosen[index] }
}

func setOf(indexes []int) map[int]bool {
	set := make(map[int]bool, len(indexes))
	for _, i := range indexes {
		set[i] = true
	}
	return set
}

// Measure sets the job's size and number of files to those of the selected
// files of the manifest.
func Measure(job *models.Job, m models.Manifest) {
	var size int64
	known, count, chosen := true, 0, selection(*job)
	for _, f := range m.Files {
		if !chosen(f.Index) {
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

// Wanted returns the job's files that are not skipped, by index.
func (fs *Files) Wanted(ctx context.Context, jobID uuid.UUID) ([]models.File, error) {
	var out []models.File
	err := fs.db.Conn(ctx).Where("job_id = ? and state not in ?", jobID, unwanted).Order("idx").Find(&out).Error
	return out, postgres.Translate(err, "list files of job")
}

// PartsOf returns the stored parts of the job's files by file, in order.
func (fs *Files) PartsOf(ctx context.Context, jobID uuid.UUID) (map[uuid.UUID][]models.Part, error) {
	var rows []models.Part
	err := fs.db.Rows(ctx, &rows, "list parts", `
		select p.* from file_parts p join files f on f.id = p.file_id
		where f.job_id = ? order by p.file_id, p.number`, jobID)
	out := make(map[uuid.UUID][]models.Part)
	for _, p := range rows {
		out[p.FileID] = append(out[p.FileID], p)
	}
	return out, err
}

// SaveMetainfo stores the metainfo that the files come from; an empty one
// changes nothing.
func (fs *Files) SaveMetainfo(ctx context.Context, jobID uuid.UUID, metainfo []byte) error {
	if len(metainfo) == 0 {
		return nil
	}
	_, err := fs.db.Exec(ctx, "save metainfo", `
		insert into job_metainfo (job_id, metainfo) values (?, ?)
		on conflict (job_id) do nothing`, jobID, metainfo)
	return err
}

// Known reports whether the job's files are known.
func (fs *Files) Known(ctx context.Context, jobID uuid.UUID) (bool, error) {
	var n int64
	err := fs.db.Conn(ctx).Model(&models.File{}).Where("job_id = ?", jobID).Count(&n).Error
	return n > 0, postgres.Translate(err, "count files")
}

// Forget drops the job's files. What is in storage of them is for the caller
// to remove, or for the sweep of orphans.
func (fs *Files) Forget(ctx context.Context, jobID uuid.UUID) error {
	err := fs.db.Conn(ctx).Where("job_id = ?", jobID).Delete(&models.File{}).Error
	return postgres.Translate(err, "forget files")
}

// Metainfo returns the metainfo that the job's files come from, nil if there is
// none.
func (fs *Files) Metainfo(ctx context.Context, jobID uuid.UUID) ([]byte, error) {
	var row struct{ Metainfo []byte }
	err := fs.db.Row(ctx, &row, "load metainfo", `select metainfo from job_metainfo where job_id = ?`, jobID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return row.Metainfo, err
}

// CountFiles returns how many files of the job are in each state; states
// without files are left out.
func (fs *Files) CountFiles(ctx context.Context, jobID uuid.UUID) (map[models.FileState]int, error) {
	var rows []struct {
		State models.FileState
		N     int
	}
	err := fs.db.Rows(ctx, &rows, "count files", `select state, count(*) as n from files where job_id = ? group by state`, jobID)
	out := make(map[models.FileState]int, len(rows))
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, err
}
