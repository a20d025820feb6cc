package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// SetLabels gives one of the user's jobs these labels in place of what it has.
func (js *Jobs) SetLabels(ctx context.Context, userID, jobID uuid.UUID, labelIDs []uuid.UUID) (models.Job, error) {
	var job models.Job
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = js.lockJob(ctx, userID, jobID); err != nil {
			return err
		}
		if _, err := js.db.Exec(ctx, "take labels", `delete from job_labels where job_id = ?`, jobID); err != nil {
			return err
		}
		return js.labels.Attach(ctx, job, labelIDs)
	})
	return job, err
}

// LabelNamed changes the labels of the user's jobs with these ids; others are
// not meant.
func (js *Jobs) LabelNamed(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID, c models.LabelChange) (models.LabelledJobs, error) {
	named := js.db.Conn(ctx).Model(&models.Job{}).Select("id").
		Where("user_id = ? and delete_at is null and id = any(?)", userID, postgres.Array[uuid.UUID](jobIDs))
	return js.labels.LabelJobs(ctx, userID, named, c)
}

// LabelMatching changes the labels of all of the user's jobs that match.
func (js *Jobs) LabelMatching(ctx context.Context, userID uuid.UUID, f models.JobFilter, c models.LabelChange) (models.LabelledJobs, error) {
	return js.labels.LabelJobs(ctx, userID, filterJobs(js.db.Conn(ctx).Model(&models.Job{}), userID, f).Select("id"), c)
}
