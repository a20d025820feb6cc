package agents

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// heartbeatsShown is how far back an agent's heartbeats are shown.
const heartbeatsShown = 7 * 24 * time.Hour

// Busy returns what runs on each agent that has any: how many transfers, and how
// many bytes of them are not in storage yet.
func (ag *Agents) Busy(ctx context.Context) (map[uuid.UUID]models.AgentLoad, error) {
	var rows []struct {
		AgentID uuid.UUID
		models.AgentLoad
	}
	err := ag.db.Rows(ctx, &rows, "sum up what runs on agents", `
		select t.agent_id, count(*) as jobs,
			coalesce(sum(greatest(coalesce(nullif(p.bytes_total, -1), j.size, 0) - coalesce(p.bytes_stored, 0), 0)), 0)::bigint as bytes
		from job_attempts t join jobs j on j.id = t.job_id left join job_progress p on p.job_id = t.job_id
		where t.state = 'open' and t.agent_id is not null group by t.agent_id`)
	out := make(map[uuid.UUID]models.AgentLoad, len(rows))
	for _, r := range rows {
		out[r.AgentID] = r.AgentLoad
	}
	return out, err
}

// byStart is the order of an agent's transfers.
const byStart = "start"

// AgentTransfers returns what runs on the agent, what it has longest first. The
// cursor of the next page is empty on the last one.
func (ag *Agents) AgentTransfers(ctx context.Context, agentID uuid.UUID, cursor string, limit int) ([]models.AgentTransfer, string, error) {
	limit = page.Size(limit)
	var from time.Time
	var after uuid.UUID
	if cursor != "" {
		c, err := page.Read(cursor, byStart, false)
		if err != nil {
			return nil, "", err
		}
		if from, err = time.Parse(time.RFC3339Nano, c.Key); err != nil {
			return nil, "", page.Refused().Because(err)
		}
		after = c.ID
	}
	var out []models.AgentTransfer
	err := ag.db.Rows(ctx, &out, "list transfers of agent", `
		select t.job_id, j.name, u.email as owner, j.state, t.kind, t.started_at, coalesce(p.phase, 'starting') as phase,
			coalesce(p.bytes_total, j.size, -1) as bytes_total, coalesce(p.bytes_done, 0) as bytes_done,
			coalesce(p.bytes_stored, 0) as bytes_stored, coalesce(p.down_rate, 0) as down_rate
		from job_attempts t join jobs j on j.id = t.job_id join users u on u.id = j.user_id left join job_progress p on p.job_id = t.job_id
		where t.agent_id = ? and t.state = 'open' and (t.started_at, t.job_id) > (?, ?)
		order by t.started_at, t.job_id limit ?`, agentID, from, after, limit+1)
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	out = out[:limit]
	last := out[limit-1]
	return out, page.Cursor{By: byStart, Key: last.StartedAt.UTC().Format(time.RFC3339Nano), ID: last.JobID}.String(), nil
}

// AgentHours returns what the agent's heartbeats of the last week tell, by hour;
// an hour without any is left out.
func (ag *Agents) AgentHours(ctx context.Context, agentID uuid.UUID) ([]models.AgentHour, error) {
	var out []models.AgentHour
	err := ag.db.Rows(ctx, &out, "sum up heartbeats", `
		select date_trunc('hour', at, 'UTC') as hour, count(*) as beats, max(running) as most_running, avg(down_rate)::bigint as rate
		from agent_heartbeats where agent_id = ? and at > ? group by 1 order by 1`, agentID, ag.db.Now().Add(-heartbeatsShown))
	return out, err
}
