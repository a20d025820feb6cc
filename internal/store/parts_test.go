package store_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const partSize = models.MinPartSize

func part(index, number int, size int64) models.PartReport {
	return models.PartReport{Index: index, Part: models.Part{Number: number, Size: size, CRC32C: "AAAAAA==", ETag: fmt.Sprintf("e%d", number)}}
}

func TestParts(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 2*partSize+5, 10)
	save := func(parts ...models.PartReport) error {
		return b.SaveParts(ctx, b.agent.ID, job.ID, p.Epoch, parts)
	}
	for range 2 {
		ok(t, save(part(0, 3, 5), part(0, 1, partSize), part(0, 1, partSize), part(1, 1, 10)))
	}
	for _, bad := range []models.PartReport{
		part(0, 3, 6), part(0, 2, 5), part(0, 4, 1), part(0, 0, partSize), part(0, -1, partSize), part(1, 1, 9), part(1, 2, 10),
		part(0, 1, 0), part(7, 1, 1),
	} {
		wantCode(t, save(part(0, 2, partSize), bad), models.CodeInvalid)
	}
	files := must[[]models.FileParts](t)(b.w.FilesToFinalize(ctx, job.ID))
	if len(files) != 2 || len(files[0].Parts) != 2 || files[0].Parts[0].Number != 1 || files[0].Parts[1].Number != 3 || len(files[1].Parts) != 1 {
		t.Errorf("got %+v", files)
	}
	targets := must[map[int]models.File](t)(b.UploadTargets(ctx, b.agent.ID, job.ID, p.Epoch, []int{1}))
	if len(targets) != 1 || targets[1].ID != p.Files[1].ID {
		t.Errorf("targets %+v", targets)
	}
	_, err := b.UploadTargets(ctx, b.agent.ID, job.ID, p.Epoch, []int{1, 2})
	wantCode(t, err, models.CodeInvalid)
}

func TestStaleAttemptsAreRefused(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	stranger := storetest.Agent(t, b.Store, 10)
	job, old := b.running(t, -1)
	next, err := b.place(t, job.ID)
	ok(t, err)
	stale := []struct {
		agent uuid.UUID
		job   uuid.UUID
		epoch int64
	}{
		{b.agent.ID, job.ID, old.Epoch}, {b.agent.ID, job.ID, next.Epoch + 1}, {stranger.ID, job.ID, next.Epoch}, {b.agent.ID, uuid.New(), 1},
	}
	for _, s := range stale {
		_, err := b.UploadTargets(ctx, s.agent, s.job, s.epoch, []int{0})
		wantProblem(t, err, models.ProblemSuperseded)
		err = b.SaveParts(ctx, s.agent, s.job, s.epoch, []models.PartReport{part(0, 1, 1)})
		wantProblem(t, err, models.ProblemSuperseded)
		wantProblem(t, b.SetFileSizes(ctx, s.agent, s.job, s.epoch, map[int]int64{0: 1}), models.ProblemSuperseded)
	}
	ok(t, b.SaveParts(ctx, b.agent.ID, job.ID, next.Epoch, []models.PartReport{part(0, 1, 1)}))
	ok(t, b.w.EndAttempt(ctx, job.ID, next.Epoch, models.AttemptSuperseded, models.Reason{}))
	_, err = b.UploadTargets(ctx, b.agent.ID, job.ID, next.Epoch, []int{0})
	wantProblem(t, err, models.ProblemSuperseded)
}

// TestFencingRace holds that no part of an attempt is accepted after the
// placement that superseded it: what the new placement lists is all there is.
func TestFencingRace(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for range 10 {
		job, old := b.running(t, 40*partSize)
		accepted := make(chan int, 40)
		var wg sync.WaitGroup
		for n := 1; n <= 40; n++ {
			wg.Go(func() {
				if b.SaveParts(ctx, b.agent.ID, job.ID, old.Epoch, []models.PartReport{part(0, n, partSize)}) == nil {
					accepted <- n
				}
			})
		}
		next, err := b.place(t, job.ID)
		ok(t, err)
		wg.Wait()
		if known := len(next.Parts[next.Files[0].ID]); known != len(accepted) {
			t.Errorf("the placement knew of %d parts, %d were accepted", known, len(accepted))
		}
	}
}

func TestUploadIDs(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 3*partSize)
	f := p.Files[0]
	winners := make(chan string, 10)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			current, err := b.SetUploadID(ctx, f.ID, fmt.Sprintf("upload-%d", i))
			if err != nil {
				t.Errorf("set: %v", err)
			}
			winners <- current
		})
	}
	wg.Wait()
	close(winners)
	first := <-winners
	for w := range winners {
		if w != first {
			t.Errorf("two uploads of one file: %s and %s", first, w)
		}
	}
	if open := must[map[string]string](t)(b.w.OpenUploads(ctx)); len(open) != 1 || open[first] != f.Key() {
		t.Errorf("open: %v", open)
	}
	ok(t, b.SaveParts(ctx, b.agent.ID, job.ID, p.Epoch, []models.PartReport{part(0, 1, partSize)}))
	if old := must[string](t)(b.ResetUpload(ctx, f.ID, "")); old != "" {
		t.Errorf("the same validator dropped %s", old)
	}
	if old := must[string](t)(b.ResetUpload(ctx, f.ID, `"v2"`)); old != first {
		t.Errorf("another validator returned %q", old)
	}
	files := must[[]models.FileParts](t)(b.w.FilesToFinalize(ctx, job.ID))
	if files[0].UploadID != nil || len(files[0].Parts) != 0 || files[0].Validator != `"v2"` {
		t.Errorf("got %+v", files[0])
	}
	must[string](t)(b.SetUploadID(ctx, f.ID, "next"))
	if old := must[string](t)(b.w.ForgetUpload(ctx, f.ID)); old != "next" {
		t.Errorf("forgot %q", old)
	}
}

func TestUnknownSizes(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, -1, 5)
	if job.Size != nil || p.Files[0].PartSize != models.PartSize(-1) {
		t.Errorf("got %+v, %+v", job.Size, p.Files[0])
	}
	big := models.PartSize(-1)
	ok(t, b.SaveParts(ctx, b.agent.ID, job.ID, p.Epoch, []models.PartReport{part(0, 1, big)}))
	sizes := func(m map[int]int64) error { return b.SetFileSizes(ctx, b.agent.ID, job.ID, p.Epoch, m) }
	wantCode(t, sizes(map[int]int64{0: -5}), models.CodeInvalid)
	wantCode(t, sizes(map[int]int64{9: 1}), models.CodeInvalid)
	for range 2 {
		ok(t, sizes(map[int]int64{0: big + 7, 1: 5}))
	}
	wantProblem(t, sizes(map[int]int64{0: big + 8}), models.ProblemLengthMismatch)
	wantProblem(t, sizes(map[int]int64{1: 6}), models.ProblemLengthMismatch)
	got := must[models.Job](t)(b.w.Job(ctx, job.ID))
	if got.Size == nil || *got.Size != big+12 {
		t.Errorf("size %v", got.Size)
	}
	// The parts keep the size that they were cut by while the length was unknown.
	ok(t, b.SaveParts(ctx, b.agent.ID, job.ID, p.Epoch, []models.PartReport{part(0, 1, big), part(0, 2, 7)}))
}

func TestFinish(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 10, -1)
	ok(t, b.w.FlushProgress(ctx, []models.Progress{{JobID: job.ID, UpdatedAt: b.Now()}}))
	ok(t, b.SaveParts(ctx, b.agent.ID, job.ID, p.Epoch, []models.PartReport{part(0, 1, 10)}))
	wantCode(t, b.w.FinishJob(ctx, job.ID), models.CodeConflict)
	b.to(t, job.ID, models.StateStoring)
	wantProblem(t, b.w.FileStored(ctx, p.Files[0].ID, 11, "e"), models.ProblemLengthMismatch)
	for range 2 {
		ok(t, b.w.FileStored(ctx, p.Files[0].ID, 10, "e"))
	}
	wantCode(t, b.w.FinishJob(ctx, job.ID), models.CodeConflict)
	ok(t, b.w.FileStored(ctx, p.Files[1].ID, 33, "e"))
	for range 2 {
		ok(t, b.w.FinishJob(ctx, job.ID))
	}
	got := must[models.Job](t)(b.w.Job(ctx, job.ID))
	if got.State != models.StateReady || got.FinishedAt == nil || got.AdmittedAt != nil || *got.Size != 43 {
		t.Errorf("got %+v", got)
	}
	files := must[[]models.File](t)(b.Files(ctx, b.user.ID, job.ID))
	for _, f := range files {
		if f.State != models.FileStored || f.StoredAt == nil || f.UploadID != nil || f.ETag != "e" {
			t.Errorf("file %+v", f)
		}
	}
	if pr := must[map[uuid.UUID]models.Progress](t)(b.ProgressOf(ctx, b.user.ID, []uuid.UUID{job.ID})); len(pr) != 0 {
		t.Errorf("progress of a finished job: %+v", pr)
	}
	known := must[map[string]bool](t)(b.w.KnownKeys(ctx, []string{
		files[0].Key(), "jobs/" + uuid.NewString() + "/" + files[1].ID.String(), "other/thing", "jobs/x/y", files[1].Key(),
	}))
	if len(known) != 2 || !known[files[0].Key()] || !known[files[1].Key()] {
		t.Errorf("known %v", known)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, _ := b.running(t, 10)
	queued := storetest.Submit(t, b.Store, b.user.ID, nil)
	eta, gives := int64(77), b.Now().Add(time.Hour)
	want := models.Progress{
		JobID: job.ID, Phase: models.PhaseDownloading, BytesTotal: 10, BytesDone: 4, BytesStored: 2, DownRate: 3, UpRate: 1,
		Peers: 5, Seeders: 2, ETASeconds: &eta, Waiting: models.Because(models.ReasonWaitsForPeers, "peers", 3, "since", gives), GivesUpAt: &gives, UpdatedAt: b.Now(),
	}
	older := want
	older.BytesDone, older.UpdatedAt = 1, want.UpdatedAt.Add(-time.Second)
	for range 2 {
		ok(t, b.w.FlushProgress(ctx, []models.Progress{
			older, want, older, {JobID: queued.ID, UpdatedAt: b.Now()}, {JobID: uuid.New(), UpdatedAt: b.Now()},
		}))
	}
	ok(t, b.w.FlushProgress(ctx, []models.Progress{older}))
	ok(t, b.w.FlushProgress(ctx, nil))
	all := must[map[uuid.UUID]models.Progress](t)(b.ProgressOf(ctx, b.user.ID, []uuid.UUID{job.ID, queued.ID}))
	got := all[job.ID]
	if len(all) != 1 || got.UserID != b.user.ID || *got.ETASeconds != eta || !got.GivesUpAt.Equal(gives) || !got.UpdatedAt.Equal(want.UpdatedAt) {
		t.Errorf("got %+v", all)
	}
	got.UserID, got.ETASeconds, got.GivesUpAt, got.UpdatedAt = want.UserID, want.ETASeconds, want.GivesUpAt, want.UpdatedAt
	if !got.Waiting.Equal(want.Waiting) {
		t.Errorf("waits for %v, want %v", got.Waiting, want.Waiting)
	}
	got.Waiting = want.Waiting
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestStaleOpenJobs(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	stale := storetest.Submit(t, b.Store, b.user.ID, nil)
	ended := storetest.Submit(t, b.Store, b.user.ID, nil)
	b.to(t, ended.ID, models.StateFailed)
	c.add(time.Hour)
	storetest.Submit(t, b.Store, b.user.ID, nil)
	got := must[[]models.Job](t)(b.w.StaleOpenJobs(ctx, c.now))
	if len(got) != 1 || got[0].ID != stale.ID {
		t.Errorf("got %+v", got)
	}
}
