package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"longhaul/models"
)

// PlaceTransfer gives the job's transfer to an agent or to Seedr, as the job's
// provider says, in one transaction: an open attempt is superseded, an agent
// that is alive, active and has room is chosen, the epoch grows, the attempt
// with the task token is recorded and the job moves to the state (or stays in
// it). The agent that had the job before is preferred for the bytes that it
// has, unless the fault was its own; then the least loaded one. It fails with
// no_agent when none has room, with storage_full when the user's storage
// has none, or with a problem of the Seedr account when that cannot take it;
// nothing is changed then.
func (w *Work) PlaceTransfer(
	ctx context.Context, jobID uuid.UUID, kind models.TransferKind, taskToken []byte, to models.State,
) (models.Placement, error) {
	var p models.Placement
	s := w.s
	err := s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		if job.DeleteAt != nil {
			return models.Fault(models.ProblemWrongState, "The job was deleted.")
		}
		if err := s.haveRoom(ctx, &job, kind); err != nil {
			return err
		}
		now := s.Now()
		if _, err := s.exec(ctx, "supersede attempt", `
			update job_attempts set state = ?, ended_at = ? where job_id = ? and state = ?`,
			models.AttemptSuperseded, now, jobID, models.AttemptOpen); err != nil {
			return err
		}
		attempt := models.Attempt{
			JobID: jobID, Provider: job.Provider, Kind: kind, TaskToken: taskToken,
			State: models.AttemptOpen, StartedAt: now, BeatAt: now,
		}
		change := seedrChange(kind, to)
		if job.Provider == models.ProviderSeedr {
			err = s.checkSeedr(ctx, job)
		} else if p.Agent, err = s.pickAgent(ctx, jobID); err == nil {
			attempt.AgentID, change = &p.Agent.ID, placedChange(kind, to, p.Agent)
		}
		if err != nil {
			return err
		}
		job.Epoch++
		if err := s.move(ctx, &job, change, models.EventPlaced); err != nil {
			return err
		}
		p.Job, p.Epoch, attempt.Epoch = job, job.Epoch, job.Epoch
		if err := s.conn(ctx).Create(&attempt).Error; err != nil {
			return translate(err, "create attempt")
		}
		if p.Files, err = s.filesOf(ctx, jobID); err != nil {
			return err
		}
		p.Parts, err = s.partsOf(ctx, jobID)
		return err
	})
	if err != nil {
		return models.Placement{}, err
	}
	return p, nil
}

// haveRoom refuses a download as storage_full that does not hold what it needs
// and cannot get it. Admission sees to that; this is for the ways around it.
func (s *Store) haveRoom(ctx context.Context, job *models.Job, kind models.TransferKind) error {
	if kind != models.TransferDownload || job.QuotaReserved >= job.QuotaWant {
		return nil
	}
	held, err := s.hold(ctx, job)
	if err != nil || held {
		return err
	}
	full, err := s.storageFull(ctx, *job)
	if err != nil {
		return err
	}
	return full
}

// pickAgent chooses the agent for the job's next attempt. The lock makes
// concurrent placements see each other, so that no agent gets more than its
// capacity.
func (s *Store) pickAgent(ctx context.Context, jobID uuid.UUID) (models.Agent, error) {
	if err := s.lock(ctx, lockPlacement, ""); err != nil {
		return models.Agent{}, err
	}
	var a models.Agent
	err := s.row(ctx, &a, "pick agent", `
		select a.* from agents a
		left join lateral (
			select count(*) as n from job_attempts t where t.agent_id = a.id and t.state = 'open') load on true
		left join lateral (
			select t.agent_id, t.problem from job_attempts t where t.job_id = ? order by t.epoch desc limit 1) last on true
		where a.state = ? and a.lost_at is null and a.last_seen_at > ? and load.n < a.capacity
		order by case when last.agent_id is distinct from a.id then 1
				when last.problem in ? then 2 else 0 end,
			load.n::float / a.capacity, a.disk_free desc, a.id
		limit 1`,
		jobID, models.AgentActive, s.aliveSince(), ownFaults())
	if models.IsNotFound(err) {
		return models.Agent{}, noAgent()
	}
	return a, err
}

// ownFaults are the problems that another agent may not have.
func ownFaults() []models.Problem {
	return []models.Problem{
		models.ProblemAgentLost, models.ProblemAgentUnreachable, models.ProblemDiskFull, models.ProblemDrained,
		models.ProblemStorageFailing, models.ProblemEngineHung,
	}
}

func placedChange(kind models.TransferKind, to models.State, a models.Agent) models.JobChange {
	c := models.JobChange{
		To: to, Message: fmt.Sprintf("Given to the agent %s.", a.Name),
		Reason:     fmt.Sprintf("The agent %s is fetching it.", a.Name),
		NextAction: "Is completed in storage as soon as the last byte is verified.",
	}
	if kind == models.TransferResolve {
		c.Reason = fmt.Sprintf("The agent %s is finding out which files there are.", a.Name)
		c.NextAction = "Goes on by itself once the files are known."
	}
	return c
}
