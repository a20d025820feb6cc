package admission

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/agents"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

const (
	yieldSoon  = time.Minute // a job that was asked gives its slot up within this, or is asked again
	yieldBatch = 100         // jobs that are considered in one round
)

// slowJob is a job on an agent that has been slow for long enough to give way.
type slowJob struct {
	ID, UserID uuid.UUID
	Pool       string // in which its slot is
	Running    int    // jobs of the user that hold a slot
}

// waitingJob is a job that may be admitted and finds no slot.
type waitingJob struct {
	UserID uuid.UUID
	Pool   string
	Place  int // among those of its user, the running ones included
}

// makeRoom asks slow jobs to give their slots up if jobs of users with fewer
// slots wait. A user alone may fill all slots with slow jobs: nobody waits for
// them then.
func (ad *Admission) makeRoom(ctx context.Context, limitPerUser int) error {
	if ad.SlowAfter <= 0 {
		return nil
	}
	slow, err := ad.slowJobs(ctx)
	if err != nil || len(slow) == 0 {
		return err
	}
	waiting, err := ad.shutOut(ctx, limitPerUser)
	if err != nil {
		return err
	}
	for pool, shut := range waiting {
		for _, id := range givesWay(slow[pool], shut) {
			if err := ad.askToYield(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// slowJobs lists the jobs that may be asked, those of the users with the most
// slots first, and among them those that are slow for longest; by the pool that
// their slots are in.
func (ad *Admission) slowJobs(ctx context.Context) (map[string][]slowJob, error) {
	var rows []slowJob
	now := ad.db.Now()
	err := ad.db.Rows(ctx, &rows, "list slow jobs", `
		with running as ( -- less those that give way already
			select user_id, count(*) as n from jobs j where admitted_at is not null
				and not exists (select from slot_yields y where y.job_id = j.id and y.asked_at >= j.admitted_at and y.asked_at > ?)
			group by user_id),
		slow as (select j.id, j.user_id, `+agents.HeldPool+` as pool, r.n as running, p.slow_since
		from job_progress p join jobs j on j.id = p.job_id
		join running r on r.user_id = j.user_id left join slot_yields y on y.job_id = j.id
		where j.provider = ? and j.admitted_at is not null and j.delete_at is null and j.state in ('resolving', 'downloading')
			and p.slow_since <= cast(? as timestamptz) - make_interval(secs => ? * power(2, least(coalesce(y.times, 0), 4)))
			and (y.asked_at is null or y.asked_at <= ?))
		select id, user_id, pool, running from (
			select *, row_number() over (partition by pool order by running desc, slow_since, id) as nth from slow) s
		where nth <= ? order by nth`,
		now.Add(-yieldSoon), models.ProviderAgent, now, ad.SlowAfter.Seconds(), now.Add(-yieldSoon), yieldBatch)
	out := map[string][]slowJob{}
	for _, s := range rows {
		out[s.Pool] = append(out[s.Pool], s)
	}
	return out, err
}

// shutOut lists the jobs that wait for a slot of an agent, in the order in which
// they get one, by pool, less those that slots become free for already.
func (ad *Admission) shutOut(ctx context.Context, limitPerUser int) (map[string][]waitingJob, error) {
	slots, err := ad.agents.SlotsByPool(ctx)
	if err != nil {
		return nil, err
	}
	var yielding []struct {
		Pool string
		N    int
	}
	if err := ad.db.Rows(ctx, &yielding, "count jobs that give way", `
		select `+agents.HeldPool+` as pool, count(*) as n from slot_yields y join jobs j on j.id = y.job_id
		where j.admitted_at <= y.asked_at and y.asked_at > ? group by 1`, ad.db.Now().Add(-yieldSoon)); err != nil {
		return nil, err
	}
	var rows []waitingJob
	err = ad.db.Rows(ctx, &rows, "list jobs that are shut out", turns+`
		select j.user_id, w.pool, w.place from (
			select *, row_number() over (partition by pool order by place, since, id) as nth from waiting where place <= most) w
		join jobs j on j.id = w.id where w.nth <= ? order by w.nth`,
		models.ProviderAgent, true, postgres.Array[uuid.UUID](nil), limitPerUser, yieldBatch)
	if err != nil {
		return nil, err
	}
	out := map[string][]waitingJob{}
	for _, w := range rows {
		out[w.Pool] = append(out[w.Pool], w)
	}
	soon := map[string]int{}
	for _, y := range yielding {
		soon[y.Pool] = y.N
	}
	for pool, shut := range out {
		out[pool] = shut[min(len(shut), slots[pool].Free+soon[pool]):]
	}
	return out, nil
}

// givesWay pairs each job that waits with a slow one of the user that runs most,
// if that user runs no fewer than the one that waits will.
func givesWay(slow []slowJob, waiting []waitingJob) (out []uuid.UUID) {
	running := map[uuid.UUID]int{}
	for _, s := range slow {
		running[s.UserID] = s.Running
	}
	for _, w := range waiting {
		best := -1
		for i, s := range slow {
			if s.UserID != w.UserID && running[s.UserID] >= w.Place && (best < 0 || running[s.UserID] > running[slow[best].UserID]) {
				best = i
			}
		}
		if best < 0 {
			return out
		}
		running[slow[best].UserID]--
		out = append(out, slow[best].ID)
		slow = append(slow[:best:best], slow[best+1:]...)
	}
	return out
}

func (ad *Admission) askToYield(ctx context.Context, id uuid.UUID) error {
	_, err := ad.db.Exec(ctx, "ask job to give way", `
		insert into slot_yields (job_id, asked_at, times) values (?, ?, 1)
		on conflict (job_id) do update set asked_at = excluded.asked_at, times = slot_yields.times + 1`, id, ad.db.Now())
	if err != nil {
		return err
	}
	return ad.outbox.Enqueue(ctx, models.OutboxYield, id)
}
