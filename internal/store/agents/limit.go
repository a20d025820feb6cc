package agents

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// LimitAgent bounds what the agent's transfers fetch together, in bytes per
// second; 0 is no limit. The agent hears of it with its next heartbeat.
func (ag *Agents) LimitAgent(ctx context.Context, by models.Actor, agentID uuid.UUID, bytesPerSecond int64) (models.Agent, error) {
	var a models.Agent
	err := ag.db.Tx(ctx, func(ctx context.Context) error {
		err := ag.db.Row(ctx, &a, "lock agent", `select * from agents where id = ? for update`, agentID)
		if models.IsNotFound(err) {
			return postgres.NotFound("agent")
		}
		if err != nil || a.RateLimit == bytesPerSecond {
			return err
		}
		if _, err := ag.db.Exec(ctx, "limit agent", `update agents set rate_limit = ? where id = ?`, bytesPerSecond, agentID); err != nil {
			return err
		}
		entry := by.Did(models.AuditAgentLimited, "agent", agentID.String())
		entry.Before = map[string]any{"name": a.Name, "rateLimit": a.RateLimit}
		entry.After = map[string]any{"name": a.Name, "rateLimit": bytesPerSecond}
		a.RateLimit = bytesPerSecond
		return ag.records.RecordAudit(ctx, entry)
	})
	return a, err
}
