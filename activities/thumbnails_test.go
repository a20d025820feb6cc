package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A thumbnail leaves storage with its file, and when the file is blocked, wherever
// the worker dies meanwhile; that of a file in the trash stays.
func TestThumbnailsGoWithTheirFiles(t *testing.T) {
	t.Parallel()
	d := newDownloadedIn(t, objstoretest.Bucket(t))
	storetest.Must[activities.FinalizeResult](t)(d.finalize())
	ctx, stranger := t.Context(), uuid.New()
	put := func(id uuid.UUID) {
		storetest.OK(t, d.objects.Put(ctx, models.ThumbnailKey(id), []byte("x"), "image/jpeg"))
	}
	for _, f := range d.files {
		storetest.Must[models.Thumbnail](t)(d.store.Files.TryThumbnail(ctx, d.user.ID, f.ID))
		put(f.ID)
		storetest.OK(t, d.store.Files.EndThumbnail(ctx, d.user.ID, f.ID, models.ThumbnailMade))
	}
	put(stranger) // whoever made it died before it had a row
	there := func(id uuid.UUID) bool {
		t.Helper()
		_, err := d.objects.Head(ctx, models.ThumbnailKey(id))
		if err != nil && !models.IsNotFound(err) {
			t.Fatal(err)
		}
		return err == nil
	}
	now := time.Now()
	sweep := func(storage activities.SweepStorage) (res activities.ThumbnailsResult, err error) {
		act := d.sweeps()
		act.Objects, act.Now = storage, func() time.Time { return now }
		v, err := env(act).ExecuteActivity(act.SweepThumbnails)
		if err == nil {
			err = v.Get(&res)
		}
		return res, err
	}
	if res := storetest.Must[activities.ThumbnailsResult](t)(sweep(d.objects)); res.Removed != 0 || !there(stranger) {
		t.Errorf("what is young was removed: %+v", res)
	}
	now = now.Add(time.Hour)
	storetest.Exec(t, `update files set state = 'trashed', trashed_at = now(), trash_until = now() + interval '1 day' where id = $1`, d.files[0].ID)
	storetest.Exec(t, `update files set blocked = true where id = $1`, d.files[1].ID)
	if _, err := sweep(dying{d.objects, false}); err == nil {
		t.Fatal("the worker didn't die")
	}
	if !there(stranger) || !there(d.files[1].ID) {
		t.Error("something went before the worker died")
	}
	if _, err := sweep(dying{d.objects, true}); err == nil {
		t.Fatal("the worker didn't die")
	}
	storetest.Must[activities.ThumbnailsResult](t)(sweep(d.objects))
	if there(stranger) || there(d.files[1].ID) {
		t.Error("the thumbnail of a blocked file, or of none, is there")
	}
	for _, i := range []int{0, 2} {
		if !there(d.files[i].ID) {
			t.Errorf("the thumbnail of file %d is gone", i)
		}
	}
	_, err := d.store.Files.TryThumbnail(ctx, d.user.ID, d.files[1].ID)
	if !models.IsNotFound(err) {
		t.Errorf("a blocked file is tried: %v", errors.Unwrap(err))
	}
	storetest.Exec(t, `update jobs set delete_at = now() where id = $1`, d.job.ID)
	storetest.OK(t, d.work.Jobs.DeleteJobRows(ctx, d.job.ID))
	storetest.Must[activities.ThumbnailsResult](t)(sweep(d.objects))
	for _, f := range d.files {
		if there(f.ID) {
			t.Error("a thumbnail outlives its job")
		}
	}
}
