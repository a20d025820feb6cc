package stocktake_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestOrphansAreMarkedFirstAndRemovedAfterAWeek(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, files := h.ready(5)
	key := h.orphan()
	if res := h.sweep(); res.Objects != 1 || res.Removed != 0 || !h.there(key) {
		t.Errorf("the first sweep: %+v, there %v", res, h.there(key))
	}
	r := h.report()
	if r.Orphans != (models.Amount{Count: 1, Bytes: 6}) || r.NextPurge == nil || !r.NextPurge.Equal(h.clock.Now.Add(models.OrphanRetention)) {
		t.Errorf("report %+v", r)
	}
	h.clock.Add(models.OrphanRetention - time.Hour)
	if res := h.sweep(); res.Removed != 0 || !h.there(key) {
		t.Errorf("an hour early: %+v", res)
	}
	h.clock.Add(time.Hour)
	if res := h.sweep(); res.Removed != 1 || h.there(key) {
		t.Errorf("after a week: %+v", res)
	}
	if r := h.report(); r.Orphans != (models.Amount{}) || !h.there(files[0].Key()) {
		t.Errorf("afterwards: %+v", r)
	}
}

// A key whose row returns, as when a newer dump is restored, and an object that is
// written again are not removed for what they were.
func TestMarksEndWithTheirReason(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	job, files := h.ready(5)
	again := h.orphan()
	storetest.Exec(t, `update files set id = gen_random_uuid() where id = $1`, files[0].ID)
	if res := h.sweep(); res.Objects != 2 {
		t.Fatalf("swept %+v", res)
	}
	storetest.Exec(t, `update files set id = $1 where job_id = $2`, files[0].ID, job.ID)
	h.clock.Add(models.OrphanRetention)
	storetest.Exec(t, `update orphans set modified_at = modified_at - interval '1 hour' where key = $1`, again)
	if res := h.sweep(); res.Removed != 0 || !h.there(files[0].Key()) || !h.there(again) {
		t.Errorf("swept %+v", res)
	}
	if r := h.report(); r.Orphans.Count != 1 || !r.NextPurge.Equal(h.clock.Now.Add(models.OrphanRetention)) {
		t.Errorf("marks: %+v, next %v", r.Orphans, r.NextPurge)
	}
}

// After the restore of a backup, marks of the dump may be due at once.
func TestMarkingRemovesNothingThatIsDue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ready(5)
	key := h.orphan()
	h.sweep()
	was := *h.report().Generation
	h.clock.Add(models.OrphanRetention)
	storetest.OK(t, h.store.Stock.Restored(t.Context(), admin, map[string]any{"backup": "x"}))
	res, err := h.taker.Mark(t.Context(), guarded)
	if err != nil || res.Objects != 1 || res.Removed != 0 || *h.report().Generation != was {
		t.Errorf("marked %+v, %v, generation moved: %v", res, err, *h.report().Generation != was)
	}
	if res := h.sweep(); res.Removed != 0 || !h.there(key) {
		t.Errorf("the sweep after it: %+v", res)
	}
	h.clock.Add(models.OrphanRetention)
	if res := h.sweep(); res.Removed != 1 {
		t.Errorf("a week later: %+v", res)
	}
	if n := storetest.Count(t, `select count(*) from audit_log where action = 'storage.restore'`); n != 1 {
		t.Errorf("%d entries in the audit log", n)
	}
}

func TestARestoredDumpPausesDeletion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ready(5)
	h.taker.Note = func(_ context.Context, text string) error { h.notes = append(h.notes, text); return nil }
	h.sweep()
	restore := h.older()
	job, files := h.ready(7)
	h.clock.Add(time.Hour)
	h.sweep()
	restore(job.ID)

	for range 3 {
		h.clock.Add(2 * models.OrphanRetention)
		if res := h.sweep(); res.Paused != models.PauseRestored || res.Objects != 1 || res.Removed != 0 || !h.there(files[0].Key()) {
			t.Fatalf("after the restore: %+v", res)
		}
	}
	if why, err := h.taker.Pause(t.Context()); err != nil || why != models.PauseRestored {
		t.Errorf("expiry may run: %q, %v", why, err)
	}
	r := h.report()
	if r.Paused != models.PauseRestored || r.PausedAt == nil || r.Orphans.Count != 1 || len(h.notes) == 0 || h.notes[0] == "" {
		t.Errorf("report %+v, notes %q", r, h.notes)
	}
	c := h.lookFor(models.CleanupRequest{})
	if _, err := h.store.Stock.ConfirmCleanup(t.Context(), admin, c.ID); models.CodeOf(err) != models.CodeConflict || c.Total == 0 {
		t.Errorf("%d orphans could be removed meanwhile: %v", c.Total, err)
	}

	storetest.OK(t, h.store.Stock.AcceptStorage(t.Context(), admin))
	if res := h.sweep(); res.Paused != "" || res.Removed != 0 || !h.there(files[0].Key()) {
		t.Errorf("after the acceptance: %+v", res)
	}
	if r := h.report(); r.Paused != "" || !r.NextPurge.Equal(h.clock.Now.Add(models.OrphanRetention)) {
		t.Errorf("the orphans got no new week: %+v, next %v", r.StorageState, r.NextPurge)
	}
	if last := h.notes[len(h.notes)-1]; last != "" {
		t.Errorf("the note stays: %q", last)
	}
	h.clock.Add(models.OrphanRetention)
	if res := h.sweep(); res.Removed != 1 {
		t.Errorf("a week later: %+v", res)
	}
	if err := h.store.Stock.AcceptStorage(t.Context(), admin); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("accepted without a reason: %v", err)
	}
}

// What an administrator accepted is what was seen, not what came after it.
func TestAcceptanceIsForWhatWasSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sweep()
	storetest.OK(t, h.bucket.PutGeneration(t.Context(), models.Generation{BucketID: *h.report().BucketID, Value: h.taker.NewID()}))
	if res := h.sweep(); res.Paused != models.PauseRestored {
		t.Fatalf("swept %+v", res)
	}
	storetest.OK(t, h.store.Stock.AcceptStorage(t.Context(), admin))
	storetest.OK(t, h.bucket.PutGeneration(t.Context(), models.Generation{BucketID: *h.report().BucketID, Value: h.taker.NewID()}))
	if res := h.sweep(); res.Paused != models.PauseRestored {
		t.Errorf("a second restore went with the first acceptance: %+v", res)
	}
}

func TestAnotherBucketPausesDeletion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, files := h.ready(5)
	h.sweep()
	other := objstoretest.Bucket(t)
	storetest.OK(t, other.PutGeneration(t.Context(), models.Generation{BucketID: h.taker.NewID(), Value: h.taker.NewID()}))
	for name, bucket := range map[string]*objstore.Client{"empty": objstoretest.Bucket(t), "of another installation": other} {
		taker := h.takes(bucket)
		res, err := taker.Sweep(t.Context(), guarded)
		if err != nil || res.Paused != models.PauseOtherBucket {
			t.Errorf("%s: swept %+v, %v", name, res, err)
		}
		checked, err := taker.Check(t.Context(), unlimited)
		if err != nil || checked.Paused != models.PauseOtherBucket || checked.Lost != 0 || h.files(files[0].JobID)[0].State != models.FileStored {
			t.Errorf("%s: checked %+v, %v", name, checked, err)
		}
	}
	if res := h.sweep(); res.Paused != "" || h.report().Paused != "" {
		t.Errorf("back at its own bucket: %+v", res)
	}
}

func TestANewDatabaseDoesNotTakeAUsedBucket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.orphan()
	storetest.OK(t, h.bucket.PutGeneration(t.Context(), models.Generation{BucketID: h.taker.NewID(), Value: h.taker.NewID()}))
	for range 2 {
		h.clock.Add(models.OrphanRetention)
		if res := h.sweep(); res.Paused != models.PauseOtherBucket || !h.there(key) {
			t.Errorf("swept %+v", res)
		}
	}
}

// dyingBucket dies before or after it wrote the generation.
type dyingBucket struct {
	*objstore.Client
	writes bool
}

var errDied = errors.New("died")

// PutGeneration implements stocktake.Bucket.
func (b dyingBucket) PutGeneration(ctx context.Context, g models.Generation) error {
	if b.writes {
		if err := b.Client.PutGeneration(ctx, g); err != nil {
			return err
		}
	}
	return errDied
}

func TestACrashBetweenTheTwoWritesIsNoDifference(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ first, writes bool }{
		"before the first write": {true, false}, "after the first write": {true, true}, "before a write": {false, false}, "after a write": {false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if !c.first {
				h.sweep()
			}
			if _, err := h.takes(dyingBucket{h.bucket, c.writes}).Sweep(t.Context(), guarded); !errors.Is(err, errDied) {
				t.Fatal(err)
			}
			for range 3 {
				h.clock.Add(time.Hour)
				if res := h.sweep(); res.Paused != "" {
					t.Errorf("swept %+v", res)
				}
			}
			was := *h.report().Generation
			h.clock.Add(time.Hour)
			h.sweep()
			if now := *h.report().Generation; now == was {
				t.Error("the generation stays")
			}
		})
	}
}

func TestALargeShareIsRefusedUntilConfirmed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ready(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)
	var keys []string
	for range 11 {
		keys = append(keys, h.orphan())
	}
	h.sweep()
	h.clock.Add(models.OrphanRetention)
	if res := h.sweep(); res.Refused != 11 || res.Removed != 0 || !h.there(keys[0]) || h.report().RefusedOrphans != 11 {
		t.Fatalf("swept %+v", res)
	}
	c := h.lookFor(models.CleanupRequest{})
	late := h.orphan()
	if c = h.purge(c.ID); c.Removed != 11 || c.RemovedBytes != 66 || !h.there(late) {
		t.Errorf("cleaned up %+v, what came later is there: %v", c, h.there(late))
	}
	if res := h.sweep(); res.Refused != 0 || res.Removed != 0 || h.report().RefusedOrphans != 0 {
		t.Errorf("swept %+v", res)
	}
	for _, key := range keys {
		if h.there(key) {
			t.Errorf("%s is left", key)
		}
	}
}

func TestASweepRemovesNoMoreThanItsCap(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		h.orphan()
	}
	o := guarded
	o.Keep, o.Cap = 0, 2
	if res, err := h.taker.Sweep(t.Context(), o); err != nil || res.Removed != 2 || !res.Capped {
		t.Errorf("swept %+v, %v", res, err)
	}
	if res, err := h.taker.Sweep(t.Context(), o); err != nil || res.Removed != 1 || res.Capped {
		t.Errorf("swept %+v, %v", res, err)
	}
}
