package stocktake_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// damaged returns the files that are listed as damaged.
func (h *house) damaged() (ids []uuid.UUID) {
	h.Helper()
	out, _, err := h.store.Stock.DamagedFiles(h.Context(), "", 10)
	storetest.OK(h, err)
	for _, f := range out {
		ids = append(ids, f.ID)
	}
	return ids
}

// reads starts a check of contents and lets it read.
func (h *house) reads(percent int64) models.ContentCheck {
	h.Helper()
	c := storetest.Must[models.ContentCheck](h)(h.store.Stock.StartContentCheck(h.Context(), admin, percent, models.MaxCheckRate))
	return storetest.Must[models.ContentCheck](h)(h.taker.ReadContents(h.Context(), c.ID, nil))
}

// A file whose bytes changed under the same size is found by its checksum, listed
// with its owner, and taken off when it is whole again.
func TestDamageIsFoundByChecksum(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, files := h.ready(300_000, 20, 7)
	storetest.Exec(t, `update files set crc32c = $1 where id = $2`, objstore.CRC32C(bytes.Repeat([]byte("x"), 300_000)), files[0].ID)
	if c := h.reads(100); c.State != models.CheckDone || c.Read != 3 || c.Bytes != 300_027 || c.Noted != 2 || c.Damaged+c.Unread != 0 {
		t.Errorf("at first: %+v", c)
	}
	other := bytes.Repeat([]byte("x"), 300_000)
	other[123_456] = 'y'
	storetest.OK(t, h.bucket.Put(t.Context(), files[0].Key(), other, ""))
	storetest.OK(t, h.bucket.Put(t.Context(), files[1].Key(), bytes.Repeat([]byte("y"), 20), ""))
	storetest.OK(t, h.bucket.Delete(t.Context(), files[2].Key()))
	if c := h.reads(100); c.Read != 2 || c.Damaged != 2 || c.Unread != 1 || c.Noted != 0 {
		t.Errorf("with two that are damaged and one that is gone: %+v", c)
	}
	list, _, err := h.store.Stock.DamagedFiles(t.Context(), "", 10)
	storetest.OK(t, err)
	if len(list) != 2 || list[0].Owner != h.user.Email || list[0].Name == "" || list[0].JobID != files[0].JobID {
		t.Errorf("listed %+v", list)
	}
	h.put(files[0].Key(), 300_000)
	h.reads(100)
	if got := h.damaged(); !slices.Equal(got, []uuid.UUID{files[1].ID}) {
		t.Errorf("listed %v after one was put back", got)
	}
	log := storetest.Must[[]models.AuditRecord](t)(h.store.Records.Audit(t.Context(), models.AuditFilter{Action: string(models.AuditCheckDone)}))
	if len(log) != 3 || log[0].Before == nil || log[0].After == nil {
		t.Errorf("audited %+v", log)
	}
}

// A check reads a share of the files, in attempts that are killed, and each file
// counts once.
func TestASampleIsReadOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sizes := make([]int64, 60)
	for i := range sizes {
		sizes[i] = 3
	}
	h.ready(sizes...)
	c := storetest.Must[models.ContentCheck](t)(h.store.Stock.StartContentCheck(t.Context(), admin, 50, models.MaxCheckRate))
	_, err := h.store.Stock.StartContentCheck(t.Context(), admin, 50, 0)
	storetest.WantCode(t, err, models.CodeConflict)
	for range 100 {
		ctx, kill := context.WithCancel(t.Context())
		c, err = h.taker.ReadContents(ctx, c.ID, func(now models.ContentCheck) bool {
			if now.Read > c.Read {
				kill()
			}
			return true
		})
		kill()
		if err == nil && c.State == models.CheckDone {
			break
		}
		c = storetest.Must[models.ContentCheck](t)(h.store.Stock.ContentCheck(t.Context(), c.ID))
	}
	if n := storetest.Count(t, `select count(*) from files where crc32c <> ''`); c.State != models.CheckDone || c.Read != int64(n) || c.Noted != c.Read || n < 10 || n > 50 {
		t.Errorf("%d of 60 files were read: %+v", n, c)
	}
}

// Checks are bounded, stopped and found when their workflow was lost.
func TestChecksOfContentsAreBoundedAndStopped(t *testing.T) {
	t.Parallel()
	h, ctx := newHouse(t), t.Context()
	h.ready(5)
	for _, bad := range [][2]int64{{0, 0}, {101, 0}, {5, 1}, {5, models.MaxCheckRate + 1}} {
		_, err := h.store.Stock.StartContentCheck(ctx, admin, bad[0], bad[1])
		storetest.WantCode(t, err, models.CodeInvalid)
	}
	c := storetest.Must[models.ContentCheck](t)(h.store.Stock.StartContentCheck(ctx, admin, 100, 0))
	if sent := storetest.Drain(t, h.store); !slices.Contains(sent, "check "+c.ID.String()) {
		t.Errorf("dispatched %v", sent)
	}
	if quiet := storetest.Must[[]models.ContentCheck](t)(h.work.Stock.OpenContentChecks(ctx, h.clock.Now.Add(time.Minute))); len(quiet) != 1 {
		t.Errorf("quiet: %v", quiet)
	}
	for range 2 {
		c = storetest.Must[models.ContentCheck](t)(h.store.Stock.StopContentCheck(ctx, admin, c.ID))
	}
	if c = storetest.Must[models.ContentCheck](t)(h.taker.ReadContents(ctx, c.ID, nil)); c.State != models.CheckStopped || c.Read != 0 {
		t.Errorf("after the stop: %+v", c)
	}
	if n := storetest.Must[int64](t)(h.work.Stock.PruneContentChecks(ctx, h.clock.Now.Add(time.Minute))); n != 1 {
		t.Errorf("%d checks were pruned", n)
	}
}

// Scheduled checks are off until an administrator turns them on, and one starts
// when the last is long enough ago.
func TestChecksOfContentsAreScheduled(t *testing.T) {
	t.Parallel()
	h, ctx := newHouse(t), t.Context()
	due := func() bool {
		t.Helper()
		started := storetest.Must[bool](t)(h.work.Stock.StartDueCheck(ctx))
		for _, c := range storetest.Must[[]models.ContentCheck](t)(h.work.Stock.OpenContentChecks(ctx, h.clock.Now.Add(time.Minute))) {
			storetest.Must[models.ContentCheck](t)(h.taker.ReadContents(ctx, c.ID, nil))
		}
		return started
	}
	if due() {
		t.Error("a check starts that nobody planned")
	}
	storetest.WantCode(t, h.store.Stock.PlanContentChecks(ctx, admin, 366, 5), models.CodeInvalid)
	storetest.WantCode(t, h.store.Stock.PlanContentChecks(ctx, admin, 7, 0), models.CodeInvalid)
	for range 2 {
		storetest.OK(t, h.store.Stock.PlanContentChecks(ctx, admin, 7, 20))
	}
	if !due() || due() {
		t.Error("not one check starts at once")
	}
	h.clock.Add(6 * 24 * time.Hour)
	if due() {
		t.Error("a check starts too early")
	}
	h.clock.Add(24 * time.Hour)
	if !due() {
		t.Error("no check starts after a week")
	}
	if last := storetest.Must[[]models.ContentCheck](t)(h.store.Stock.ContentChecks(ctx, 1)); last[0].Percent != 20 || last[0].ActorKind != models.ActorSystem {
		t.Errorf("the check is %+v", last[0])
	}
	log := storetest.Must[[]models.AuditRecord](t)(h.store.Records.Audit(ctx, models.AuditFilter{Action: string(models.AuditCheckPlanned)}))
	if len(log) != 1 || log[0].Before["days"] != 0.0 || log[0].After["days"] != 7.0 {
		t.Errorf("audited %+v", log)
	}
}
