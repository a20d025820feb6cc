package overview

import (
	"context"
	"time"
)

const (
	trafficKept = 400 * 24 * time.Hour
	trafficBack = 7 * 24 * time.Hour // how long heartbeats are kept
	sumAtOnce   = 24 * time.Hour     // so that a round stays short when much is to be summed up
	mostBeat    = 60                 // seconds that one heartbeat speaks for at most
)

// SumTraffic writes what moved in each hour since the last one that was written, a
// day at once, and removes what is too old to show. What it sums up it reads again,
// so it may run at any time, repeatedly, and after a pause.
func (o *Overview) SumTraffic(ctx context.Context) error {
	now := o.db.Now()
	var row struct{ Last *time.Time }
	// Deliveries are added as they happen, so an hour with some says nothing of what was summed up.
	if err := o.db.Row(ctx, &row, "look for the last hour of traffic", `select (select summed_at from health_rounds) as last`); err != nil {
		return err
	}
	from := now.Add(-trafficBack)
	if row.Last != nil && row.Last.After(from) {
		from = *row.Last
	}
	until := now
	if day := from.Add(sumAtOnce); day.Before(now) {
		until = day
	}
	from = from.Add(-time.Hour).Truncate(time.Hour) // the one before may have been unfinished
	_, err := o.db.Exec(ctx, "sum up traffic", `
		with ledger as (
			select date_trunc('hour', at, 'UTC') as hour, sum(used_delta)::bigint as stored, count(*) as finished
			from quota_ledger where at >= cast(@from as timestamptz) and at <= @until and kind = 'settle' group by 1),
		beats as (
			select h.at, h.down_rate, least(coalesce(extract(epoch from lead(h.at) over (partition by h.agent_id order by h.at) - h.at), 0), @most) as seconds
			from agents a join agent_heartbeats h on h.agent_id = a.id and h.at >= cast(@from as timestamptz) and h.at <= @until),
		fetched as (
			select date_trunc('hour', at, 'UTC') as hour, sum(down_rate * seconds)::bigint as bytes from beats group by 1)
		insert into traffic_hours as t (hour, fetched, stored, finished)
		select hour, coalesce(f.bytes, 0), coalesce(l.stored, 0), coalesce(l.finished, 0) from ledger l full join fetched f using (hour)
		on conflict (hour) do update set fetched = excluded.fetched, stored = excluded.stored, finished = excluded.finished
		where (t.fetched, t.stored, t.finished) <> (excluded.fetched, excluded.stored, excluded.finished)`,
		map[string]any{"from": from, "until": until, "most": mostBeat})
	if err != nil {
		return err
	}
	if _, err := o.db.Exec(ctx, "note sum of traffic", `update health_rounds set summed_at = ?`, until); err != nil {
		return err
	}
	_, err = o.db.Exec(ctx, "prune traffic", `delete from traffic_hours where hour < ?`, now.Add(-trafficKept))
	return err
}
