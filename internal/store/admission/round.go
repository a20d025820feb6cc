package admission

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Admit is one round of admission: it gives free slots to at most limit queued
// jobs and returns which. Users are equal: whoever has fewer running jobs comes
// first, and within a user the oldest job that has room. Nobody gets more than
// the plan allows, nor more than limitPerUser. A job is admitted only if it
// holds the storage that it needs, or can be given it now. While another worker
// is in a round this one admits nobody: it does not wait for a worker that hangs.
func (w *Worker) Admit(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error) {
	var admitted []uuid.UUID
	ad := w.ad
	err := ad.db.Tx(ctx, func(ctx context.Context) error {
		admitted = nil
		alone, err := ad.db.TryLock(ctx, postgres.LockAdmission, "")
		if err != nil || !alone {
			return err
		}
		if _, err := ad.db.Exec(ctx, "note round", `
			insert into admission_rounds (at) values (?) on conflict (id) do update set at = excluded.at`, ad.db.Now()); err != nil {
			return err
		}
		if admitted, err = ad.admitToAgents(ctx, limitPerUser, limit); err != nil {
			return err
		}
		onSeedr, err := ad.admitToSeedr(ctx, limitPerUser, limit-len(admitted))
		if err != nil {
			return err
		}
		admitted = append(admitted, onSeedr...)
		for _, id := range admitted {
			if err := ad.outbox.Enqueue(ctx, models.OutboxAdmit, id); err != nil {
				return err
			}
		}
		if err := ad.makeRoom(ctx, limitPerUser); err != nil {
			return err
		}
		return ad.moveWaiting(ctx)
	})
	return admitted, err
}

func (ad *Admission) admitToAgents(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error) {
	slots, err := ad.agents.SlotsByPool(ctx)
	if err != nil {
		return nil, err
	}
	pools, free := slots.Free()
	if len(pools) == 0 || limit <= 0 {
		return nil, nil
	}
	return ad.admit(ctx, models.ProviderAgent, candidates{pools: pools, free: free}, limitPerUser, limit)
}

// candidates are the jobs that may be taken: those named, or as many of each
// pool as it has free slots.
type candidates struct {
	only  []uuid.UUID // nil for any
	pools []string    // nil where pools don't matter
	free  []int       // of each pool
}

// nextInQueue locks and returns the candidates of the provider whose turn it is
// and whose owner has room for them, as things stand. A job's turn is its place
// among those of its user, counted on from the ones that run. Each pool has a
// queue of its own, so that jobs for which there is no slot keep none of another
// pool waiting. A job that another transaction works on is left to the next round.
func (ad *Admission) nextInQueue(
	ctx context.Context, p models.Provider, of candidates, limitPerUser, limit int,
) ([]models.Job, error) {
	var out []models.Job
	err := ad.db.Rows(ctx, &out, "find jobs to admit", turns+`,
		ordered as (
			select id, pool, place, since, row_number() over (partition by pool order by place, since, id) as nth
			from waiting where place <= most),
		next as (
			select o.id, o.place, o.since from ordered o left join unnest(?::text[], ?::int[]) as f (pool, free) on f.pool = o.pool
			where ? or o.nth <= f.free order by o.place, o.since, o.id limit ?)
		select j.* from next n join jobs j on j.id = n.id
		where j.state = 'queued' and j.admitted_at is null and j.delete_at is null
		order by n.place, n.since, j.id for update of j skip locked`,
		p, of.only == nil, postgres.Array[uuid.UUID](of.only), limitPerUser,
		postgres.Array[string](of.pools), postgres.Array[int](of.free), of.pools == nil, limit)
	return out, err
}

// turns lists the queued jobs that may be admitted as waiting: each with its
// place, the pool that serves its owner, and the most of the jobs that the owner
// may run. Its parameters are the provider, whether all jobs count or only those
// of the following array, and the limit of running jobs of a user.
const turns = `
	with running as (
		select user_id, count(*) as n from jobs where admitted_at is not null group by user_id),
	queued as (
		select id, user_id, file_count, quota_want, quota_want - quota_reserved as missing,
			greatest(created_at, (select asked_at from slot_yields where job_id = id)) as since -- who gave way is at the end
		from jobs where state = 'queued' and admitted_at is null and delete_at is null and asked_act <> 'pause'
			and provider = ? and (? or id = any(?))),
	owner as (
		select p.user_id, least(p.max_running_jobs, ?) as most, p.agent_pool as pool,
			p.storage_bytes - coalesce(q.used + q.reserved, 0) as free -- null is no limit
		from (select distinct user_id from queued) u
		join user_plans p on p.user_id = u.user_id left join quota_usage q on q.user_id = u.user_id),
	waiting as (
		select w.id, w.since, o.most, o.pool, coalesce(r.n, 0)
			+ row_number() over (partition by w.user_id order by w.since, w.id) as place
		from queued w join owner o on o.user_id = w.user_id left join running r on r.user_id = w.user_id
		where o.free is null or w.missing <= greatest(o.free, 0) and (w.quota_want > 0 or w.file_count > 0 or o.free > 0))`

// admit gives slots to the jobs that nextInQueue finds, those left out that
// another one of the same round has taken the room of.
func (ad *Admission) admit(
	ctx context.Context, p models.Provider, of candidates, limitPerUser, limit int,
) ([]uuid.UUID, error) {
	next, err := ad.nextInQueue(ctx, p, of, limitPerUser, limit)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, 0, len(next))
	for i := range next {
		held, err := ad.quota.Hold(ctx, &next[i])
		if err != nil {
			return nil, err
		}
		if held {
			ids = append(ids, next[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return ids, ad.jobs.GiveSlots(ctx, ids)
}
