package quota_test

import (
	"strings"
	"sync"
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// Files without bytes count against the plan, in one job and over all of them.
func TestPlansLimitFiles(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.Plan(t, models.Plan{Name: "Small", MaxFiles: new(100)})
	submit := func(files int) (models.Job, error) {
		m := storetest.Manifest(make([]int64, files)...)
		job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m})
		return job, err
	}
	_, err := submit(101)
	storetest.WantProblem(t, err, models.ProblemQuotaExceeded)
	if got := models.AsError(err).Message; !strings.Contains(got, "has 101 files; the plan Small allows 100 in total, and 0 are kept") {
		t.Errorf("got %q", got)
	}
	first := storetest.Must[models.Job](t)(submit(60))
	_, err = submit(41)
	storetest.WantProblem(t, err, models.ProblemQuotaExceeded)
	storetest.Must[models.Job](t)(submit(40))
	if got := storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.User.ID)).Files; got != 100 {
		t.Errorf("%d files count", got)
	}
	// a magnet's files are counted when they are known
	magnet := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.To(t, magnet.ID, models.StateResolving)
	storetest.WantProblem(t, b.W.Jobs.SaveManifest(ctx, magnet.ID, storetest.Manifest(0)), models.ProblemQuotaExceeded)
	b.To(t, first.ID, models.StateCancelled)
	storetest.Must[models.Job](t)(submit(60))
}

func TestFilesOfParallelSubmitsAreCounted(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.Plan(t, models.Plan{Name: "Small", MaxFiles: new(100)})
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			m := storetest.Manifest(make([]int64, 10)...)
			_, _, _ = b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m})
		})
	}
	wg.Wait()
	if got := storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.User.ID)).Files; got != 100 {
		t.Errorf("%d files are kept of 100", got)
	}
}
