package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// SealedLogins returns jobs whose address has a sealed login, by id after the given
// one.
func (w *Worker) SealedLogins(ctx context.Context, after uuid.UUID, limit int) ([]models.Job, error) {
	var out []models.Job
	err := w.js.db.Rows(ctx, &out, "list sealed logins", `
		select id, user_id, source_login from jobs where source_login <> '' and id > ? order by id limit ?`, after, limit)
	return out, err
}

// ResealLogin replaces the sealed login of a job's address by the same one, under
// another key.
func (w *Worker) ResealLogin(ctx context.Context, jobID uuid.UUID, was, now string) error {
	_, err := w.js.db.Exec(ctx, "reseal login", `update jobs set source_login = ? where id = ? and source_login = ?`, now, jobID, was)
	return err
}
