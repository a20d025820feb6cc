package agents

import (
	"context"

	"longhaul/models"
)

// FreeSlots returns how many agents take work and how many transfers more they
// can take, all pools together.
func (ag *Agents) FreeSlots(ctx context.Context) (agents, free int, err error) {
	pools, err := ag.SlotsByPool(ctx)
	for _, p := range pools {
		agents, free = agents+p.Agents, free+p.Free
	}
	return agents, free, err
}

// SlotsByPool returns what the agents that take work have left, by their pool: a
// pool without such agents is not in it. What is free is their capacity less the
// jobs that hold a slot. A job counts in the pool of the agent that runs it, and
// until one does, in that of its owner. One whose attempt runs on an agent that
// takes no more work does not count against the others.
func (ag *Agents) SlotsByPool(ctx context.Context) (models.Slots, error) {
	var rows []struct {
		Pool string
		models.PoolSlots
	}
	err := ag.db.Rows(ctx, &rows, "count free slots", `
		with usable as (
			select id, pool, capacity from agents where state = ? and lost_at is null and last_seen_at > ?),
		taken as (
			select coalesce(a.pool, p.agent_pool) as pool, count(*) as n
			from jobs j join user_plans p on p.user_id = j.user_id
			left join job_attempts t on t.job_id = j.id and t.state = ?
			left join usable a on a.id = t.agent_id
			where j.admitted_at is not null and j.provider = ? and (t.agent_id is null or a.id is not null) group by 1)
		select u.pool, u.agents, greatest(0, u.capacity - coalesce(t.n, 0)) as free
		from (select pool, count(*) as agents, sum(capacity) as capacity from usable group by pool) u
		left join taken t on t.pool = u.pool`,
		models.AgentActive, ag.AliveSince(), models.AttemptOpen, models.ProviderAgent)
	out := make(models.Slots, len(rows))
	for _, r := range rows {
		out[r.Pool] = r.PoolSlots
	}
	return out, err
}

// EmptyPools returns the pools in which jobs wait for a slot while no agent of
// the pool takes work, by name.
func (ag *Agents) EmptyPools(ctx context.Context) ([]models.PoolWait, error) {
	var out []models.PoolWait
	err := ag.db.Rows(ctx, &out, "look for pools without agents", `
		select p.agent_pool as pool, count(*) as jobs
		from jobs j join user_plans p on p.user_id = j.user_id
		where j.state = ? and j.admitted_at is null and j.delete_at is null and j.provider = ? and not exists (
			select from agents a where a.pool = p.agent_pool and a.state = ? and a.lost_at is null and a.last_seen_at > ?)
		group by 1 order by 1`,
		models.StateQueued, models.ProviderAgent, models.AgentActive, ag.AliveSince())
	return out, err
}

// AgentSlots returns how many transfers the agents that take work can have at
// once.
func (ag *Agents) AgentSlots(ctx context.Context) (int, error) {
	var slots int
	err := ag.db.Row(ctx, &slots, "count slots of agents", `
		select coalesce(sum(capacity), 0)::int from agents where state = ? and lost_at is null and last_seen_at > ?`,
		models.AgentActive, ag.AliveSince())
	return slots, err
}
