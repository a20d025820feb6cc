package transfers_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const partSize = models.MinPartSize

func TestParts(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.Running(t, 2*partSize+5, 10)
	save := func(parts ...models.PartReport) error {
		return b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, parts)
	}
	for range 2 {
		storetest.OK(t, save(storetest.Part(0, 3, 5), storetest.Part(0, 1, partSize), storetest.Part(0, 1, partSize), storetest.Part(1, 1, 10)))
	}
	for _, bad := range []models.PartReport{
		storetest.Part(0, 3, 6), storetest.Part(0, 2, 5), storetest.Part(0, 4, 1), storetest.Part(0, 0, partSize), storetest.Part(0, -1, partSize), storetest.Part(1, 1, 9), storetest.Part(1, 2, 10),
		storetest.Part(0, 1, 0), storetest.Part(7, 1, 1),
	} {
		storetest.WantCode(t, save(storetest.Part(0, 2, partSize), bad), models.CodeInvalid)
	}
	files := storetest.Must[[]models.FileParts](t)(b.W.Files.FilesToFinalize(ctx, job.ID))
	if len(files) != 2 || len(files[0].Parts) != 2 || files[0].Parts[0].Number != 1 || files[0].Parts[1].Number != 3 || len(files[1].Parts) != 1 {
		t.Errorf("got %+v", files)
	}
	targets := storetest.Must[map[int]models.File](t)(b.Transfers.UploadTargets(ctx, b.Agent.ID, job.ID, p.Epoch, []int{1}))
	if len(targets) != 1 || targets[1].ID != p.Files[1].ID {
		t.Errorf("targets %+v", targets)
	}
	_, err := b.Transfers.UploadTargets(ctx, b.Agent.ID, job.ID, p.Epoch, []int{1, 2})
	storetest.WantCode(t, err, models.CodeInvalid)
}

func TestStaleAttemptsAreRefused(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	stranger := storetest.Agent(t, b.Store, 10)
	job, old := b.Running(t, -1)
	next, err := b.place(t, job.ID)
	storetest.OK(t, err)
	stale := []struct {
		agent uuid.UUID
		job   uuid.UUID
		epoch int64
	}{
		{b.Agent.ID, job.ID, old.Epoch}, {b.Agent.ID, job.ID, next.Epoch + 1}, {stranger.ID, job.ID, next.Epoch}, {b.Agent.ID, uuid.New(), 1},
	}
	for _, s := range stale {
		_, err := b.Transfers.UploadTargets(ctx, s.agent, s.job, s.epoch, []int{0})
		storetest.WantProblem(t, err, models.ProblemSuperseded)
		err = b.Transfers.SaveParts(ctx, s.agent, s.job, s.epoch, []models.PartReport{storetest.Part(0, 1, 1)})
		storetest.WantProblem(t, err, models.ProblemSuperseded)
		storetest.WantProblem(t, b.Transfers.SetFileSizes(ctx, s.agent, s.job, s.epoch, map[int]int64{0: 1}), models.ProblemSuperseded)
	}
	storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, next.Epoch, []models.PartReport{storetest.Part(0, 1, 1)}))
	storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, next.Epoch, models.AttemptSuperseded, models.Reason{}))
	_, err = b.Transfers.UploadTargets(ctx, b.Agent.ID, job.ID, next.Epoch, []int{0})
	storetest.WantProblem(t, err, models.ProblemSuperseded)
}

// An agent that is told that the job is over removes its bytes; one that is told
// that it was superseded keeps them for a while.
func TestAgentsHearThatAJobIsOver(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	stranger := storetest.Agent(t, b.Store, 10)
	for what, end := range map[string]func(job models.Job){
		"cancelled": func(job models.Job) { b.To(t, job.ID, models.StateCancelled) },
		"deleted":   func(job models.Job) { storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID)) },
	} {
		job, p := b.Running(t, 10)
		end(job)
		storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptSuperseded, models.Reason{}))
		_, err := b.Transfers.UploadTargets(ctx, p.Agent.ID, job.ID, p.Epoch, []int{0})
		if models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("%s: its agent hears %v", what, err)
		}
		other := stranger.ID
		if p.Agent.ID == stranger.ID {
			other = b.Agent.ID
		}
		_, err = b.Transfers.UploadTargets(ctx, other, job.ID, p.Epoch, []int{0})
		storetest.WantProblem(t, err, models.ProblemSuperseded)
	}
}

// TestFencingRace holds that no part of an attempt is accepted after the
// placement that superseded it: what the new placement lists is all there is.
func TestFencingRace(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for range 10 {
		job, old := b.Running(t, 20*partSize)
		accepted := make(chan int, 20)
		var wg sync.WaitGroup
		for n := 1; n <= 20; n++ {
			wg.Go(func() {
				if b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, old.Epoch, []models.PartReport{storetest.Part(0, n, partSize)}) == nil {
					accepted <- n
				}
			})
		}
		next, err := b.place(t, job.ID)
		storetest.OK(t, err)
		wg.Wait()
		if known := len(next.Parts[next.Files[0].ID]); known != len(accepted) {
			t.Errorf("the placement knew of %d parts, %d were accepted", known, len(accepted))
		}
	}
}

func TestUnknownSizes(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.Running(t, -1, 5)
	if job.Size != nil || p.Files[0].PartSize != models.UnknownPartSize {
		t.Errorf("got %+v, %+v", job.Size, p.Files[0])
	}
	big := int64(models.UnknownPartSize)
	storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, []models.PartReport{storetest.Part(0, 1, big)}))
	sizes := func(m map[int]int64) error { return b.Transfers.SetFileSizes(ctx, b.Agent.ID, job.ID, p.Epoch, m) }
	storetest.WantCode(t, sizes(map[int]int64{0: -5}), models.CodeInvalid)
	storetest.WantCode(t, sizes(map[int]int64{9: 1}), models.CodeInvalid)
	for range 2 {
		storetest.OK(t, sizes(map[int]int64{0: big + 7, 1: 5}))
	}
	storetest.WantProblem(t, sizes(map[int]int64{0: big + 8}), models.ProblemLengthMismatch)
	storetest.WantProblem(t, sizes(map[int]int64{1: 6}), models.ProblemLengthMismatch)
	got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if got.Size == nil || *got.Size != big+12 {
		t.Errorf("size %v", got.Size)
	}
	// The parts keep the size that they were cut by while the length was unknown.
	storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, []models.PartReport{storetest.Part(0, 1, big), storetest.Part(0, 2, 7)}))
}
