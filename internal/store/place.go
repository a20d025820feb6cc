package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/models"
)

// WantTransfer records that the job's workflow wants a transfer: an attempt
// before it is superseded, the epoch grows, and placement is told. It fails with
// storage_full when the user's storage has no room, and with wrong_state when the
// job cannot run; nothing is changed then.
func (w *Work) WantTransfer(ctx context.Context, want models.TransferWant) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, want.JobID)
		if err != nil {
			return err
		}
		if job.DeleteAt != nil {
			return models.Fault(models.ProblemWrongState, "The job was deleted.")
		}
		if err := mayBecome(job.State, want.Kind.State()); err != nil {
			return err
		}
		if err := s.haveRoom(ctx, &job, want.Kind); err != nil {
			return err
		}
		if err := s.supersede(ctx, job.ID); err != nil {
			return err
		}
		now := s.Now()
		since := want.Since
		if since.IsZero() || since.After(now) {
			since = now
		}
		return s.addWanted(ctx, models.Attempt{
			JobID: job.ID, Epoch: job.Epoch + 1, Provider: job.Provider, Kind: want.Kind, TaskToken: want.TaskToken,
			Elsewhere: want.Elsewhere, WantedAt: since, BeatAt: now, DueAt: &now,
		})
	})
}

// addWanted adds the attempt, of which the job is locked. A job that gave its
// slot back while its workflow was about to ask takes one again, rather than
// running uncounted.
func (s *Store) addWanted(ctx context.Context, at models.Attempt) error {
	now := s.Now()
	at.State, at.StartedAt = models.AttemptWanted, now
	_, err := s.exec(ctx, "count attempt", `
		update jobs set epoch = ?, admitted_at = coalesce(admitted_at, ?), updated_at = ? where id = ?`, at.Epoch, now, now, at.JobID)
	if err != nil {
		return err
	}
	if err := s.conn(ctx).Create(&at).Error; err != nil {
		return translate(err, "create attempt")
	}
	return s.Notify(ctx, event.Message{Kind: event.KindPlacement})
}

// supersede ends the attempt that the job's workflow waits for, if there is one.
func (s *Store) supersede(ctx context.Context, jobID uuid.UUID) error {
	_, err := s.exec(ctx, "supersede attempt", `
		update job_attempts set state = ?, ended_at = ? where job_id = ? and state in ?`,
		models.AttemptSuperseded, s.Now(), jobID, live())
	return err
}

// live are the states of an attempt that a workflow waits for.
func live() []models.AttemptState {
	return []models.AttemptState{models.AttemptWanted, models.AttemptOpen}
}

// DueAttempts takes at most limit attempts that placement has to look at, those
// that wait longest first, and leaves them to the caller for the time: whoever
// dies meanwhile leaves them to the next one.
func (w *Work) DueAttempts(ctx context.Context, limit int, leave time.Duration) ([]models.Attempt, error) {
	now := w.s.Now()
	var out []models.Attempt
	err := w.s.rows(ctx, &out, "take due attempts", `
		update job_attempts set due_at = ? where (job_id, epoch) in (
			select job_id, epoch from job_attempts where due_at <= ? and state in ?
			order by due_at limit ? for update skip locked)
		returning *`, now.Add(leave), now, live(), limit)
	return out, err
}

// Place gives a wanted attempt to an agent or to Seedr, as the job's provider
// says, in one transaction: an agent that is alive, active and has room is
// chosen, the attempt is open and the job runs. The agent that had the job before
// is preferred for the bytes that it has, unless the fault was its own; then the
// least loaded one. It fails with no_agent when none has room, or with a problem
// of the Seedr account when that cannot take it; nothing is changed then.
//
// An attempt for an agent stays due after the time, until Taken says that the
// agent has it. One that is open already is returned as it is. An attempt that no
// workflow waits for, or whose job cannot run, is refused as superseded.
func (w *Work) Place(ctx context.Context, jobID uuid.UUID, epoch int64, leave time.Duration) (models.Placement, error) {
	var p models.Placement
	s := w.s
	gone := false
	err := s.Tx(ctx, func(ctx context.Context) error {
		p, gone = models.Placement{}, false
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		p.Job = job
		err = s.row(ctx, &p.Attempt, "lock attempt", `
			select * from job_attempts where job_id = ? and epoch = ? and state in ? for update`, jobID, epoch, live())
		if models.IsNotFound(err) {
			gone = true
			return nil
		}
		if err != nil {
			return err
		}
		if job.AdmittedAt == nil || job.DeleteAt != nil || mayBecome(job.State, p.Kind.State()) != nil {
			gone = true
			return s.supersede(ctx, jobID)
		}
		if p.State == models.AttemptWanted {
			err = s.choose(ctx, &p)
		} else if p.AgentID != nil {
			p.Agent, err = s.Agent(ctx, *p.AgentID)
		}
		if err != nil {
			return err
		}
		return s.opened(ctx, &p, leave)
	})
	if err == nil && gone {
		err = superseded("no workflow waits for this attempt any more")
	}
	return p, err
}

// choose finds a place for the wanted attempt and moves its job.
func (s *Store) choose(ctx context.Context, p *models.Placement) (err error) {
	change := seedrChange(p.Kind, p.Kind.State())
	if p.Provider == models.ProviderSeedr {
		err = s.checkSeedr(ctx, p.Job)
	} else if p.Agent, err = s.pickAgent(ctx, p.JobID); err == nil {
		p.AgentID, change = &p.Agent.ID, placedChange(p.Kind, p.Kind.State(), p.Agent)
	}
	if err != nil {
		return err
	}
	p.State, p.StartedAt = models.AttemptOpen, s.Now()
	return s.move(ctx, &p.Job, change, models.EventPlaced)
}

// opened writes the open attempt and reads what is to be fetched.
func (s *Store) opened(ctx context.Context, p *models.Placement, leave time.Duration) error {
	p.DueAt = nil
	if p.AgentID != nil {
		due := s.Now().Add(leave)
		p.DueAt = &due
	}
	_, err := s.exec(ctx, "open attempt", `
		update job_attempts set state = ?, agent_id = ?, started_at = ?, due_at = ? where job_id = ? and epoch = ?`,
		p.State, p.AgentID, p.StartedAt, p.DueAt, p.JobID, p.Epoch)
	if err != nil {
		return err
	}
	if p.Files, err = s.filesOf(ctx, p.JobID); err != nil {
		return err
	}
	p.Parts, err = s.partsOf(ctx, p.JobID)
	return err
}

// Taken records that the agent has the open attempt, from now on: placement is
// done with it.
func (w *Work) Taken(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	_, err := w.s.exec(ctx, "note taken attempt", `
		update job_attempts set due_at = null, started_at = ? where job_id = ? and epoch = ? and state = ?`,
		w.s.Now(), jobID, epoch, models.AttemptOpen)
	return err
}

// Held reports whether the open attempt is still the caller's to place, who was
// given it until due: it was not taken meanwhile, nor given to another worker.
func (w *Work) Held(ctx context.Context, jobID uuid.UUID, epoch int64, due time.Time) (bool, error) {
	var held bool
	err := w.s.row(ctx, &held, "look at placement", `
		select exists (select from job_attempts where job_id = ? and epoch = ? and state = ? and due_at = ?)`,
		jobID, epoch, models.AttemptOpen, due)
	return held, err
}

// Wait has the wanted attempt wait for the time before it is looked at again, and
// says on its job why. An attempt that is not wanted any more is left alone.
func (w *Work) Wait(ctx context.Context, jobID uuid.UUID, epoch int64, pause time.Duration, why models.JobChange) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		n, err := s.exec(ctx, "put attempt off", `
			update job_attempts set due_at = ?, tries = tries + 1 where job_id = ? and epoch = ? and state = ?`,
			s.Now().Add(pause), jobID, epoch, models.AttemptWanted)
		if err != nil || n == 0 {
			return err
		}
		return s.move(ctx, &job, why, models.EventState)
	})
}

// WantAgain ends the open attempt with the fault, which goes to the job's
// timeline, and has another one take its place after the pause: the workflow that
// waits notices nothing. An attempt that is not open any more is left alone.
func (w *Work) WantAgain(
	ctx context.Context, jobID uuid.UUID, epoch int64, why models.Reason, pause time.Duration,
) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil {
			return err
		}
		var at models.Attempt
		err = s.row(ctx, &at, "fail attempt", `
			update job_attempts set state = ?, problem = ?, ended_at = ? where job_id = ? and epoch = ? and state = ? returning *`,
			models.AttemptFailed, why.Code.Problem(), s.Now(), jobID, epoch, models.AttemptOpen)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		e := eventOf(job, models.EventAttempt, why)
		e.Problem = why.Code.Problem()
		if err := s.addEvents(ctx, e); err != nil || job.AdmittedAt == nil {
			return err // a job without a slot was stopped
		}
		taken, due := at.DueAt == nil, s.Now().Add(pause)
		next := models.Attempt{
			JobID: jobID, Epoch: job.Epoch + 1, Provider: at.Provider, Kind: at.Kind, TaskToken: at.TaskToken,
			Elsewhere: at.Elsewhere, Tries: at.Tries + 1, WantedAt: at.WantedAt, BeatAt: at.BeatAt, DueAt: &due,
		}
		if taken { // until now it had a place
			next.WantedAt = s.Now()
		}
		return s.addWanted(ctx, next)
	})
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
			select t.agent_id, t.problem from job_attempts t where t.job_id = ? and t.agent_id is not null
			order by t.epoch desc limit 1) last on true
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
		To: to, Reason: models.Because(models.ReasonDownloading, "agent", a.Name),
	}
	if kind == models.TransferResolve {
		c.Reason = models.Because(models.ReasonLooksUpFiles, "agent", a.Name)
	}
	return c
}
