package stock_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

var manyJobs = flag.Int("jobs", 20_000, "how many jobs TestStorageListsAreReadByIndex lists")

// fill adds n ready jobs with a file each, of a thousand owners: some are lost, and
// some expire soon. As many objects have no row.
func fill(t testing.TB, n int) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, storetest.DSN(t))
	storetest.OK(t, err)
	run := func(sql string, args ...any) {
		t.Helper()
		_, err := conn.Exec(ctx, sql, args...)
		storetest.OK(t, err)
	}
	run(`insert into users (id, email, password_hash, role, created_at)
		select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'user' || i || '@example.com', 'x', 'user', now() from generate_series(0, 999) i`)
	run("set session_replication_role = replica") // as is not to look up every reference
	run(`insert into jobs (id, user_id, source_kind, name, state, state_since, reason_code, provider, created_at, updated_at, finished_at, quota_used, deadline)
		select ('00000000-0000-4000-a000-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-4000-8000-' || lpad((i % 1000)::text, 12, '0'))::uuid, 'url',
			'job ' || i, 'ready', now(), 'ready', 'agent', now() - i * interval '10 seconds', now(), now(), i::bigint * 7919 % 1000003, now() + (i % 300) * interval '1 day'
		from generate_series(1, $1::int) i`, n)
	run(`insert into files (id, job_id, user_id, idx, path, size, part_size, content_type, state, created_at, stored_at)
		select ('00000000-0000-4000-b000-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-4000-a000-' || lpad(i::text, 12, '0'))::uuid,
			('00000000-0000-4000-8000-' || lpad((i % 1000)::text, 12, '0'))::uuid, 0, 'file', i::bigint * 7919 % 1000003, 5242880,
			(array['video/mp4', 'audio/mpeg', 'application/zip', 'image/png', 'text/plain', 'application/octet-stream'])[1 + i % 6],
			case when i % 100 = 0 then 'lost' else 'stored' end, now(), now() - (i % 500) * interval '1 day'
		from generate_series(1, $1::int) i`, n)
	run(`insert into orphans (key, size, modified_at, first_seen, last_seen, purge_after)
		select 'jobs/' || md5(i::text) || '/x', 10, now(), now(), now(), now() + interval '7 days' from generate_series(1, $1::int) i`, n)
	run(`insert into storage_cleanups (id, actor_kind, kinds, grace, state, created_at, updated_at, total)
		values ('00000000-0000-4000-c000-000000000000', 'console', '["object"]', 1, 'found', now(), now(), $1)`, n)
	run(`insert into storage_cleanup_items (cleanup_id, kind, key, size, modified_at, state)
		select '00000000-0000-4000-c000-000000000000', 'object', 'jobs/' || md5(i::text) || '/x', 10, now(), case when i % 50 = 0 then 'spared' else 'removed' end
		from generate_series(1, $1::int) i`, n)
	run("vacuum analyze")
	storetest.OK(t, conn.Close(ctx))
}

// explained collects the plan of every statement that reads.
func explained(t *testing.T, b *storetest.World) *[]string {
	t.Helper()
	plans := &[]string{}
	err := b.DB.Conn(t.Context()).Callback().Query().After("gorm:query").Register("explain", func(tx *gorm.DB) { explain(t, b, tx, plans) })
	storetest.OK(t, err)
	storetest.OK(t, b.DB.Conn(t.Context()).Callback().Row().After("gorm:row").Register("explain", func(tx *gorm.DB) { explain(t, b, tx, plans) }))
	return plans
}

func explain(t *testing.T, b *storetest.World, tx *gorm.DB, plans *[]string) {
	t.Helper()
	query := tx.Explain(tx.Statement.SQL.String(), tx.Statement.Vars...)
	if strings.HasPrefix(query, "explain") {
		return
	}
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	storetest.OK(t, err)
	rows, err := conn.Query(t.Context(), "explain "+query)
	storetest.OK(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	storetest.OK(t, err)
	*plans = append(*plans, query+"\n"+strings.Join(lines, "\n"))
	storetest.OK(t, conn.Close(t.Context()))
}

// Every list of the Storage page reads by an index what it shows, on the first
// page and on the next, in at most 300 ms.
func TestStorageListsAreReadByIndex(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	fill(t, *manyJobs)
	began := time.Now()
	total := storetest.Must[models.Amount](t)(b.W.Stock.SumUp(ctx))
	t.Logf("%d files are summed up in %s", total.Count, time.Since(began).Round(time.Millisecond))
	cleanup := uuid.MustParse("00000000-0000-4000-c000-000000000000")
	lists := map[string]func(cursor string) (n int, next string, err error){
		"users": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.StorageUsers(ctx, cursor, 50)
			return len(out), next, err
		},
		"expiries": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.StorageExpiries(ctx, cursor, 50)
			return len(out), next, err
		},
		"large jobs": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.LargeJobs(ctx, cursor, 50)
			return len(out), next, err
		},
		"orphans": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.Orphans(ctx, cursor, 50)
			return len(out), next, err
		},
		"lost files": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.LostFiles(ctx, cursor, 50)
			return len(out), next, err
		},
		"what a cleanup found": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.CleanupItems(ctx, cleanup, "", cursor, 50)
			return len(out), next, err
		},
		"what a cleanup spared": func(cursor string) (int, string, error) {
			out, next, err := b.Stock.CleanupItems(ctx, cleanup, models.CleanupItemSpared, cursor, 50)
			return len(out), next, err
		},
	}
	for name, list := range lists { // before their statements are explained, which takes time
		cursor := ""
		for page := range 2 {
			began := time.Now()
			n, next, err := list(cursor)
			took := time.Since(began)
			storetest.OK(t, err)
			if cursor = next; n != 50 || next == "" {
				t.Errorf("%s: page %d has %d rows", name, page, n)
			}
			t.Logf("%s, page %d: %s", name, page, took.Round(10*time.Microsecond))
		}
	}
	plans := explained(t, b)
	for name, list := range lists {
		*plans = nil
		_, next, err := list("")
		storetest.OK(t, err)
		_, _, err = list(next)
		storetest.OK(t, err)
		if len(*plans) < 2 {
			t.Errorf("%s: %d plans were looked at", name, len(*plans))
		}
		for _, plan := range *plans {
			for _, large := range []string{"jobs", "files", "orphans", "storage_cleanup_items", "storage_users"} {
				if strings.Contains(plan, "Seq Scan on "+large) {
					t.Errorf("%s: %s", name, plan)
				}
			}
		}
	}
}

// Sums follow what is stored, and owners of nothing are forgotten.
func TestStorageIsSummedUp(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	b.Plan(t, models.Plan{RetentionDays: ptr(20)})
	first := b.Submit(t, 100, 30)
	b.Finish(t, first.ID)
	storetest.Exec(t, `update files set content_type = 'video/mp4' where size = 100`)
	storetest.Must[int64](t)(b.W.Jobs.AnnounceExpiry(ctx))
	if total := storetest.Must[models.Amount](t)(b.W.Stock.SumUp(ctx)); total != (models.Amount{Count: 2, Bytes: 130}) {
		t.Errorf("summed up %+v", total)
	}
	s := storetest.Must[models.StorageSums](t)(b.Stock.StorageSums(ctx))
	if want := []models.StorageShare{{Kind: "type", Name: "video", Files: 1, Bytes: 100}, {Kind: "type", Name: "other", Files: 1, Bytes: 30}}; !slices.Equal(s.Types, want) {
		t.Errorf("types %+v", s.Types)
	}
	if want := []models.StorageShare{{Kind: "age", Name: "day", Files: 2, Bytes: 130}}; !slices.Equal(s.Ages, want) || len(s.Days) != 1 || s.Days[0].Bytes != 130 {
		t.Errorf("ages %+v, days %+v", s.Ages, s.Days)
	}
	due, _, err := b.Stock.StorageExpiries(ctx, "", 10)
	storetest.OK(t, err)
	if len(due) != 1 || due[0].UserID != b.User.ID || due[0].WeekJobs != 0 || due[0].MonthJobs != 1 || due[0].MonthBytes != 130 {
		t.Errorf("expiries %+v", due)
	}

	clock.Add(15 * 24 * time.Hour)
	storetest.OK(t, b.W.Stock.Swept(ctx, models.Amount{Count: 9, Bytes: 900}, 0))
	storetest.Must[models.Amount](t)(b.W.Stock.SumUp(ctx))
	s = storetest.Must[models.StorageSums](t)(b.Stock.StorageSums(ctx))
	if len(s.Days) != 2 || s.Ages[0].Name != "month" || s.Days[1].BucketObjects == nil || *s.Days[1].BucketObjects != 9 {
		t.Errorf("two weeks later: ages %+v, days %+v", s.Ages, s.Days)
	}
	if due, _, err = b.Stock.StorageExpiries(ctx, "", 10); err != nil || due[0].WeekJobs != 1 || due[0].WeekBytes != 130 {
		t.Errorf("expiries two weeks later %+v, %v", due, err)
	}
	storetest.Exec(t, `update files set state = 'pending', stored_at = null`)
	storetest.Must[models.Amount](t)(b.W.Stock.SumUp(ctx))
	users, _, err := b.Stock.StorageUsers(ctx, "", 10)
	if s = storetest.Must[models.StorageSums](t)(b.Stock.StorageSums(ctx)); err != nil || len(users) != 0 || len(s.Types)+len(s.Ages) != 0 || s.Bytes != 0 {
		t.Errorf("of nothing: %+v, %+v, %v", users, s, err)
	}
}

func ptr[T any](v T) *T { return &v }

// A cursor fits only the list that it came from.
func TestStorageCursorsFitTheirList(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	storetest.Exec(t, `insert into orphans (key, upload_id, size, modified_at, first_seen, last_seen, purge_after)
		select 'jobs/' || i % 2, 'u:' || i, 1, now(), now(), now(), now() from generate_series(1, 5) i`)
	seen := map[string]bool{}
	cursor := ""
	for range 3 {
		out, next, err := b.Stock.Orphans(ctx, cursor, 2)
		storetest.OK(t, err)
		for _, o := range out {
			seen[fmt.Sprint(o.Key, o.UploadID)] = true
		}
		if _, _, err := b.Stock.StorageUsers(ctx, next, 2); next != "" && models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("another list takes the cursor: %v", err)
		}
		cursor = next
	}
	if len(seen) != 5 || cursor != "" {
		t.Errorf("saw %v, then %q", seen, cursor)
	}
}
