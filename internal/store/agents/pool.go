package agents

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// HeldPool is an SQL expression for the pool in which the job j takes up a slot:
// that of the agent that runs it, or else that of its owner.
const HeldPool = `coalesce(
	(select a.pool from job_attempts t join agents a on a.id = t.agent_id where t.job_id = j.id and t.state = 'open'),
	(select p.agent_pool from user_plans p where p.user_id = j.user_id))`

// PoolOf returns the pool whose agents serve the account: its own, or else its
// plan's. It is empty for an account that agents without a pool serve.
func (ag *Agents) PoolOf(ctx context.Context, userID uuid.UUID) (string, error) {
	var pool string
	err := ag.db.Row(ctx, &pool, "find pool of account", `select agent_pool from user_plans where user_id = ?`, userID)
	return pool, err
}

// SetAgentPool puts the agent into the pool, or into none if that is empty. What
// runs on it stays there until it ends or moves.
func (ag *Agents) SetAgentPool(ctx context.Context, by models.Actor, agentID uuid.UUID, pool string) (models.Agent, error) {
	var a models.Agent
	err := ag.db.Tx(ctx, func(ctx context.Context) error {
		err := ag.db.Row(ctx, &a, "lock agent", `select * from agents where id = ? for update`, agentID)
		if models.IsNotFound(err) {
			return postgres.NotFound("agent")
		}
		if err != nil || a.Pool == pool {
			return err
		}
		if _, err := ag.db.Exec(ctx, "set pool of agent", `update agents set pool = ? where id = ?`, pool, agentID); err != nil {
			return err
		}
		entry := by.Did(models.AuditAgentPool, "agent", agentID.String())
		entry.Before = map[string]any{"name": a.Name, "pool": a.Pool}
		entry.After = map[string]any{"name": a.Name, "pool": pool}
		a.Pool = pool
		return ag.records.RecordAudit(ctx, entry)
	})
	return a, err
}

// OwnPool returns the pool that the account is bound to itself, whatever its plan
// says; empty if it is not.
func (ag *Agents) OwnPool(ctx context.Context, userID uuid.UUID) (string, error) {
	var pool string
	err := ag.db.Row(ctx, &pool, "load pool of account", `select coalesce(agent_pool, '') from users where id = ?`, userID)
	if models.IsNotFound(err) {
		return "", postgres.NotFound("account")
	}
	return pool, err
}

// BindAccount binds the account to the pool whatever its plan says, or ends that
// if the pool is empty. Jobs that wait go by it at once; what runs stays where it
// is.
func (ag *Agents) BindAccount(ctx context.Context, by models.Actor, userID uuid.UUID, pool string) error {
	return ag.db.Tx(ctx, func(ctx context.Context) error {
		var before string
		err := ag.db.Row(ctx, &before, "lock account", `select coalesce(agent_pool, '') from users where id = ? for update`, userID)
		if models.IsNotFound(err) {
			return postgres.NotFound("account")
		}
		if err != nil || before == pool {
			return err
		}
		if _, err := ag.db.Exec(ctx, "bind account to pool",
			`update users set agent_pool = nullif(?, '') where id = ?`, pool, userID); err != nil {
			return err
		}
		entry := by.Did(models.AuditUserPool, "user", userID.String())
		entry.Before, entry.After = map[string]any{"pool": before}, map[string]any{"pool": pool}
		return ag.records.RecordAudit(ctx, entry)
	})
}
