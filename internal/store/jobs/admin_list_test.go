package jobs_test

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"longhaul/internal/store/page"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

var manyJobs = flag.Int("jobs", 100_000, "how many jobs of all users BenchmarkAllJobs lists")

// fillAll adds n jobs of many users on many agents: a few run or wait, most are
// ready, the older ones expired, and Seedr was in use long ago.
func fillAll(t testing.TB, n int) {
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
	run(`insert into agents (id, name, url, credential_hash, state, capacity, created_at)
		select ('00000000-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid, 'agent-' || i, '', sha256(i::text::bytea), 'active', 10, now()
		from generate_series(0, 19) i`)
	rows, err := conn.Query(t.Context(), `select indexname, indexdef from pg_indexes where tablename = 'jobs' and indexdef not like '%UNIQUE%'`)
	storetest.OK(t, err)
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Name, Definition string }])
	storetest.OK(t, err)
	for _, i := range indexes { // made afterwards, which is much faster
		run("drop index " + i.Name)
	}
	run("set session_replication_role = replica") // as is not to look up every reference
	run(`insert into jobs (id, user_id, source_kind, info_hash_v1, name, size, state, state_since, reason_code, problem, provider, admitted_at,
			created_at, updated_at, finished_at, agent_id)
		select gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((i % 1000)::text, 12, '0'))::uuid, 'magnet', md5(i::text) || left(md5('x' || i), 8),
			'Öl 100% job_' || i % 9973 || ' ' || md5(i::text), case when i % 50 = 0 then null else (i::bigint * 7919 % 1000003) * 1000 end,
			state, now(), case state when 'failed' then 'stalled' when 'queued' then 'waits_for_slot' else state end,
			case state when 'failed' then 'stalled' else '' end, case when i > $1 * 0.9 then 'seedr' else 'agent' end,
			case when state = 'downloading' then now() end, now() - i * interval '10 seconds', now(),
			case when state in ('ready', 'failed', 'cancelled', 'expired') then now() end,
			case when i <= $1 * 0.9 and state <> 'queued' then ('00000000-0000-4000-9000-' || lpad((i * 7919::bigint % 19)::text, 12, '0'))::uuid end
		from (select i, case when i % 1000 = 3 then 'failed' when i % 33 = 1 then 'cancelled' when i < $1 / 100 then 'downloading'
			when i < $1 / 50 then 'queued' when i > $1 * 0.7 then 'expired' else 'ready' end as state from generate_series(1, $1::int) i) i`, n)
	for _, i := range indexes {
		run(i.Definition)
	}
	run("vacuum analyze jobs")
	storetest.OK(t, conn.Close(t.Context()))
}

func userNumber(i int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
}

func agentNumber(i int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-9000-%012d", i))
}

// matches are filters of every kind, by name, for a table of n jobs.
func matches(n int) map[string]models.JobMatch {
	ago := func(i int) time.Time { return time.Now().Add(-time.Duration(i) * 10 * time.Second) }
	return map[string]models.JobMatch{
		"all":              {},
		"failed":           {States: []models.State{models.StateFailed}},
		"expired":          {States: []models.State{models.StateExpired}},
		"open":             {States: []models.State{models.StateQueued, models.StateDownloading, models.StatePaused}},
		"most states":      {States: []models.State{models.StateReady, models.StateExpired, models.StateFailed}},
		"reason":           {Reasons: []models.ReasonCode{models.ReasonExpired}},
		"reason, few":      {Reasons: []models.ReasonCode{"stalled"}},
		"reason, none":     {Reasons: []models.ReasonCode{"storage_full"}},
		"problem":          {Problems: []models.Problem{models.ProblemStalled}},
		"provider":         {Provider: models.ProviderSeedr},
		"provider, most":   {Provider: models.ProviderAgent},
		"agent":            {Agent: agentNumber(7)},
		"agent, none":      {Agent: agentNumber(19)},
		"user":             {User: userNumber(517)},
		"age":              {CreatedFrom: ago(n * 3 / 4), CreatedTo: ago(n * 2 / 3)},
		"large":            {SizeMin: 999_000_000},
		"small":            {SizeMax: 500_000_000},
		"hash":             {Hash: "abcdef"},
		"name":             {Name: "job_517"},
		"name, most":       {Name: "öl 100%"},
		"name, none":       {Name: "nothing like it"},
		"agent and failed": {Agent: agentNumber(7), States: []models.State{models.StateFailed}},
		"never together":   {States: []models.State{models.StateReady}, Provider: models.ProviderSeedr},
		"old and large":    {States: []models.State{models.StateExpired}, SizeMin: 900_000_000},
		"user and name":    {User: userNumber(517), Name: "job_517"},
	}
}

var jobSorts = []models.JobSort{models.JobSortCreated, models.JobSortName, models.JobSortSize}

// No list of all jobs reads most of the table to find some, neither one after
// another nor along an index, whatever is looked for and however it is sorted.
func TestAllJobsAreReadByIndex(t *testing.T) {
	t.Parallel()
	const n = 20_000
	b, ctx := storetest.NewWorld(t), t.Context()
	fillAll(t, n)
	plans := explained(t, b)
	for name, m := range matches(n) {
		for _, by := range jobSorts {
			for _, desc := range []bool{false, true} {
				f := models.AllJobsFilter{JobMatch: m, Sort: by, Desc: desc, Limit: 5}
				for range 2 { // the first page and the next
					list, err := b.Jobs.Admin().AllJobs(ctx, b.Admin(), f)
					storetest.OK(t, err)
					if f.Cursor = list.NextCursor; f.Cursor == "" {
						break
					}
				}
				for _, plan := range *plans {
					if strings.Contains(plan, "Seq Scan on jobs") || mostRemoved(t, plan) > n/2 {
						t.Errorf("%s by %s, descending %t: %s", name, by, desc, plan)
					}
				}
				if len(*plans) < 2 {
					t.Errorf("%s: only %d plans were looked at", name, len(*plans))
				}
				*plans = nil
			}
		}
	}
}

var removed = regexp.MustCompile(`Rows Removed by Filter: (\d+)`)

// mostRemoved returns how many rows a step of the plan read for nothing.
func mostRemoved(t testing.TB, plan string) int {
	t.Helper()
	most := 0
	for _, m := range removed.FindAllStringSubmatch(plan, -1) {
		n, err := strconv.Atoi(m[1])
		storetest.OK(t, err)
		most = max(most, n)
	}
	return most
}

// explained collects the plan of each query, in the transaction that runs it.
func explained(t testing.TB, b *storetest.World) *[]string {
	t.Helper()
	var plans []string
	look := func(db *gorm.DB) {
		sql := db.Statement.SQL.String()
		if !strings.Contains(sql, "jobs") || db.Error != nil || db.DryRun { // the last is a part of another query
			return
		}
		rows, err := db.Statement.ConnPool.QueryContext(db.Statement.Context, "explain (analyze, timing off) "+sql, db.Statement.Vars...)
		if err != nil {
			t.Errorf("explain %s: %v", sql, err)
			return
		}
		plan, line := sql, ""
		for rows.Next() {
			storetest.OK(t, rows.Scan(&line))
			plan += "\n" + line
		}
		storetest.OK(t, errors.Join(rows.Err(), rows.Close()))
		plans = append(plans, plan)
	}
	call := b.DB.Conn(t.Context()).Callback()
	storetest.OK(t, call.Query().After("gorm:query").Register("explain", look))
	return &plans
}

func TestAllJobsPagesAreCompleteAndSorted(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fillAll(t, 1500)
	for _, by := range jobSorts {
		for _, desc := range []bool{false, true} {
			f := models.AllJobsFilter{Sort: by, Desc: desc, Limit: page.Max}
			var order []string
			seen := map[uuid.UUID]bool{}
			for more := true; more; more = f.Cursor != "" {
				list := storetest.Must[models.AllJobsPage](t)(b.Jobs.Admin().AllJobs(ctx, b.Admin(), f))
				for _, j := range list.Jobs {
					seen[j.ID] = true
					order = append(order, key(j.Job, by)+" "+j.ID.String())
				}
				if list.Total != 1500 || list.More {
					t.Errorf("%s: %d in all, more %t", by, list.Total, list.More)
				}
				f.Cursor = list.NextCursor
			}
			if desc {
				slices.Reverse(order)
			}
			if len(order) != 1500 || len(seen) != 1500 || !slices.IsSorted(order) {
				t.Errorf("%s desc=%t: %d rows, %d jobs, sorted %t", by, desc, len(order), len(seen), slices.IsSorted(order))
			}
		}
	}
}

// The total is exact as far as it is counted, and says when it is not.
func TestAllJobsAreCountedToABound(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fillAll(t, models.MaxJobTotal)
	list := func(f models.AllJobsFilter) models.AllJobsPage {
		return storetest.Must[models.AllJobsPage](t)(b.Jobs.Admin().AllJobs(ctx, b.Admin(), f))
	}
	if p := list(models.AllJobsFilter{Limit: 3}); p.Total != models.MaxJobTotal || p.More {
		t.Errorf("exactly as many as are counted: %d, more %t", p.Total, p.More)
	}
	storetest.Submit(t, b.Store, b.User.ID, nil)
	first := list(models.AllJobsFilter{Limit: 3, Sort: models.JobSortSize})
	second := list(models.AllJobsFilter{Limit: 3, Sort: models.JobSortSize, Cursor: first.NextCursor})
	for _, p := range []models.AllJobsPage{first, second} {
		if p.Total != models.MaxJobTotal || !p.More || len(p.Jobs) != 3 {
			t.Errorf("one more: %d, more %t, %d jobs", p.Total, p.More, len(p.Jobs))
		}
	}
	for name, m := range map[string]models.JobMatch{
		"all": {}, "in any state, one of them twice": {States: append(models.States(), models.StateReady)},
	} {
		var order []string
		err := b.Jobs.Admin().EachJob(ctx, b.Admin(), m, func(some []models.OwnedJob) error {
			for _, j := range some {
				order = append(order, key(j.Job, models.JobSortCreated)+" "+j.ID.String())
			}
			return nil
		})
		if err != nil || len(slices.Compact(order)) != models.MaxJobTotal+1 || !slices.IsSorted(order) {
			t.Errorf("%s: %d of %d jobs exported, sorted %t, %v", name, len(order), models.MaxJobTotal+1, slices.IsSorted(order), err)
		}
	}
}

// BenchmarkAllJobs lists the jobs of all users, -jobs of them: for each filter
// the slowest page of any order, the first and the next.
func BenchmarkAllJobs(b *testing.B) {
	s := storetest.NewWorld(b)
	fillAll(b, *manyJobs)
	list := func(b *testing.B, f models.AllJobsFilter) (models.AllJobsPage, time.Duration) {
		start := time.Now()
		p := storetest.Must[models.AllJobsPage](b)(s.Jobs.Admin().AllJobs(b.Context(), s.Admin(), f))
		return p, time.Since(start)
	}
	for name, m := range matches(*manyJobs) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			var slowest time.Duration
			var which string
			for b.Loop() {
				for _, by := range jobSorts {
					for _, desc := range []bool{false, true} {
						f := models.AllJobsFilter{JobMatch: m, Sort: by, Desc: desc}
						first, took := list(b, f)
						if took > slowest {
							slowest, which = took, fmt.Sprintf("by %s, descending %t", by, desc)
						}
						if f.Cursor = first.NextCursor; f.Cursor == "" {
							continue
						}
						if _, took := list(b, f); took > slowest {
							slowest, which = took, fmt.Sprintf("the next by %s, descending %t", by, desc)
						}
					}
				}
			}
			b.ReportMetric(float64(slowest.Microseconds())/1000, "ms/slowest")
			b.Log(which)
		})
	}
}
