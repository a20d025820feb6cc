package seedrtrack_test

import (
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/internal/seedrtrack"
	"longhaul/models"
)

func TestAnOpenAttemptIsAddedOnceAndCompletes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.follow(b.tracker())
	end := b.ended(job)
	if res := end.Result; end.Fault != nil || res.Provider != models.ProviderSeedr || !res.ToStore || res.Epoch != job.Epoch || res.Bytes != 5 {
		t.Errorf("told %+v", end)
	}
	if n := b.Stats().Adds[*job.InfoHashV1]; n != 1 {
		t.Errorf("added %d times", n)
	}
	b.eventually(func() string {
		if at := b.last(job); at.State != models.AttemptDone || at.Ref == "" {
			return "the attempt is " + string(at.State)
		}
		return ""
	})
}

func TestAnAddWhoseAnswerGotLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.Inject(seedrtest.FaultLostAnswer, "add", 1)
	b.follow(b.tracker())
	if end := b.ended(job); end.Fault != nil {
		t.Errorf("told %+v", end)
	}
	if n := b.Stats().Adds[*job.InfoHashV1]; n != 1 {
		t.Errorf("added %d times", n)
	}
}

func TestWhatNobodyHasIsAFaultOfTheSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(false)
	tracker := b.tracker()
	tracker.ResolveTimeout = 200 * time.Millisecond
	b.follow(tracker)
	if end := b.ended(job); end.Fault == nil || end.Fault.Problem != models.ProblemMetadataTimeout || end.Details.Provider != models.ProviderSeedr {
		t.Errorf("told %+v", end)
	}
	b.eventually(func() string {
		if err := b.Empty(); err != nil {
			return err.Error()
		}
		return ""
	})
}

func TestAnOutageHasTheJobWaitForAnotherAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.Inject(seedrtest.FaultJSON500, "", 1000)
	tracker := b.tracker()
	tracker.Pace.Outage = 100 * time.Millisecond
	b.follow(tracker)
	b.eventually(func() string {
		if at := b.last(job); at.State != models.AttemptWanted || at.Epoch != job.Epoch+1 {
			return "the attempt is " + string(at.State)
		}
		return ""
	})
	if b.told(job).Told {
		t.Error("the workflow heard of an infrastructure fault")
	}
}

func TestWhatNoJobNeedsIsRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(true)
	b.follow(b.tracker())
	b.ended(job)
	if _, err := b.work.Jobs.Transition(t.Context(), job.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)}); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() string {
		if err := b.Empty(); err != nil {
			return err.Error()
		}
		return ""
	})
}

func TestTheAccountIsHandedOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.follow(b.tracker())(); !errors.Is(err, seedrtrack.ErrHandOver) {
		t.Errorf("a stopping worker returned %v", err)
	}
	tracker := b.tracker()
	tracker.Pace.Turn = 30 * time.Millisecond
	if err := tracker.Follow(t.Context(), nil); err != nil {
		t.Errorf("a turn ended with %v", err)
	}
}

func TestVerifyTellsWhatTheAccountAllows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	check, err := b.tracker().Verify(t.Context())
	if err != nil || !check.OK || check.SpaceMax != 1<<40 {
		t.Errorf("%+v, %v", check, err)
	}
	b.Inject(seedrtest.FaultJSON500, "", 1000)
	if check, err := b.tracker().Verify(t.Context()); err != nil || check.OK || check.Problem == "" {
		t.Errorf("an account that fails: %+v, %v", check, err)
	}
	none := b.tracker()
	none.Account = nil
	if check, err := none.Verify(t.Context()); err != nil || check.OK || check.Problem != models.ProblemSeedrAuth {
		t.Errorf("no account: %+v, %v", check, err)
	}
}

// hello is a content of one file.
func hello(name, body string) seedrtest.Content {
	return seedrtest.Content{Name: name, Files: []seedrtest.ContentFile{{
		Path: "000.bin", Size: int64(len(body)),
		Open: func(at int64) io.ReadCloser { return io.NopCloser(strings.NewReader(body[at:])) },
	}}}
}

// The account has a folder of the same name that somebody else put there: it is
// neither taken for the job's content nor removed with it.
func TestAnOlderFolderOfTheSameNameIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Set(func(s *seedrtest.Switches) { s.HideFolderID, s.ForgetDone = true, true })
	other := strings.Repeat("ab", 20)
	b.library.Put(other, hello("Sample", "older"))
	if _, err := b.client.AddMagnet(t.Context(), "magnet:?xt=urn:btih:"+other); err != nil {
		t.Fatal(err)
	}
	var older seedr.Folder
	b.eventually(func() string {
		root, err := b.client.Root(t.Context())
		if err != nil || len(root.Folders) == 0 {
			return "the older content is gone"
		}
		older = root.Folders[0]
		return ""
	})
	job := b.placed(true)
	b.follow(b.tracker())
	if end := b.ended(job); end.Fault != nil || !end.Result.ToStore {
		t.Errorf("told %+v", end)
	}
	items, err := b.work.Providers.SeedrItems(t.Context())
	if item := items[*job.InfoHashV1]; err != nil || item.FolderID == 0 || item.FolderID == older.ID {
		t.Errorf("the job's folder is %d, the older one %d, %v", item.FolderID, older.ID, err)
	}
	if _, err := b.work.Jobs.Transition(t.Context(), job.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled)}); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() string {
		root, err := b.client.Root(t.Context())
		if err != nil || len(root.Folders) != 1 {
			return "the job's folder is still there"
		}
		if root.Folders[0].ID != older.ID {
			t.Fatal("someone else's folder was removed")
		}
		return ""
	})
}

// Two short failures hours apart are not an outage of hours.
func TestAnOutageIsOverWhenSeedrAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.placed(false)
	var ahead atomic.Int64
	tracker := b.tracker()
	tracker.ResolveTimeout, tracker.StallTimeout = 100*time.Hour, 100*time.Hour
	tracker.Pace.Outage = time.Hour
	tracker.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	failsAndRecovers := func(n int) {
		b.Inject(seedrtest.FaultJSON500, "root", 1)
		calls := 0
		b.eventually(func() string {
			if calls = b.Stats().Calls["root"]; b.Stats().Faults[seedrtest.FaultJSON500] < n {
				return "Seedr has not failed"
			}
			return ""
		})
		b.eventually(func() string {
			if b.Stats().Calls["root"] < calls+2 { // the previous one was handled
				return "Seedr has not answered again"
			}
			return ""
		})
	}
	b.follow(tracker)
	failsAndRecovers(1)
	ahead.Store(int64(2 * time.Hour))
	failsAndRecovers(2)
	if at := b.last(job); at.Epoch != job.Epoch || at.State != models.AttemptOpen {
		t.Errorf("attempt %d is %s, %s", at.Epoch, at.State, at.Problem)
	}
}
