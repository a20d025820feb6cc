package transfers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/agents"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// MarkAgentLost records that the agent fell silent, if it did, and returns the
// attempts that are still open on it. An agent that was heard of meanwhile is
// not lost and has no attempts to move.
func (w *Worker) MarkAgentLost(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	tr := w.tr
	err := tr.db.Tx(ctx, func(ctx context.Context) error {
		lost, err := tr.agents.MarkLost(ctx, agentID)
		if err != nil || !lost {
			return err
		}
		out, err = tr.attempts.OpenOn(ctx, agentID)
		return err
	})
	return out, err
}

// Place gives a wanted attempt to an agent or to Seedr, as the job's provider
// says, in one transaction: an agent that is alive, active and has room is
// chosen, the attempt is open and the job runs. The agent that had the job before
// is preferred for the bytes that it has, unless the fault was its own or it lost
// the job again and again; then the least loaded one. It fails with no_agent when
// none has room, or with a problem of the Seedr account when that cannot take it;
// nothing is changed then.
//
// An attempt for an agent stays due after the time, until Taken says that the
// agent has it. One that is open already is returned as it is. An attempt that no
// workflow waits for, or whose job cannot run, is refused as superseded.
func (w *Worker) Place(ctx context.Context, jobID uuid.UUID, epoch int64, leave time.Duration) (models.Placement, error) {
	var p models.Placement
	tr := w.tr
	gone := false
	err := tr.db.Tx(ctx, func(ctx context.Context) error {
		p, gone = models.Placement{}, false
		job, err := tr.jobs.Lock(ctx, jobID)
		if err != nil {
			return err
		}
		p.Job = job
		p.Attempt, err = tr.attempts.Lock(ctx, jobID, epoch)
		if models.IsNotFound(err) {
			gone = true
			return nil
		}
		if err != nil {
			return err
		}
		if job.AdmittedAt == nil || job.DeleteAt != nil || jobs.MayBecome(job.State, p.Kind.State()) != nil {
			gone = true
			return tr.attempts.Supersede(ctx, jobID)
		}
		if p.State == models.AttemptWanted {
			err = tr.choose(ctx, &p)
		} else if p.AgentID != nil {
			p.Agent, err = tr.agents.Agent(ctx, *p.AgentID)
		}
		if err != nil {
			return err
		}
		return tr.opened(ctx, &p, leave)
	})
	if err == nil && gone {
		err = agents.Superseded("no workflow waits for this attempt any more")
	}
	return p, err
}

// choose finds a place for the wanted attempt and moves its job.
func (tr *Transfers) choose(ctx context.Context, p *models.Placement) (err error) {
	change := seedrChange(p.Kind, p.Kind.State())
	if p.Provider == models.ProviderSeedr {
		err = tr.checkSeedr(ctx, p.Job)
	} else if p.Agent, err = tr.pickAgent(ctx, p.Job); err == nil {
		p.AgentID, change = &p.Agent.ID, placedChange(p.Kind, p.Kind.State(), p.Agent)
	}
	if err != nil {
		return err
	}
	p.State, p.StartedAt, p.Job.AgentID = models.AttemptOpen, tr.db.Now(), p.AgentID
	return tr.jobs.Move(ctx, &p.Job, change, models.EventPlaced)
}

// opened writes the open attempt and reads what to fetch.
func (tr *Transfers) opened(ctx context.Context, p *models.Placement, leave time.Duration) error {
	p.DueAt = nil
	if p.AgentID != nil {
		due := tr.db.Now().Add(leave)
		p.DueAt = &due
	}
	err := tr.attempts.Open(ctx, p.Attempt)
	if err != nil {
		return err
	}
	if p.AgentID != nil {
		if err := tr.limitSpeed(ctx, p); err != nil {
			return err
		}
	}
	if p.Files, err = tr.files.Wanted(ctx, p.JobID); err != nil {
		return err
	}
	p.Parts, err = tr.files.PartsOf(ctx, p.JobID)
	return err
}

// limitSpeed reads how fast the owner's plan has an agent fetch at the moment.
func (tr *Transfers) limitSpeed(ctx context.Context, p *models.Placement) error {
	plan, err := tr.quota.PlanOf(ctx, p.Job.UserID)
	if err == nil && plan.RateLimit != nil {
		p.BytesPerSecond = *plan.RateLimit
	}
	return err
}

// pickAgent chooses the agent for the job's next attempt, in the pool of its
// owner. The lock makes concurrent placements see each other, so that no agent
// gets more than its capacity.
func (tr *Transfers) pickAgent(ctx context.Context, job models.Job) (models.Agent, error) {
	pool, err := tr.agents.PoolOf(ctx, job.UserID)
	if err != nil {
		return models.Agent{}, err
	}
	if err := tr.db.Lock(ctx, postgres.LockPlacement, ""); err != nil {
		return models.Agent{}, err
	}
	var a models.Agent
	err = tr.db.Row(ctx, &a, "pick agent", `
		select a.* from agents a
		left join lateral (
			select count(*) as n from job_attempts t where t.agent_id = a.id and t.state = 'open') load on true
		left join lateral (
			select t.agent_id, t.problem from job_attempts t where t.job_id = ? and t.agent_id is not null
			order by t.epoch desc limit 1) last on true
		left join lateral (
			select count(*) as n from job_attempts t where t.job_id = ? and t.agent_id = a.id and t.problem = ? and t.ended_at > ?) losses on true
		where a.state = ? and a.lost_at is null and a.last_seen_at > ? and a.pool = ? and load.n < a.capacity
			and a.disk_free >= least(?, a.disk_total / 20) -- both are 0 before the first heartbeat
		order by case when last.agent_id is distinct from a.id then 1
				when last.problem in ? or losses.n >= ? then 2 else 0 end,
			load.n::float / a.capacity, a.disk_free desc, a.id
		limit 1`,
		job.ID, job.ID, models.ProblemAgentLost, tr.db.Now().Add(-lossesFor), models.AgentActive, tr.agents.AliveSince(),
		pool, int64(models.LeastDisk), ownFaults(), mostLosses)
	if models.IsNotFound(err) {
		return models.Agent{}, tr.noRoom(ctx, pool)
	}
	return a, err
}

// noRoom returns the fault of a transfer for which there is no agent in the pool:
// those with a slot may all have full disks.
func (tr *Transfers) noRoom(ctx context.Context, pool string) error {
	var full bool
	err := tr.db.Row(ctx, &full, "look for agents with full disks", `
		select exists (select from agents a
			where a.state = ? and a.lost_at is null and a.last_seen_at > ? and a.pool = ? and a.disk_free < least(?, a.disk_total / 20)
				and a.capacity > (select count(*) from job_attempts t where t.agent_id = a.id and t.state = ?))`,
		models.AgentActive, tr.agents.AliveSince(), pool, int64(models.LeastDisk), models.AttemptOpen)
	switch {
	case err != nil:
		return err
	case full:
		return models.Fault(models.ProblemDiskFull, "Every agent that has a free slot is out of disk space.")
	default:
		return agents.NoRoom()
	}
}

// An agent that lost a job and is back has its bytes; one that loses it so often
// within the time is not preferred any more.
const (
	mostLosses = 2
	lossesFor  = 10 * time.Minute
)

// ownFaults are the problems that another agent may not have. One that was lost or
// drained and takes work again is not among them: it has what it fetched.
func ownFaults() []models.Problem {
	return []models.Problem{
		models.ProblemAgentUnreachable, models.ProblemDiskFull, models.ProblemStorageFailing, models.ProblemEngineHung,
		models.ProblemWrongContent, models.ProblemSentAway,
	}
}

func placedChange(kind models.TransferKind, to models.State, a models.Agent) models.JobChange {
	c := models.JobChange{
		To: to, Reason: models.Because(models.ReasonDownloading, "agent", a.Name),
	}
	if kind == models.TransferResolve {
		c.Reason = models.Because(models.ReasonLooksUpFiles, "agent", a.Name)
	}
	return c
}
