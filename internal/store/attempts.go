package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// OpenAttempts returns the attempts that are open on the agent, oldest first.
func (w *Work) OpenAttempts(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	err := w.s.rows(ctx, &out, "list open attempts", `
		select a.*, j.user_id from job_attempts a join jobs j on j.id = a.job_id
		where a.agent_id = ? and a.state = ? order by a.started_at, a.job_id`, agentID, models.AttemptOpen)
	return out, err
}

// EndAttempt closes the attempt if it is open; otherwise it does nothing. A
// problem goes to the job's timeline.
func (w *Work) EndAttempt(
	ctx context.Context, jobID uuid.UUID, epoch int64, state models.AttemptState, problem models.Problem, message string,
) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		n, err := s.exec(ctx, "end attempt", `
			update job_attempts set state = ?, problem = ?, ended_at = ?
			where job_id = ? and epoch = ? and state = ?`,
			state, problem, s.Now(), jobID, epoch, models.AttemptOpen)
		if err != nil || n == 0 || problem == "" {
			return err
		}
		e := eventOf(job, models.EventAttempt, message)
		e.Problem = problem
		return s.addEvents(ctx, e)
	})
}

// Attempts returns all attempts of the job, oldest first.
func (w *Work) Attempts(ctx context.Context, jobID uuid.UUID) ([]models.Attempt, error) {
	var out []models.Attempt
	err := w.s.conn(ctx).Where("job_id = ?", jobID).Order("epoch").Find(&out).Error
	return out, translate(err, "list attempts")
}

// TouchBeat records that an activity heartbeat was sent for the open attempt.
func (w *Work) TouchBeat(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	_, err := w.s.exec(ctx, "touch beat", `update job_attempts set beat_at = ? where job_id = ? and epoch = ? and state = ?`,
		w.s.Now(), jobID, epoch, models.AttemptOpen)
	return err
}

// fence checks that the attempt is the agent's, open and therefore the newest
// of its job, and keeps it so until the transaction ends: who wants to
// supersede it has to wait.
func (s *Store) fence(ctx context.Context, agentID, jobID uuid.UUID, epoch int64) error {
	var one int
	err := s.row(ctx, &one, "check attempt", `
		select 1 from job_attempts where job_id = ? and epoch = ? and agent_id = ? and state = ? for share`,
		jobID, epoch, agentID, models.AttemptOpen)
	if models.IsNotFound(err) {
		return superseded("this attempt is not the job's newest, or was stopped")
	}
	return err
}
