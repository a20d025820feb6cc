package overview_test

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

var manyJobs = flag.Int("jobs", 20_000, "how many jobs TestOverviewIsReadByIndex has; the figures of docs/performance.md are of 1000000")

// fill adds n jobs, one every ten seconds: most are ready, some broke, a hundredth
// runs and as many wait.
func fill(t testing.TB, n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	storetest.OK(t, err)
	run := func(sql string, args ...any) {
		t.Helper()
		_, err := conn.Exec(t.Context(), sql, args...)
		storetest.OK(t, err)
	}
	run(`insert into users (id, email, password_hash, role, created_at)
		select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'user' || i || '@example.com', 'x', 'user', now() from generate_series(0, 999) i`)
	run("set session_replication_role = replica") // as is not to look up every reference
	run(`insert into jobs (id, user_id, source_kind, name, state, state_since, reason_code, problem, provider, admitted_at, created_at, updated_at, finished_at)
		select gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((i % 1000)::text, 12, '0'))::uuid, 'url', 'job ' || i, state, at,
			case state when 'failed' then 'stalled' when 'queued' then 'waits_for_slot' else state end,
			case when state = 'failed' then (array['stalled', 'no_peers', 'timeout'])[1 + i % 3] else '' end, 'agent',
			case when state = 'downloading' then at end, at, at, case when state in ('ready', 'failed', 'expired') then at end
		from (select i, now() - i * interval '10 seconds' as at, case when i % 50 = 3 then 'failed' when i <= $1 / 100 then 'downloading'
			when i <= $1 / 50 then 'queued' when i > $1 * 0.7 then 'expired' else 'ready' end as state from generate_series(1, $1::int) i) i`, n)
	run("vacuum analyze jobs")
	storetest.OK(t, conn.Close(t.Context()))
}

// Nothing that the overview shows is found by reading all jobs, and it is put
// together in the time that a page may take.
func TestOverviewIsReadByIndex(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fill(t, *manyJobs)
	for range 2 {
		began := time.Now()
		o := storetest.Must[models.Overview](t)(b.Overview.Overview(ctx))
		t.Logf("the overview of %d jobs in %s", *manyJobs, time.Since(began).Round(100*time.Microsecond))
		if len(o.Running) != 1 || len(o.Waiting) != 1 || len(o.Faults) == 0 || o.FailedToday == 0 {
			t.Fatalf("got %+v", o)
		}
	}
	looked := 0
	look := func(db *gorm.DB) {
		sql := db.Statement.SQL.String()
		if !strings.Contains(sql, "from jobs") || strings.HasPrefix(sql, "explain") {
			return
		}
		looked++
		conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
		storetest.OK(t, err)
		rows, err := conn.Query(t.Context(), "explain (analyze) "+db.Explain(sql, db.Statement.Vars...))
		storetest.OK(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		storetest.OK(t, err)
		storetest.OK(t, conn.Close(t.Context()))
		plan := strings.Join(lines, "\n")
		if strings.Contains(plan, "Seq Scan on jobs") {
			t.Errorf("all jobs are read:\n%s\n%s", sql, plan)
		}
		t.Logf("%s\n%s", sql, lines[len(lines)-1])
	}
	call := b.DB.Conn(ctx).Callback()
	storetest.OK(t, call.Query().After("gorm:query").Register("look", look))
	storetest.OK(t, call.Row().After("gorm:row").Register("look", look))
	storetest.Must[models.Overview](t)(b.Overview.Overview(ctx))
	if looked < 4 {
		t.Errorf("looked at %d statements on jobs", looked)
	}
}

func TestOverviewCounts(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	c.Now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	_, _ = b.Running(t, 1000)
	b.Submit(t, 10)
	b.Submit(t, 10)
	failed, old, gone := b.Submit(t, 10), b.Submit(t, 10), b.Submit(t, 10)
	fail := func(id uuid.UUID, at time.Time) {
		storetest.Exec(t, `update jobs set state = 'failed', problem = 'stalled', reason_code = 'stalled', state_since = $2, finished_at = $2 where id = $1`, id, at)
	}
	fail(failed.ID, c.Now.Add(-time.Hour))
	fail(old.ID, c.Now.Add(-25*time.Hour))
	fail(gone.ID, c.Now.Add(-time.Hour))
	storetest.Exec(t, `update jobs set delete_at = $2 where id = $1`, gone.ID, c.Now)
	storetest.Exec(t, `delete from outbox`)
	storetest.OK(t, b.Outbox.Enqueue(ctx, models.OutboxStart, failed.ID))
	storetest.OK(t, b.Outbox.EnqueueIn(ctx, time.Hour, models.OutboxStart, old.ID))
	o := storetest.Must[models.Overview](t)(b.Overview.Overview(ctx))
	if len(o.Running) != 1 || o.Running[0].Count != 1 || o.Slots != 100 {
		t.Errorf("running %+v on %d slots", o.Running, o.Slots)
	}
	if len(o.Waiting) != 1 || o.Waiting[0].State != models.StateQueued || o.Waiting[0].Count != 2 || o.Waiting[0].Reason != models.ReasonAccepted {
		t.Errorf("waiting %+v", o.Waiting)
	}
	if len(o.Faults) != 1 || o.Faults[0].Problem != models.ProblemStalled || o.Faults[0].Count != 1 || !o.Faults[0].LastAt.Equal(c.Now.Add(-time.Hour)) {
		t.Errorf("faults %+v", o.Faults)
	}
	if o.FailedToday != 2 || o.ReadyToday != 0 { // a deleted one failed as well
		t.Errorf("failed %d, ready %d", o.FailedToday, o.ReadyToday)
	}
	if o.Outbox.Count != 1 || !o.Outbox.OldestAt.Equal(c.Now) {
		t.Errorf("outbox %+v: what is not due waits for nothing", o.Outbox)
	}
}

// Sums of an hour are the same however often they are taken, catch up after a
// pause, and leave alone what was delivered.
func TestTrafficIsSummedUp(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	c.Now = time.Date(2026, 11, 29, 12, 1, 0, 0, time.UTC)
	mine := uuid.New()
	if !storetest.Must[bool](t)(b.Overview.HoldHealth(ctx, mine, time.Minute)) {
		t.Fatal("no one looks, and the process does not")
	}
	beat := func(rate int64) {
		_, err := b.Agents.AgentHeartbeat(ctx, b.Agent.ID, 1, models.AgentHeartbeat{DownRate: rate}, 100, 0)
		storetest.OK(t, err)
	}
	for range 3 { // 20 s at 1000 B/s, twice; the last one is not over yet
		beat(1000)
		c.Add(20 * time.Second)
	}
	storetest.OK(t, b.Quota.AddBandwidth(ctx, c.Now, map[uuid.UUID]int64{b.User.ID: 5, b.Evil.ID: 6}))
	job, _ := b.Running(t, 700)
	b.Finish(t, job.ID)
	check := func(hour time.Time, want models.TrafficHour) {
		t.Helper()
		for range 2 {
			storetest.OK(t, b.Overview.SumTraffic(ctx))
		}
		for _, h := range storetest.Must[models.Overview](t)(b.Overview.Overview(ctx)).Hours {
			if h.Hour.Equal(hour) {
				if want.Hour = h.Hour; h != want {
					t.Errorf("got %+v, want %+v", h, want)
				}
				return
			}
		}
		t.Errorf("no figures for %s", hour)
	}
	for range 7 { // of a week of which nothing was summed up yet, a day at once
		storetest.OK(t, b.Overview.SumTraffic(ctx))
	}
	noon := c.Now.Truncate(time.Hour)
	check(noon, models.TrafficHour{Fetched: 40_000, Stored: 700, Delivered: 11, Finished: 1})
	c.Add(5 * time.Hour)
	beat(10)
	c.Add(time.Hour) // the agent was silent, so the beat speaks for a minute
	beat(10)
	check(noon, models.TrafficHour{Fetched: 40_000 + 60_000, Stored: 700, Delivered: 11, Finished: 1})
	check(noon.Add(5*time.Hour), models.TrafficHour{Fetched: 600})
	storetest.OK(t, b.Quota.AddBandwidth(ctx, c.Now, map[uuid.UUID]int64{b.User.ID: 1}))
	check(noon.Add(6*time.Hour), models.TrafficHour{Delivered: 1})

	// A first sum begins a week ago, a day at once; one of the days ends between two beats.
	c.Now = noon.Add(24*time.Hour + 90*time.Second)
	storetest.Exec(t, `update health_rounds set summed_at = null`)
	storetest.Exec(t, `update traffic_hours set fetched = 0, stored = 0, finished = 0`)
	for range 7 {
		storetest.OK(t, b.Overview.SumTraffic(ctx))
	}
	check(noon, models.TrafficHour{Fetched: 100_000, Stored: 700, Delivered: 11, Finished: 1})
}
