package providers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// SeedrRoom is what the Seedr account has left for jobs.
type SeedrRoom struct {
	models.SeedrAccount
	Taken    int   // slots in use: by jobs, and by transfers that no open job needs
	Promised int64 // bytes that admitted jobs are going to need beyond SpaceUsed
}

// Free returns the bytes that are not used and not promised; it may be
// negative.
func (r SeedrRoom) Free() int64 { return r.SpaceMax - r.SpaceUsed - r.Promised }

// SlotsLeft returns how many more transfers the account takes. As long as
// their number is unknown, one at a time is tried.
func (r SeedrRoom) SlotsLeft() int { return max(max(r.Slots, 1)-r.Taken, 0) }

// Holds reports whether the account has room for this many bytes at now. A job
// larger than the whole account passes: it fails when it is placed, and may
// then move to an agent.
func (r SeedrRoom) Holds(need int64, now time.Time) bool {
	if r.FullUntil != nil && now.Before(*r.FullUntil) {
		return false
	}
	return r.SpaceMax == 0 || need > r.SpaceMax || need <= r.Free() && r.Free() > 0
}

// SeedrNeed is an SQL expression for the bytes that a job j needs on Seedr,
// which fetches whole torrents; 0 while they are unknown, and once they are
// there.
const SeedrNeed = `coalesce(
	(select 0 from seedr_items i where i.info_hash = j.info_hash_v1 and i.done_at is not null),
	nullif((select sum(greatest(f.size, 0))::bigint from files f where f.job_id = j.id), 0),
	(select greatest(i.size, 0) from seedr_items i where i.info_hash = j.info_hash_v1), 0)`

// SeedrDone is an SQL condition: what the job j fetches is complete on Seedr.
const SeedrDone = `exists (select from seedr_items i where i.info_hash = j.info_hash_v1 and i.done_at is not null)`

// SeedrRoom returns what the account has left. Jobs of the same content share
// a slot and the bytes.
func (pr *Providers) SeedrRoom(ctx context.Context) (SeedrRoom, error) {
	return pr.SeedrRoomBefore(ctx, uuid.Nil)
}

// SeedrRoomBefore is SeedrRoom as an admitted job meets it that is about to be
// placed: it and those that were placed or admitted before it count. When the
// account turns out smaller than it was at admission, the first ones continue and
// do not wait for the ones behind them. All count for uuid.Nil.
func (pr *Providers) SeedrRoomBefore(ctx context.Context, jobID uuid.UUID) (SeedrRoom, error) {
	a, err := pr.SeedrAccount(ctx)
	if err != nil {
		return SeedrRoom{}, err
	}
	room := SeedrRoom{SeedrAccount: a}
	placing := uuid.NullUUID{UUID: jobID, Valid: jobID != uuid.Nil}
	var row struct {
		Taken    int
		Promised int64
	}
	err = pr.db.Row(ctx, &row, "count Seedr slots", `
		select count(*) as taken, coalesce(sum(need), 0)::bigint as promised from (
			select j.info_hash_v1, max(`+SeedrNeed+`) as need from jobs j
			where j.admitted_at is not null and j.provider = ? and not `+SeedrDone+` and (?::uuid is null
				or exists (select from job_attempts t where t.job_id = j.id and t.state = ?)
				or (j.admitted_at, j.created_at, j.id) <= (select i.admitted_at, i.created_at, i.id from jobs i where i.id = ?))
			group by j.info_hash_v1) t`,
		models.ProviderSeedr, placing, models.AttemptOpen, placing)
	room.Taken, room.Promised = row.Taken+a.Others, row.Promised
	return room, err
}
