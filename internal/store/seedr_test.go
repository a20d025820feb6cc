package store_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/seedr"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const gib = 1 << 30

// onSeedr makes Seedr the active provider, with an account of the slots and
// space of which nothing is used.
func (b bundle) onSeedr(t testing.TB, slots int, space int64) {
	t.Helper()
	ok(t, b.w.SaveSeedrSetup(t.Context(), true, "file", slots))
	ok(t, b.w.SaveSeedrSeen(t.Context(), models.SeedrSeen{SpaceMax: space}))
	b.provider(t, models.ProviderSeedr, models.FailoverNone)
}

// admin returns the user as somebody who administers.
func (b bundle) admin() models.Actor { return models.Actor{Kind: models.ActorAdmin, ID: &b.user.ID} }

func (b bundle) provider(t testing.TB, p models.Provider, f models.Failover) {
	t.Helper()
	must[models.ProviderConfig](t)(b.SwitchProvider(t.Context(), b.admin(), models.ProviderChange{
		To: p, Options: models.ProviderOptions{Failover: f},
	}))
}

func (b bundle) submitOf(t testing.TB, sizes ...int64) models.Job {
	t.Helper()
	m := storetest.Manifest(sizes...)
	return storetest.Submit(t, b.Store, b.user.ID, &m)
}

func (b bundle) admit(t testing.TB) []uuid.UUID {
	t.Helper()
	return must[[]uuid.UUID](t)(b.w.Admit(t.Context(), 100, 100))
}

func TestSeedrSlotsBoundAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.onSeedr(t, 2, 0)
	for range 4 {
		b.submitOf(t, 1)
	}
	var mu sync.Mutex
	admitted := 0
	var wg sync.WaitGroup
	for range 4 { // rounds of several workers at once
		wg.Go(func() {
			got, err := b.w.Admit(t.Context(), 100, 100)
			if err != nil {
				t.Errorf("admit: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			admitted += len(got)
		})
	}
	wg.Wait()
	if admitted != 2 {
		t.Errorf("admitted %d to 2 slots", admitted)
	}
	note := must[models.QueueNote](t)(b.QueueNote(t.Context(), b.user.ID))
	if note.Seedr == nil || note.Seedr.Slots != 2 || note.Seedr.Taken != 2 || len(note.Seedr.Needs) != 2 {
		t.Errorf("the queue says %+v", note.Seedr)
	}
	ok(t, b.w.SaveSeedrSeen(t.Context(), models.SeedrSeen{Others: 1})) // somebody uses the account by hand
	if got := must[providers.SeedrRoom](t)(b.SeedrRoom(t.Context())); got.Taken != 3 || got.SlotsLeft() != 0 {
		t.Errorf("with a foreign transfer: %d taken, %d left", got.Taken, got.SlotsLeft())
	}
}

func TestSeedrSpaceBoundsAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.onSeedr(t, 25, 4*gib)
	large, small, huge := b.submitOf(t, 3*gib), b.submitOf(t, gib/2), b.submitOf(t, 5*gib)
	waits := b.submitOf(t, 2*gib)
	got := b.admit(t)
	if len(got) != 3 || !contains(got, large.ID) || !contains(got, small.ID) || !contains(got, huge.ID) {
		t.Errorf("admitted %v", got)
	}
	// What is larger than the whole account is told so when it is placed.
	_, err := storetest.Place(t, b.Store, huge.ID, models.TransferDownload, []byte("t"))
	if e := models.AsError(err); e.Problem != models.ProblemSeedrTooSmall || !strings.Contains(e.Message, "5.0 GiB") {
		t.Errorf("placing what never fits: %v", err)
	}
	ok(t, stop(b, t, huge.ID))
	if got := b.admit(t); len(got) != 0 {
		t.Errorf("admitted %v without space", got)
	}
	note := must[models.QueueNote](t)(b.QueueNote(t.Context(), b.user.ID))
	if note.Seedr == nil || note.Seedr.Free != gib/2 || note.Seedr.Needs[waits.ID] != 2*gib {
		t.Errorf("the queue says %+v", note.Seedr)
	}
	ok(t, stop(b, t, large.ID))
	if got := b.admit(t); len(got) != 1 || got[0] != waits.ID {
		t.Errorf("admitted %v after space was free", got)
	}
}

// What Seedr refused for want of space is tried again as soon as some is free.
func TestSeedrSpaceThatIsFreedEndsThePause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.onSeedr(t, 25, 10*gib)
	used := func(n int64) {
		ok(t, b.w.SaveSeedrSeen(t.Context(), models.SeedrSeen{SpaceMax: 10 * gib, SpaceUsed: n}))
	}
	used(4 * gib)
	ok(t, b.w.SaveSeedrFull(t.Context(), time.Hour, 0))
	job := b.submitOf(t, gib)
	used(5 * gib)
	if got := b.admit(t); len(got) != 0 {
		t.Errorf("admitted %v right after a refusal", got)
	}
	used(3 * gib)
	if got := b.admit(t); len(got) != 1 || got[0] != job.ID {
		t.Errorf("admitted %v after space was freed", got)
	}
}

// When the account shrinks after admission, because somebody fills it by hand,
// the jobs that are admitted must not wait for each other.
func TestSeedrPlacesTheFirstWhenTheAccountShrinks(t *testing.T) {
	t.Parallel()
	for name, shrink := range map[string]func(t *testing.T, b bundle){
		"space": func(t *testing.T, b bundle) {
			ok(t, b.w.SaveSeedrSeen(t.Context(), models.SeedrSeen{SpaceMax: 3 * gib}))
		},
		"slots": func(t *testing.T, b bundle) { ok(t, b.w.SaveSeedrFull(t.Context(), -time.Second, 1)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.onSeedr(t, 0, 10*gib)
			ok(t, b.w.SaveSeedrPlan(t.Context(), "MASTER", 25))
			first, second := b.submitOf(t, 2*gib), b.submitOf(t, 2*gib)
			if got := b.admit(t); len(got) != 2 {
				t.Fatalf("admitted %v", got)
			}
			shrink(t, b)
			place := func(id uuid.UUID) error {
				_, err := storetest.Place(t, b.Store, id, models.TransferDownload, []byte("t"))
				return err
			}
			if err := place(second.ID); err == nil {
				t.Error("the second was placed before the first, and there is room for one")
			}
			if err := place(first.ID); err != nil {
				t.Errorf("the first was not placed: %v", err)
			}
			if err := place(second.ID); err == nil {
				t.Error("the second was placed beside the first, and there is room for one")
			}
			ok(t, stop(b, t, first.ID))
			if err := place(second.ID); err != nil {
				t.Errorf("the second was not placed after the first: %v", err)
			}
		})
	}
}

func stop(b bundle, t testing.TB, id uuid.UUID) error {
	_, err := b.w.Transition(t.Context(), id, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)})
	return err
}

func contains(ids []uuid.UUID, id uuid.UUID) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}

func TestSeedrThatIsAwayTakesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.fakeClock()
	b.onSeedr(t, 2, 4*gib)
	job := b.submitOf(t, 1)
	b.admit(t)
	ok(t, b.w.SaveSeedrFailure(t.Context(), models.ProblemSeedrFailing, "Seedr does not answer as it should."))
	place := func() models.Problem {
		_, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t"))
		if err == nil {
			return ""
		}
		return models.AsError(err).Problem
	}
	if p := place(); p != "" {
		t.Errorf("a moment's failure: %q", p)
	}
	c.add(time.Minute)
	if p := place(); p != models.ProblemSeedrFailing {
		t.Errorf("after a minute: %q", p)
	}
	ok(t, b.w.SaveSeedrFailure(t.Context(), models.ProblemSeedrAuth, "Seedr refuses the password."))
	if p := place(); p != models.ProblemSeedrAuth {
		t.Errorf("with a refused password: %q", p)
	}
	ok(t, b.w.SaveSeedrSeen(t.Context(), models.SeedrSeen{}))
	if p := place(); p != "" {
		t.Errorf("back again: %q", p)
	}
}

func TestQueuedJobsMoveWhenTheirProviderCannotTakeThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.fakeClock()
	b.onSeedr(t, 2, 4*gib)
	b.provider(t, models.ProviderAgent, models.FailoverToSeedr)
	job := b.submitOf(t, 1)
	private := storetest.Submit(t, b.Store, b.user.ID, nil)
	c.add(3 * time.Minute) // the agent is silent by then
	b.admit(t)             // moves them
	got := must[models.Job](t)(b.Job(t.Context(), b.user.ID, job.ID))
	if got.Provider != models.ProviderSeedr {
		t.Fatalf("is at %s: %v", got.Provider, got.Reason)
	}
	if !got.Reason.Equal(models.Because(models.ReasonMovedByFailover, "provider", "seedr", "problem", "no_agent")) {
		t.Errorf("says %v", got.Reason)
	}
	if admitted := b.admit(t); !contains(admitted, job.ID) || !contains(admitted, private.ID) {
		t.Errorf("admitted %v", admitted)
	}
	if !contains(b.admittedTold(t), job.ID) {
		t.Errorf("the workflow is not told")
	}
}

func (b bundle) admittedTold(t *testing.T) []uuid.UUID {
	t.Helper()
	var out []uuid.UUID
	for _, item := range drain(t, b) {
		if kind, id, _ := strings.Cut(item, " "); kind == "admit" {
			out = append(out, uuid.MustParse(id))
		}
	}
	return out
}

func TestWithoutAPolicyQueuedJobsStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.fakeClock()
	b.onSeedr(t, 2, 4*gib)
	b.provider(t, models.ProviderAgent, models.FailoverToAgent) // the other way round
	job := b.submitOf(t, 1)
	c.add(time.Hour)
	b.admit(t)
	if got := must[models.Job](t)(b.Job(t.Context(), b.user.ID, job.ID)); got.Provider != models.ProviderAgent {
		t.Errorf("moved to %s", got.Provider)
	}
}

func TestNewJobsGoToTheActiveProvider(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	before := b.submitOf(t, 1)
	b.onSeedr(t, 2, gib)
	after := b.submitOf(t, 1)
	url, _, err := b.SubmitJob(ctx, models.NewJob{UserID: b.user.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/a"}})
	ok(t, err)
	for _, c := range []struct {
		job  models.Job
		want models.Provider
	}{{before, models.ProviderAgent}, {after, models.ProviderSeedr}, {url, models.ProviderAgent}} {
		if got := must[models.Job](t)(b.Job(ctx, b.user.ID, c.job.ID)); got.Provider != c.want {
			t.Errorf("%s is at %s, want %s", c.job.SourceKind, got.Provider, c.want)
		}
	}
	n := models.NewJob{UserID: b.user.ID, Source: storetest.Magnet(), Provider: models.ProviderAgent}
	if _, _, err := b.SubmitJob(ctx, n); models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("naming a provider without leave: %v", err)
	}
}

func TestURLsNeedAnAgent(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	user := storetest.User(t, s)
	b := bundle{Store: s, w: s.Work(), user: user}
	b.onSeedr(t, 1, gib)
	_, _, err := s.SubmitJob(t.Context(), models.NewJob{UserID: user.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/a"}})
	if e := models.AsError(err); e.Problem != models.ProblemNoAgent || e.Field != "source" {
		t.Errorf("a URL without an agent: %v", err)
	}
}

func TestConcurrentSwitchesFollowOneAnother(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			to := models.Providers()[i%2]
			_, err := b.SwitchProvider(t.Context(), b.admin(), models.ProviderChange{To: to})
			if err != nil {
				t.Errorf("switch: %v", err)
			}
		})
	}
	wg.Wait()
	list := must[[]models.ProviderEntry](t)(b.ProviderHistory(t.Context(), 0, 100))
	if len(list) != 8 || list[0].Email != b.user.Email {
		t.Fatalf("%d entries", len(list))
	}
	for i, e := range list[:len(list)-1] {
		if e.FromProvider != list[i+1].Provider {
			t.Errorf("entry %d comes from %s, the one before went to %s", e.ID, e.FromProvider, list[i+1].Provider)
		}
	}
	if got := must[models.ProviderConfig](t)(b.ProviderConfig(t.Context())); got.Provider != list[0].Provider {
		t.Errorf("%s is active, want %s", got.Provider, list[0].Provider)
	}
	older := must[[]models.ProviderEntry](t)(b.ProviderHistory(t.Context(), list[3].ID, 2))
	if len(older) != 2 || older[0].ID != list[4].ID {
		t.Errorf("the page after entry %d is %+v", list[3].ID, older)
	}
}

func TestMoveToAgentsForgetsSeedrsNumbering(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.onSeedr(t, 2, gib)
	job := storetest.Submit(t, b.Store, b.user.ID, nil) // a magnet
	b.admit(t)
	must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	told := storetest.Manifest(5, 7)
	told.Metainfo = nil // Seedr tells names and sizes only
	ok(t, b.w.SaveManifest(ctx, job.ID, told))
	got := must[models.Job](t)(b.w.MoveJob(ctx, job.ID, models.JobMove{To: models.ProviderAgent, Reason: models.Because(models.ReasonMovedByAdmin, "provider", models.ProviderAgent)}))
	if got.Provider != models.ProviderAgent || got.State != models.StateQueued || got.AdmittedAt != nil || got.FileCount != 0 || got.Size != nil {
		t.Errorf("after the move: %+v", got)
	}
	if files := must[[]models.File](t)(b.Files(ctx, b.user.ID, job.ID)); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
	attempts := must[[]models.Attempt](t)(b.w.Attempts(ctx, job.ID))
	if len(attempts) != 1 || attempts[0].State != models.AttemptSuperseded || attempts[0].Provider != models.ProviderSeedr {
		t.Errorf("attempts: %+v", attempts)
	}
	again := must[models.Job](t)(b.w.MoveJob(ctx, job.ID, models.JobMove{To: models.ProviderAgent, Reason: models.Because(models.ReasonMovedByAdmin, "provider", models.ProviderAgent)}))
	if again.Epoch != got.Epoch || countEvents(t, b, job.ID, models.EventMoved) != 1 {
		t.Errorf("the same move again did something")
	}
}

func TestStreamedPartsAreFenced(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.onSeedr(t, 2, gib)
	job := b.submitOf(t, 5)
	b.admit(t)
	p := must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	part := []models.PartReport{{Index: 0, Part: models.Part{Number: 1, Size: 5, CRC32C: "AAAAAA==", ETag: "e"}}}
	if err := b.w.SaveStreamedParts(ctx, job.ID, p.Epoch, part); models.AsError(err).Problem != models.ProblemSuperseded {
		t.Errorf("before it is stored: %v", err)
	}
	b.to(t, job.ID, models.StateDownloading)
	must[models.Job](t)(b.w.Transition(ctx, job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonCancelled)}))
	ok(t, b.w.SaveStreamedParts(ctx, job.ID, p.Epoch, part))
	ok(t, b.w.SaveStreamedParts(ctx, job.ID, p.Epoch, part))
	if err := b.w.SaveStreamedParts(ctx, job.ID, p.Epoch-1, part); models.AsError(err).Problem != models.ProblemSuperseded {
		t.Errorf("an older epoch: %v", err)
	}
	part[0].Size = 4
	if err := b.w.SaveStreamedParts(ctx, job.ID, p.Epoch, part); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("a part of the wrong size: %v", err)
	}
}

// TestCopiedFilesAreCutSmall: what a worker copies has small parts, unless some
// of a file is in storage in other ones already.
func TestCopiedFilesAreCutSmall(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.onSeedr(t, 2, 1000*gib)
	job := b.submitOf(t, 40<<20, 40<<20, 5, 100*gib)
	b.admit(t)
	p := must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t")))
	b.to(t, job.ID, models.StateDownloading)
	must[models.Job](t)(b.w.Transition(ctx, job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonCancelled)}))
	must[string](t)(b.w.SetUploadID(ctx, p.Files[1].ID, "begun"))
	now := b.Now()
	ok(t, b.w.SaveSeedrItem(ctx, models.SeedrItem{InfoHash: *job.InfoHashV1, AddedAt: now, DoneAt: &now}))
	for range 2 { // a second try finds the same
		plan := must[models.SeedrCopy](t)(b.w.FilesOnSeedr(ctx, job.ID))
		var got []int64
		for _, f := range plan.Files {
			got = append(got, f.PartSize>>20)
		}
		if want := []int64{8, 16, 8, 16}; !slices.Equal(got, want) {
			t.Errorf("parts of %v MiB, want %v", got, want)
		}
	}
	part := []models.PartReport{{Index: 0, Part: models.Part{Number: 5, Size: 8 << 20, CRC32C: "AAAAAA==", ETag: "e"}}}
	ok(t, b.w.SaveStreamedParts(ctx, job.ID, p.Epoch, part))
}

func TestSharedSeedrStateIsChangedOneAfterAnother(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := b.w.SeedrShared().Update(t.Context(), func(state *seedr.State, now time.Time) {
				if now.IsZero() {
					t.Error("no time")
				}
				state.Failures++
				state.OpenUntil, state.Reason = now.Add(time.Hour), seedr.KindHTML
			})
			if err != nil {
				t.Errorf("update: %v", err)
			}
		})
	}
	wg.Wait()
	ok(t, b.w.SeedrShared().Update(t.Context(), func(state *seedr.State, _ time.Time) {
		if state.Failures != 20 {
			t.Errorf("%d of 20 changes are there", state.Failures)
		}
	}))
	o := must[models.ProviderOverview](t)(b.ProviderOverview(t.Context()))
	if o.Rest == nil || o.Rest.Reason != string(seedr.KindHTML) || !o.Rest.Until.After(b.Now()) {
		t.Errorf("Seedr rests: %+v", o.Rest)
	}
}
