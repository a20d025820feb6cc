package worker_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/app/plug"
	"longhaul/internal/attempt"
	"longhaul/internal/event"
	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/internal/seedrcopy"
	"longhaul/internal/seedrtrack"
	"longhaul/models"
	"longhaul/models/wording"
)

const seedrPassword = "canary-8c1f0"

// account is a simulated Seedr account with a library of content.
type account struct {
	*seedrtest.Sim
	library *seedrtest.Library
	shared  *seedr.Memory
	// patience is how long nothing may come; 0 is a few seconds.
	patience time.Duration
	// between sits between the trackers and the database; nil means nothing.
	between func(seedrtrack.Store) seedrtrack.Store
	client  *seedr.Client // the worker's
}

func newAccount(t *testing.T, sw seedrtest.Switches) *account {
	t.Helper()
	a := &account{library: &seedrtest.Library{Took: 20 * time.Millisecond}, shared: &seedr.Memory{}}
	sim, err := seedrtest.Start(seedrtest.Options{
		Email: "seedr@example.com", Password: seedrPassword, Fetcher: a.library, Switches: sw,
	})
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}
	t.Cleanup(sim.Close)
	a.Sim = sim
	return a
}

// parts returns the worker's side of the account.
func (a *account) parts(s *system, bus *event.PG, desk *attempt.Desk) (tracker *seedrtrack.Tracker, copier *seedrcopy.Copier) {
	work := s.store.Worker()
	if a == nil {
		return &seedrtrack.Tracker{Store: plug.SeedrTracker(work)}, seedrcopy.New(seedrcopy.Copier{})
	}
	client, err := seedr.New(seedr.Options{
		URL: a.URL(), Email: "seedr@example.com", Password: seedrPassword, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Shared: a.shared,
	})
	if err != nil {
		s.t.Fatalf("seedr client: %v", err)
	}
	s.t.Cleanup(client.Close)
	a.client = client
	if err := work.Providers.SaveSeedrSetup(s.t.Context(), true, "environment", 0); err != nil {
		s.t.Fatalf("set up: %v", err)
	}
	pace := seedrtrack.DefaultPace()
	pace.Tick, pace.Quick, pace.Slow, pace.Idle, pace.Flush = 50*time.Millisecond, 300*time.Millisecond, 600*time.Millisecond, time.Second, 200*time.Millisecond
	pace.Appear, pace.Again, pace.Full = 2*time.Second, time.Second, time.Second
	if a.between != nil {
		defer func() { tracker.Store = a.between(plug.SeedrTracker(work)) }()
	}
	tracker = &seedrtrack.Tracker{
		Store: plug.SeedrTracker(work), Account: client, Desk: desk, Events: bus, Now: time.Now, Log: slog.New(slog.DiscardHandler), Pace: pace,
		ResolveTimeout: cmp.Or(a.patience, 2*time.Second), StallTimeout: cmp.Or(a.patience, 5*time.Second),
	}
	return tracker, seedrcopy.New(seedrcopy.Copier{
		Store: plug.SeedrCopier(work), Objects: s.objects, Account: client, Events: bus, Now: time.Now, Log: slog.New(slog.DiscardHandler), Retry: 20 * time.Millisecond,
	})
}

// has puts the system's content into the account's reach.
func (a *account) has(s *system) {
	body := s.content
	a.library.Put(s.infoHash(), seedrtest.Content{Name: s.name(), Files: []seedrtest.ContentFile{{
		Path: s.name(), Size: int64(len(body)),
		Open: func(at int64) io.ReadCloser { return io.NopCloser(bytes.NewReader(body[at:])) },
	}}})
}

func (s *system) switchTo(p models.Provider, f models.Failover) {
	s.t.Helper()
	_, err := s.store.Providers.SwitchProvider(s.t.Context(), models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}, models.ProviderChange{
		To: p, Options: models.ProviderOptions{Failover: f, UserChoice: true},
	})
	if err != nil {
		s.t.Fatalf("switch: %v", err)
	}
}

// emptied waits until the account holds nothing.
func (s *system) emptied(a *account) {
	s.t.Helper()
	s.eventually(func() string {
		if err := a.Empty(); err != nil {
			return err.Error()
		}
		items, err := s.store.Worker().Providers.SeedrItems(s.t.Context())
		if err != nil || len(items) > 0 {
			return "rows of the account are left"
		}
		return ""
	})
	if v := a.Stats().Violations; len(v) > 0 {
		s.t.Errorf("violations: %v", v)
	}
}

func both(t *testing.T, test func(t *testing.T, sw seedrtest.Switches)) {
	for _, g := range []seedrtest.Generation{seedrtest.Modern, seedrtest.Legacy} {
		t.Run(string(g), func(t *testing.T) {
			sw := seedrtest.Default()
			sw.Generation = g
			test(t, sw)
		})
	}
}

func TestSeedrKnownFilesToReady(t *testing.T) {
	both(t, func(t *testing.T, sw seedrtest.Switches) {
		a := newAccount(t, sw)
		s := newSystem(t, options{seedr: a})
		a.has(s)
		s.switchTo(models.ProviderSeedr, models.FailoverNone)
		job := s.known()
		if job.Provider != models.ProviderSeedr {
			t.Fatalf("submitted to %s", job.Provider)
		}
		s.until(job.ID, models.StateReady)
		s.delivered(job.ID)
		s.straight("seedr_known_files", s.closed(job.ID, completed))
		s.emptied(a)
		if n := a.Stats().Adds[s.infoHash()]; n != 1 {
			t.Errorf("added %d times", n)
		}
	})
}

func TestSeedrMagnetToReady(t *testing.T) {
	both(t, func(t *testing.T, sw seedrtest.Switches) {
		sw.MetadataDelay, sw.FolderDelay, sw.HideFolderID = 100*time.Millisecond, 400*time.Millisecond, true
		a := newAccount(t, sw)
		s := newSystem(t, options{seedr: a})
		a.has(s)
		s.switchTo(models.ProviderSeedr, models.FailoverNone)
		job := s.submit(models.NewJob{})
		s.until(job.ID, models.StateReady)
		s.delivered(job.ID)
		s.straight("seedr_magnet", s.closed(job.ID, completed))
		s.emptied(a)
	})
}

func TestSeedrChooseFiles(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a, selection: time.Hour})
	a.has(s)
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	job := s.submit(models.NewJob{ChooseFiles: true})
	got := s.until(job.ID, models.StateAwaitingSelection)
	if err := s.chooses(got, 0); err != nil {
		t.Fatalf("select: %v", err)
	}
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.keep("seedr_files_chosen", s.closed(job.ID, completed))
	s.emptied(a)
	if n := a.Stats().Adds[s.infoHash()]; n != 1 {
		t.Errorf("added %d times", n)
	}
}

func TestSeedrCancelWhileDownloading(t *testing.T) {
	sw := seedrtest.Default()
	sw.LateLeftovers = 300 * time.Millisecond
	a := newAccount(t, sw)
	a.library.Took = time.Hour
	s := newSystem(t, options{seedr: a})
	a.has(s)
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	job := s.known()
	s.until(job.ID, models.StateDownloading)
	s.eventually(func() string {
		if a.Stats().Adds[s.infoHash()] == 0 {
			return "not added"
		}
		return ""
	})
	if _, err := s.store.Jobs.RequestCancel(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	s.until(job.ID, models.StateCancelled)
	s.keep("seedr_cancel_downloading", s.closed(job.ID, canceled))
	s.emptied(a)
	s.gone(job.ID)
}

func TestSeedrLostAnswerIsNoSecondAdd(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a})
	a.has(s)
	a.Inject(seedrtest.FaultLostAnswer, "POST /rest/transfer/file", 1)
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	job := s.known()
	s.until(job.ID, models.StateReady)
	s.emptied(a)
	if n := a.Stats().Adds[s.infoHash()]; n != 1 {
		t.Errorf("added %d times", n)
	}
}

func TestDeadMagnetMovesFromSeedrToAnAgent(t *testing.T) {
	a := newAccount(t, seedrtest.Default()) // its library is empty
	s := newSystem(t, options{seedr: a})
	s.agent(s.works)
	s.switchTo(models.ProviderSeedr, models.FailoverToAgent)
	job := s.submit(models.NewJob{})
	got := s.until(job.ID, models.StateReady)
	if got.Provider != models.ProviderAgent {
		t.Errorf("ended at %s", got.Provider)
	}
	s.delivered(job.ID)
	s.keep("seedr_to_agent", s.closed(job.ID, completed))
	s.told(job.ID, models.ReasonMovedByFailover, "It moves to the agents.")
	s.emptied(a)
}

func TestNoPeersMoveFromAgentToSeedr(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a, pauses: []time.Duration{time.Hour}})
	a.has(s)
	s.agent(func(ag *agentapitest.Agent, id string, _ agentapi.StartTransfer) {
		ag.Fail(id, string(models.ProblemNoPeers), "No peer has it.")
	})
	s.switchTo(models.ProviderAgent, models.FailoverToSeedr)
	job := s.known()
	got := s.until(job.ID, models.StateReady)
	if got.Provider != models.ProviderSeedr {
		t.Errorf("ended at %s", got.Provider)
	}
	s.delivered(job.ID)
	s.keep("agent_to_seedr", s.closed(job.ID, completed))
	s.told(job.ID, models.ReasonMovedByFailover, "No peers were found. It moves to Seedr.")
	s.emptied(a)
}

func TestEmptyPoolMovesQueuedJobsToSeedr(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a})
	a.has(s)
	s.switchTo(models.ProviderAgent, models.FailoverToSeedr)
	job := s.known()
	s.until(job.ID, models.StateReady)
	s.told(job.ID, models.ReasonMovedByFailover, "No compute agent can take it right now. It moves to Seedr.")
	s.emptied(a)
}

func TestAdminMovesAJob(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a})
	a.has(s)
	s.agent(s.downloading(func(*agentapitest.Agent, string) {}))
	job := s.known()
	s.until(job.ID, models.StateDownloading)
	s.asks(job, models.Ask{Act: models.ActionMove, Provider: models.ProviderSeedr})
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.keep("asked_to_move", s.closed(job.ID, completed))
	s.told(job.ID, models.ReasonMovedByAdmin, "An administrator moved it to Seedr.")
	s.emptied(a)
}

func TestStreamingGoesOnAfterAKill(t *testing.T) {
	sw := seedrtest.Default()
	sw.BytesPerSecond = 24 << 20
	a := newAccount(t, sw)
	s := newSystem(t, options{seedr: a})
	s.content = bytes.Repeat([]byte("0123456789abcdef"), 6<<20) // six parts
	a.has(s)
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	job := s.known()
	stored := func() int {
		files, err := s.store.Worker().Files.FilesToFinalize(t.Context(), job.ID)
		if err != nil || len(files) == 0 {
			return 0
		}
		return len(files[0].Parts)
	}
	s.eventually(func() string {
		if stored() < 2 {
			return "too little is in storage"
		}
		return ""
	})
	s.restart()
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	size := int64(len(s.content))
	if got, most := a.Stats().ServedTotal, size+4*models.UsualPartSize; got > most {
		t.Errorf("read %d bytes of %d", got, size)
	}
	if n := a.Stats().MaxReaders; n > 2 {
		t.Errorf("%d readers of one link", n)
	}
	s.emptied(a)
}

func TestLinksThatFailAreTakenAnew(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a})
	s.content = bytes.Repeat([]byte("0123456789abcdef"), 3<<20) // three parts
	a.has(s)
	for _, f := range []seedrtest.Fault{
		seedrtest.FaultForbidden, seedrtest.FaultShort, seedrtest.FaultBusy, seedrtest.FaultNotReady, seedrtest.FaultCut,
	} {
		a.Inject(f, "", 1)
	}
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	job := s.known()
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	if n := len(a.Stats().Faults); n != 5 {
		t.Errorf("%d of 5 faults happened: %v", n, a.Stats().Faults)
	}
	if n := a.Stats().MaxReaders; n > 2 {
		t.Errorf("%d readers of one link", n)
	}
	s.emptied(a)
}

func TestCancelReachesTheStream(t *testing.T) {
	sw := seedrtest.Default()
	sw.BytesPerSecond = 1 << 20
	a := newAccount(t, sw)
	s := newSystem(t, options{seedr: a})
	s.content = bytes.Repeat([]byte("0123456789abcdef"), 6<<20)
	a.has(s)
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	job := s.known()
	s.until(job.ID, models.StateStoring)
	if _, err := s.store.Jobs.RequestCancel(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	s.until(job.ID, models.StateCancelled)
	s.keep("seedr_cancel_storing", s.closed(job.ID, canceled))
	s.emptied(a)
	s.gone(job.ID)
}

func TestFullSeedrAccountIsWaitedFor(t *testing.T) {
	both(t, func(t *testing.T, sw seedrtest.Switches) {
		sw.Slots = 1 // the plan's name promises 25
		a := newAccount(t, sw)
		s := newSystem(t, options{seedr: a})
		a.has(s)
		// Someone uses the account by hand.
		foreign, err := a.client.AddMagnet(t.Context(), "magnet:?xt=urn:btih:"+strings.Repeat("ab", 20))
		if err != nil {
			t.Fatalf("add: %v", err)
		}
		s.switchTo(models.ProviderSeedr, models.FailoverNone)
		job := s.known()
		s.eventually(func() string {
			got := s.job(job.ID)
			if got.Problem != models.ProblemSeedrSlots && got.Problem != models.ProblemSeedrFull {
				return fmt.Sprintf("is %s: %v", got.State, got.Reason)
			}
			return ""
		})
		if got := s.job(job.ID); got.State != models.StateQueued || got.Reason.None() {
			t.Errorf("waits as %s: %v", got.State, got.Reason)
		}
		if err := a.client.DeleteTransfer(t.Context(), foreign.ID); err != nil {
			t.Fatalf("remove: %v", err)
		}
		s.until(job.ID, models.StateReady)
		s.keep("seedr_full", s.closed(job.ID, completed))
		s.emptied(a) // the wishlist too
	})
}

func TestTooLargeForSeedrMovesToAnAgent(t *testing.T) {
	sw := seedrtest.Default()
	sw.SpaceMax = 4 // bytes; the content has 5
	a := newAccount(t, sw)
	s := newSystem(t, options{seedr: a})
	a.has(s)
	s.agent(s.works)
	s.switchTo(models.ProviderSeedr, models.FailoverToAgent)
	job := s.known()
	if got := s.until(job.ID, models.StateReady); got.Provider != models.ProviderAgent {
		t.Errorf("ended at %s", got.Provider)
	}
	s.told(job.ID, models.ReasonMovedByFailover, "but the whole Seedr account has 4 B.")
	s.emptied(a)
}

func TestVerifyCallsSeedr(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	s := newSystem(t, options{seedr: a})
	check, err := s.flows.VerifySeedr(t.Context())
	if err != nil || !check.OK || check.Plan != "MASTER" || check.Slots != 25 || check.SpaceMax != 1<<40 {
		t.Errorf("verified: %+v, %v", check, err)
	}
	a.Inject(seedrtest.FaultAuth, "", 2)
	check, err = s.flows.VerifySeedr(t.Context())
	if err != nil || check.OK || check.Problem != models.ProblemSeedrAuth {
		t.Errorf("with a refused password: %+v, %v", check, err)
	}
}

// told checks that the timeline has a reason with the text.
func (s *system) told(id uuid.UUID, code models.ReasonCode, sentence string) {
	s.t.Helper()
	events, err := s.store.Timeline.JobEvents(s.t.Context(), s.user.ID, id, 0, 1000)
	if err != nil {
		s.t.Fatalf("timeline: %v", err)
	}
	var all []string
	for _, e := range events {
		if e.Reason.Code == code && strings.Contains(wording.API().Why(e.Reason), sentence) {
			return
		}
		all = append(all, wording.API().Why(e.Reason))
	}
	s.t.Errorf("the timeline does not say %q: %q", sentence, all)
}
