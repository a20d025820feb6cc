package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/providers"
	"longhaul/models"
)

// MoveJob gives the open job to another provider and returns it. A running one
// goes back to the queue without its slot; a paused one, or one that waits for
// a choice of files, stays so. What is in storage stays. It is refused as
// wrong_state when the job has ended, and as seedr_rejected when the provider
// cannot fetch such a source.
func (w *Work) MoveJob(ctx context.Context, jobID uuid.UUID, m models.JobMove) (models.Job, error) {
	var job models.Job
	s := w.s
	err := s.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = s.lockAnyJob(ctx, jobID); err != nil {
			return err
		}
		if job.State.Terminal() || job.DeleteAt != nil {
			return models.Fault(models.ProblemWrongState, "The job has ended.")
		}
		if job.Provider == m.To || m.From != "" && job.Provider != m.From {
			return nil // an earlier try got that far
		}
		if !m.To.Fits(job.SourceKind, value(job.InfoHashV1)) {
			return models.Fault(models.ProblemSeedrRejected, "Seedr takes torrents with a v1 info hash only.")
		}
		return s.moveJob(ctx, &job, m)
	})
	return job, err
}

// moveJob moves the locked job.
func (s *Store) moveJob(ctx context.Context, job *models.Job, m models.JobMove) error {
	if err := s.supersede(ctx, job.ID); err != nil {
		return err
	}
	forgot := false
	if m.To == models.ProviderAgent && job.SourceKind == models.SourceMagnet {
		var err error
		if forgot, err = s.forgetSeedrFiles(ctx, job); err != nil {
			return err
		}
	}
	job.Provider = m.To
	if _, err := s.exec(ctx, "give job to another provider", `
		update jobs set provider = ? where id = ?`, m.To, job.ID); err != nil {
		return err
	}
	c := models.JobChange{
		To: models.StateQueued, ReleaseSlot: true, Problem: m.Problem, Reason: m.Reason, Told: m.Reason,
	}
	if job.State == models.StatePaused || job.State == models.StateAwaitingSelection && !forgot {
		c.To, c.Reason, c.Deadline, c.Problem = job.State, job.Reason, job.Deadline, job.Problem
	}
	return s.move(ctx, job, c, models.EventMoved)
}

// forgetSeedrFiles drops the file list that Seedr told of a magnet: its
// numbering is not that of the metainfo, which an agent goes by. Their objects
// and uploads are left to the orphan sweep. It reports whether there was one.
func (s *Store) forgetSeedrFiles(ctx context.Context, job *models.Job) (bool, error) {
	var known bool
	err := s.row(ctx, &known, "look for metainfo", `select exists (select from job_metainfo where job_id = ?)`, job.ID)
	if err != nil || known || job.FileCount == 0 {
		return false, err
	}
	if _, err := s.exec(ctx, "forget file list", `delete from files where job_id = ?`, job.ID); err != nil {
		return false, err
	}
	job.Size, job.FileCount = nil, 0
	_, err = s.exec(ctx, "forget size", `
		update jobs set size = null, file_count = 0, selection = case when choose_files then null else selection end
		where id = ?`, job.ID)
	if err != nil {
		return false, err
	}
	if job.ChooseFiles {
		job.Selection = nil
	}
	if err := s.want(ctx, job, 0); err != nil {
		return false, err
	}
	_, err = s.hold(ctx, job)
	return true, err
}

// defaultFailoverAfter is Store.FailoverAfter if that is not set.
const defaultFailoverAfter = 2 * time.Minute

func (s *Store) failoverAfter() time.Duration {
	if s.FailoverAfter > 0 {
		return s.FailoverAfter
	}
	return defaultFailoverAfter
}

// moveWaiting moves queued jobs whose provider could not take them for a while
// to the one that their policy names next, if that has room: from the agents
// when none is there, from Seedr when it is away or full.
func (s *Store) moveWaiting(ctx context.Context) error {
	cfg, err := s.ProviderConfig(ctx)
	if err != nil {
		return err
	}
	var waiting []models.Job
	err = s.rows(ctx, &waiting, "list jobs that wait long", `
		select * from jobs where state = 'queued' and admitted_at is null and delete_at is null and state_since <= ?
			and failover <> 'none' and (? or failover <> '') order by created_at, id limit 500`,
		s.Now().Add(-s.failoverAfter()), cfg.Options.Failover != models.FailoverNone)
	if err != nil || len(waiting) == 0 {
		return err
	}
	places, err := s.places(ctx)
	if err != nil {
		return err
	}
	for _, job := range waiting {
		to, ok := policyOf(job, cfg).Next(job.Provider)
		if !ok || !to.Fits(job.SourceKind, value(job.InfoHashV1)) || !places.takes(to) {
			continue
		}
		why, err := s.whyElsewhere(ctx, job, to, places)
		if err != nil {
			return err
		}
		if why == nil {
			continue
		}
		if err := s.moveQueued(ctx, job.ID, models.JobMove{
			To: to, From: job.Provider, Reason: why.Reason().As(models.ReasonMovedByFailover).With("provider", to),
		}); err != nil {
			return err
		}
		places.moved[to]++
	}
	return nil
}

// places is what the providers can take, as of one look.
type places struct {
	agents, free int
	room         providers.SeedrRoom
	down         error // why Seedr cannot be used; nil if it can
	now          time.Time
	moved        map[models.Provider]int // jobs that were given to each since
}

func (s *Store) places(ctx context.Context) (places, error) {
	p := places{now: s.Now(), moved: map[models.Provider]int{}}
	var err error
	if p.agents, p.free, err = s.freeSlots(ctx); err != nil {
		return places{}, err
	}
	if p.room, err = s.seedrRoom(ctx); err != nil {
		return places{}, err
	}
	p.down = seedrDown(p.room.SeedrAccount, p.now)
	return p, nil
}

// takes reports whether the provider has a slot, before a job's size is known.
func (p places) takes(to models.Provider) bool {
	if to == models.ProviderAgent {
		return p.free > p.moved[to]
	}
	return p.agents == 0 && p.down == nil && p.room.SlotsLeft() > p.moved[to]
}

// moveQueued moves the job if it still waits; another transaction that works
// on it right now is not waited for.
func (s *Store) moveQueued(ctx context.Context, jobID uuid.UUID, m models.JobMove) error {
	var job models.Job
	err := s.row(ctx, &job, "lock waiting job", `
		select * from jobs where id = ? and state = 'queued' and admitted_at is null and provider = ? for update skip locked`,
		jobID, m.From)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.exec(ctx, "restart waiting", `update jobs set state_since = ? where id = ?`, s.Now(), jobID); err != nil {
		return err
	}
	job.StateSince = s.Now()
	return s.moveJob(ctx, &job, m)
}

// whyElsewhere says why the job's provider cannot take it while the other one
// can; nil if that is not so.
func (s *Store) whyElsewhere(ctx context.Context, job models.Job, to models.Provider, p places) (*models.Error, error) {
	if to == models.ProviderAgent && p.down != nil {
		return models.AsError(p.down), nil
	}
	var need int64
	if err := s.row(ctx, &need, "measure job for Seedr",
		`select `+seedrNeed+` as need from jobs j where j.id = ?`, job.ID); err != nil {
		return nil, err
	}
	fits := p.room.Holds(need, p.now) && (p.room.SpaceMax == 0 || need <= p.room.SpaceMax)
	switch {
	case to == models.ProviderSeedr && fits:
		return models.Fault(models.ProblemNoAgent, "No agent is there to fetch it."), nil
	case to == models.ProviderAgent && (!fits || p.room.SlotsLeft() == 0):
		return models.Fault(models.ProblemSeedrFull, "Seedr had no room or slot for it for too long."), nil
	default:
		return nil, nil
	}
}

// policyOf returns the fail-over policy of the job.
func policyOf(job models.Job, cfg models.ProviderConfig) models.Failover {
	if job.Failover != models.FailoverDefault {
		return job.Failover
	}
	return cfg.Options.Failover
}
