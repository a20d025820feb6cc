// Package figures takes the figures that the workers' metrics say of the
// database: how many jobs wait for what, how old the oldest item of the outbox
// is. One worker at a time takes them and the others read what it took, so that
// their number costs the database nothing.
//
// It reads the tables of others by indexes that hold only what is open, and
// writes none but its own.
package figures

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/models"
)

// Figures takes and keeps the figures.
type Figures struct {
	db        *postgres.DB
	outbox    *outbox.Worker
	agents    *agents.Agents
	providers *providers.Worker
	admission *admission.Admission
}

// New returns the figures of the database.
func New(db *postgres.DB, o *outbox.Outbox, ag *agents.Agents, pr *providers.Providers, ad *admission.Admission) *Figures {
	return &Figures{db: db, outbox: o.Worker(), agents: ag, providers: pr.Worker(), admission: ad}
}

// Worker returns the methods that only the worker may use.
func (f *Figures) Worker() *Worker { return &Worker{f} }

// Worker takes figures.
type Worker struct{ f *Figures }

// Figures returns the newest figures. The first caller after every takes them;
// until it has, the others get those from before. A caller that dies while it
// takes them leaves the next round to the others.
func (w *Worker) Figures(ctx context.Context, every time.Duration) (models.Figures, error) {
	now := w.f.db.Now()
	due, err := w.f.db.Exec(ctx, "begin to take figures", `update figures set due_at = ? where due_at <= ?`, now.Add(every), now)
	if err != nil {
		return models.Figures{}, err
	}
	if due == 0 {
		return w.f.kept(ctx)
	}
	out, err := w.f.take(ctx)
	if err != nil {
		return out, err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return out, fmt.Errorf("encode figures: %w", err)
	}
	out.TakenAt = w.f.db.Now()
	_, err = w.f.db.Exec(ctx, "keep figures", `update figures set data = ?::jsonb, taken_at = ?`, string(data), out.TakenAt)
	return out, err
}

// kept returns what was taken last.
func (f *Figures) kept(ctx context.Context) (models.Figures, error) {
	var row struct {
		Data    string
		TakenAt *time.Time
	}
	var out models.Figures
	if err := f.db.Row(ctx, &row, "read figures", `select data::text as data, taken_at from figures`); err != nil {
		return out, err
	}
	if row.TakenAt == nil {
		return out, models.Errorf(models.CodeUnavailable, "No figures were taken yet.")
	}
	if err := json.Unmarshal([]byte(row.Data), &out); err != nil {
		return out, fmt.Errorf("decode figures: %w", err)
	}
	out.TakenAt = *row.TakenAt
	return out, nil
}

func (f *Figures) take(ctx context.Context) (out models.Figures, err error) {
	for _, one := range []func(context.Context, *models.Figures) error{
		f.jobs, f.queues, f.pulse, f.agentsOf, f.seedr, f.storage,
	} {
		if err := one(ctx, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// jobs counts those that have not ended, which the index jobs_open holds.
func (f *Figures) jobs(ctx context.Context, out *models.Figures) error {
	var rows []struct {
		State      models.State
		ReasonCode string
		Provider   models.Provider
		Count      int64
		Since      time.Time
	}
	err := f.db.Rows(ctx, &rows, "count open jobs", `
		select state, reason_code, provider, count(*) as count, min(state_since) as since from jobs
		where state not in ('ready', 'failed', 'cancelled', 'expired') group by state, reason_code, provider`)
	now := f.db.Now()
	for _, r := range rows {
		out.Jobs = append(out.Jobs, models.JobsFigure{
			State: r.State, Reason: r.ReasonCode, Provider: r.Provider, Count: r.Count, Oldest: age(now, &r.Since),
		})
	}
	return err
}

// queues looks at what waits to be told to Temporal and to the mail provider.
func (f *Figures) queues(ctx context.Context, out *models.Figures) (err error) {
	if out.Outbox.Oldest, err = f.outbox.OutboxAge(ctx); err != nil {
		return err
	}
	var row struct {
		Items, Queued int64
		Oldest        *time.Time
	}
	err = f.db.Row(ctx, &row, "count outbox and mails", `
		select (select count(*) from outbox) as items, count(*) as queued, min(created_at) as oldest from mails where state = 'queued'`)
	out.Outbox.Items, out.Mails.Queued, out.Mails.Oldest = row.Items, row.Queued, age(f.db.Now(), row.Oldest)
	return err
}

func (f *Figures) pulse(ctx context.Context, out *models.Figures) error {
	p, err := f.admission.Pulse(ctx)
	out.Admission = models.AdmissionFigures(p)
	return err
}

func (f *Figures) agentsOf(ctx context.Context, out *models.Figures) error {
	err := f.db.Row(ctx, &out.Agents, "count agents", `
		with seen as (select *, lost_at is null and last_seen_at > ? as online from agents)
		select count(*) filter (where online) as online, count(*) filter (where online is not true) as lost,
			count(*) filter (where online and state = ?) as active,
			count(*) filter (where online and disk_total > 0 and disk_free < disk_total / 10) as low_disk,
			coalesce(sum(capacity) filter (where online and state = ?), 0)::bigint as slots
		from seen`, f.agents.AliveSince(), models.AgentActive, models.AgentActive)
	if err != nil {
		return err
	}
	_, free, err := f.agents.FreeSlots(ctx)
	if err != nil {
		return err
	}
	out.Agents.FreeSlots = int64(free)
	empty, err := f.agents.EmptyPools(ctx)
	out.Agents.EmptyPools = int64(len(empty))
	return err
}

func (f *Figures) seedr(ctx context.Context, out *models.Figures) error {
	a, err := f.providers.SeedrAccount(ctx)
	if err != nil || !a.Configured {
		return err
	}
	rest, err := f.providers.SeedrRests(ctx)
	now := f.db.Now()
	out.Seedr = models.SeedrFigures{
		Configured: true, FailingFor: age(now, a.FailedSince), CallsOff: rest, SpaceMax: a.SpaceMax, SpaceUsed: a.SpaceUsed,
		Full: a.FullUntil != nil && now.Before(*a.FullUntil),
	}
	if a.FailedSince != nil {
		out.Seedr.Problem = a.Problem
	}
	return err
}

func (f *Figures) storage(ctx context.Context, out *models.Figures) error {
	var row struct {
		Paused                            bool
		RefusedOrphans, RefusedLost, Lost int64
		SweptAt, CheckedAt                *time.Time
	}
	err := f.db.Row(ctx, &row, "look at storage", `
		select coalesce(bool_or(paused <> ''), false) as paused, coalesce(max(refused_orphans), 0) as refused_orphans,
			coalesce(max(refused_lost), 0) as refused_lost, max(swept_at) as swept_at, max(checked_at) as checked_at,
			(select count(*) from files where state = 'lost') as lost
		from storage_state`)
	now := f.db.Now()
	out.Storage = models.StorageFigures{
		Paused: row.Paused, RefusedOrphans: row.RefusedOrphans, RefusedLost: row.RefusedLost, Lost: row.Lost,
		SinceSweep: age(now, row.SweptAt), SinceCheck: age(now, row.CheckedAt),
	}
	return err
}

// age returns how long ago the time was, 0 for none.
func age(now time.Time, t *time.Time) time.Duration {
	if t == nil {
		return 0
	}
	return max(0, now.Sub(*t))
}
