package jobs_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store/page"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// fill adds n jobs of the user at once, with equal keys among them.
func fill(t testing.TB, dsn string, userID uuid.UUID, n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	storetest.OK(t, err)
	_, err = conn.Exec(t.Context(), `
		insert into jobs (id, user_id, source_kind, info_hash_v1, name, size, state, state_since, reason_code, provider, admitted_at,
			created_at, updated_at, finished_at)
		select gen_random_uuid(), $1, 'magnet', md5(i::text) || left(md5('x' || i), 8), 'Öl 100% job_' || i % 977 || ' tail',
			case when i % 5 = 0 then null else (i % 13) * 1000 end,
			case i % 3 when 0 then 'ready' when 1 then 'queued' else 'downloading' end, now(), 'accepted', 'agent',
			case when i % 3 = 2 then now() end, now() - (i / 3) * interval '1 second', now(),
			case when i % 3 = 0 then now() end
		from generate_series(1, $2) i`, userID, n)
	storetest.OK(t, err)
	_, err = conn.Exec(t.Context(), "vacuum analyze jobs")
	storetest.OK(t, err)
	storetest.OK(t, conn.Close(t.Context()))
}

func key(j models.Job, by models.JobSort) string {
	size := int64(-1)
	if j.Size != nil {
		size = *j.Size
	}
	switch by {
	case models.JobSortName:
		return strings.ToLower(j.Name)
	case models.JobSortSize:
		return fmt.Sprintf("%020d", size+1)
	case models.JobSortState:
		return string(j.State) + " " + j.CreatedAt.Format("2006-01-02T15:04:05.000000000")
	default:
		return j.CreatedAt.Format("2006-01-02T15:04:05.000000000")
	}
}

func TestPagesAreCompleteAndSorted(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fill(t, storetest.DSN(t), b.User.ID, 500)
	storetest.Submit(t, b.Store, b.Evil.ID, nil)
	for _, by := range []models.JobSort{models.JobSortCreated, models.JobSortName, models.JobSortSize, models.JobSortState} {
		for _, desc := range []bool{false, true} {
			f := models.JobFilter{Sort: by, Desc: desc, Limit: 37}
			seen := make(map[uuid.UUID]bool)
			var order []string
			for pages := 0; ; pages++ {
				list := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, f))
				if list.Total != 500 || len(list.Jobs) > 37 || pages > 20 {
					t.Fatalf("%s: page %d of %d jobs, %d in all", by, pages, len(list.Jobs), list.Total)
				}
				for _, j := range list.Jobs {
					if seen[j.ID] || j.UserID != b.User.ID {
						t.Fatalf("%s: %s twice, or not the user's", by, j.ID)
					}
					seen[j.ID] = true
					order = append(order, key(j, by)+" "+j.ID.String())
				}
				if f.Cursor = list.NextCursor; f.Cursor == "" {
					break
				}
			}
			sorted := slices.IsSorted(order)
			if desc {
				slices.Reverse(order)
				sorted = slices.IsSorted(order)
			}
			if len(order) != 500 || !sorted {
				t.Errorf("%s desc=%t: %d jobs, sorted %t", by, desc, len(order), sorted)
			}
		}
	}
}

func TestPagesStayWhenJobsCome(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fill(t, storetest.DSN(t), b.User.ID, 30)
	f := models.JobFilter{Sort: models.JobSortCreated, Desc: true, Limit: 10}
	first := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, f))
	storetest.Submit(t, b.Store, b.User.ID, nil)
	f.Cursor = first.NextCursor
	second := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, f))
	for _, j := range second.Jobs {
		if slices.ContainsFunc(first.Jobs, func(o models.Job) bool { return o.ID == j.ID }) {
			t.Errorf("%s on two pages", j.ID)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fill(t, storetest.DSN(t), b.User.ID, 300)
	ready := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{States: []models.State{models.StateReady}}))
	two := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{States: []models.State{models.StateReady, models.StateQueued}}))
	if ready.Total != 100 || two.Total != 200 || len(ready.Jobs) != page.Default {
		t.Errorf("ready %d, two states %d, page %d", ready.Total, two.Total, len(ready.Jobs))
	}
	counts := storetest.Must[map[models.State]int64](t)(b.Jobs.JobCounts(ctx, b.User.ID, models.JobFilter{}))
	if len(counts) != 3 || counts[models.StateReady] != 100 {
		t.Errorf("counts %v", counts)
	}
	some := ready.Jobs[0]
	hashes := *some.InfoHashV1
	for search, want := range map[string]int64{
		"JOB_17 tail": 11, "JOB_17 tail x": 0, "JOB_17 ": 11, "job_17": 11, "ÖL": 300, "öl 100% J": 300, "100%": 300, "10%job": 300, "job117": 0, `job\_2`: 111,
		"  ": 300, hashes[:12]: 1, strings.ToUpper(hashes): 1, "'; drop table jobs": 0, "nothing like it": 0,
	} {
		list := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Search: search}))
		if list.Total != want || int64(len(list.Jobs)) != min(want, page.Default) {
			t.Errorf("%q finds %d, want %d", search, list.Total, want)
		}
	}
}

func TestBadCursorsAndSorts(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fill(t, storetest.DSN(t), b.User.ID, 10)
	list := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Limit: 5}))
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	id := uuid.NewString()
	for _, f := range []models.JobFilter{
		{Cursor: "%%%"},
		{Cursor: encode("{")},
		{Cursor: encode(`{"b":"created","k":"yesterday","i":"` + id + `"}`)},
		{Cursor: encode(`{"b":"created","k":"","i":"x"}`)},
		{Sort: "colour"},
		{Cursor: list.NextCursor, Sort: models.JobSortName},
		{Cursor: list.NextCursor, Desc: true},
		{Cursor: encode(`{"b":"size","k":"1; drop","i":"` + id + `"}`), Sort: models.JobSortSize},
		{Cursor: encode(`{"b":"name","k":"a\u0000","i":"` + id + `"}`), Sort: models.JobSortName},
	} {
		_, err := b.Jobs.Jobs(ctx, b.User.ID, f)
		storetest.WantCode(t, err, models.CodeInvalid)
	}
	all := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Limit: 100_000}))
	if len(all.Jobs) != 10 || all.NextCursor != "" {
		t.Errorf("%d jobs", len(all.Jobs))
	}
}

// BenchmarkJobs lists pages of a user who has 50 000 jobs.
func BenchmarkJobs(b *testing.B) {
	s := storetest.NewWorld(b)
	fill(b, storetest.DSN(b), s.User.ID, 50_000)
	middle := func(f models.JobFilter) models.JobFilter {
		f.Limit = page.Max
		f.Cursor = storetest.Must[models.JobPage](b)(s.Jobs.Jobs(b.Context(), s.User.ID, f)).NextCursor
		f.Limit = 0
		return f
	}
	newest := models.JobFilter{Sort: models.JobSortCreated, Desc: true}
	for name, f := range map[string]models.JobFilter{
		"newest":      newest,
		"next":        middle(newest),
		"by-name":     middle(models.JobFilter{Sort: models.JobSortName}),
		"by-size":     middle(models.JobFilter{Sort: models.JobSortSize, Desc: true}),
		"in-state":    {Sort: newest.Sort, Desc: true, States: []models.State{models.StateQueued}},
		"search":      {Sort: newest.Sort, Desc: true, Search: "job_517"},
		"search-hash": {Sort: newest.Sort, Desc: true, Search: "abcdef"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				storetest.Must[models.JobPage](b)(s.Jobs.Jobs(b.Context(), s.User.ID, f))
			}
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			storetest.Must[map[models.State]int64](b)(s.Jobs.JobCounts(b.Context(), s.User.ID, models.JobFilter{}))
		}
	})
	b.Run("admission", func(b *testing.B) {
		s.Capacity(b, 10_000)
		start := time.Now()
		for b.Loop() {
			storetest.Must[[]uuid.UUID](b)(s.W.Admission.Admit(b.Context(), 10, 100))
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N), "µs/round")
	})
}
