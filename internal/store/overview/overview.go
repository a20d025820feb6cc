// Package overview sees the deployment as a whole: how its components do and
// since when, what runs and waits, what moves and what goes wrong.
//
// It writes only what it found out; everything else it reads from the tables of
// other aggregates, each by an index, so that a page costs the same with a
// million jobs.
package overview

import (
	"context"
	"time"

	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/stock"
	"longhaul/models"
)

// What the overview shows.
const (
	hoursShown  = 48
	daysShown   = 30
	faultsShown = 10
	faultTime   = 24 * time.Hour
)

// Overview sees the deployment as a whole.
type Overview struct {
	db   *postgres.DB
	deps Deps
}

// Deps are the aggregates that it asks.
type Deps struct {
	Outbox    *outbox.Outbox
	Agents    *agents.Agents
	Providers *providers.Providers
	Stock     *stock.Stock
	Admission *admission.Admission
}

// New returns the overview of the database.
func New(db *postgres.DB, d Deps) *Overview { return &Overview{db, d} }

// Overview returns what goes on.
func (o *Overview) Overview(ctx context.Context) (models.Overview, error) {
	var out models.Overview
	for _, part := range []func(context.Context, *models.Overview) error{
		o.health, o.jobs, o.today, o.traffic, o.faults,
		func(ctx context.Context, out *models.Overview) error { return o.backlogs(ctx, out, faultTime) },
	} {
		if err := part(ctx, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (o *Overview) health(ctx context.Context, out *models.Overview) (err error) {
	out.Health, err = o.Health(ctx)
	return err
}

// jobs counts those that have a slot, and those that wait.
func (o *Overview) jobs(ctx context.Context, out *models.Overview) error {
	err := o.db.Rows(ctx, &out.Running, "count running jobs", `
		select state, count(*) as count from jobs where admitted_at is not null and delete_at is null group by state order by state`)
	if err != nil {
		return err
	}
	err = o.db.Rows(ctx, &out.Waiting, "count waiting jobs", `
		select state, reason_code as reason, count(*) as count from jobs
		where admitted_at is null and delete_at is null and state in ('queued', 'awaiting_selection', 'paused', 'needs_attention')
		group by state, reason_code order by count desc, state, reason_code`)
	if err != nil {
		return err
	}
	out.Slots, err = o.deps.Agents.AgentSlots(ctx)
	return err
}

func (o *Overview) today(ctx context.Context, out *models.Overview) error {
	var row struct{ Ready, Failed int64 }
	err := o.db.Row(ctx, &row, "count what ended today", `
		select count(*) filter (where state = 'ready') as ready, count(*) filter (where state = 'failed') as failed
		from jobs where finished_at >= ? and finished_at is not null and state in ('ready', 'failed')`, o.db.Now().UTC().Truncate(24*time.Hour))
	out.ReadyToday, out.FailedToday = row.Ready, row.Failed
	return err
}

func (o *Overview) traffic(ctx context.Context, out *models.Overview) error {
	now := o.db.Now()
	err := o.db.Rows(ctx, &out.Hours, "list hours of traffic", `select * from traffic_hours where hour > ? order by hour`, now.Add(-hoursShown*time.Hour))
	if err != nil {
		return err
	}
	return o.db.Rows(ctx, &out.Days, "list days of storage", `select * from storage_days where day > cast(? as date) order by day`,
		now.AddDate(0, 0, -daysShown).UTC().Format(time.DateOnly))
}

// faults counts the problems that stopped jobs within a day.
func (o *Overview) faults(ctx context.Context, out *models.Overview) error {
	return o.db.Rows(ctx, &out.Faults, "count faults", `
		select problem, count(*) as count, max(state_since) as last_at from jobs
		where state_since > ? and problem <> '' and delete_at is null and state in ('needs_attention', 'failed')
		group by problem order by count desc, problem limit ?`, o.db.Now().Add(-faultTime), faultsShown)
}

// backlogs measures what waits to be handed on, and counts the mails that failed
// within so long.
func (o *Overview) backlogs(ctx context.Context, out *models.Overview, failed time.Duration) error {
	now := o.db.Now()
	err := o.db.Row(ctx, &out.Outbox, "measure outbox", `
		select count(*) as count, min(created_at) as oldest_at from outbox where next_at <= ? or attempts > 0`, now)
	if err != nil {
		return err
	}
	err = o.db.Row(ctx, &out.Mail, "measure queued mails", `select count(*) as count, min(created_at) as oldest_at from mails where state = 'queued'`)
	if err != nil {
		return err
	}
	return o.db.Row(ctx, &out.MailFailed, "count failed mails", `select count(*) from mails where state = 'failed' and ended_at > ?`, now.Add(-failed))
}
