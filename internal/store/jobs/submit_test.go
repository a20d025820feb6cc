package jobs_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/jobs"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	m := storetest.Manifest(100, 0, 40<<20)
	job, replayed, err := b.Jobs.SubmitJob(ctx, models.NewJob{
		UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m, Selected: []int{0, 2},
	})
	if err != nil || replayed {
		t.Fatal(replayed, err)
	}
	got := storetest.Must[models.Job](t)(b.Jobs.Job(ctx, b.User.ID, job.ID))
	if got.State != models.StateQueued || got.Provider != models.ProviderAgent || got.Run != 1 || got.FileCount != 2 ||
		*got.Size != 100+40<<20 || got.Reason.Code != models.ReasonAccepted || !slices.Equal(got.Selection, []int{0, 2}) {
		t.Errorf("got %+v", got)
	}
	files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID))
	states := []models.FileState{models.FilePending, models.FileSkipped, models.FilePending}
	for i, f := range files {
		if f.Index != i || f.State != states[i] || f.Size != m.Files[i].Size || f.PartSize != models.MinPartSize || f.UserID != b.User.ID {
			t.Errorf("file %+v", f)
		}
	}
	src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID))
	if len(files) != 3 || string(src.Metainfo) != string(m.Metainfo) || !slices.Equal(src.Select, []int{0, 2}) {
		t.Errorf("source %+v", src)
	}
	events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, b.User.ID, job.ID, 0, 10))
	if len(events) != 1 || events[0].Kind != models.EventSubmitted {
		t.Errorf("events %+v", events)
	}
	if kinds := storetest.Drain(t, b.Store); !slices.Contains(kinds, "start "+job.ID.String()) {
		t.Errorf("outbox %v", kinds)
	}
}

func TestSubmitSources(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	for _, src := range []models.Source{
		{Kind: models.SourceURL, URI: "https://example.com/a.iso", Name: "a.iso"},
		{Kind: models.SourceTorrent, Metainfo: []byte("d4:infoe"), InfoHashV2: strings.Repeat("ab", 32), Private: true, Name: "P"},
		{Kind: models.SourceMagnet, URI: "magnet:?xt=urn:btih:" + strings.Repeat("1", 40), InfoHashV1: strings.Repeat("1", 40), Select: []int{3}},
	} {
		job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
		storetest.OK(t, err)
		got := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID))
		if got.Kind != src.Kind || got.URI != src.URI || string(got.Metainfo) != string(src.Metainfo) || got.Private != src.Private ||
			got.InfoHashV1 != src.InfoHashV1 || got.InfoHashV2 != src.InfoHashV2 || !slices.Equal(got.Select, src.Select) || got.Name == "" {
			t.Errorf("submitted %+v, got %+v", src, got)
		}
		if (got.Select == nil) != (src.Select == nil) {
			t.Errorf("a choice of nothing: %+v", got)
		}
	}
}

func TestSameKeySameJob(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	n := models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), IdempotencyKey: "k", RequestHash: []byte("r")}
	var mu sync.Mutex
	ids, fresh := make(map[uuid.UUID]int), 0
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			job, replayed, err := b.Jobs.SubmitJob(ctx, n)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("submit: %v", err)
				return
			}
			ids[job.ID]++
			if !replayed {
				fresh++
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 || fresh != 1 {
		t.Errorf("%d jobs, %d of them new", len(ids), fresh)
	}
	if total := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{})).Total; total != 1 {
		t.Errorf("%d rows", total)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	n := models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), IdempotencyKey: "k", RequestHash: []byte("r")}
	first, _, err := b.Jobs.SubmitJob(ctx, n)
	storetest.OK(t, err)
	other := n
	other.RequestHash = []byte("another request")
	_, _, err = b.Jobs.SubmitJob(ctx, other)
	storetest.WantProblem(t, err, models.ProblemKeyReused)
	theirs := n
	theirs.UserID = b.Evil.ID
	if job, replayed, err := b.Jobs.SubmitJob(ctx, theirs); err != nil || replayed || job.ID == first.ID {
		t.Errorf("the key of another user counts: %v, %v", replayed, err)
	}
	c.Add(jobs.IdempotencyTTL - time.Second)
	if job, replayed, err := b.Jobs.SubmitJob(ctx, n); err != nil || !replayed || job.ID != first.ID {
		t.Errorf("within the day: %v, %v", replayed, err)
	}
	c.Add(time.Second)
	_, _, err = b.Jobs.SubmitJob(ctx, n)
	storetest.WantProblem(t, err, models.ProblemDuplicateJob) // forgotten, so it is a new submit, of the same content
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, first.ID))
	job, replayed, err := b.Jobs.SubmitJob(ctx, n)
	if err != nil || replayed || job.ID == first.ID {
		t.Errorf("a day later: %v, %v", replayed, err)
	}
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID))
	_, _, err = b.Jobs.SubmitJob(ctx, n)
	storetest.WantCode(t, err, models.CodeConflict) // the job of this key was deleted; a retry does not bring it back
	if n := storetest.Must[int64](t)(b.W.Jobs.PruneIdempotencyKeys(ctx, c.Now.Add(time.Second))); n != 2 {
		t.Errorf("pruned %d", n)
	}
}

func TestRefusedSubmitLeavesTheKeyFree(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	m := storetest.Manifest(1)
	n := models.NewJob{
		UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m, Selected: []int{7}, IdempotencyKey: "k", RequestHash: []byte("r"),
	}
	_, _, err := b.Jobs.SubmitJob(ctx, n)
	storetest.WantProblem(t, err, models.ProblemBadSelection)
	n.Selected = nil
	if _, replayed, err := b.Jobs.SubmitJob(ctx, n); err != nil || replayed {
		t.Errorf("got %v, %v", replayed, err)
	}
}

func TestOneOpenJobPerContent(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	n := models.NewJob{UserID: b.User.ID, Source: storetest.Magnet()}
	var wg sync.WaitGroup
	results := make(chan error, 20)
	for range 20 {
		wg.Go(func() {
			_, _, err := b.Jobs.SubmitJob(ctx, n)
			results <- err
		})
	}
	wg.Wait()
	close(results)
	accepted := 0
	var refusal error
	for err := range results {
		if err == nil {
			accepted++
			continue
		}
		storetest.WantProblem(t, err, models.ProblemDuplicateJob)
		refusal = err
	}
	page := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{}))
	if accepted != 1 || page.Total != 1 {
		t.Fatalf("%d accepted, %d rows", accepted, page.Total)
	}
	first := page.Jobs[0]
	if !strings.Contains(models.AsError(refusal).Message, first.ID.String()) {
		t.Errorf("the refusal does not name the job: %v", refusal)
	}
	b.To(t, first.ID, models.StateFailed)
	second, _, err := b.Jobs.SubmitJob(ctx, n)
	storetest.OK(t, err)
	_, err = b.Jobs.RequestRetry(ctx, b.User.ID, first.ID)
	storetest.WantProblem(t, err, models.ProblemDuplicateJob)
	if !strings.Contains(models.AsError(err).Message, second.ID.String()) {
		t.Errorf("the refusal does not name the job: %v", err)
	}
	n.UserID = b.Evil.ID
	if _, _, err := b.Jobs.SubmitJob(ctx, n); err != nil {
		t.Errorf("another user: %v", err)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	n := models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Selected: []int{1, 99}}
	job, _, err := b.Jobs.SubmitJob(ctx, n)
	storetest.OK(t, err)
	m := models.Manifest{
		Name: "Real name", Size: 30, InfoHashV2: strings.Repeat("cd", 32), Metainfo: []byte("meta"), Private: true,
		Files: []models.ManifestFile{{Index: 0, Path: "a/Ä.MKV", Size: 10}, {Index: 1, Path: "a/b.txt", Size: 20}},
	}
	storetest.WantProblem(t, b.W.Jobs.SaveManifest(ctx, job.ID, models.Manifest{Name: "x"}), models.ProblemNoFiles)
	for range 2 {
		storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, m))
	}
	got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if got.Name != "Real name" || *got.Size != 20 || got.FileCount != 1 || *got.InfoHashV2 != m.InfoHashV2 ||
		*got.InfoHashV1 != n.Source.InfoHashV1 || !got.Private {
		t.Errorf("got %+v", got)
	}
	files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID))
	if len(files) != 2 || files[0].State != models.FileSkipped || files[0].ContentType != "video/x-matroska" ||
		files[1].ContentType != "text/plain; charset=utf-8" {
		t.Errorf("files %+v", files)
	}
	if src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID)); string(src.Metainfo) != "meta" {
		t.Errorf("source %+v", src)
	}
	if n := b.CountEvents(t, job.ID, models.EventManifest); n != 1 {
		t.Errorf("%d events", n)
	}
	none, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Selected: []int{50}})
	storetest.OK(t, err)
	storetest.WantProblem(t, b.W.Jobs.SaveManifest(ctx, none.ID, storetest.Manifest(1)), models.ProblemBadSelection)
	// A magnet may turn out to be what another open job of the user fetches.
	twin := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.OK(t, b.W.Jobs.SaveManifest(ctx, twin.ID, m))
	if got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, twin.ID)); got.InfoHashV2 != nil {
		t.Errorf("two open jobs have the hash: %+v", got)
	}
}

func TestSelectFiles(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	m := storetest.Manifest(1, 20, 300)
	job := storetest.Submit(t, b.Store, b.User.ID, &m)
	for _, bad := range [][]int{{}, {3}, {-1}, {0, 0}} {
		storetest.WantProblem(t, b.W.Jobs.SelectFiles(ctx, job.ID, bad), models.ProblemBadSelection)
	}
	for range 2 {
		storetest.OK(t, b.W.Jobs.SelectFiles(ctx, job.ID, []int{2, 0}))
	}
	got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if *got.Size != 301 || got.FileCount != 2 || !slices.Equal(got.Selection, []int{2, 0}) {
		t.Errorf("got %+v", got)
	}
	if n := b.CountEvents(t, job.ID, models.EventSelection); n != 1 {
		t.Errorf("%d events", n)
	}
	files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID))
	storetest.OK(t, b.W.Files.FileStored(ctx, files[0].ID, 1, "e"))
	storetest.OK(t, b.W.Jobs.SelectFiles(ctx, job.ID, []int{1}))
	files = storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID))
	if files[0].State != models.FileStored || files[1].State != models.FilePending || files[2].State != models.FileSkipped {
		t.Errorf("files %+v", files)
	}
	storetest.OK(t, b.W.Jobs.SelectFiles(ctx, job.ID, nil))
	got = storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID))
	if *got.Size != 321 || got.FileCount != 3 || got.Selection != nil {
		t.Errorf("got %+v", got)
	}
}

// A retry that keeps the page changes what the job fetches, and no torrent has one.
func TestARetryKeepsThePage(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{
		UserID: b.User.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/get.php", Name: "get.php"},
	})
	storetest.OK(t, err)
	if src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID)); src.KeepPage {
		t.Error("a page is kept that nobody asked for")
	}
	b.To(t, job.ID, models.StateFailed)
	_, err = b.Jobs.RequestRetryKeepingPage(ctx, b.Evil.ID, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	again := storetest.Must[models.Job](t)(b.Jobs.RequestRetryKeepingPage(ctx, b.User.ID, job.ID))
	if src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID)); !src.KeepPage || again.State != models.StateQueued {
		t.Errorf("%+v, state %s", src, again.State)
	}
	kept, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{
		UserID: b.User.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/b.php", Name: "b.php", KeepPage: true},
	})
	storetest.OK(t, err)
	if src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, kept.ID)); !src.KeepPage {
		t.Error("the page that was asked for is not kept")
	}
	torrent, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: models.Source{
		Kind: models.SourceMagnet, URI: "magnet:?xt=urn:btih:" + strings.Repeat("c", 40), InfoHashV1: strings.Repeat("c", 40),
	}})
	storetest.OK(t, err)
	b.To(t, torrent.ID, models.StateFailed)
	if _, err := b.Jobs.RequestRetryKeepingPage(ctx, b.User.ID, torrent.ID); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("got %v", err)
	}
}
