package stocktake_test

import (
	"flag"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longhaul/internal/stocktake"
	"longhaul/internal/stocktake/stocktaketest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

var manyObjects = flag.Int("objects", 20_000, "how many objects TestManyObjects has; the figures of docs/performance.md are of 1000000")

// mostMemory is what comparing a bucket of any size with the database may take,
// with the server that makes up the bucket.
const mostMemory = 200 << 20

// manyFiles adds a job with a file for each object of the bucket.
func (h *house) manyFiles(n int) {
	h.Helper()
	conn, err := pgx.Connect(h.Context(), storetest.DSN(h.T))
	storetest.OK(h, err)
	for _, sql := range []string{
		`set session_replication_role = replica`, // as is not to look up every reference
		`insert into jobs (id, user_id, source_kind, name, state, state_since, reason_code, provider, created_at, updated_at, finished_at, quota_used)
			select ('00000000-0000-4000-a000-' || lpad(i::text, 12, '0'))::uuid, $2, 'url', 'job ' || i, 'ready', now(), 'ready', 'agent', now(), now(), now(), 100
			from generate_series(1, $1::int) i`,
		`insert into files (id, job_id, user_id, idx, path, size, part_size, content_type, state, etag, created_at, stored_at)
			select ('00000000-0000-4000-b000-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-4000-a000-' || lpad(i::text, 12, '0'))::uuid, $2, 0, 'file', 100,
				5242880, 'video/mp4', 'stored', 'e', now(), now()
			from generate_series(1, $1::int) i`,
		`insert into quota_usage (user_id, used, updated_at) values ($2, 100 * $1::bigint, now()) on conflict (user_id) do update set used = excluded.used`,
		`vacuum analyze`,
	} {
		args := []any{n, h.user.ID}
		if sql[0] != 'i' {
			args = nil
		}
		_, err := conn.Exec(h.Context(), sql, args...)
		storetest.OK(h, err)
	}
	storetest.OK(h, conn.Close(h.Context()))
}

// peak is the most memory that the process held while it was watched.
type peak struct {
	stop, done chan struct{}
	most       uint64
}

func watch() *peak {
	p := &peak{stop: make(chan struct{}), done: make(chan struct{})}
	runtime.GC()
	go func() {
		defer close(p.done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			p.most = max(p.most, m.Sys-m.HeapReleased)
			select {
			case <-p.stop:
				return
			case <-tick.C:
			}
		}
	}()
	return p
}

func (p *peak) end() uint64 {
	close(p.stop)
	<-p.done
	return p.most
}

// What a cleanup holds in memory does not depend on how many objects there are: it
// finds every orphan among all of them, and removes those alone.
func TestManyObjects(t *testing.T) {
	h := newHouse(t)
	bucket, client := stocktaketest.New(t, *manyObjects)
	h.manyFiles(*manyObjects)
	h.taker = h.takes(client)
	p, began := watch(), time.Now()
	c := h.lookFor(models.CleanupRequest{})
	looked, pages := time.Since(began), bucket.Pages()
	if want := int64(2 * bucket.Orphans()); c.State != models.CleanupFound || c.Total != want || c.Scanned < int64(2**manyObjects)-want {
		t.Fatalf("found %+v, want %d", c, want)
	}
	began = time.Now()
	c = h.purge(c.ID)
	removed := time.Since(began)
	if c.State != models.CleanupDone || c.Removed != c.Total || bucket.Deleted() != bucket.Orphans() {
		t.Errorf("it ended as %+v; %d objects were deleted", c, bucket.Deleted())
	}
	began = time.Now()
	swept, err := h.taker.Sweep(t.Context(), stocktake.SweepOptions{Grace: time.Hour, Keep: models.OrphanRetention})
	storetest.OK(t, err)
	if swept.Objects != 0 || swept.Scanned < *manyObjects-bucket.Orphans() {
		t.Errorf("afterwards a sweep found %+v", swept)
	}
	most := p.end()
	t.Logf("%d objects in %d pages: looked in %s, removed %d in %s, swept in %s, with at most %d MiB", *manyObjects, pages,
		looked.Round(time.Millisecond), c.Removed, removed.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), most>>20)
	if most > mostMemory {
		t.Errorf("it took %d MiB of memory, at most %d are allowed", most>>20, mostMemory>>20)
	}
}
