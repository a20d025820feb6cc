package store

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/models"
)

// CreateEnrolmentToken records the hash of a one-time token that lets an agent
// of the name register.
func (s *Store) CreateEnrolmentToken(ctx context.Context, by models.Actor, hash []byte, name string, ttl time.Duration) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		var taken bool
		err := s.row(ctx, &taken, "look up agent name", `select exists (select from agents where name = ?)`, name)
		if err != nil {
			return err
		}
		if taken {
			return models.Errorf(models.CodeConflict, "There is an agent of this name already.").In("name")
		}
		now := s.Now()
		_, err = s.exec(ctx, "create enrolment token",
			`insert into enrolment_tokens (hash, name, created_at, expires_at) values (?, ?, ?, ?)`,
			hash, name, now, now.Add(ttl))
		if err != nil {
			return err
		}
		entry := by.Did(models.AuditAgentToken, "agent", name)
		entry.After = map[string]any{"name": name, "expiresAt": now.Add(ttl)}
		return s.RecordAudit(ctx, entry)
	})
}

// EnrolAgent consumes the token and creates the agent, active and under the
// token's name. It is forbidden when the token is not good any more. The audit
// log keeps the address that the request came from.
func (s *Store) EnrolAgent(ctx context.Context, ip string, tokenHash []byte, a models.Agent) (models.Agent, error) {
	err := s.Tx(ctx, func(ctx context.Context) error {
		now := s.Now()
		err := s.row(ctx, &a.Name, "use enrolment token", `
			update enrolment_tokens set used_at = ? where hash = ? and used_at is null and expires_at > ?
			returning name`, now, tokenHash, now)
		if models.IsNotFound(err) {
			return models.Errorf(models.CodeForbidden, "This enrolment token is not valid any more.")
		}
		if err != nil {
			return err
		}
		if a.ID == uuid.Nil {
			a.ID = s.NewID()
		}
		a.State, a.CreatedAt = models.AgentActive, now
		res := s.conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&a)
		if res.Error != nil {
			return translate(res.Error, "create agent")
		}
		if res.RowsAffected == 0 {
			return models.Errorf(models.CodeConflict, "There is an agent of this name already.").In("name")
		}
		if _, err := s.exec(ctx, "bind enrolment token",
			`update enrolment_tokens set agent_id = ? where hash = ?`, a.ID, tokenHash); err != nil {
			return err
		}
		if err := s.Enqueue(ctx, models.OutboxTrack, a.ID); err != nil {
			return err
		}
		entry := models.Actor{Kind: models.ActorAgent, ID: &a.ID, IP: ip}.Did(models.AuditAgentEnrolled, "agent", a.ID.String())
		entry.After = map[string]any{"name": a.Name, "url": a.URL, "capacity": a.Capacity}
		return s.RecordAudit(ctx, entry)
	})
	return a, err
}

// AgentByCredential returns the agent whose bearer credential has the hash.
func (s *Store) AgentByCredential(ctx context.Context, hash []byte) (models.Agent, error) {
	var a models.Agent
	err := s.conn(ctx).Where("credential_hash = ?", hash).Take(&a).Error
	return a, translate(err, "load agent by credential")
}

// Agents returns every agent by name.
func (s *Store) Agents(ctx context.Context) ([]models.Agent, error) {
	var out []models.Agent
	err := s.conn(ctx).Order("name").Find(&out).Error
	return out, translate(err, "list agents")
}

// Agent returns the agent.
func (s *Store) Agent(ctx context.Context, id uuid.UUID) (models.Agent, error) {
	var a models.Agent
	err := s.conn(ctx).Where("id = ?", id).Take(&a).Error
	return a, translate(err, "load agent")
}

// BootAgent opens a new boot of the agent and returns its epoch, which fences
// every older process of it. The agent counts as alive from now on.
func (s *Store) BootAgent(ctx context.Context, agentID uuid.UUID, url string, capacity int, version string) (int64, error) {
	var epoch int64
	err := s.row(ctx, &epoch, "boot agent", `
		update agents set boot_epoch = boot_epoch + 1, url = ?, capacity = ?, version = ?, last_seen_at = ?, lost_at = null
		where id = ? returning boot_epoch`, url, capacity, version, s.Now(), agentID)
	return epoch, err
}

// AgentHeartbeat records that the agent is alive, what it reports, and returns
// what the admins want of it. A boot epoch that is not the newest is refused as
// superseded. The time is the store's, whatever the heartbeat says.
func (s *Store) AgentHeartbeat(
	ctx context.Context, agentID uuid.UUID, bootEpoch int64, hb models.AgentHeartbeat, capacity int, diskTotal int64,
) (models.AgentState, error) {
	var state string // gorm counts no row when it scans into a named type
	err := s.Tx(ctx, func(ctx context.Context) error {
		now := s.Now()
		err := s.row(ctx, &state, "agent heartbeat", `
			update agents set running = ?, disk_free = ?, disk_total = ?, capacity = ?, last_seen_at = ?, lost_at = null
			where id = ? and boot_epoch = ? returning state`,
			hb.Running, hb.DiskFree, diskTotal, capacity, now, agentID, bootEpoch)
		if models.IsNotFound(err) {
			if _, err := s.Agent(ctx, agentID); err != nil {
				return err
			}
			return superseded("a newer start of this agent took over")
		}
		if err != nil {
			return err
		}
		hb.AgentID, hb.At = agentID, now
		err = s.conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&hb).Error
		return translate(err, "record heartbeat")
	})
	return models.AgentState(state), err
}

// SetAgentState records what the admins want of the agent.
func (s *Store) SetAgentState(ctx context.Context, by models.Actor, agentID uuid.UUID, state models.AgentState) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		var before models.Agent
		err := s.row(ctx, &before, "lock agent", `select * from agents where id = ? for update`, agentID)
		if models.IsNotFound(err) {
			return notFound("agent")
		}
		if err != nil || before.State == state {
			return err
		}
		if _, err := s.exec(ctx, "set agent state", `update agents set state = ? where id = ?`, state, agentID); err != nil {
			return err
		}
		action := map[models.AgentState]models.AuditAction{
			models.AgentActive: models.AuditAgentUncordon, models.AgentCordoned: models.AuditAgentCordoned,
			models.AgentDraining: models.AuditAgentDrain,
		}[state]
		entry := by.Did(action, "agent", agentID.String())
		entry.Before = map[string]any{"name": before.Name, "state": before.State}
		entry.After = map[string]any{"name": before.Name, "state": state}
		return s.RecordAudit(ctx, entry)
	})
}

// RemoveAgent forgets the agent for good, and its credential with it. One that
// takes work, or has some, is refused: its jobs have to end or move first.
func (s *Store) RemoveAgent(ctx context.Context, by models.Actor, agentID uuid.UUID) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		var a models.Agent
		err := s.row(ctx, &a, "lock agent", `select * from agents where id = ? for update`, agentID)
		if models.IsNotFound(err) {
			return notFound("agent")
		}
		if err != nil {
			return err
		}
		alive := a.Alive(s.Now())
		if a.State == models.AgentActive && alive {
			return models.Fault(models.ProblemAgentInUse, "%s takes work. Drain it first, and remove it when its jobs have moved.", a.Name)
		}
		var jobs int64
		if err := s.row(ctx, &jobs, "count open attempts",
			`select count(*) from job_attempts where agent_id = ? and state = ?`, agentID, models.AttemptOpen); err != nil {
			return err
		}
		if jobs > 0 {
			return agentBusy(a, jobs, alive)
		}
		if _, err := s.exec(ctx, "remove agent", `delete from agents where id = ?`, agentID); err != nil {
			return err
		}
		e := by.Did(models.AuditAgentRemoved, "agent", agentID.String())
		e.Before = map[string]any{"name": a.Name, "url": a.URL, "state": a.State, "capacity": a.Capacity}
		return s.RecordAudit(ctx, e)
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
		hint = "It is silent, so wait a minute until " + pronoun + "."
	case a.State == models.AgentDraining:
		hint = "Wait until " + pronoun + "."
	}
	return models.Fault(models.ProblemAgentInUse, "%s on %s. %s", count, a.Name, hint)
}

// PickAgentForInspect returns the least loaded agent that takes work. A look
// at a source takes no slot.
func (s *Store) PickAgentForInspect(ctx context.Context) (models.Agent, error) {
	var a models.Agent
	err := s.row(ctx, &a, "pick agent", `
		select * from agents where state = ? and lost_at is null and last_seen_at > ?
		order by running::float / capacity, last_seen_at desc, id limit 1`, models.AgentActive, s.aliveSince())
	if models.IsNotFound(err) {
		return models.Agent{}, noAgent()
	}
	return a, err
}

// aliveSince is when an agent must have been heard of to count as alive.
func (s *Store) aliveSince() time.Time { return s.Now().Add(-models.AgentLostAfter) }

func noAgent() error {
	return models.Fault(models.ProblemNoAgent, "No agent has room right now.")
}

func superseded(why string) error {
	return models.Fault(models.ProblemSuperseded, "Superseded: %s.", why)
}

// MarkAgentLost records that the agent fell silent, if it did, and returns the
// attempts that are still open on it. An agent that was heard of meanwhile is
// not lost and has no attempts to move.
func (w *Work) MarkAgentLost(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	s := w.s
	err := s.Tx(ctx, func(ctx context.Context) error {
		n, err := s.exec(ctx, "mark agent lost", `
			update agents set lost_at = coalesce(lost_at, ?)
			where id = ? and (last_seen_at is null or last_seen_at <= ?)`, s.Now(), agentID, s.aliveSince())
		if err != nil || n == 0 {
			return err
		}
		out, err = s.Work().OpenAttempts(ctx, agentID)
		return err
	})
	return out, err
}

// ListAgents returns every agent.
func (w *Work) ListAgents(ctx context.Context) ([]models.Agent, error) { return w.s.Agents(ctx) }

// Agent returns the agent.
func (w *Work) Agent(ctx context.Context, id uuid.UUID) (models.Agent, error) {
	return w.s.Agent(ctx, id)
}
