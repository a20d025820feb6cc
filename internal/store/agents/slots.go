package agents

import (
	"context"

	"longhaul/models"
)

// FreeSlots returns how many agents take work and how many transfers more they
// can take: their capacity less the jobs that hold a slot. A job whose attempt
// runs on an agent that takes no more work does not count against the others.
func (ag *Agents) FreeSlots(ctx context.Context) (agents, free int, err error) {
	var row struct {
		Agents   int
		Capacity int
		Taken    int
	}
	err = ag.db.Row(ctx, &row, "count free slots", `
		with usable as (
			select id, capacity from agents where state = ? and lost_at is null and last_seen_at > ?)
		select (select count(*) from usable) as agents,
			(select coalesce(sum(capacity), 0) from usable) as capacity,
			(select count(*) from jobs j where j.admitted_at is not null and j.provider = ? and not exists (
				select from job_attempts t where t.job_id = j.id and t.state = ?
					and t.agent_id not in (select id from usable))) as taken`,
		models.AgentActive, ag.AliveSince(), models.ProviderAgent, models.AttemptOpen)
	return row.Agents, max(0, row.Capacity-row.Taken), err
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
