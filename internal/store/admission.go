package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// freeSlots returns how many agents take work and how many transfers more they
// can take: their capacity less the jobs that hold a slot. A job whose attempt
// runs on an agent that takes no more work does not count against the others.
func (s *Store) freeSlots(ctx context.Context) (agents, free int, err error) {
	var row struct {
		Agents   int
		Capacity int
		Taken    int
	}
	err = s.row(ctx, &row, "count free slots", `
		with usable as (
			select id, capacity from agents where state = ? and lost_at is null and last_seen_at > ?)
		select (select count(*) from usable) as agents,
			(select coalesce(sum(capacity), 0) from usable) as capacity,
			(select count(*) from jobs j where j.admitted_at is not null and j.provider = ? and not exists (
				select from job_attempts t where t.job_id = j.id and t.state = ?
					and t.agent_id not in (select id from usable))) as taken`,
		models.AgentActive, s.aliveSince(), models.ProviderAgent, models.AttemptOpen)
	return row.Agents, max(0, row.Capacity-row.Taken), err
}

// Admit is one round of admission: it gives free slots to at most limit queued jobs
// and returns which. Users count alike: who has fewer running jobs comes
// first, and within a user the oldest job. Nobody gets more than limitPerUser.
// Rounds follow one another, however many workers run them.
func (w *Work) Admit(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error) {
	var admitted []uuid.UUID
	err := w.s.Tx(ctx, func(s *Store) error {
		admitted = nil
		if err := s.lock(ctx, lockAdmission, ""); err != nil {
			return err
		}
		var err error
		if admitted, err = s.admitToAgents(ctx, limitPerUser, limit); err != nil {
			return err
		}
		onSeedr, err := s.admitToSeedr(ctx, limitPerUser, limit-len(admitted))
		if err != nil {
			return err
		}
		admitted = append(admitted, onSeedr...)
		for _, id := range admitted {
			if err := s.enqueue(ctx, OutboxAdmit, id); err != nil {
				return err
			}
		}
		return s.moveWaiting(ctx)
	})
	return admitted, err
}

func (s *Store) admitToAgents(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error) {
	_, free, err := s.freeSlots(ctx)
	if err != nil {
		return nil, err
	}
	if limit = min(limit, free); limit <= 0 {
		return nil, nil
	}
	return s.admit(ctx, models.ProviderAgent, nil, limitPerUser, limit)
}

// admit marks the jobs of the provider whose turn it is; only, unless nil, are
// those that may be taken. A job's turn is its place among the
// waiting jobs of its user, counted on from those that run.
func (s *Store) admit(
	ctx context.Context, p models.Provider, only []uuid.UUID, limitPerUser, limit int,
) ([]uuid.UUID, error) {
	now := s.Now()
	var rows []struct{ ID uuid.UUID }
	err := s.rows(ctx, &rows, "admit jobs", `
		with running as (
			select user_id, count(*) as n from jobs where admitted_at is not null group by user_id),
		waiting as (
			select id, user_id, created_at, row_number() over (partition by user_id order by created_at, id) as place
			from jobs where state = 'queued' and admitted_at is null and delete_at is null
				and provider = ? and (? or id = any(?))),
		next as (
			select w.id from waiting w left join running r on r.user_id = w.user_id
			where w.place <= ? and w.place + coalesce(r.n, 0) <= ?
			order by w.place + coalesce(r.n, 0), w.created_at, w.id limit ?)
		update jobs j set admitted_at = ?, updated_at = ?, reason = ?, next_action = ?, deadline = null
		from next where j.id = next.id and j.state = 'queued' and j.admitted_at is null and j.delete_at is null
		returning j.id`,
		p, only == nil, array{only}, limitPerUser, limitPerUser, limit, now, now, "It has a slot and is about to start.", "Starts within seconds.")
	out := make([]uuid.UUID, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out, err
}
