// Package progress stores the latest figures of transfers, for readers between
// two messages of the event bus. It makes no decisions.
package progress

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Progress keeps the latest figures of transfers.
type Progress struct {
	SlowBelow int64 // bytes a second below which a transfer counts as slow; 0 means none does

	db *postgres.DB
}

// New returns the progress of the database.
func New(db *postgres.DB) *Progress {
	return &Progress{db: db}
}

// Worker returns the methods that only the worker may use.
func (pr *Progress) Worker() *Worker { return &Worker{pr} }

// Worker writes what trackers see.
type Worker struct{ pr *Progress }

// ProgressOf returns the last known progress of those of the jobs that are the
// user's and have any.
func (pr *Progress) ProgressOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID]models.Progress, error) {
	var rows []models.Progress
	err := pr.db.Rows(ctx, &rows, "load progress", `
		select p.* from job_progress p join jobs j on j.id = p.job_id
		where j.user_id = ? and p.job_id = any(?)`, userID, postgres.Array[uuid.UUID](jobIDs))
	out := make(map[uuid.UUID]models.Progress, len(rows))
	for _, p := range rows {
		p.UserID = userID
		out[p.JobID] = p
	}
	return out, err
}

// progressRows are the columns of a batch of progress.
type progressRows struct {
	ids                 []uuid.UUID
	phases, codes       []string
	params              []*string // JSON; nil for none
	total, done, stored []int64
	downRate, upRate    []int64
	peers, seeders      []int
	eta                 []*int64
	givesUpAt           []*time.Time
	updatedAt           []time.Time
}

// slow says whether the transfer p fetches less than its parameter, in bytes a
// second, for no reason but its source.
const slow = `(p.down_rate < ? and p.phase in ('starting', 'resolving', 'downloading') and p.waiting_code not in ('waits_for_disk', 'waits_for_control_plane', 'waits_for_agent'))`

// slowest says of a slow transfer that it fetches less than half of what its owner's
// plan allows: at more, it is slow because of the plan.
const slowest = `p.down_rate < coalesce((select o.rate_limit / 2 from user_plans o where o.user_id = j.user_id), p.down_rate + 1)`

// FlushProgress writes the latest progress of many jobs in one statement. Jobs
// that do not run, or are gone, and news older than what is there are left out.
func (w *Worker) FlushProgress(ctx context.Context, progress []models.Progress) error {
	latest := make(map[uuid.UUID]models.Progress, len(progress))
	for _, p := range progress {
		if before, ok := latest[p.JobID]; !ok || !p.UpdatedAt.Before(before.UpdatedAt) {
			latest[p.JobID] = p
		}
	}
	if len(latest) == 0 {
		return nil
	}
	var r progressRows
	for _, p := range latest {
		r.add(p)
	}
	_, err := w.pr.db.Exec(ctx, "flush progress", `
		insert into job_progress (job_id, phase, waiting_code, waiting_params, bytes_total, bytes_done, bytes_stored, down_rate, up_rate,
			peers, seeders, eta_seconds, gives_up_at, updated_at, slow_since)
		select p.*, case when `+slow+` then case when `+slowest+` then p.updated_at end end from unnest(?::uuid[], ?::text[], ?::text[], ?::jsonb[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
			?::bigint[], ?::int[], ?::int[], ?::bigint[], ?::timestamptz[], ?::timestamptz[]) as p (job_id, phase, waiting_code,
			waiting_params, bytes_total, bytes_done, bytes_stored, down_rate, up_rate, peers, seeders, eta_seconds, gives_up_at, updated_at)
		join jobs j on j.id = p.job_id
		where j.state in ('resolving', 'downloading', 'storing')
		on conflict (job_id) do update set
			phase = excluded.phase, waiting_code = excluded.waiting_code, waiting_params = excluded.waiting_params,
			bytes_total = excluded.bytes_total,
			bytes_done = excluded.bytes_done, bytes_stored = excluded.bytes_stored, down_rate = excluded.down_rate,
			up_rate = excluded.up_rate, peers = excluded.peers, seeders = excluded.seeders,
			eta_seconds = excluded.eta_seconds, gives_up_at = excluded.gives_up_at, updated_at = excluded.updated_at,
			slow_since = case when excluded.slow_since is not null then coalesce(job_progress.slow_since, excluded.slow_since) end
			where job_progress.updated_at <= excluded.updated_at`,
		w.pr.SlowBelow, postgres.Array[uuid.UUID](r.ids), postgres.Array[string](r.phases), postgres.Array[string](r.codes), postgres.Array[*string](r.params), postgres.Array[int64](r.total), postgres.Array[int64](r.done), postgres.Array[int64](r.stored),
		postgres.Array[int64](r.downRate), postgres.Array[int64](r.upRate), postgres.Array[int](r.peers), postgres.Array[int](r.seeders), postgres.Array[*int64](r.eta), postgres.Array[*time.Time](r.givesUpAt),
		postgres.Array[time.Time](r.updatedAt))
	return err
}

func (r *progressRows) add(p models.Progress) {
	r.ids = append(r.ids, p.JobID)
	r.phases = append(r.phases, string(p.Phase))
	r.codes = append(r.codes, string(p.Waiting.Code))
	r.params = append(r.params, paramsJSON(p.Waiting))
	r.total = append(r.total, p.BytesTotal)
	r.done = append(r.done, p.BytesDone)
	r.stored = append(r.stored, p.BytesStored)
	r.downRate = append(r.downRate, p.DownRate)
	r.upRate = append(r.upRate, p.UpRate)
	r.peers = append(r.peers, p.Peers)
	r.seeders = append(r.seeders, p.Seeders)
	r.eta = append(r.eta, p.ETASeconds)
	r.givesUpAt = append(r.givesUpAt, p.GivesUpAt)
	r.updatedAt = append(r.updatedAt, p.UpdatedAt)
}

// paramsJSON returns a reason's parameters as they are stored, nil for none.
func paramsJSON(r models.Reason) *string {
	if len(r.Params) == 0 {
		return nil
	}
	b, err := json.Marshal(r.Params)
	if err != nil { // they are numbers, texts and truth values, all of which can be written
		return nil
	}
	s := string(b)
	return &s
}

// Forget drops the figures of a job that fetches no more.
func (pr *Progress) Forget(ctx context.Context, jobID uuid.UUID) error {
	_, err := pr.db.Exec(ctx, "drop progress", `delete from job_progress where job_id = ?`, jobID)
	return err
}
