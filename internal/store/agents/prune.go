package agents

import (
	"context"
	"time"
)

// PruneHeartbeats removes the agents' heartbeats from before the time.
func (w *Worker) PruneHeartbeats(ctx context.Context, before time.Time) (int64, error) {
	return w.ag.db.Exec(ctx, "prune heartbeats", `delete from agent_heartbeats where at < ?`, before)
}

// PruneEnrolmentTokens removes enrolment tokens that ended unused before now.
func (w *Worker) PruneEnrolmentTokens(ctx context.Context, now time.Time) (int64, error) {
	return w.ag.db.Exec(ctx, "prune enrolment tokens", `delete from enrolment_tokens where expires_at <= ? and used_at is null`, now)
}
