package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// GiveSlots gives each of the locked jobs a slot.
func (js *Jobs) GiveSlots(ctx context.Context, ids []uuid.UUID) error {
	now := js.db.Now()
	_, err := js.db.Exec(ctx, "admit jobs", `
		update jobs set admitted_at = ?, updated_at = ?, reason_code = ?, reason_params = null, deadline = null where id = any(?)`,
		now, now, models.ReasonHasSlot, postgres.Array[uuid.UUID](ids))
	return err
}

// CountAttempt counts another attempt of the locked job: its epoch grows. A job
// that gave its slot back while its workflow was about to ask takes one again,
// rather than running uncounted.
func (js *Jobs) CountAttempt(ctx context.Context, job *models.Job) error {
	job.Epoch++
	job.AgentID = nil
	job.UpdatedAt = js.db.Now()
	if job.AdmittedAt == nil {
		job.AdmittedAt = &job.UpdatedAt
	}
	return js.save(ctx, "count attempt", job, "epoch", "agent_id", "admitted_at", "updated_at")
}
