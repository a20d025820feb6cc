// Package agents keeps the compute agents: how they enrol, which start of one
// is the newest, what they report, and what of their capacity is free.
//
// It depends on the records and on the outbox. It reads jobs and attempts to
// count what runs where; which agent gets a job is for the jobs to say.
package agents

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Agents keeps the compute agents.
type Agents struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
}

// New returns the agents of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records) *Agents {
	return &Agents{db: db, outbox: o, records: r}
}

// Worker returns the methods that only the worker may use.
func (ag *Agents) Worker() *Worker { return &Worker{ag} }

// Worker follows agents and tidies up after them.
type Worker struct{ ag *Agents }

// CreateEnrolmentToken records the hash of a one-time token that lets an agent
// of the name register.
func (ag *Agents) CreateEnrolmentToken(ctx context.Context, by models.Actor, hash []byte, name string, ttl time.Duration) error {
	return ag.db.Tx(ctx, func(ctx context.Context) error {
		var taken bool
		err := ag.db.Row(ctx, &taken, "look up agent name", `select exists (select from agents where name = ?)`, name)
		if err != nil {
			return err
		}
		if taken {
			return models.Errorf(models.CodeConflict, "An agent with this name already exists.").In("name")
		}
		now := ag.db.Now()
		_, err = ag.db.Exec(ctx, "create enrolment token",
			`insert into enrolment_tokens (name, hash, created_at, expires_at) values (?, ?, ?, ?)`,
			name, hash, now, now.Add(ttl))
		if err != nil {
			return err
		}
		entry := by.Did(models.AuditAgentToken, "agent", name)
		entry.After = map[string]any{"name": name, "expiresAt": now.Add(ttl)}
		return ag.records.RecordAudit(ctx, entry)
	})
}

// EnrolAgent consumes the token and creates the agent, active and under the
// token's name. It is forbidden when the token is not good any more. The audit
// log keeps the address that the request came from.
func (ag *Agents) EnrolAgent(ctx context.Context, ip string, tokenHash []byte, a models.Agent) (models.Agent, error) {
	err := ag.db.Tx(ctx, func(ctx context.Context) error {
		now := ag.db.Now()
		err := ag.db.Row(ctx, &a.Name, "use enrolment token", `
			update enrolment_tokens set used_at = ? where hash = ? and used_at is null and expires_at > ?
			returning name`, now, tokenHash, now)
		if models.IsNotFound(err) {
			return models.Errorf(models.CodeForbidden, "This enrolment token no longer works.")
		}
		if err != nil {
			return err
		}
		if a.ID == uuid.Nil {
			a.ID = ag.db.NewID()
		}
		a.State, a.CreatedAt = models.AgentActive, now
		res := ag.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&a)
		if res.Error != nil {
			return postgres.Translate(res.Error, "create agent")
		}
		if res.RowsAffected == 0 {
			return models.Errorf(models.CodeConflict, "An agent with this name already exists.").In("name")
		}
		if _, err := ag.db.Exec(ctx, "bind enrolment token",
			`update enrolment_tokens set agent_id = ? where hash = ?`, a.ID, tokenHash); err != nil {
			return err
		}
		if err := ag.outbox.Enqueue(ctx, models.OutboxTrack, a.ID); err != nil {
			return err
		}
		entry := models.Actor{Kind: models.ActorAgent, ID: &a.ID, IP: ip}.Did(models.AuditAgentEnrolled, "agent", a.ID.String())
		entry.After = map[string]any{"name": a.Name, "url": a.URL, "capacity": a.Capacity}
		return ag.records.RecordAudit(ctx, entry)
	})
	return a, err
}

// AgentByCredential returns the agent whose bearer credential has the hash.
func (ag *Agents) AgentByCredential(ctx context.Context, hash []byte) (models.Agent, error) {
	var a models.Agent
	err := ag.db.Conn(ctx).Where("credential_hash = ?", hash).Take(&a).Error
	return a, postgres.Translate(err, "load agent by credential")
}

// ListAgents returns every agent by name.
func (ag *Agents) ListAgents(ctx context.Context) ([]models.Agent, error) {
	var out []models.Agent
	err := ag.db.Conn(ctx).Order("name").Find(&out).Error
	return out, postgres.Translate(err, "list agents")
}

// Agent returns the agent.
func (ag *Agents) Agent(ctx context.Context, id uuid.UUID) (models.Agent, error) {
	var a models.Agent
	err := ag.db.Conn(ctx).Where("id = ?", id).Take(&a).Error
	return a, postgres.Translate(err, "load agent")
}

// BootAgent opens a new boot of the agent and returns its epoch, which fences
// every older process of it. The agent counts as alive from now on.
func (ag *Agents) BootAgent(ctx context.Context, agentID uuid.UUID, url string, capacity int, version string) (int64, error) {
	var epoch int64
	err := ag.db.Row(ctx, &epoch, "boot agent", `
		update agents set boot_epoch = boot_epoch + 1, url = ?, capacity = ?, version = ?, last_seen_at = ?, lost_at = null
		where id = ? returning boot_epoch`, url, capacity, version, ag.db.Now(), agentID)
	return epoch, err
}

// AgentHeartbeat records that the agent is alive, what it reports, and returns
// what admins want it to do. A boot epoch that is not the newest is refused as
// superseded. The time is the store's, whatever the heartbeat says.
func (ag *Agents) AgentHeartbeat(
	ctx context.Context, agentID uuid.UUID, bootEpoch int64, hb models.AgentHeartbeat, capacity int, diskTotal int64,
) (models.AgentState, error) {
	var state string // gorm counts no row when it scans into a named type
	err := ag.db.Tx(ctx, func(ctx context.Context) error {
		now := ag.db.Now()
		err := ag.db.Row(ctx, &state, "agent heartbeat", `
			update agents set running = ?, disk_free = ?, disk_total = ?, capacity = ?, last_seen_at = ?, lost_at = null
			where id = ? and boot_epoch = ? returning state`,
			hb.Running, hb.DiskFree, diskTotal, capacity, now, agentID, bootEpoch)
		if models.IsNotFound(err) {
			if _, err := ag.Agent(ctx, agentID); err != nil {
				return err
			}
			return Superseded("a newer start of this agent took over")
		}
		if err != nil {
			return err
		}
		hb.AgentID, hb.At = agentID, now
		err = ag.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&hb).Error
		return postgres.Translate(err, "record heartbeat")
	})
	return models.AgentState(state), err
}

// SetAgentState records what admins want the agent to do.
func (ag *Agents) SetAgentState(ctx context.Context, by models.Actor, agentID uuid.UUID, state models.AgentState) error {
	return ag.db.Tx(ctx, func(ctx context.Context) error {
		var before models.Agent
		err := ag.db.Row(ctx, &before, "lock agent", `select * from agents where id = ? for update`, agentID)
		if models.IsNotFound(err) {
			return postgres.NotFound("agent")
		}
		if err != nil || before.State == state {
			return err
		}
		if _, err := ag.db.Exec(ctx, "set agent state", `update agents set state = ? where id = ?`, state, agentID); err != nil {
			return err
		}
		action := map[models.AgentState]models.AuditAction{
			models.AgentActive: models.AuditAgentUncordon, models.AgentCordoned: models.AuditAgentCordoned,
			models.AgentDraining: models.AuditAgentDrain,
		}[state]
		entry := by.Did(action, "agent", agentID.String())
		entry.Before = map[string]any{"name": before.Name, "state": before.State}
		entry.After = map[string]any{"name": before.Name, "state": state}
		return ag.records.RecordAudit(ctx, entry)
	})
}

// RemoveAgent forgets the agent for good, and its credential with it. One that
// takes work, or has some, is refused: its jobs have to end or move first.
func (ag *Agents) RemoveAgent(ctx context.Context, by models.Actor, agentID uuid.UUID) error {
	return ag.db.Tx(ctx, func(ctx context.Context) error {
		var a models.Agent
		err := ag.db.Row(ctx, &a, "lock agent", `select * from agents where id = ? for update`, agentID)
		if models.IsNotFound(err) {
			return postgres.NotFound("agent")
		}
		if err != nil {
			return err
		}
		alive := a.Alive(ag.db.Now())
		if a.State == models.AgentActive && alive {
			return models.Fault(models.ProblemAgentInUse, "%s accepts jobs. Drain it first, and remove it when its jobs have moved.", a.Name)
		}
		var jobs int64
		if err := ag.db.Row(ctx, &jobs, "count open attempts",
			`select count(*) from job_attempts where agent_id = ? and state = ?`, agentID, models.AttemptOpen); err != nil {
			return err
		}
		if jobs > 0 {
			return agentBusy(a, jobs, alive)
		}
		if _, err := ag.db.Exec(ctx, "remove agent", `delete from agents where id = ?`, agentID); err != nil {
			return err
		}
		e := by.Did(models.AuditAgentRemoved, "agent", agentID.String())
		e.Before = map[string]any{"name": a.Name, "url": a.URL, "state": a.State, "capacity": a.Capacity}
		return ag.records.RecordAudit(ctx, e)
	})
}

// agentBusy says why an agent with open attempts cannot go yet, and what to do.
func agentBusy(a models.Agent, jobs int64, alive bool) error {
	count, pronoun := "1 job runs", "it ends or moves"
	if jobs > 1 {
		count, pronoun = strconv.FormatInt(jobs, 10)+" jobs run", "they end or move"
	}
	hint := "Drain it, and wait until " + pronoun + "."
	switch {
	case !alive:
		hint = "It stopped responding; within a minute " + pronoun + "."
	case a.State == models.AgentDraining:
		hint = "Wait until " + pronoun + "."
	}
	return models.Fault(models.ProblemAgentInUse, "%s on %s. %s", count, a.Name, hint)
}

// PickAgentForInspect returns the least loaded agent that takes work and may look
// at a source for the account: one of its pool, or else one without a pool. A look
// takes no slot, and nothing of it is kept.
func (ag *Agents) PickAgentForInspect(ctx context.Context, userID uuid.UUID) (models.Agent, error) {
	pool, err := ag.PoolOf(ctx, userID)
	if err != nil {
		return models.Agent{}, err
	}
	var a models.Agent
	err = ag.db.Row(ctx, &a, "pick agent", `
		select * from agents where state = ? and lost_at is null and last_seen_at > ? and pool in (?, '')
		order by pool = '', running::float / capacity, last_seen_at desc, id limit 1`, models.AgentActive, ag.AliveSince(), pool)
	if models.IsNotFound(err) {
		return models.Agent{}, NoRoom()
	}
	return a, err
}

// AliveSince is when an agent must have been heard of to count as alive.
func (ag *Agents) AliveSince() time.Time { return ag.db.Now().Add(-models.AgentLostAfter) }

// NoRoom returns the fault of a transfer for which no agent has room.
func NoRoom() error {
	return models.Fault(models.ProblemNoAgent, "No agent has room right now.")
}

// Superseded returns the refusal of what an older start of an agent, or an
// older attempt, says.
func Superseded(why string) error {
	return models.Fault(models.ProblemSuperseded, "Superseded: %s.", why)
}

// Agent returns the agent.
func (w *Worker) Agent(ctx context.Context, id uuid.UUID) (models.Agent, error) {
	return w.ag.Agent(ctx, id)
}

// ListAgents returns every agent by name.
func (w *Worker) ListAgents(ctx context.Context) ([]models.Agent, error) { return w.ag.ListAgents(ctx) }

// MarkLost records that the agent fell silent, and reports whether it did. An
// agent that was heard of meanwhile is not lost.
func (ag *Agents) MarkLost(ctx context.Context, agentID uuid.UUID) (bool, error) {
	n, err := ag.db.Exec(ctx, "mark agent lost", `
		update agents set lost_at = coalesce(lost_at, ?)
		where id = ? and (last_seen_at is null or last_seen_at <= ?)`, ag.db.Now(), agentID, ag.AliveSince())
	return n > 0, err
}
