package overview

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// restAfter is for how long no one looked before it counts as an outage of what
// looks and of where it writes.
const restAfter = 2 * time.Minute

// Health returns how the deployment does, as it was last looked at. Before the
// first look every component is left out.
func (o *Overview) Health(ctx context.Context) (models.Health, error) {
	var h models.Health
	err := o.db.Rows(ctx, &h.Components, "list health of components", `select * from health_components`)
	if err != nil {
		return h, err
	}
	if err := o.db.Rows(ctx, &h.Findings, "list findings", `select * from health_findings`); err != nil {
		return h, err
	}
	models.SortFindings(h.Findings)
	var row struct{ At *time.Time }
	err = o.db.Row(ctx, &row, "load last round of health", `select (select at from health_rounds) as at`)
	h.CheckedAt = row.At
	return h, err
}

// HoldHealth reports whether the process is the one that looks how the
// deployment does: the one that did, or another one once that missed its rounds.
func (o *Overview) HoldHealth(ctx context.Context, process uuid.UUID, missed time.Duration) (bool, error) {
	now := o.db.Now()
	n, err := o.db.Exec(ctx, "hold health", `
		insert into health_rounds (holder, at) select ?, 'epoch'::timestamptz
		on conflict (one) do update set holder = excluded.holder
		where health_rounds.holder = excluded.holder or health_rounds.at < ?`, process, now.Add(-missed))
	return n > 0, err
}

// NoteHealth writes what was found: what is new is so from now on, and what is
// gone is over. It does nothing if another process looks by now. Administrators'
// pages are told if anything changed.
func (o *Overview) NoteHealth(ctx context.Context, process uuid.UUID, findings []models.Finding) error {
	return o.db.Tx(ctx, func(ctx context.Context) error {
		var last struct{ At time.Time }
		err := o.db.Row(ctx, &last, "begin round of health", `select at from health_rounds where holder = ? for update`, process)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		now := o.db.Now()
		if _, err := o.db.Exec(ctx, "note round of health", `update health_rounds set at = ?`, now); err != nil {
			return err
		}
		changed, err := o.noteFindings(ctx, now, findings)
		if err != nil {
			return err
		}
		rested := now.Sub(last.At) > restAfter
		for _, c := range models.Components() {
			n, err := o.noteComponent(ctx, now, c, models.Worst(c, findings), rested && (c == models.ComponentAPI || c == models.ComponentDatabase))
			if err != nil {
				return err
			}
			changed += n
		}
		if changed == 0 {
			return nil
		}
		return o.deps.Outbox.Notify(ctx, event.Message{Kind: event.KindHealth})
	})
}

// noteFindings makes the table hold the findings, and returns how many came or
// went.
func (o *Overview) noteFindings(ctx context.Context, now time.Time, findings []models.Finding) (int64, error) {
	causes, targets, counts := make([]string, 0, len(findings)), make([]string, 0, len(findings)), make([]int64, 0, len(findings))
	for _, f := range findings {
		causes, targets, counts = append(causes, string(f.Cause)), append(targets, f.Target), append(counts, f.Count)
	}
	gone, err := o.db.Exec(ctx, "remove findings", `
		delete from health_findings where (cause, target) not in (select * from unnest(?::text[], ?::text[]))`,
		postgres.Array[string](causes), postgres.Array[string](targets))
	if err != nil {
		return 0, err
	}
	var come int64
	err = o.db.Row(ctx, &come, "write findings", `
		with written as (
			insert into health_findings (cause, target, count, since)
			select distinct on (cause, target) cause, target, count, cast(? as timestamptz)
			from unnest(?::text[], ?::text[], ?::bigint[]) as f (cause, target, count)
			on conflict (cause, target) do update set count = excluded.count
			returning since)
		select count(*) from written where since = ?`,
		now, postgres.Array[string](causes), postgres.Array[string](targets), postgres.Array[int64](counts), now)
	return gone + come, err
}

func (o *Overview) noteComponent(ctx context.Context, now time.Time, c models.Component, state models.HealthState, back bool) (int64, error) {
	return o.db.Exec(ctx, "write health of component", `
		insert into health_components as h (component, state, since) values (?, ?, ?)
		on conflict (component) do update set state = excluded.state, since = excluded.since
		where h.state <> excluded.state or ?`, c, state, now, back)
}
