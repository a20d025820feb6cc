package quota_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func (b bundle) storage(t testing.TB, bytes int64) models.Plan {
	t.Helper()
	return b.Plan(t, models.Plan{StorageBytes: &bytes})
}

func TestTwoHundredSubmitsWithRoomForTen(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{true, false} {
		b, ctx := setup(t), t.Context()
		b.storage(t, 1000)
		var accepted, refused atomic.Int64
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				m := storetest.Manifest(100)
				_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m, RefuseIfFull: refuse})
				switch {
				case err == nil:
					accepted.Add(1)
				case models.AsError(err).Problem == models.ProblemQuotaExceeded:
					refused.Add(1)
				default:
					t.Errorf("submit: %v", err)
				}
			})
		}
		wg.Wait()
		b.Holds(t, 0, 1000)
		want := int64(200)
		if refuse {
			want = 10
		}
		if accepted.Load() != want || refused.Load() != 200-want {
			t.Errorf("refuse %t: %d accepted, %d refused", refuse, accepted.Load(), refused.Load())
		}
		if got := b.Admit(t); len(got) != 10 {
			t.Errorf("refuse %t: %d of them run", refuse, len(got))
		}
		if got := b.Admit(t); len(got) != 0 {
			t.Errorf("refuse %t: %d more run", refuse, len(got))
		}
		b.Holds(t, 0, 1000)
	}
}

func TestJobWaitsForRoomAndStarts(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	first, second := b.Submit(t, 60), b.Submit(t, 60)
	small, unknown := b.Submit(t, 30), storetest.Submit(t, b.Store, b.User.ID, nil)
	got := b.Job(t, second.ID)
	if got.State != models.StateQueued || !got.Reason.Equal(models.NeedsRoom(60, 40)) {
		t.Errorf("the second says %v", got.Reason)
	}
	if got := b.Admit(t); len(got) != 3 || got[0] != first.ID || got[1] != small.ID || got[2] != unknown.ID {
		t.Errorf("admitted %v: the smaller one and the one of unknown size pass the one that waits", got)
	}
	b.Holds(t, 0, 90)
	b.To(t, first.ID, models.StateCancelled)
	if got := b.Admit(t); len(got) != 1 || got[0] != second.ID {
		t.Errorf("admitted %v after room was made", got)
	}
	b.Holds(t, 0, 90)
	b.Finish(t, small.ID)
	b.Finish(t, second.ID)
	b.Holds(t, 90, 0)
	more := b.Submit(t, 40)
	if got := b.Admit(t); len(got) != 0 {
		t.Errorf("admitted %v although stored files take the room", got)
	}
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, second.ID))
	b.Holds(t, 90, 0) // until the files are gone
	for range 2 {
		storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, second.ID))
	}
	if got := b.Admit(t); len(got) != 1 || got[0] != more.ID {
		t.Errorf("admitted %v after files were removed", got)
	}
	b.Holds(t, 30, 40)
}

func TestFullStorageHoldsJobsOfUnknownSizeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storage(t, 50)
	b.Submit(t, 50)
	unknown := storetest.Submit(t, b.Store, b.User.ID, nil)
	got := b.Admit(t)
	if len(got) != 1 || got[0] == unknown.ID {
		t.Errorf("admitted %v", got)
	}
}

func TestWhatCanNeverFitIsRefused(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	storage, most := int64(4<<30), int64(3<<30)
	b.Plan(t, models.Plan{Name: "Small", StorageBytes: &storage, MaxJobBytes: &most})
	for size, words := range map[int64]string{most + 1: "allows 3.0 GiB per job", 2 << 40: "needs 2.0 TiB"} {
		m := storetest.Manifest(size)
		_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m})
		storetest.WantProblem(t, err, models.ProblemQuotaExceeded)
		if !strings.Contains(models.AsError(err).Message, words) {
			t.Errorf("%q does not say %q", models.AsError(err).Message, words)
		}
	}
	b.Plan(t, models.Plan{StorageBytes: &storage})
	m := storetest.Manifest(storage + 1)
	_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m})
	storetest.WantProblem(t, err, models.ProblemQuotaExceeded)
	if n := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{})).Total; n != 0 {
		t.Errorf("%d jobs are left of refused submits", n)
	}
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.To(t, job.ID, models.StateResolving)
	storetest.WantProblem(t, b.W.Jobs.SaveManifest(ctx, job.ID, m), models.ProblemQuotaExceeded)
	b.Holds(t, 0, 0)
}

func TestManifestWithoutRoomSendsTheJobBack(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.Admit(t)
	b.To(t, job.ID, models.StateResolving)
	blocker := b.Submit(t, 70)
	for range 2 {
		storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, storetest.Manifest(20, 20)))
	}
	got := b.Job(t, job.ID)
	if got.State != models.StateQueued || got.AdmittedAt != nil || !got.Reason.Equal(models.NeedsRoom(40, 30)) {
		t.Errorf("got %s, %v", got.State, got.Reason)
	}
	if ids := b.Admit(t); len(ids) != 1 || ids[0] != blocker.ID {
		t.Errorf("admitted %v", ids)
	}
	_, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t"))
	storetest.WantProblem(t, err, models.ProblemStorageFull)
	b.To(t, blocker.ID, models.StateFailed)
	if ids := b.Admit(t); len(ids) != 1 || ids[0] != job.ID {
		t.Errorf("admitted %v after room was made", ids)
	}
	b.Holds(t, 0, 40)
}

func TestRoomOfAChoice(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	m := storetest.Manifest(60, 70, 10)
	job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m, ChooseFiles: true})
	storetest.OK(t, err) // all files do not fit, some do
	b.Holds(t, 0, 0)
	b.To(t, job.ID, models.StateAwaitingSelection)
	storetest.WantProblem(t, b.W.Jobs.SelectFiles(ctx, job.ID, []int{0, 1}), models.ProblemQuotaExceeded)
	storetest.OK(t, b.W.Jobs.SelectFiles(ctx, job.ID, []int{0, 2}))
	b.Step(t, job.ID, models.StateQueued)
	if got := b.Admit(t); len(got) != 1 {
		t.Errorf("admitted %v", got)
	}
	b.Holds(t, 0, 70)
	b.Step(t, job.ID, models.StatePaused)
	b.Holds(t, 0, 70) // what it has stored so far stays there
	b.finish2(t, job.ID)
	b.Holds(t, 70, 0)
}

// finish2 takes a paused job up again and finishes it.
func (b bundle) finish2(t testing.TB, jobID uuid.UUID) {
	t.Helper()
	b.Step(t, jobID, models.StateQueued)
	b.Finish(t, jobID)
}

func TestRetryHoldsRoomAgain(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	job := b.Submit(t, 30, 50)
	b.Admit(t)
	b.To(t, job.ID, models.StateStoring)
	file := storetest.Must[[]models.FileParts](t)(b.W.Files.FilesToFinalize(ctx, job.ID))[0]
	storetest.OK(t, b.W.Files.FileStored(ctx, file.ID, 30, "e"))
	b.Step(t, job.ID, models.StateFailed)
	b.Holds(t, 30, 0) // one file was stored and stays
	other := b.Submit(t, 60)
	got := storetest.Must[models.Job](t)(b.Jobs.RequestRetry(ctx, b.User.ID, job.ID))
	if !got.Reason.Equal(models.NeedsRoom(50, 10)) {
		t.Errorf("the retry says %v", got.Reason)
	}
	b.Holds(t, 30, 60)
	b.To(t, other.ID, models.StateCancelled)
	b.Admit(t)
	b.Holds(t, 30, 50)
	b.Finish(t, job.ID)
	b.Holds(t, 80, 0)
}

// Whatever takes a job up again after its end, it does not run without room.
func TestJobThatGoesOnAfterItsEndNeedsRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storage(t, 100)
	job := b.Submit(t, 70)
	b.To(t, job.ID, models.StateFailed)
	b.Submit(t, 60)
	b.Step(t, job.ID, models.StateQueued)
	_, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t"))
	storetest.WantProblem(t, err, models.ProblemStorageFull)
	b.Holds(t, 0, 60)
}

func TestUnknownLengthReservesInBlocks(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const mib = 1 << 20
	b.storage(t, 600*mib)
	job := b.Submit(t, -1)
	b.Holds(t, 0, 64*mib)
	b.Admit(t)
	place := func() models.Placement {
		return storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	}
	p := place()
	reserve := func(n int64) error { return b.Transfers.ReserveParts(ctx, b.Agent.ID, job.ID, p.Epoch, n) }
	storetest.OK(t, reserve(64*mib))
	b.Holds(t, 0, 64*mib)
	storetest.OK(t, reserve(65*mib))
	b.Holds(t, 0, 320*mib) // a block of 256 MiB more
	size := int64(models.UnknownPartSize)
	var parts []models.PartReport
	for n := range 6 {
		parts = append(parts, storetest.Part(0, n+1, size))
	}
	storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, parts)) // 384 MiB
	other := b.Submit(t, 180*mib)
	storetest.OK(t, reserve(16*mib))
	b.Holds(t, 0, 600*mib) // the last block is what is left
	err := reserve(64 * mib)
	storetest.WantProblem(t, err, models.ProblemStorageFull)
	if why := models.AsError(err).Reason(); !why.Equal(models.NeedsRoom(28<<20, 0)) {
		t.Errorf("it says %v", why)
	}
	storetest.WantProblem(t, reserve(217*mib), models.ProblemQuotaExceeded)
	storetest.WantProblem(t, b.Transfers.ReserveParts(ctx, b.Agent.ID, job.ID, p.Epoch+1, 1), models.ProblemSuperseded)
	b.Step(t, job.ID, models.StateQueued)
	if got := b.Admit(t); len(got) != 1 || got[0] != other.ID {
		t.Errorf("admitted %v without room for the next part", got)
	}
	b.To(t, other.ID, models.StateCancelled)
	if got := b.Admit(t); len(got) != 1 || got[0] != job.ID {
		t.Errorf("admitted %v", got)
	}
	p = place()
	storetest.OK(t, b.Transfers.SetFileSizes(ctx, b.Agent.ID, job.ID, p.Epoch, map[int]int64{0: 6*size + 5}))
	b.Holds(t, 0, 6*size+5)
	b.Step(t, job.ID, models.StateStoring)
	storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[0].ID, 6*size+5, "e"))
	storetest.OK(t, b.W.Jobs.FinishJob(ctx, job.ID))
	b.Holds(t, 6*size+5, 0)
}

func TestSizeThatTurnsOutTooLargeWaits(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const mib = 1 << 20
	b.storage(t, 300*mib)
	job, other := b.Submit(t, -1), b.Submit(t, 200*mib)
	b.Admit(t)
	p := storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	sizes := func(n int64) error {
		return b.Transfers.SetFileSizes(ctx, b.Agent.ID, job.ID, p.Epoch, map[int]int64{0: n})
	}
	storetest.WantProblem(t, sizes(301*mib), models.ProblemQuotaExceeded)
	storetest.WantProblem(t, sizes(150*mib), models.ProblemStorageFull)
	b.Step(t, job.ID, models.StateQueued)
	if got := b.Admit(t); len(got) != 0 {
		t.Errorf("admitted %v", got)
	}
	b.To(t, other.ID, models.StateCancelled)
	if got := b.Admit(t); len(got) != 1 {
		t.Errorf("admitted %v", got)
	}
	b.Holds(t, 0, 150*mib)
}

func TestPlanLimitsRunningJobs(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.Quota.RunningLimit = 10
	two := 2
	plan := b.Plan(t, models.Plan{MaxRunningJobs: &two})
	for range 5 {
		storetest.Submit(t, b.Store, b.User.ID, nil)
		storetest.Submit(t, b.Store, b.Evil.ID, nil)
	}
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 4, 100)); len(got) != 6 {
		t.Errorf("admitted %d: two of one user, four of the other", len(got))
	}
	if n := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(ctx, b.User.ID)); n.Running != 2 || n.Limit != 2 {
		t.Errorf("note %+v", n)
	}
	_, err := b.Quota.UpdatePlan(ctx, models.Actor{Kind: models.ActorConsole}, plan.ID, 0, func(p *models.Plan) error {
		*p.MaxRunningJobs = 50
		return nil
	})
	storetest.OK(t, err)
	if n := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(ctx, b.User.ID)); n.Limit != 10 {
		t.Errorf("the deployment's limit is a ceiling: %+v", n)
	}
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 4, 100)); len(got) != 2 {
		t.Errorf("admitted %d more", len(got))
	}
}

// What comes late, after the job has ended, must not hold anything for it.
func TestEndedJobsHoldNothing(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.To(t, job.ID, models.StateResolving)
	b.Step(t, job.ID, models.StateCancelled)
	storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, storetest.Manifest(10, 20)))
	storetest.OK(t, b.W.Jobs.SelectFiles(ctx, job.ID, []int{1}))
	b.Holds(t, 0, 0)
	url := b.Submit(t, -1)
	p := storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, url.ID, models.TransferDownload, []byte("t")))
	b.Step(t, url.ID, models.StateCancelled) // its attempt is still open
	storetest.WantCode(t, b.Transfers.ReserveParts(ctx, b.Agent.ID, url.ID, p.Epoch, 1<<30), models.CodeNotFound)
	storetest.WantCode(t, b.Transfers.SetFileSizes(ctx, b.Agent.ID, url.ID, p.Epoch, map[int]int64{0: 9}), models.CodeNotFound)
	b.Holds(t, 0, 0)
}
