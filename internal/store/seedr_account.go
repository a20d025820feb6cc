package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/seedr"
	"longhaul/models"
)

// SeedrAccount returns what is known of the deployment's Seedr account.
func (s *Store) SeedrAccount(ctx context.Context) (models.SeedrAccount, error) {
	var a models.SeedrAccount
	err := s.row(ctx, &a, "load Seedr account", `select * from seedr_account where one`)
	return a, err
}

// SeedrAccount returns what is known of the deployment's Seedr account.
func (w *Work) SeedrAccount(ctx context.Context) (models.SeedrAccount, error) {
	return w.s.SeedrAccount(ctx)
}

// SaveSeedrSetup records whether this deployment has credentials, where they
// come from, and how many slots are configured; 0 leaves the number to what
// Seedr tells.
func (w *Work) SaveSeedrSetup(ctx context.Context, configured bool, from string, slots int) error {
	slotsFrom := ""
	if slots > 0 {
		slotsFrom = slotsConfigured
	}
	_, err := w.s.exec(ctx, "save Seedr set-up", `
		update seedr_account set configured = ?, credentials_from = ?, updated_at = ?,
			slots = case when ? > 0 then ? when slots_from = ? then 0 else slots end,
			slots_from = case when ? > 0 then ? when slots_from = ? then '' else slots_from end
		where one`,
		configured, from, w.s.Now(), slots, slots, slotsConfigured, slots, slotsFrom, slotsConfigured)
	return err
}

// Where a number of slots comes from, the surest first.
const (
	slotsConfigured = "configuration"
	slotsRefused    = "refusal"
	slotsOfPlan     = "plan"
)

// SaveSeedrSeen records a good answer of Seedr. Space that became free since the
// last one ends the pause after a refusal.
func (w *Work) SaveSeedrSeen(ctx context.Context, seen models.SeedrSeen) error {
	now := w.s.Now()
	_, err := w.s.exec(ctx, "save Seedr listing", `
		update seedr_account set space_max = ?, space_used = ?, others = ?, ok_at = ?, failed_since = null, problem = '',
			message = '', updated_at = ?, full_until = case when space_used > ? then null else full_until end where one`,
		seen.SpaceMax, seen.SpaceUsed, seen.Others, now, now, seen.SpaceUsed)
	return err
}

// SaveSeedrPlan records the plan of the account and the slots that come with
// it, unless their number is configured; 0 slots is unknown.
func (w *Work) SaveSeedrPlan(ctx context.Context, plan string, slots int) error {
	_, err := w.s.exec(ctx, "save Seedr plan", `
		update seedr_account set plan = ?, updated_at = ?,
			slots = case when ? > 0 and slots_from <> ? and (slots_from <> ? or plan <> ?) then ? else slots end,
			slots_from = case when ? > 0 and slots_from <> ? and (slots_from <> ? or plan <> ?) then ? else slots_from end
		where one`,
		plan, w.s.Now(), slots, slotsConfigured, slotsRefused, plan, slots, slots, slotsConfigured, slotsRefused, plan, slotsOfPlan)
	return err
}

// SaveSeedrFailure records that Seedr gave no good answer.
func (w *Work) SaveSeedrFailure(ctx context.Context, problem models.Problem, message string) error {
	now := w.s.Now()
	_, err := w.s.exec(ctx, "save Seedr failure", `
		update seedr_account set failed_since = coalesce(failed_since, ?), problem = ?, message = ?, updated_at = ? where one`,
		now, problem, message, now)
	return err
}

// SaveSeedrFull records that Seedr refused a transfer for want of room or
// slots: nothing is given to it for the time. The slots that were in use then
// are how many there are, unless the number is configured; 0 leaves it.
func (w *Work) SaveSeedrFull(ctx context.Context, pause time.Duration, slots int) error {
	now := w.s.Now()
	_, err := w.s.exec(ctx, "save Seedr refusal", `
		update seedr_account set full_until = ?, updated_at = ?,
			slots = case when ? > 0 and slots_from <> ? then ? else slots end,
			slots_from = case when ? > 0 and slots_from <> ? then ? else slots_from end
		where one`,
		now.Add(pause), now, slots, slotsConfigured, slots, slots, slotsConfigured, slotsRefused)
	return err
}

// SeedrShared keeps the budget of calls and the circuit breaker that all
// workers' Seedr clients share.
type SeedrShared struct{ s *Store }

var _ seedr.Shared = SeedrShared{}

// SeedrShared returns where the clients' shared state is kept.
func (w *Work) SeedrShared() SeedrShared { return SeedrShared{w.s} }

// Update implements seedr.Shared with the database's clock. change may run
// more than once.
func (k SeedrShared) Update(ctx context.Context, change func(*seedr.State, time.Time)) error {
	s := k.s
	return s.Tx(ctx, func(ctx context.Context) error {
		var row struct {
			Shared *string
			Now    time.Time
		}
		err := s.row(ctx, &row, "lock Seedr state",
			`select shared::text as shared, clock_timestamp() as now from seedr_account where one for update`)
		if err != nil {
			return err
		}
		state, err := sharedState(row.Shared)
		if err != nil {
			return err
		}
		change(&state, row.Now.UTC())
		kept, err := json.Marshal(state)
		if err != nil {
			return fmt.Errorf("write Seedr state: %w", err)
		}
		_, err = s.exec(ctx, "keep Seedr state", `update seedr_account set shared = ?::jsonb where one`, string(kept))
		return err
	})
}

func sharedState(kept *string) (seedr.State, error) {
	var state seedr.State
	if kept == nil {
		return state, nil
	}
	if err := json.Unmarshal([]byte(*kept), &state); err != nil {
		return state, fmt.Errorf("read Seedr state: %w", err)
	}
	return state, nil
}

// seedrRest tells why no calls are made to Seedr at the moment, nil if they
// are.
func (s *Store) seedrRest(ctx context.Context) (*models.SeedrRest, error) {
	var row struct{ Shared *string }
	if err := s.row(ctx, &row, "read Seedr state", `select shared::text as shared from seedr_account where one`); err != nil {
		return nil, err
	}
	state, err := sharedState(row.Shared)
	if err != nil {
		return nil, err
	}
	until, why, open := state.Open(s.Now())
	if !open {
		return nil, nil
	}
	return &models.SeedrRest{Until: until, Reason: string(why)}, nil
}

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

// holds reports whether the account has room for so many bytes at now. What is
// larger than the whole account is let through: it is told so when it is
// placed, and may move to an agent then.
func (r SeedrRoom) holds(need int64, now time.Time) bool {
	if r.FullUntil != nil && now.Before(*r.FullUntil) {
		return false
	}
	return r.SpaceMax == 0 || need > r.SpaceMax || need <= r.Free() && r.Free() > 0
}

// seedrNeed is an SQL expression for the bytes that a job j needs on Seedr,
// which fetches whole torrents; 0 while they are unknown, and once they are
// there.
const seedrNeed = `coalesce(
	(select 0 from seedr_items i where i.info_hash = j.info_hash_v1 and i.done_at is not null),
	nullif((select sum(greatest(f.size, 0))::bigint from files f where f.job_id = j.id), 0),
	(select greatest(i.size, 0) from seedr_items i where i.info_hash = j.info_hash_v1), 0)`

// seedrDone is an SQL condition: what the job j fetches is complete on Seedr.
const seedrDone = `exists (select from seedr_items i where i.info_hash = j.info_hash_v1 and i.done_at is not null)`

// seedrRoom returns what the account has left. Jobs of the same content share
// a slot and the bytes.
func (s *Store) seedrRoom(ctx context.Context) (SeedrRoom, error) {
	return s.seedrRoomBefore(ctx, uuid.Nil)
}

// seedrRoomBefore is seedrRoom as an admitted job meets it that is about to be
// placed: it and those that were placed or admitted before it count. When the
// account turns out smaller than it was at admission, the first ones go on and
// do not wait for the ones behind them. All count for uuid.Nil.
func (s *Store) seedrRoomBefore(ctx context.Context, jobID uuid.UUID) (SeedrRoom, error) {
	a, err := s.SeedrAccount(ctx)
	if err != nil {
		return SeedrRoom{}, err
	}
	room := SeedrRoom{SeedrAccount: a}
	placing := uuid.NullUUID{UUID: jobID, Valid: jobID != uuid.Nil}
	var row struct {
		Taken    int
		Promised int64
	}
	err = s.row(ctx, &row, "count Seedr slots", `
		select count(*) as taken, coalesce(sum(need), 0)::bigint as promised from (
			select j.info_hash_v1, max(`+seedrNeed+`) as need from jobs j
			where j.admitted_at is not null and j.provider = ? and not `+seedrDone+` and (?::uuid is null
				or exists (select from job_attempts t where t.job_id = j.id and t.state = ?)
				or (j.admitted_at, j.created_at, j.id) <= (select i.admitted_at, i.created_at, i.id from jobs i where i.id = ?))
			group by j.info_hash_v1) t`,
		models.ProviderSeedr, placing, models.AttemptOpen, placing)
	room.Taken, room.Promised = row.Taken+a.Others, row.Promised
	return room, err
}

// SeedrRoom returns what the Seedr account has left for jobs.
func (s *Store) SeedrRoom(ctx context.Context) (SeedrRoom, error) { return s.seedrRoom(ctx) }

// waitingForSeedr is a queued job without a slot.
type waitingForSeedr struct {
	ID    uuid.UUID
	Hash  string
	Need  int64
	Done  bool // complete on Seedr already
	Since time.Time
}

// admitToSeedr gives the account's slots and space to at most limit jobs. A
// job that waited for long keeps younger ones from taking the space before it.
func (s *Store) admitToSeedr(ctx context.Context, limitPerUser, limit int) ([]uuid.UUID, error) {
	var waiting []waitingForSeedr
	err := s.rows(ctx, &waiting, "list jobs waiting for Seedr", `
		select j.id, coalesce(j.info_hash_v1, '') as hash, `+seedrNeed+` as need, `+seedrDone+` as done, j.state_since as since
		from jobs j where j.provider = ? and j.state = 'queued' and j.admitted_at is null and j.delete_at is null
		order by j.created_at, j.id limit 1000`, models.ProviderSeedr)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	var out []uuid.UUID
	for len(out) < limit {
		room, err := s.seedrRoom(ctx)
		if err != nil {
			return nil, err
		}
		fits := s.fitting(room, waiting)
		if len(fits) == 0 {
			return out, nil
		}
		admitted, err := s.admit(ctx, models.ProviderSeedr, fits, limitPerUser, 1)
		if err != nil || len(admitted) == 0 {
			return out, err
		}
		out = append(out, admitted...)
	}
	return out, nil
}

// seedrPatience is how long a job waits for space before younger ones have to
// let it go first.
const seedrPatience = 30 * time.Minute

func (s *Store) fitting(room SeedrRoom, waiting []waitingForSeedr) []uuid.UUID {
	now := s.Now()
	var fits []uuid.UUID
	for _, w := range waiting {
		switch {
		case w.Done:
			fits = append(fits, w.ID)
		case room.SlotsLeft() == 0:
		case room.holds(w.Need, now):
			fits = append(fits, w.ID)
		case now.Sub(w.Since) > seedrPatience:
			return fits
		}
	}
	return fits
}
