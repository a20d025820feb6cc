package store_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// limits gives the bundle's user a plan of the limits.
func (b bundle) limits(t testing.TB, p models.Plan) models.Plan {
	t.Helper()
	return storetest.Plan(t, b.Store, b.user.ID, p)
}

func (b bundle) storage(t testing.TB, bytes int64) models.Plan {
	t.Helper()
	return b.limits(t, models.Plan{StorageBytes: &bytes})
}

func (b bundle) submit(t testing.TB, sizes ...int64) models.Job {
	t.Helper()
	m := storetest.Manifest(sizes...)
	return storetest.Submit(t, b.Store, b.user.ID, &m)
}

func (b bundle) admitted(t testing.TB) []uuid.UUID {
	t.Helper()
	return must[[]uuid.UUID](t)(b.w.Admit(t.Context(), 1000, 1000))
}

func (b bundle) job(t testing.TB, id uuid.UUID) models.Job {
	t.Helper()
	return must[models.Job](t)(b.w.Job(t.Context(), id))
}

// holds checks the totals of the bundle's user, and that rows, totals and
// ledger agree.
func (b bundle) holds(t testing.TB, used, reserved int64) {
	t.Helper()
	room := must[models.Room](t)(b.Room(t.Context(), b.user.ID))
	if room.Used != used || room.Reserved != reserved {
		t.Errorf("used %d, reserved %d; want %d, %d", room.Used, room.Reserved, used, reserved)
	}
	balanced(t)
}

// balanced checks for every account that its totals are what its jobs and its
// ledger say, and for every job that has ended that it takes up what it stores
// and holds nothing.
func balanced(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, storetest.DSN(t))
	ok(t, err)
	defer func() { ok(t, conn.Close(ctx)) }()
	rows, err := conn.Query(ctx, `
		select 'account ' || q.user_id || ': ' || row_to_json(q) || ', jobs ' || row_to_json(j) || ', ledger ' || row_to_json(l)
		from quota_usage q,
			lateral (select coalesce(sum(quota_used), 0) as used, coalesce(sum(quota_reserved), 0) as reserved
				from jobs where user_id = q.user_id) j,
			lateral (select coalesce(sum(used_delta), 0) as used, coalesce(sum(reserved_delta), 0) as reserved
				from quota_ledger where user_id = q.user_id) l
		where (q.used, q.reserved) is distinct from (j.used::bigint, j.reserved::bigint)
			or (q.used, q.reserved) is distinct from (l.used::bigint, l.reserved::bigint)
		union all
		select 'job ' || j.id || ' ' || j.state || ': ' || j.quota_used || ' used, ' || j.quota_reserved || ' reserved, ' || f.stored || ' stored'
		from jobs j, lateral (select coalesce(sum(size), 0) as stored from files where job_id = j.id and state = 'stored') f
		where j.state in ('ready', 'failed', 'cancelled', 'expired') and (j.quota_used <> f.stored or j.quota_reserved <> 0)`)
	ok(t, err)
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	ok(t, err)
	for _, w := range wrong {
		t.Errorf("out of balance: %s", w)
	}
}

// finish stores every file of the job and makes it ready.
func (b bundle) finish(t testing.TB, jobID uuid.UUID) {
	t.Helper()
	b.to(t, jobID, models.StateDownloading)
	b.to2(t, jobID, models.StateStoring)
	for _, f := range must[[]models.FileParts](t)(b.w.FilesToFinalize(t.Context(), jobID)) {
		ok(t, b.w.FileStored(t.Context(), f.ID, max(f.Size, 0), "e"))
	}
	ok(t, b.w.FinishJob(t.Context(), jobID))
}

// to2 moves the job one step.
func (b bundle) to2(t testing.TB, jobID uuid.UUID, s models.State) {
	t.Helper()
	must[models.Job](t)(b.w.Transition(t.Context(), jobID, models.JobChange{To: s, Reason: models.Because(models.ReasonPaused), ReleaseSlot: true}))
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
				_, _, err := b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: storetest.Magnet(), Manifest: &m, RefuseIfFull: refuse})
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
		b.holds(t, 0, 1000)
		want := int64(200)
		if refuse {
			want = 10
		}
		if accepted.Load() != want || refused.Load() != 200-want {
			t.Errorf("refuse %t: %d accepted, %d refused", refuse, accepted.Load(), refused.Load())
		}
		if got := b.admitted(t); len(got) != 10 {
			t.Errorf("refuse %t: %d of them run", refuse, len(got))
		}
		if got := b.admitted(t); len(got) != 0 {
			t.Errorf("refuse %t: %d more run", refuse, len(got))
		}
		b.holds(t, 0, 1000)
	}
}

func TestJobWaitsForRoomAndStartsByItself(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	first, second := b.submit(t, 60), b.submit(t, 60)
	small, unknown := b.submit(t, 30), storetest.Submit(t, b.Store, b.user.ID, nil)
	got := b.job(t, second.ID)
	if got.State != models.StateQueued || !got.Reason.Equal(models.NeedsRoom(60, 40)) {
		t.Errorf("the second says %v", got.Reason)
	}
	if got := b.admitted(t); len(got) != 3 || got[0] != first.ID || got[1] != small.ID || got[2] != unknown.ID {
		t.Errorf("admitted %v: the smaller one and the one of unknown size pass the one that waits", got)
	}
	b.holds(t, 0, 90)
	b.to(t, first.ID, models.StateCancelled)
	if got := b.admitted(t); len(got) != 1 || got[0] != second.ID {
		t.Errorf("admitted %v after room was made", got)
	}
	b.holds(t, 0, 90)
	b.finish(t, small.ID)
	b.finish(t, second.ID)
	b.holds(t, 90, 0)
	more := b.submit(t, 40)
	if got := b.admitted(t); len(got) != 0 {
		t.Errorf("admitted %v although stored files take the room", got)
	}
	ok(t, b.RequestDelete(ctx, b.user.ID, second.ID))
	b.holds(t, 90, 0) // until the files are gone
	for range 2 {
		ok(t, b.w.DeleteJobRows(ctx, second.ID))
	}
	if got := b.admitted(t); len(got) != 1 || got[0] != more.ID {
		t.Errorf("admitted %v after files were removed", got)
	}
	b.holds(t, 30, 40)
}

func TestFullStorageHoldsJobsOfUnknownSizeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storage(t, 50)
	b.submit(t, 50)
	unknown := storetest.Submit(t, b.Store, b.user.ID, nil)
	got := b.admitted(t)
	if len(got) != 1 || got[0] == unknown.ID {
		t.Errorf("admitted %v", got)
	}
}

func TestWhatCanNeverFitIsRefused(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	storage, most := int64(4<<30), int64(3<<30)
	b.limits(t, models.Plan{Name: "Small", StorageBytes: &storage, MaxJobBytes: &most})
	for size, words := range map[int64]string{most + 1: "allows 3.0 GiB for one job", 2 << 40: "needs 2.0 TiB"} {
		m := storetest.Manifest(size)
		_, _, err := b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: storetest.Magnet(), Manifest: &m})
		wantProblem(t, err, models.ProblemQuotaExceeded)
		if !strings.Contains(models.AsError(err).Message, words) {
			t.Errorf("%q does not say %q", models.AsError(err).Message, words)
		}
	}
	b.limits(t, models.Plan{StorageBytes: &storage})
	m := storetest.Manifest(storage + 1)
	_, _, err := b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: storetest.Magnet(), Manifest: &m})
	wantProblem(t, err, models.ProblemQuotaExceeded)
	if n := must[models.JobPage](t)(b.Jobs(ctx, b.user.ID, models.JobFilter{})).Total; n != 0 {
		t.Errorf("%d jobs are left of refused submits", n)
	}
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	b.to(t, job.ID, models.StateResolving)
	wantProblem(t, b.w.SaveManifest(ctx, job.ID, m), models.ProblemQuotaExceeded)
	b.holds(t, 0, 0)
}

func TestManifestWithoutRoomSendsTheJobBack(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	b.admitted(t)
	b.to(t, job.ID, models.StateResolving)
	blocker := b.submit(t, 70)
	for range 2 {
		ok(t, b.w.SaveManifest(ctx, job.ID, storetest.Manifest(20, 20)))
	}
	got := b.job(t, job.ID)
	if got.State != models.StateQueued || got.AdmittedAt != nil || !got.Reason.Equal(models.NeedsRoom(40, 30)) {
		t.Errorf("got %s, %v", got.State, got.Reason)
	}
	if ids := b.admitted(t); len(ids) != 1 || ids[0] != blocker.ID {
		t.Errorf("admitted %v", ids)
	}
	_, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t"))
	wantProblem(t, err, models.ProblemStorageFull)
	b.to(t, blocker.ID, models.StateFailed)
	if ids := b.admitted(t); len(ids) != 1 || ids[0] != job.ID {
		t.Errorf("admitted %v after room was made", ids)
	}
	b.holds(t, 0, 40)
}

func TestRoomOfAChoice(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	m := storetest.Manifest(60, 70, 10)
	job, _, err := b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: storetest.Magnet(), Manifest: &m, ChooseFiles: true})
	ok(t, err) // all files do not fit, some do
	b.holds(t, 0, 0)
	b.to(t, job.ID, models.StateAwaitingSelection)
	wantProblem(t, b.w.SelectFiles(ctx, job.ID, []int{0, 1}), models.ProblemQuotaExceeded)
	ok(t, b.w.SelectFiles(ctx, job.ID, []int{0, 2}))
	b.to2(t, job.ID, models.StateQueued)
	if got := b.admitted(t); len(got) != 1 {
		t.Errorf("admitted %v", got)
	}
	b.holds(t, 0, 70)
	b.to2(t, job.ID, models.StatePaused)
	b.holds(t, 0, 70) // what it has stored so far stays there
	b.finish2(t, job.ID)
	b.holds(t, 70, 0)
}

// finish2 takes a paused job up again and finishes it.
func (b bundle) finish2(t testing.TB, jobID uuid.UUID) {
	t.Helper()
	b.to2(t, jobID, models.StateQueued)
	b.finish(t, jobID)
}

func TestRetryHoldsRoomAgain(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.storage(t, 100)
	job := b.submit(t, 30, 50)
	b.admitted(t)
	b.to(t, job.ID, models.StateStoring)
	file := must[[]models.FileParts](t)(b.w.FilesToFinalize(ctx, job.ID))[0]
	ok(t, b.w.FileStored(ctx, file.ID, 30, "e"))
	b.to2(t, job.ID, models.StateFailed)
	b.holds(t, 30, 0) // one file was stored and stays
	other := b.submit(t, 60)
	got := must[models.Job](t)(b.RequestRetry(ctx, b.user.ID, job.ID))
	if !got.Reason.Equal(models.NeedsRoom(50, 10)) {
		t.Errorf("the retry says %v", got.Reason)
	}
	b.holds(t, 30, 60)
	b.to(t, other.ID, models.StateCancelled)
	b.admitted(t)
	b.holds(t, 30, 50)
	b.finish(t, job.ID)
	b.holds(t, 80, 0)
}

// Whatever takes a job up again after its end, it does not run without room.
func TestJobThatGoesOnAfterItsEndNeedsRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storage(t, 100)
	job := b.submit(t, 70)
	b.to(t, job.ID, models.StateFailed)
	b.submit(t, 60)
	b.to2(t, job.ID, models.StateQueued)
	_, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t"))
	wantProblem(t, err, models.ProblemStorageFull)
	b.holds(t, 0, 60)
}

func TestUnknownLengthReservesInBlocks(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const mib = 1 << 20
	b.storage(t, 600*mib)
	job := b.submit(t, -1)
	b.holds(t, 0, 64*mib)
	b.admitted(t)
	place := func() models.Placement {
		return must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	}
	p := place()
	reserve := func(n int64) error { return b.ReserveParts(ctx, b.agent.ID, job.ID, p.Epoch, n) }
	ok(t, reserve(64*mib))
	b.holds(t, 0, 64*mib)
	ok(t, reserve(65*mib))
	b.holds(t, 0, 320*mib) // a block of 256 MiB more
	size := models.PartSize(-1)
	var parts []models.PartReport
	for n := range 6 {
		parts = append(parts, part(0, n+1, size))
	}
	ok(t, b.SaveParts(ctx, b.agent.ID, job.ID, p.Epoch, parts)) // 384 MiB
	other := b.submit(t, 180*mib)
	ok(t, reserve(16*mib))
	b.holds(t, 0, 600*mib) // the last block is what is left
	err := reserve(64 * mib)
	wantProblem(t, err, models.ProblemStorageFull)
	if why := models.AsError(err).Reason(); !why.Equal(models.NeedsRoom(28<<20, 0)) {
		t.Errorf("it says %v", why)
	}
	wantProblem(t, reserve(217*mib), models.ProblemQuotaExceeded)
	wantProblem(t, b.ReserveParts(ctx, b.agent.ID, job.ID, p.Epoch+1, 1), models.ProblemSuperseded)
	b.to2(t, job.ID, models.StateQueued)
	if got := b.admitted(t); len(got) != 1 || got[0] != other.ID {
		t.Errorf("admitted %v without room for the next part", got)
	}
	b.to(t, other.ID, models.StateCancelled)
	if got := b.admitted(t); len(got) != 1 || got[0] != job.ID {
		t.Errorf("admitted %v", got)
	}
	p = place()
	ok(t, b.SetFileSizes(ctx, b.agent.ID, job.ID, p.Epoch, map[int]int64{0: 6*size + 5}))
	b.holds(t, 0, 6*size+5)
	b.to2(t, job.ID, models.StateStoring)
	ok(t, b.w.FileStored(ctx, p.Files[0].ID, 6*size+5, "e"))
	ok(t, b.w.FinishJob(ctx, job.ID))
	b.holds(t, 6*size+5, 0)
}

func TestSizeThatTurnsOutTooLargeWaits(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const mib = 1 << 20
	b.storage(t, 300*mib)
	job, other := b.submit(t, -1), b.submit(t, 200*mib)
	b.admitted(t)
	p := must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	sizes := func(n int64) error {
		return b.SetFileSizes(ctx, b.agent.ID, job.ID, p.Epoch, map[int]int64{0: n})
	}
	wantProblem(t, sizes(301*mib), models.ProblemQuotaExceeded)
	wantProblem(t, sizes(150*mib), models.ProblemStorageFull)
	b.to2(t, job.ID, models.StateQueued)
	if got := b.admitted(t); len(got) != 0 {
		t.Errorf("admitted %v", got)
	}
	b.to(t, other.ID, models.StateCancelled)
	if got := b.admitted(t); len(got) != 1 {
		t.Errorf("admitted %v", got)
	}
	b.holds(t, 0, 150*mib)
}

func TestPlanLimitsRunningJobs(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.RunningLimit = 10
	two := 2
	plan := b.limits(t, models.Plan{MaxRunningJobs: &two})
	for range 5 {
		storetest.Submit(t, b.Store, b.user.ID, nil)
		storetest.Submit(t, b.Store, b.evil.ID, nil)
	}
	if got := must[[]uuid.UUID](t)(b.w.Admit(ctx, 4, 100)); len(got) != 6 {
		t.Errorf("admitted %d: two of one user, four of the other", len(got))
	}
	if n := must[models.QueueNote](t)(b.QueueNote(ctx, b.user.ID)); n.Running != 2 || n.Limit != 2 {
		t.Errorf("note %+v", n)
	}
	_, err := b.UpdatePlan(ctx, models.Actor{Kind: models.ActorConsole}, plan.ID, func(p *models.Plan) error {
		*p.MaxRunningJobs = 50
		return nil
	})
	ok(t, err)
	if n := must[models.QueueNote](t)(b.QueueNote(ctx, b.user.ID)); n.Limit != 10 {
		t.Errorf("the deployment's limit is a ceiling: %+v", n)
	}
	if got := must[[]uuid.UUID](t)(b.w.Admit(ctx, 4, 100)); len(got) != 2 {
		t.Errorf("admitted %d more", len(got))
	}
}

// What comes late, after the job has ended, must not hold anything for it.
func TestEndedJobsHoldNothing(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := storetest.Submit(t, b.Store, b.user.ID, nil)
	b.to(t, job.ID, models.StateResolving)
	b.to2(t, job.ID, models.StateCancelled)
	ok(t, b.w.SaveManifest(ctx, job.ID, storetest.Manifest(10, 20)))
	ok(t, b.w.SelectFiles(ctx, job.ID, []int{1}))
	b.holds(t, 0, 0)
	url := b.submit(t, -1)
	p := must[models.Placement](t)(storetest.Place(t, b.Store, url.ID, models.TransferDownload, []byte("t")))
	b.to2(t, url.ID, models.StateCancelled) // its attempt is still open
	wantProblem(t, b.ReserveParts(ctx, b.agent.ID, url.ID, p.Epoch, 1<<30), models.ProblemSuperseded)
	wantProblem(t, b.SetFileSizes(ctx, b.agent.ID, url.ID, p.Epoch, map[int]int64{0: 9}), models.ProblemSuperseded)
	b.holds(t, 0, 0)
}
