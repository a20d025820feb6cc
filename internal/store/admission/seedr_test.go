package admission_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/providers"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestSeedrSlotsBoundAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnSeedr(t, 2, 0)
	for range 4 {
		b.Submit(t, 1)
	}
	var mu sync.Mutex
	admitted := 0
	var wg sync.WaitGroup
	for range 4 { // rounds of several workers at once
		wg.Go(func() {
			got, err := b.W.Admission.Admit(t.Context(), 100, 100)
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
	note := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(t.Context(), b.User.ID))
	if note.Seedr == nil || note.Seedr.Slots != 2 || note.Seedr.Taken != 2 || len(note.Seedr.Needs) != 2 {
		t.Errorf("the queue says %+v", note.Seedr)
	}
	storetest.OK(t, b.W.Providers.SaveSeedrSeen(t.Context(), models.SeedrSeen{Others: 1})) // somebody uses the account by hand
	if got := storetest.Must[providers.SeedrRoom](t)(b.Providers.SeedrRoom(t.Context())); got.Taken != 3 || got.SlotsLeft() != 0 {
		t.Errorf("with a foreign transfer: %d taken, %d left", got.Taken, got.SlotsLeft())
	}
}

func TestSeedrSpaceBoundsAdmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnSeedr(t, 25, 4*storetest.GiB)
	large, small, huge := b.Submit(t, 3*storetest.GiB), b.Submit(t, storetest.GiB/2), b.Submit(t, 5*storetest.GiB)
	waits := b.Submit(t, 2*storetest.GiB)
	got := b.Admit(t)
	if len(got) != 3 || !contains(got, large.ID) || !contains(got, small.ID) || !contains(got, huge.ID) {
		t.Errorf("admitted %v", got)
	}
	// What is larger than the whole account is told so when it is placed.
	_, err := storetest.Place(t, b.Store, huge.ID, models.TransferDownload, []byte("t"))
	if e := models.AsError(err); e.Problem != models.ProblemSeedrTooSmall || !strings.Contains(e.Message, "5.0 GiB") {
		t.Errorf("placing what never fits: %v", err)
	}
	storetest.OK(t, stop(b, t, huge.ID))
	if got := b.Admit(t); len(got) != 0 {
		t.Errorf("admitted %v without space", got)
	}
	note := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(t.Context(), b.User.ID))
	if note.Seedr == nil || note.Seedr.Free != storetest.GiB/2 || note.Seedr.Needs[waits.ID] != 2*storetest.GiB {
		t.Errorf("the queue says %+v", note.Seedr)
	}
	storetest.OK(t, stop(b, t, large.ID))
	if got := b.Admit(t); len(got) != 1 || got[0] != waits.ID {
		t.Errorf("admitted %v after space was free", got)
	}
}

// What Seedr refused for want of space is tried again as soon as some is free.
func TestSeedrSpaceThatIsFreedEndsThePause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnSeedr(t, 25, 10*storetest.GiB)
	used := func(n int64) {
		storetest.OK(t, b.W.Providers.SaveSeedrSeen(t.Context(), models.SeedrSeen{SpaceMax: 10 * storetest.GiB, SpaceUsed: n}))
	}
	used(4 * storetest.GiB)
	storetest.OK(t, b.W.Providers.SaveSeedrFull(t.Context(), time.Hour, 0))
	job := b.Submit(t, storetest.GiB)
	used(5 * storetest.GiB)
	if got := b.Admit(t); len(got) != 0 {
		t.Errorf("admitted %v right after a refusal", got)
	}
	used(3 * storetest.GiB)
	if got := b.Admit(t); len(got) != 1 || got[0] != job.ID {
		t.Errorf("admitted %v after space was freed", got)
	}
}

// When the account shrinks after admission, because somebody fills it by hand,
// the jobs that are admitted must not wait for each other.
func TestSeedrPlacesTheFirstWhenTheAccountShrinks(t *testing.T) {
	t.Parallel()
	for name, shrink := range map[string]func(t *testing.T, b bundle){
		"space": func(t *testing.T, b bundle) {
			storetest.OK(t, b.W.Providers.SaveSeedrSeen(t.Context(), models.SeedrSeen{SpaceMax: 3 * storetest.GiB}))
		},
		"slots": func(t *testing.T, b bundle) {
			storetest.OK(t, b.W.Providers.SaveSeedrFull(t.Context(), -time.Second, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.OnSeedr(t, 0, 10*storetest.GiB)
			storetest.OK(t, b.W.Providers.SaveSeedrPlan(t.Context(), "MASTER", 25))
			first, second := b.Submit(t, 2*storetest.GiB), b.Submit(t, 2*storetest.GiB)
			if got := b.Admit(t); len(got) != 2 {
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
			storetest.OK(t, stop(b, t, first.ID))
			if err := place(second.ID); err != nil {
				t.Errorf("the second was not placed after the first: %v", err)
			}
		})
	}
}

func stop(b bundle, t testing.TB, id uuid.UUID) error {
	_, err := b.W.Jobs.Transition(t.Context(), id, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)})
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
	c := storetest.FakeClock(b.Store)
	b.OnSeedr(t, 2, 4*storetest.GiB)
	job := b.Submit(t, 1)
	b.Admit(t)
	storetest.OK(t, b.W.Providers.SaveSeedrFailure(t.Context(), models.ProblemSeedrFailing, "Seedr does not answer as it should."))
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
	c.Add(time.Minute)
	if p := place(); p != models.ProblemSeedrFailing {
		t.Errorf("after a minute: %q", p)
	}
	storetest.OK(t, b.W.Providers.SaveSeedrFailure(t.Context(), models.ProblemSeedrAuth, "Seedr refuses the password."))
	if p := place(); p != models.ProblemSeedrAuth {
		t.Errorf("with a refused password: %q", p)
	}
	storetest.OK(t, b.W.Providers.SaveSeedrSeen(t.Context(), models.SeedrSeen{}))
	if p := place(); p != "" {
		t.Errorf("back again: %q", p)
	}
}

func TestQueuedJobsMoveWhenTheirProviderCannotTakeThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := storetest.FakeClock(b.Store)
	b.OnSeedr(t, 2, 4*storetest.GiB)
	b.Provider(t, models.ProviderAgent, models.FailoverToSeedr)
	job := b.Submit(t, 1)
	private := storetest.Submit(t, b.Store, b.User.ID, nil)
	c.Add(3 * time.Minute) // the agent is silent by then
	b.Admit(t)             // moves them
	got := storetest.Must[models.Job](t)(b.Jobs.Job(t.Context(), b.User.ID, job.ID))
	if got.Provider != models.ProviderSeedr {
		t.Fatalf("is at %s: %v", got.Provider, got.Reason)
	}
	if !got.Reason.Equal(models.Because(models.ReasonMovedByFailover, "provider", "seedr", "problem", "no_agent")) {
		t.Errorf("says %v", got.Reason)
	}
	if admitted := b.Admit(t); !contains(admitted, job.ID) || !contains(admitted, private.ID) {
		t.Errorf("admitted %v", admitted)
	}
	if !contains(b.admittedTold(t), job.ID) {
		t.Errorf("the workflow is not told")
	}
}

func (b bundle) admittedTold(t *testing.T) []uuid.UUID {
	t.Helper()
	var out []uuid.UUID
	for _, item := range storetest.Drain(t, b.Store) {
		if kind, id, _ := strings.Cut(item, " "); kind == "admit" {
			out = append(out, uuid.MustParse(id))
		}
	}
	return out
}

func TestWithoutAPolicyQueuedJobsStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := storetest.FakeClock(b.Store)
	b.OnSeedr(t, 2, 4*storetest.GiB)
	b.Provider(t, models.ProviderAgent, models.FailoverToAgent) // the other way round
	job := b.Submit(t, 1)
	c.Add(time.Hour)
	b.Admit(t)
	if got := storetest.Must[models.Job](t)(b.Jobs.Job(t.Context(), b.User.ID, job.ID)); got.Provider != models.ProviderAgent {
		t.Errorf("moved to %s", got.Provider)
	}
}

// Jobs of an account for which failover is off stay, in the queue and when their
// run asks for another provider; an administrator moves them all the same.
func TestFailoverThatIsOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := storetest.FakeClock(b.Store)
	b.OnSeedr(t, 2, 4*storetest.GiB)
	b.Provider(t, models.ProviderAgent, models.FailoverToSeedr)
	stays := b.Submit(t, 1)
	storetest.OK(t, b.Flags.SetFlag(t.Context(), b.Admin(), models.FlagChange{
		Flag: models.FlagFailover, FlagTarget: models.FlagTarget{UserID: &b.User.ID}, Enabled: new(bool),
	}))
	moves := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	c.Add(3 * time.Minute) // the agent is silent by then
	b.Admit(t)
	for job, want := range map[uuid.UUID]models.Provider{stays.ID: models.ProviderAgent, moves.ID: models.ProviderSeedr} {
		if got := b.Job(t, job).Provider; got != want {
			t.Errorf("is at %s, want %s", got, want)
		}
	}
	m := models.JobMove{To: models.ProviderSeedr, From: models.ProviderAgent, Reason: models.Because(models.ReasonMovedByAdmin, "provider", "seedr")}
	if _, err := b.W.Jobs.MoveJob(t.Context(), stays.ID, m); models.AsError(err).Problem != models.ProblemFeatureOff {
		t.Errorf("moves on its own: %v", err)
	}
	m.From = ""
	if got := storetest.Must[models.Job](t)(b.W.Jobs.MoveJob(t.Context(), stays.ID, m)); got.Provider != models.ProviderSeedr {
		t.Errorf("moved by an administrator: %s", got.Provider)
	}
}
