package activities_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/app/plug"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// dying is storage whose caller dies at the removal of an object: before it takes
// effect, or right after.
type dying struct {
	activities.SweepStorage
	after bool
}

func (d dying) Delete(ctx context.Context, key string) error {
	if d.after {
		if err := d.SweepStorage.Delete(ctx, key); err != nil {
			return err
		}
	}
	return errors.New("killed")
}

// keys returns which of the job's files have an object.
func (d *downloaded) keys() (out []int) {
	d.Helper()
	for i, f := range d.files {
		if _, err := d.objects.Get(d.Context(), f.Key(), "", 0, -1); err == nil {
			out = append(out, i)
		} else if models.CodeOf(err) != models.CodeNotFound {
			d.Fatal(err)
		}
	}
	return out
}

// A file whose time in the trash is over loses its object and nothing else does,
// wherever the worker dies meanwhile: what it left behind, the sweep finds.
func TestDeletedFilesLeaveStorage(t *testing.T) {
	t.Parallel()
	for name, storage := range map[string]func(activities.SweepStorage) activities.SweepStorage{
		"undisturbed":                       func(s activities.SweepStorage) activities.SweepStorage { return s },
		"killed before the object is gone":  func(s activities.SweepStorage) activities.SweepStorage { return dying{s, false} },
		"killed before the row says it is":  func(s activities.SweepStorage) activities.SweepStorage { return dying{s, true} },
		"killed before anything is removed": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDownloaded(t)
			storetest.Must[activities.FinalizeResult](t)(d.finalize())
			clock := storetest.FakeClock(d.store)
			d.store.Jobs.TrashFor = time.Hour
			storetest.Must[models.Deletion](t)(d.store.Jobs.DeleteFile(t.Context(), d.user.ID, d.job.ID, d.files[0].ID, false))
			r := &runner{}
			act := d.sweeps()
			act.Runner, act.Now = r, d.store.DB.Now
			sweep := func() (res activities.TrashResult) {
				t.Helper()
				v, err := env(act).ExecuteActivity(act.SweepTrash, activities.RepairInput{Quiet: time.Minute})
				if err != nil || v.Get(&res) != nil {
					t.Fatal(err)
				}
				return res
			}
			if res := sweep(); res.Files != 0 || len(d.keys()) != 3 {
				t.Errorf("it went too early: %+v", res)
			}
			clock.Add(time.Hour)
			if res := sweep(); res.Files != 1 || res.Purged != 0 {
				t.Errorf("swept: %+v", res)
			}
			if storage != nil {
				first := &activities.Sweeps{Store: plug.Sweeps(d.work), Objects: storage(d.objects), Now: time.Now}
				_, _ = env(first).ExecuteActivity(first.PurgeJob, activities.JobInput{JobID: d.job.ID})
			}
			clock.Add(2 * time.Minute)
			if res := sweep(); name != "undisturbed" && (res.Purged != 1 || !slices.Equal(r.purged, []uuid.UUID{d.job.ID})) {
				t.Errorf("the repair: %+v, %v", res, r.purged)
			}
			_, err := env(act).ExecuteActivity(act.PurgeJob, activities.JobInput{JobID: d.job.ID})
			storetest.OK(t, err)
			if got := d.keys(); !slices.Equal(got, []int{1, 2}) {
				t.Errorf("objects that are left: %v", got)
			}
			if res := sweep(); res.Purged != 0 {
				t.Errorf("nothing is left to do, and yet: %+v", res)
			}
			if got := d.bench.job(d.job.ID); got.State != models.StateReady || got.FileCount != 2 {
				t.Errorf("the job: %+v", got)
			}
		})
	}
}
