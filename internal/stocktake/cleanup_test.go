package stocktake_test

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/stocktake"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// lookFor starts a cleanup and lets it look.
func (h *house) lookFor(r models.CleanupRequest) models.Cleanup {
	h.Helper()
	c := storetest.Must[models.Cleanup](h)(h.store.Stock.StartCleanup(h.Context(), admin, r))
	return storetest.Must[models.Cleanup](h)(h.taker.CleanUp(h.Context(), c.ID, nil))
}

// purge confirms what a cleanup found and lets it remove that.
func (h *house) purge(id uuid.UUID) models.Cleanup {
	h.Helper()
	storetest.Must[models.Cleanup](h)(h.store.Stock.ConfirmCleanup(h.Context(), admin, id))
	return storetest.Must[models.Cleanup](h)(h.taker.CleanUp(h.Context(), id, nil))
}

// items returns what became of what a cleanup found, by key and upload.
func (h *house) items(id uuid.UUID) map[string]models.CleanupItem {
	h.Helper()
	out := map[string]models.CleanupItem{}
	for cursor := ""; ; {
		items, next, err := h.store.Stock.CleanupItems(h.Context(), id, "", cursor, 3)
		storetest.OK(h, err)
		for _, i := range items {
			out[i.Key+" "+i.UploadID] = i
		}
		if cursor = next; next == "" {
			return out
		}
	}
}

// open opens an upload without a row and returns its key and id.
func (h *house) open() (key, id string) {
	h.Helper()
	key = models.File{JobID: uuid.New(), ID: uuid.New()}.Key()
	return key, storetest.Must[string](h)(h.bucket.CreateMultipart(h.Context(), key, "text/plain"))
}

// uploads returns the ids of the open uploads.
func (h *house) uploads() (ids []string) {
	h.Helper()
	storetest.OK(h, h.bucket.ListMultiparts(h.Context(), "jobs/", func(u objstore.Upload) error {
		ids = append(ids, u.ID)
		return nil
	}))
	return ids
}

// killer ends whoever works with the bucket at one call of an attempt: before or
// after it took effect.
type killer struct {
	stocktake.Bucket
	kill  context.CancelFunc
	calls *atomic.Int64 // left
	after bool
}

func (k killer) dies() bool { return k.calls.Add(-1) == 0 }

func (k killer) call(ctx context.Context, do func() error) error {
	dies := k.dies()
	if dies && !k.after {
		k.kill()
		return ctx.Err()
	}
	err := do()
	if dies {
		k.kill()
	}
	return err
}

// List implements stocktake.Bucket.
func (k killer) List(ctx context.Context, prefix string, fn func(objstore.Object) error) error {
	return k.Bucket.List(ctx, prefix, func(o objstore.Object) error { return k.call(ctx, func() error { return fn(o) }) })
}

// ListMultiparts implements stocktake.Bucket.
func (k killer) ListMultiparts(ctx context.Context, prefix string, fn func(objstore.Upload) error) error {
	return k.Bucket.ListMultiparts(ctx, prefix, func(u objstore.Upload) error { return k.call(ctx, func() error { return fn(u) }) })
}

// Delete implements stocktake.Bucket.
func (k killer) Delete(ctx context.Context, key string) error {
	return k.call(ctx, func() error { return k.Bucket.Delete(ctx, key) })
}

// AbortMultipart implements stocktake.Bucket.
func (k killer) AbortMultipart(ctx context.Context, key, id string) error {
	return k.call(ctx, func() error { return k.Bucket.AbortMultipart(ctx, key, id) })
}

// killedOften carries the cleanup on in attempts of which each is killed one call
// later than the one before, until one is not.
func (h *house) killedOften(id uuid.UUID) (c models.Cleanup, kills int) {
	h.Helper()
	for n := 1; n < 1000; n++ {
		ctx, kill := context.WithCancel(h.Context())
		calls := new(atomic.Int64)
		calls.Store(int64(n/2 + 1))
		_, err := h.takes(killer{h.bucket, kill, calls, n%2 == 0}).CleanUp(ctx, id, nil)
		alive := ctx.Err() == nil
		kill()
		if alive {
			storetest.OK(h, err)
			return storetest.Must[models.Cleanup](h)(h.store.Stock.Cleanup(h.Context(), id)), n - 1
		}
	}
	h.Fatal("the cleanup does not end")
	return c, 0
}

// Killed again and again, also between storage and row, a cleanup finds every
// orphan, removes each once it is confirmed, and touches nothing that lives. A
// second one finds nothing.
func TestOrphanHunt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, live := h.ready(3, 4, 5)
	hurt, files := h.ready(10, 20)
	storetest.OK(t, h.bucket.Delete(t.Context(), files[1].Key()))
	want := map[string]models.CleanupKind{files[1].Key() + " ": models.CleanupRow}
	for range 7 {
		want[h.orphan()+" "] = models.CleanupObject
	}
	for range 3 {
		key, id := h.open()
		want[key+" "+id] = models.CleanupUpload
	}
	h.sweep() // gives bucket and database a generation
	h.clock.Add(2 * time.Hour)
	young := models.CleanupRequest{Grace: 3 * time.Hour, Kinds: []models.CleanupKind{models.CleanupObject, models.CleanupUpload}}
	if c := h.lookFor(young); c.Total != 0 || c.State != models.CleanupDone {
		t.Errorf("what is within the grace: %+v", c)
	}

	c := storetest.Must[models.Cleanup](t)(h.store.Stock.StartCleanup(t.Context(), admin, models.CleanupRequest{}))
	c, looks := h.killedOften(c.ID)
	if c.State != models.CleanupFound || c.Total != int64(len(want)) || c.Bytes != 7*6+20 || looks == 0 {
		t.Errorf("after %d kills it found %+v", looks, c)
	}
	got := map[string]models.CleanupKind{}
	for key, item := range h.items(c.ID) {
		if got[key] = item.Kind; item.State != models.CleanupItemFound {
			t.Errorf("%s is %s before anyone confirmed it", key, item.State)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	for key, kind := range want {
		if kind == models.CleanupObject && !h.there(key[:len(key)-1]) {
			t.Errorf("%s was removed unconfirmed", key)
		}
	}

	storetest.Must[models.Cleanup](t)(h.store.Stock.ConfirmCleanup(t.Context(), admin, c.ID))
	c, removals := h.killedOften(c.ID)
	t.Logf("killed %d times while it looked and %d times while it removed", looks, removals)
	if c.State != models.CleanupDone || c.Removed != c.Total || c.Spared+c.Failed != 0 || c.RemovedBytes != 7*6 || removals < 4 {
		t.Errorf("after %d kills: %+v", removals, c)
	}
	for key, kind := range want {
		if kind == models.CleanupObject && h.there(key[:len(key)-1]) {
			t.Errorf("%s is left", key)
		}
	}
	if left := h.uploads(); len(left) != 0 {
		t.Errorf("uploads are left: %v", left)
	}
	for _, f := range append(live, files[0]) {
		if !h.there(f.Key()) {
			t.Errorf("live object %s was removed", f.Key())
		}
	}
	if got := h.files(hurt.ID); got[0].State != models.FileStored || got[1].State != models.FileLost || h.used() != 22 {
		t.Errorf("files are %s and %s; %d bytes used", got[0].State, got[1].State, h.used())
	}
	if n := h.report().Orphans.Count; n != 0 {
		t.Errorf("%d marks are left", n)
	}
	if c := h.lookFor(models.CleanupRequest{}); c.Total != 0 || c.State != models.CleanupDone || c.Scanned == 0 {
		t.Errorf("a second cleanup found %+v", c)
	}
	h.audited(c.ID)
}

// audited checks that the audit log tells each step of the cleanup with before and
// after.
func (h *house) audited(id uuid.UUID) {
	h.Helper()
	log := storetest.Must[[]models.AuditRecord](h)(h.store.Records.Audit(h.Context(), models.AuditFilter{Target: id.String()}))
	var got []models.AuditAction
	for _, e := range slices.Backward(log) {
		got = append(got, e.Action)
		if e.After == nil || e.Before == nil && e.Action != models.AuditCleanupStarted {
			h.Errorf("%s has before %v and after %v", e.Action, e.Before, e.After)
		}
	}
	if want := []models.AuditAction{models.AuditCleanupStarted, models.AuditCleanupConfirmed, models.AuditCleanupDone}; !slices.Equal(got, want) {
		h.Errorf("audited %v, want %v", got, want)
	}
}

// What changed between the list and the removal is spared, with the reason.
func TestWhatChangedIsSpared(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, files := h.ready(10, 20)
	storetest.OK(t, h.bucket.Delete(t.Context(), files[0].Key()))
	again, gone := h.orphan(), h.orphan()
	_, adopted := h.ready(6)
	storetest.Exec(t, `update files set state = 'skipped' where id = $1`, adopted[0].ID)
	h.sweep()
	h.clock.Add(2 * time.Hour)
	c := h.lookFor(models.CleanupRequest{})
	if c.Total != 4 {
		t.Fatalf("found %+v: %v", c, h.items(c.ID))
	}
	h.put(files[0].Key(), 10)
	h.put(again, 7)
	storetest.OK(t, h.bucket.Delete(t.Context(), gone))
	storetest.Exec(t, `update files set state = 'stored' where id = $1`, adopted[0].ID)
	if c = h.purge(c.ID); c.State != models.CleanupDone || c.Removed != 1 || c.Spared != 3 {
		t.Errorf("it ended as %+v", c)
	}
	items := h.items(c.ID)
	for key, why := range map[string]models.CleanupWhy{
		files[0].Key(): models.CleanupBack, again: models.CleanupChanged, adopted[0].Key(): models.CleanupHasRow, gone: "",
	} {
		if got := items[key+" "]; got.Why != why || got.ActedAt == nil {
			t.Errorf("%s: %s, %q, want %q", key, got.State, got.Why, why)
		}
	}
	if !h.there(files[0].Key()) || !h.there(again) || !h.there(adopted[0].Key()) {
		t.Error("something that changed was removed")
	}
}

// refuses is a bucket that removes nothing.
type refuses struct{ stocktake.Bucket }

// Delete implements stocktake.Bucket.
func (refuses) Delete(context.Context, string) error {
	return models.Fault(models.ProblemStorageFailing, "Storage refuses.")
}

// What storage refuses to remove is tried three times and holds up nothing.
func TestWhatStorageRefusesIsListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.orphan()
	h.open()
	h.sweep()
	h.clock.Add(2 * time.Hour)
	c := h.lookFor(models.CleanupRequest{})
	storetest.Must[models.Cleanup](t)(h.store.Stock.ConfirmCleanup(t.Context(), admin, c.ID))
	c, err := h.takes(refuses{h.bucket}).CleanUp(t.Context(), c.ID, nil)
	storetest.OK(t, err)
	if c.State != models.CleanupDone || c.Failed != 1 || c.Removed != 1 {
		t.Errorf("it ended as %+v", c)
	}
	if h.report().Orphans.Count != 1 {
		t.Error("the mark of what was not removed is gone")
	}
}

// While storage and database don't belong together nothing is removed, also if
// that begins after the confirmation.
func TestAPauseHaltsACleanup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sweep()
	restore := h.older()
	key := h.orphan()
	h.clock.Add(2 * time.Hour)
	h.sweep()
	c := h.lookFor(models.CleanupRequest{})
	storetest.Must[models.Cleanup](t)(h.store.Stock.ConfirmCleanup(t.Context(), admin, c.ID))
	restore()
	c, err := h.taker.CleanUp(t.Context(), c.ID, nil)
	storetest.OK(t, err)
	if c.State != models.CleanupStopped || c.Halted != models.PauseRestored || c.Removed != 0 || !h.there(key) {
		t.Errorf("it ended as %+v", c)
	}
}

// One cleanup is at work at a time, and one that was stopped removes nothing more.
func TestCleanupsAreStopped(t *testing.T) {
	t.Parallel()
	h, ctx := newHouse(t), t.Context()
	key := h.orphan()
	h.sweep()
	h.clock.Add(2 * time.Hour)
	c := storetest.Must[models.Cleanup](t)(h.store.Stock.StartCleanup(ctx, admin, models.CleanupRequest{}))
	_, err := h.store.Stock.StartCleanup(ctx, admin, models.CleanupRequest{})
	storetest.WantCode(t, err, models.CodeConflict)
	_, err = h.store.Stock.ConfirmCleanup(ctx, admin, c.ID)
	storetest.WantCode(t, err, models.CodeConflict)
	if sent := storetest.Drain(t, h.store); !slices.Contains(sent, "cleanup "+c.ID.String()) {
		t.Errorf("dispatched %v", sent)
	}
	quiet := storetest.Must[[]models.Cleanup](t)(h.work.Stock.OpenCleanups(ctx, h.clock.Now.Add(time.Minute)))
	if len(quiet) != 1 || quiet[0].ID != c.ID {
		t.Errorf("quiet: %v", quiet)
	}
	storetest.Must[models.Cleanup](t)(h.taker.CleanUp(ctx, c.ID, nil))
	storetest.Must[models.Cleanup](t)(h.store.Stock.ConfirmCleanup(ctx, admin, c.ID))
	for range 2 {
		c = storetest.Must[models.Cleanup](t)(h.store.Stock.StopCleanup(ctx, admin, c.ID))
	}
	if c = storetest.Must[models.Cleanup](t)(h.taker.CleanUp(ctx, c.ID, nil)); c.State != models.CleanupStopped || !h.there(key) {
		t.Errorf("after the stop: %+v", c)
	}
	if n := storetest.Must[int64](t)(h.work.Stock.PruneCleanups(ctx, h.clock.Now.Add(time.Minute))); n != 1 {
		t.Errorf("%d cleanups were pruned", n)
	}
}
