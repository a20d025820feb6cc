package jobs_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// block blocks a value as an administrator.
func block(t *testing.T, b *storetest.World, value string) models.Block {
	t.Helper()
	return storetest.Must[models.Block](t)(b.Jobs.Admin().Block(t.Context(), b.Admin(), value, false, "court order"))
}

func submitURL(t *testing.T, b *storetest.World, address string) (models.Job, error) {
	t.Helper()
	job, _, err := b.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: b.User.ID, Source: models.Source{Kind: models.SourceURL, URI: address, Name: "one"}})
	return job, err
}

// Blocked content is refused from every door: a new job, one whose metadata turns
// out to be it, and a retry.
func TestBlockedContentIsRefused(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	src := storetest.Magnet()
	failed := storetest.Must[models.Job](t)(func() (models.Job, error) {
		job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.Evil.ID, Source: src})
		return job, err
	}())
	b.To(t, failed.ID, models.StateFailed)
	first := block(t, b, strings.ToUpper(src.InfoHashV1))
	if again := block(t, b, "magnet:?xt=urn:btih:"+src.InfoHashV1); again.ID != first.ID || first.Jobs != 1 {
		t.Errorf("blocked as %+v, then as %+v", first, again)
	}
	_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
	storetest.WantProblem(t, err, models.ProblemBlockedContent)
	storetest.WantCode(t, err, models.CodeBlocked)
	_, err = b.Jobs.RequestRetry(ctx, b.Evil.ID, failed.ID)
	storetest.WantProblem(t, err, models.ProblemBlockedContent)

	m := storetest.Manifest(1)
	m.InfoHashV2 = strings.Repeat("0b", 32)
	block(t, b, m.InfoHashV2)
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.WantProblem(t, b.W.Jobs.SaveManifest(ctx, job.ID, m), models.ProblemBlockedContent)

	block(t, b, "https://Example.com/films/")
	if _, err := submitURL(t, b, "https://cdn.example.com/films/one.mkv?x=1"); models.AsError(err).Problem != models.ProblemBlockedContent {
		t.Errorf("an address below a blocked one: %v", err)
	}
	if _, err := submitURL(t, b, "https://example.com/music/one.flac"); err != nil {
		t.Errorf("another address: %v", err)
	}
}

func TestWhatCannotBeBlocked(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	for _, value := range []string{"", "not a host", "com", "0123"} {
		_, err := b.Jobs.Admin().Block(ctx, b.Admin(), value, false, "x")
		if e := models.AsError(err); e.Code != models.CodeInvalid || e.Field != "value" {
			t.Errorf("%q: %v", value, err)
		}
	}
	_, err := b.Jobs.Admin().Block(ctx, b.Admin(), "example.com", false, " ")
	if e := models.AsError(err); e.Code != models.CodeInvalid || e.Field != "reason" {
		t.Errorf("without a reason: %v", err)
	}
	_, err = b.Jobs.Admin().Block(ctx, b.Admin(), uuid.NewString(), true, "x")
	storetest.WantCode(t, err, models.CodeNotFound)
}

// Open jobs are asked to stop, jobs of others stay as they are, and what is ready
// is marked. Everybody concerned reads why; lifting the block undoes all of it.
func TestABlockCoversWhatIsHere(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ready, open := storetest.Must[models.Job](t)(submitURL(t, b, "http://example.com/a")), storetest.Must[models.Job](t)(submitURL(t, b, "http://www.example.com/b"))
	other := storetest.Must[models.Job](t)(submitURL(t, b, "http://notexample.com/a"))
	left := storetest.Must[models.Job](t)(submitURL(t, b, "http://example.com/left"))
	b.To(t, ready.ID, models.StateReady)
	b.To(t, left.ID, models.StateNeedsAttention)
	storetest.Exec(t, `update jobs set problem = 'ended_by_operator' where id = $1`, left.ID)
	storetest.Drain(t, b.Store)

	bl := block(t, b, "example.com")
	if bl.Jobs != 3 || bl.MarkedAt == nil {
		t.Errorf("the block: %+v", bl)
	}
	if got, want := storetest.Drain(t, b.Store), []string{"ask " + open.ID.String()}; !slices.Equal(got, want) {
		t.Errorf("dispatched %v, want %v", got, want)
	}
	for id, blocked := range map[uuid.UUID]bool{ready.ID: true, open.ID: true, left.ID: true, other.ID: false} {
		job := b.Job(t, id)
		events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, job.UserID, id, 0, 100))
		told := slices.ContainsFunc(events, func(e models.Event) bool { return e.Reason.Code == models.ReasonCode(models.ProblemBlockedContent) })
		if job.Blocked != blocked || told != blocked || (job.Why().Code == models.ReasonCode(models.ProblemBlockedContent)) != blocked {
			t.Errorf("%s: blocked %v, told %v, because %v", job.SourceURI, job.Blocked, told, job.Why())
		}
	}
	if job := b.Job(t, open.ID); job.Asked.Act != models.ActionStop || slices.Contains(job.Actions(), models.ActionPause) {
		t.Errorf("the open job is asked %q and allows %v", job.Asked.Act, job.Actions())
	}
	if job := b.Job(t, left.ID); job.State != models.StateFailed || job.Problem != models.ProblemBlockedContent {
		t.Errorf("a job without a workflow is %s, %s", job.State, job.Problem)
	}
	_, err := b.Jobs.RequestPause(ctx, b.User.ID, open.ID)
	storetest.WantProblem(t, err, models.ProblemBlockedContent)

	storetest.Must[models.Block](t)(b.Jobs.Admin().LiftBlock(ctx, b.Admin(), bl.ID))
	if b.Job(t, ready.ID).Blocked || b.Job(t, open.ID).Blocked {
		t.Error("jobs stay blocked after the block was lifted")
	}
	_, err = b.Jobs.Admin().LiftBlock(ctx, b.Admin(), bl.ID)
	storetest.WantCode(t, err, models.CodeConflict)
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: bl.ID.String()}))
	if len(log) != 2 || log[0].Action != models.AuditBlockLifted || log[1].Action != models.AuditBlocked || log[1].After["value"] != "example.com" {
		t.Errorf("the audit log has %+v", log)
	}
}

// A job that two blocks cover is free when both are lifted.
func TestTwoBlocksOfOneJob(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Must[models.Job](t)(submitURL(t, b, "http://www.example.com/a"))
	first, second := block(t, b, "example.com"), block(t, b, "www.example.com/a")
	storetest.Must[models.Block](t)(b.Jobs.Admin().LiftBlock(ctx, b.Admin(), first.ID))
	if !b.Job(t, job.ID).Blocked {
		t.Error("one lifted block frees a job that another one covers")
	}
	storetest.Must[models.Block](t)(b.Jobs.Admin().LiftBlock(ctx, b.Admin(), second.ID))
	if b.Job(t, job.ID).Blocked {
		t.Error("the job stays blocked")
	}
}

// A file is blocked in every download of its torrent, also in later ones; their
// other files are not.
func TestABlockedFile(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	m := storetest.Manifest(1, 2)
	src := storetest.Magnet()
	submit := func(user uuid.UUID) models.Job {
		job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: user, Source: src, Manifest: &m})
		storetest.OK(t, err)
		return job
	}
	blocked := func(job models.Job) (out []bool) {
		for _, f := range storetest.Must[[]models.File](t)(b.Files.Files(ctx, job.UserID, job.ID)) {
			out = append(out, f.Blocked)
		}
		return out
	}
	mine := submit(b.User.ID)
	files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, mine.ID))
	bl := storetest.Must[models.Block](t)(b.Jobs.Admin().Block(ctx, b.Admin(), files[1].ID.String(), true, "notice 7"))
	later := submit(b.Evil.ID)
	for _, job := range []models.Job{mine, later} {
		if got := blocked(job); !slices.Equal(got, []bool{false, true}) {
			t.Errorf("blocked: %v", got)
		}
	}
	if bl.Name != files[1].Path || b.Job(t, mine.ID).Blocked {
		t.Errorf("the block is %+v", bl)
	}
	storetest.Must[models.Block](t)(b.Jobs.Admin().LiftBlock(ctx, b.Admin(), bl.ID))
	if got := blocked(later); slices.Contains(got, true) {
		t.Errorf("after the block was lifted: %v", got)
	}
}

// Whoever adds a block may die before its jobs are marked, or told. The sweep
// does the rest, once.
func TestABlockIsCompletedByTheSweep(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	src := storetest.Magnet()
	job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
	storetest.OK(t, err)
	storetest.Drain(t, b.Store)
	_, _, err = b.Blocks.Add(ctx, models.Block{Kind: models.BlockHash, Value: src.InfoHashV1, Reason: "x", ActorKind: models.ActorConsole})
	storetest.OK(t, err) // and then it died
	if n := storetest.Must[int](t)(b.W.Jobs.EnforceBlocks(ctx)); n != 1 {
		t.Errorf("told %d owners", n)
	}
	if n := storetest.Must[int](t)(b.W.Jobs.EnforceBlocks(ctx)); n != 0 {
		t.Errorf("told %d owners again", n)
	}
	if got := storetest.Drain(t, b.Store); !b.Job(t, job.ID).Blocked || !slices.Equal(got, []string{"ask " + job.ID.String()}) {
		t.Errorf("blocked %v, dispatched %v", b.Job(t, job.ID).Blocked, got)
	}
}

// A block that is added while a job is being submitted covers it: either the job
// is refused, or the block sees it.
func TestABlockMeetsASubmission(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	for range 20 {
		src := storetest.Magnet()
		added := make(chan error, 1)
		go func() {
			_, err := b.Jobs.Admin().Block(ctx, b.Admin(), src.InfoHashV1, false, "x")
			added <- err
		}()
		job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
		storetest.OK(t, <-added)
		if err == nil && !b.Job(t, job.ID).Blocked {
			t.Fatal("the job was accepted and is not blocked")
		}
	}
}

// A block that is lifted while another one is added leaves what that one covers
// blocked.
func TestALiftMeetsAnotherBlock(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Must[models.Job](t)(submitURL(t, b, "http://www.example.com/a"))
	for range 20 {
		old := block(t, b, "example.com")
		lifted := make(chan error, 1)
		go func() {
			_, err := b.Jobs.Admin().LiftBlock(ctx, b.Admin(), old.ID)
			lifted <- err
		}()
		other := block(t, b, "www.example.com")
		storetest.OK(t, <-lifted)
		if !b.Job(t, job.ID).Blocked {
			t.Fatal("the job is free, and a block covers it")
		}
		storetest.Must[models.Block](t)(b.Jobs.Admin().LiftBlock(ctx, b.Admin(), other.ID))
		if b.Job(t, job.ID).Blocked {
			t.Fatal("the job stays blocked")
		}
	}
}

// A job that is written while something is blocked or lifted, and is compared
// with the blocks then, meets no deadlock: whoever waits for the job holds nothing
// that the job needs.
func TestBlocksWaitForAJobWithoutTheirLock(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Must[models.Job](t)(submitURL(t, b, "http://www.example.com/a"))
	waits := func(act func() error) {
		t.Helper()
		done := make(chan error, 1)
		storetest.OK(t, b.DB.Tx(ctx, func(ctx context.Context) error {
			if _, err := b.DB.Exec(ctx, "lock job", `select from jobs where id = ? for update`, job.ID); err != nil {
				return err
			}
			go func() { done <- act() }()
			storetest.Eventually(t, time.Minute, func() string {
				if storetest.Count(t, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0 {
					return "it does not wait for the job"
				}
				return ""
			})
			free, err := b.DB.TryLock(ctx, postgres.LockBlocks, "")
			if err == nil && !free {
				t.Error("the lock of the blocks is held by what waits for the job")
			}
			return err
		}))
		storetest.OK(t, <-done)
	}
	waits(func() error {
		_, err := b.Jobs.Admin().Block(ctx, b.Admin(), "example.com", false, "x")
		return err
	})
	bl := block(t, b, "example.com")
	waits(func() error {
		_, err := b.Jobs.Admin().LiftBlock(ctx, b.Admin(), bl.ID)
		return err
	})
}
