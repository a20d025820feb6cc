package attempts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/agents"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// live are the states of an attempt that a workflow waits for.
func live() []models.AttemptState {
	return []models.AttemptState{models.AttemptWanted, models.AttemptOpen}
}

// Add adds an attempt that waits for a place.
func (at *Attempts) Add(ctx context.Context, a models.Attempt) error {
	a.State, a.StartedAt = models.AttemptWanted, at.db.Now()
	return postgres.Translate(at.db.Conn(ctx).Create(&a).Error, "create attempt")
}

// Lock locks the attempt, which is not_found unless a workflow waits for it.
func (at *Attempts) Lock(ctx context.Context, jobID uuid.UUID, epoch int64) (models.Attempt, error) {
	var a models.Attempt
	err := at.db.Row(ctx, &a, "lock attempt", `
		select * from job_attempts where job_id = ? and epoch = ? and state in ? for update`, jobID, epoch, live())
	return a, err
}

// Open writes where the attempt has its place, and when placement has to look
// at it again.
func (at *Attempts) Open(ctx context.Context, a models.Attempt) error {
	_, err := at.db.Exec(ctx, "open attempt", `
		update job_attempts set state = ?, agent_id = ?, started_at = ?, due_at = ? where job_id = ? and epoch = ?`,
		a.State, a.AgentID, a.StartedAt, a.DueAt, a.JobID, a.Epoch)
	return err
}

// PutOff has a wanted attempt wait for the pause, and reports whether it is
// wanted.
func (at *Attempts) PutOff(ctx context.Context, jobID uuid.UUID, epoch int64, pause time.Duration) (bool, error) {
	n, err := at.db.Exec(ctx, "put attempt off", `
		update job_attempts set due_at = ?, tries = tries + 1 where job_id = ? and epoch = ? and state = ?`,
		at.db.Now().Add(pause), jobID, epoch, models.AttemptWanted)
	return n > 0, err
}

// End closes the attempt and reports whether a workflow waited for it.
func (at *Attempts) End(ctx context.Context, jobID uuid.UUID, epoch int64, state models.AttemptState, p models.Problem) (bool, error) {
	n, err := at.db.Exec(ctx, "end attempt", `
		update job_attempts set state = ?, problem = ?, ended_at = ? where job_id = ? and epoch = ? and state in ?`,
		state, p, at.db.Now(), jobID, epoch, live())
	return n > 0, err
}

// Fail closes the open attempt and returns it; one that is not open is
// not_found.
func (at *Attempts) Fail(ctx context.Context, jobID uuid.UUID, epoch int64, p models.Problem) (models.Attempt, error) {
	var a models.Attempt
	err := at.db.Row(ctx, &a, "fail attempt", `
		update job_attempts set state = ?, problem = ?, ended_at = ? where job_id = ? and epoch = ? and state = ? returning *`,
		models.AttemptFailed, p, at.db.Now(), jobID, epoch, models.AttemptOpen)
	return a, err
}

// Supersede ends the attempt that the job's workflow waits for, if there is one.
func (at *Attempts) Supersede(ctx context.Context, jobID uuid.UUID) error {
	_, err := at.db.Exec(ctx, "supersede attempt", `
		update job_attempts set state = ?, ended_at = ? where job_id = ? and state in ?`,
		models.AttemptSuperseded, at.db.Now(), jobID, live())
	return err
}

// EndWanted ends the wanted attempt of a job without a slot: only a job that holds
// one may be placed.
func (at *Attempts) EndWanted(ctx context.Context, jobID uuid.UUID) error {
	_, err := at.db.Exec(ctx, "end wanted attempt", `
		update job_attempts set state = ?, ended_at = ? where job_id = ? and state = ?`,
		models.AttemptSuperseded, at.db.Now(), jobID, models.AttemptWanted)
	return err
}

// Fence checks that the attempt is the agent's, open and therefore the newest
// of its job, and keeps it so until the transaction ends: superseding it has to
// wait.
func (at *Attempts) Fence(ctx context.Context, agentID, jobID uuid.UUID, epoch int64) error {
	var one int
	err := at.db.Row(ctx, &one, "check attempt", `
		select 1 from job_attempts where job_id = ? and epoch = ? and agent_id = ? and state = ? for share`,
		jobID, epoch, agentID, models.AttemptOpen)
	if models.IsNotFound(err) {
		return agents.Superseded("this attempt is not the job's newest, or was stopped")
	}
	return err
}
