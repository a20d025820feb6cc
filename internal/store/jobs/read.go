package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Job returns the user's job. One that the user deleted is not_found.
func (js *Jobs) Job(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := js.db.Conn(ctx).Where("user_id = ? and id = ? and delete_at is null", userID, jobID).Take(&job).Error
	return job, postgres.Translate(err, "load job")
}

// lockJob is Job with the row locked until the transaction ends.
func (js *Jobs) lockJob(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := js.db.Row(ctx, &job, "lock job",
		`select * from jobs where user_id = ? and id = ? and delete_at is null for update`, userID, jobID)
	return job, err
}

// JobCounts returns how many jobs the user has in each state; states without
// jobs are left out.
func (js *Jobs) JobCounts(ctx context.Context, userID uuid.UUID, f models.JobFilter) (map[models.State]int64, error) {
	var rows []struct {
		State models.State
		N     int64
	}
	f.States = nil
	err := filterJobs(js.db.Conn(ctx).Model(&models.Job{}), userID, f).Select("state, count(*) as n").Group("state").Find(&rows).Error
	out := make(map[models.State]int64, len(rows))
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, postgres.Translate(err, "count jobs")
}

// Job returns the job, also one that its user deleted.
func (w *Worker) Job(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := w.js.db.Conn(ctx).Where("id = ?", jobID).Take(&job).Error
	return job, postgres.Translate(err, "load job")
}

// Source returns what the job fetches. Its Metainfo is set for a torrent, and
// for a magnet once its metadata was resolved.
func (w *Worker) Source(ctx context.Context, jobID uuid.UUID) (models.Source, error) {
	job, err := w.Job(ctx, jobID)
	if err != nil {
		return models.Source{}, err
	}
	src := models.Source{
		Kind: job.SourceKind, URI: job.SourceURI, Name: job.Name, Private: job.Private, Select: job.Selection, KeepPage: job.KeepPage,
		InfoHashV1: value(job.InfoHashV1), InfoHashV2: value(job.InfoHashV2),
		Sealed: job.SourceLogin, Owner: job.UserID, Origin: job.OriginURI,
	}
	src.Metainfo, err = w.js.files.Metainfo(ctx, jobID)
	return src, err
}

// Lock returns the job, also one that its user deleted, locked until the
// transaction ends.
func (js *Jobs) Lock(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := js.db.Row(ctx, &job, "lock job", `select * from jobs where id = ? for update`, jobID)
	return job, err
}
