package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

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

// FlushProgress writes the latest progress of many jobs in one statement. Jobs
// that do not run, or are gone, and news older than what is there are left out.
func (w *Work) FlushProgress(ctx context.Context, progress []models.Progress) error {
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
	_, err := w.s.exec(ctx, "flush progress", `
		insert into job_progress (job_id, phase, waiting_code, waiting_params, bytes_total, bytes_done, bytes_stored, down_rate, up_rate,
			peers, seeders, eta_seconds, gives_up_at, updated_at)
		select p.* from unnest(?::uuid[], ?::text[], ?::text[], ?::jsonb[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
			?::bigint[], ?::int[], ?::int[], ?::bigint[], ?::timestamptz[], ?::timestamptz[]) as p (job_id, phase, waiting_code,
			waiting_params, bytes_total, bytes_done, bytes_stored, down_rate, up_rate, peers, seeders, eta_seconds, gives_up_at, updated_at)
		join jobs j on j.id = p.job_id
		where j.state in ('resolving', 'downloading', 'storing')
		on conflict (job_id) do update set
			phase = excluded.phase, waiting_code = excluded.waiting_code, waiting_params = excluded.waiting_params,
			bytes_total = excluded.bytes_total,
			bytes_done = excluded.bytes_done, bytes_stored = excluded.bytes_stored, down_rate = excluded.down_rate,
			up_rate = excluded.up_rate, peers = excluded.peers, seeders = excluded.seeders,
			eta_seconds = excluded.eta_seconds, gives_up_at = excluded.gives_up_at, updated_at = excluded.updated_at
			where job_progress.updated_at <= excluded.updated_at`,
		array{r.ids}, array{r.phases}, array{r.codes}, array{r.params}, array{r.total}, array{r.done}, array{r.stored},
		array{r.downRate}, array{r.upRate}, array{r.peers}, array{r.seeders}, array{r.eta}, array{r.givesUpAt},
		array{r.updatedAt})
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
