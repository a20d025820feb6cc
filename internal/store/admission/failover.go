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
	var waiting []models.Job
	err = ad.db.Conn(ctx).
		Where("state = 'queued' and admitted_at is null and delete_at is null and state_since <= ?", ad.db.Now().Add(-ad.failoverAfter())).
		Where("failover <> 'none' and (? or failover <> '')", cfg.Options.Failover != models.FailoverNone).
		Order("created_at, id").Limit(500).Find(&waiting).Error
	if err != nil || len(waiting) == 0 {
		return postgres.Translate(err, "list jobs that wait long")
	}
	places, err := ad.places(ctx)
	if err != nil {
		return err
	}
	for _, job := range waiting {
		to, ok := policyOf(job, cfg).Next(job.Provider)
		if !ok || !job.Fits(to) || !places.takes(to) {
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

func (ad *Admission) places(ctx context.Context) (places, error) {
	p := places{now: ad.db.Now(), moved: map[models.Provider]int{}}
	var err error
	if p.agents, p.free, err = ad.agents.FreeSlots(ctx); err != nil {
		return places{}, err
	}
	if p.room, err = ad.providers.SeedrRoom(ctx); err != nil {
		return places{}, err
	}
	p.down = p.room.Down(p.now)
	return p, nil
}

// takes reports whether the provider has a slot, before a job's size is known.
func (p places) takes(to models.Provider) bool {
	if to == models.ProviderAgent {
		return p.free > p.moved[to]
	}
	return p.agents == 0 && p.down == nil && p.room.SlotsLeft() > p.moved[to]
}

// whyElsewhere says why the job's provider cannot take it while the other one
// can; nil if that is not so.
func (ad *Admission) whyElsewhere(ctx context.Context, job models.Job, to models.Provider, p places) (*models.Error, error) {
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
