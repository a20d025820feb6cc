package admission

import (
	"context"
	"time"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/models"
)

// defaultFailoverAfter is FailoverAfter where that is not set.
const defaultFailoverAfter = 2 * time.Minute

func (ad *Admission) failoverAfter() time.Duration {
	if ad.FailoverAfter > 0 {
		return ad.FailoverAfter
	}
	return defaultFailoverAfter
}

// moveWaiting moves queued jobs whose provider could not take them for a while
// to the one that their policy names next, if that has room: from the agents
// when none is there, from Seedr when it is away or full.
func (ad *Admission) moveWaiting(ctx context.Context) error {
	cfg, err := ad.providers.ProviderConfig(ctx)
	if err != nil {
		return err
	}
	slots, err := ad.agents.SlotsByPool(ctx)
	if err != nil {
		return err
	}
	waiting, err := ad.waitLong(ctx, cfg, slots)
	if err != nil || len(waiting) == 0 {
		return err
	}
	places, err := ad.places(ctx, slots)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		job := w.Job
		to, ok := policyOf(job, cfg).Next(job.Provider)
		if !ok || !job.Fits(to) || !places.takes(to, w.AgentPool) {
			continue
		}
		if on, err := ad.flags.FlagOn(ctx, models.FlagFailover, job.UserID); err != nil {
			return err
		} else if !on {
			continue
		}
		why, err := ad.whyElsewhere(ctx, job, to, places)
		if err != nil {
			return err
		}
		if why == nil {
			continue
		}
		if err := ad.jobs.MoveWaiting(ctx, job.ID, models.JobMove{
			To: to, From: job.Provider, Reason: why.Reason().As(models.ReasonMovedByFailover).With("provider", to),
		}); err != nil {
			return err
		}
		places.give(to, w.AgentPool)
	}
	return nil
}

// longWaiting is a job that waits for long, and the pool that serves its owner.
type longWaiting struct {
	models.Job
	AgentPool string
}

// waitLong lists jobs that wait for long and may move: those for agents in whose
// pool there is none, and those for Seedr in whose pool an agent has a free slot.
func (ad *Admission) waitLong(ctx context.Context, cfg models.ProviderConfig, slots models.Slots) ([]longWaiting, error) {
	var out []longWaiting
	free, _ := slots.Free()
	err := ad.db.Rows(ctx, &out, "list jobs that wait long", `
		select j.*, p.agent_pool from jobs j join user_plans p on p.user_id = j.user_id
		where j.state = 'queued' and j.admitted_at is null and j.delete_at is null and j.state_since <= ?
			and j.failover <> 'none' and (? or j.failover <> '')
			and case when j.provider = ? then p.agent_pool <> all(?) else p.agent_pool = any(?) end
		order by j.created_at, j.id limit 500`,
		ad.db.Now().Add(-ad.failoverAfter()), cfg.Options.Failover != models.FailoverNone,
		models.ProviderAgent, postgres.Array[string](slots.Alive()), postgres.Array[string](free))
	return out, err
}

// places is what the providers can take, as of one look.
type places struct {
	slots models.Slots // of agents, less the jobs that were given to them since
	room  providers.SeedrRoom
	down  error // why Seedr cannot be used; nil if it can
	now   time.Time
	moved int // jobs that were given to Seedr since
}

func (ad *Admission) places(ctx context.Context, slots models.Slots) (*places, error) {
	p := &places{slots: slots, now: ad.db.Now()}
	var err error
	if p.room, err = ad.providers.SeedrRoom(ctx); err != nil {
		return nil, err
	}
	p.down = p.room.Down(p.now)
	return p, nil
}

// takes reports whether the provider has a slot for an account of the pool, before
// a job's size is known.
func (p *places) takes(to models.Provider, pool string) bool {
	if to == models.ProviderAgent {
		return p.slots[pool].Free > 0
	}
	return p.slots[pool].Agents == 0 && p.down == nil && p.room.SlotsLeft() > p.moved
}

// give takes account of a job that moves to the provider.
func (p *places) give(to models.Provider, pool string) {
	if to != models.ProviderAgent {
		p.moved++
		return
	}
	left := p.slots[pool]
	left.Free--
	p.slots[pool] = left
}

// whyElsewhere says why the job's provider cannot take it while the other one
// can; nil if that is not so.
func (ad *Admission) whyElsewhere(ctx context.Context, job models.Job, to models.Provider, p *places) (*models.Error, error) {
	if to == models.ProviderAgent && p.down != nil {
		return models.AsError(p.down), nil
	}
	var need int64
	if err := ad.db.Row(ctx, &need, "measure job for Seedr",
		`select `+providers.SeedrNeed+` as need from jobs j where j.id = ?`, job.ID); err != nil {
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
