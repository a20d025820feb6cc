package agenttrack_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/agenttrack"
	"longhaul/internal/attempt"
	"longhaul/internal/event"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func quick() agenttrack.Pace {
	p := agenttrack.DefaultPace()
	p.Wait, p.Tick, p.Flush, p.Resync = 500*time.Millisecond, 20*time.Millisecond, 50*time.Millisecond, 150*time.Millisecond
	p.Grace, p.Silence, p.Unheard, p.Tidy = 100*time.Millisecond, 200*time.Millisecond, time.Hour, 50*time.Millisecond
	return p
}

// running puts the placed transfer on the agent.
func running(agent *agentapitest.Agent, job models.Job, kind agentapi.Kind) {
	agent.Add(agentapi.Status{
		JobID: job.ID.String(), Epoch: job.Epoch, Kind: kind, Phase: agentapi.PhaseDownloading, BytesTotal: 100, BytesDone: 40,
		BytesStored: 10, DownRate: 20, Peers: 3,
	})
}

func TestProgressIsPublishedAndFlushed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	running(agent, job, agentapi.KindDownload)
	pace := quick()
	pace.Tick = 200 * time.Millisecond
	f := b.follow(row, pace)
	for n := range 50 { // far more often than once per tick
		agent.Set(job.ID.String(), func(s *agentapi.Status) { s.BytesDone = int64(41 + n) })
	}
	b.eventually(func() string {
		m, err := b.store.Progress.ProgressOf(t.Context(), b.user.ID, []uuid.UUID{job.ID})
		if p := m[job.ID]; err != nil || p.BytesDone != 90 || p.Phase != models.PhaseDownloading || p.ETASeconds == nil {
			return "not flushed"
		}
		return ""
	})
	b.eventually(func() string {
		all := f.events.all()
		if len(all) == 0 || all[len(all)-1].Progress.BytesDone != 90 {
			return "the newest progress was not published"
		}
		return ""
	})
	all := f.events.all()
	if len(all) > 15 {
		t.Errorf("published %d times for 50 changes", len(all))
	}
	if m := all[0]; m.Kind != event.KindProgress || m.UserID != b.user.ID || m.JobID != job.ID {
		t.Errorf("message %+v", m)
	}
}

func TestFinishedDownloadCompletesItsToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	running(agent, job, agentapi.KindDownload)
	f := b.follow(row, quick())
	agent.Finish(job.ID.String())
	end := f.ended(job)
	if res := end.Result; end.Fault != nil || res.AgentID != row.ID.String() || res.Bytes != 100 || res.Epoch != job.Epoch {
		t.Errorf("completed with %+v", end)
	}
	b.eventually(func() string {
		if at := b.lastAttempt(job.ID); at.State != models.AttemptDone {
			return "attempt is " + string(at.State)
		}
		return ""
	})
}

func TestUnansweredCompletionIsRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	running(agent, job, agentapi.KindDownload)
	pace := quick()
	pace.Resync = time.Hour // nothing else reminds the tracker of it
	f := b.follow(row, pace)
	refusals := 3
	f.waiters.Refuse(func(string) error {
		if refusals--; refusals >= 0 {
			return errors.New("away")
		}
		return nil
	})
	agent.Finish(job.ID.String())
	if end := f.ended(job); end.Calls != 4 {
		t.Errorf("answered after %d calls", end.Calls)
	}
}

func TestForgottenTokenCountsAsAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	running(agent, job, agentapi.KindDownload)
	f := b.follow(row, quick())
	f.waiters.Refuse(func(string) error { return attempt.ErrNotAwaited })
	agent.Finish(job.ID.String())
	b.eventually(func() string {
		if at := b.lastAttempt(job.ID); at.State != models.AttemptDone {
			return "attempt is " + string(at.State)
		}
		return ""
	})
}

func TestReportedFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		problem string
		read    models.Problem
		code    models.Code
	}{
		{string(models.ProblemNoPeers), models.ProblemNoPeers, models.CodeUnavailable},
		{string(models.ProblemEngineCrashed), models.ProblemEngineCrashed, models.CodeInvalid},
		{"made_up_by_the_agent", "", models.CodeInternal},
	} {
		t.Run(tc.problem, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			row, agent := b.agent(4)
			job := b.placed(models.TransferDownload, 100)
			running(agent, job, agentapi.KindDownload)
			f := b.follow(row, quick())
			agent.Fail(job.ID.String(), tc.problem, "It did not work.")
			end := f.ended(job)
			if e := end.Fault; e == nil || e.Problem != tc.read || e.Code != tc.code || e.Message != "It did not work." {
				t.Errorf("failed with %v", e)
			}
			if d := end.Details; d.AgentID != row.ID.String() || d.BytesDone != 40 {
				t.Errorf("details %+v", d)
			}
			b.eventually(func() string {
				if at := b.lastAttempt(job.ID); at.State != models.AttemptFailed {
					return "attempt is " + string(at.State)
				}
				return ""
			})
		})
	}
}

func TestMetadataOfAnotherTorrentIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferResolve)
	agent.Add(agentapi.Status{JobID: job.ID.String(), Epoch: job.Epoch, Kind: agentapi.KindResolve, Phase: agentapi.PhaseResolving})
	f := b.follow(row, quick())
	agent.Resolve(job.ID.String(), agentapi.Manifest{
		Metainfo: []byte("d4:infod6:lengthi5e4:name5:hello12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee"),
		Files:    []agentapi.ManifestFile{{Path: "hello", Size: 5}},
	})
	if e := f.ended(job).Fault; e == nil || e.Code != models.CodeInternal {
		t.Errorf("failed with %v", e)
	}
	if got := b.job(job.ID); got.FileCount != 0 {
		t.Errorf("%d files of the wrong torrent were written", got.FileCount)
	}
}

func TestTransferThatTheAgentLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100) // the call to the agent never arrived
	kept := b.placed(models.TransferDownload, 100)
	running(agent, kept, agentapi.KindDownload)
	f := b.follow(row, quick())
	f.wantedAgain(job, models.ProblemAgentLost)
	if at := b.lastAttempt(kept.ID); at.State != models.AttemptOpen || f.told(kept).Told {
		t.Errorf("the transfer that runs is %s", at.State)
	}
}

func TestLostAgent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	b.agent(4)
	running(agent, job, agentapi.KindDownload)
	f := b.follow(row, quick())
	b.eventually(func() string {
		if len(f.events.all()) == 0 {
			return "not followed yet"
		}
		return ""
	})
	agent.SetDown(true)
	b.quietFor(3 * quick().Silence) // its heartbeats continue: it is left alone
	if at := b.lastAttempt(job.ID); at.State != models.AttemptOpen {
		t.Fatal("an agent that sends heartbeats was given up")
	}
	past := storetest.At(b.store, func() time.Time { return time.Now().UTC().Add(-2 * models.AgentLostAfter) })
	if _, err := past.Agents.AgentHeartbeat(t.Context(), row.ID, 1, models.AgentHeartbeat{}, 4, 0); err != nil {
		t.Fatal(err)
	}
	f.wantedAgain(job, models.ProblemAgentLost)
	got, err := b.store.Agents.Agent(t.Context(), row.ID)
	if err != nil || got.LostAt == nil {
		t.Errorf("agent lost at %v, %v", got.LostAt, err)
	}
}

// quietFor lets time pass in which nothing may happen.
func (b *bench) quietFor(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	<-t.C
}

func TestStrayTransfersAreTidied(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(8)
	add := func(id uuid.UUID, epoch int64, phase agentapi.Phase) string {
		agent.Add(agentapi.Status{JobID: id.String(), Epoch: epoch, Kind: agentapi.KindDownload, Phase: phase})
		return id.String()
	}
	move := func(to ...models.State) models.Job {
		job := b.admitted(5)
		for _, s := range to {
			if _, err := b.work.Jobs.Transition(t.Context(), job.ID, changeTo(s)); err != nil {
				t.Fatal(err)
			}
		}
		return job
	}
	unknown := add(uuid.New(), 1, agentapi.PhaseDownloading)
	cancelled := add(move(models.StateCancelled).ID, 1, agentapi.PhaseStopped)
	queued := add(move().ID, 1, agentapi.PhaseDownloading)
	paused := add(move(models.StatePaused).ID, 1, agentapi.PhaseStopped)
	seeding := add(move(models.StateDownloading, models.StateStoring, models.StateReady).ID, 1, agentapi.PhaseSeeding)
	b.follow(row, quick())
	b.eventually(func() string {
		for _, id := range []string{unknown, cancelled} {
			if _, has := agent.Has(id); has {
				return "what no job needs is still there"
			}
		}
		if phase, has := agent.Has(queued); !has || phase != agentapi.PhaseStopped {
			return "what a job may need is not stopped and kept"
		}
		return ""
	})
	for _, id := range []string{paused, seeding} {
		if slices.ContainsFunc(agent.Calls(), func(c agentapitest.Call) bool { return c.JobID == id }) {
			t.Errorf("calls %v", agent.Calls())
		}
	}
}

func TestDrainMovesWhatOthersHaveRoomFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(8)
	var jobs []models.Job
	for range 4 {
		job := b.placed(models.TransferDownload, 1<<30)
		agent.Add(agentapi.Status{
			JobID: job.ID.String(), Epoch: job.Epoch, Kind: agentapi.KindDownload, Phase: agentapi.PhaseDownloading,
			BytesTotal: 1 << 30, BytesDone: 1, DownRate: 1,
		})
		jobs = append(jobs, job)
	}
	agent.Set(jobs[0].ID.String(), func(s *agentapi.Status) { s.DownRate = 1 << 30 }) // ends in a second
	other, _ := b.agent(2)
	b.follow(row, quick())
	if err := b.store.Agents.SetAgentState(t.Context(), models.Actor{Kind: models.ActorConsole}, row.ID, models.AgentDraining); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() string {
		b.placeDue()
		if moved, err := b.work.Attempts.OpenAttempts(t.Context(), other.ID); err != nil || len(moved) != 2 {
			return "not moved"
		}
		return ""
	})
	b.quietFor(5 * quick().Flush)
	left, err := b.work.Attempts.OpenAttempts(t.Context(), row.ID)
	if err != nil || len(left) != 2 || !slices.ContainsFunc(left, func(o models.OpenAttempt) bool { return o.JobID == jobs[0].ID }) {
		t.Errorf("%d are left, %v; want two with the one that ends soon", len(left), err)
	}
	for _, o := range left {
		if phase, _ := agent.Has(o.JobID.String()); phase != agentapi.PhaseDownloading {
			t.Errorf("what was not moved is %s", phase)
		}
	}
}

func TestHeartbeatsByToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	wanted := b.placed(models.TransferDownload, 100)
	given := b.placed(models.TransferDownload, 100)
	running(agent, wanted, agentapi.KindDownload)
	running(agent, given, agentapi.KindDownload)
	pace := quick()
	pace.Beat = 50 * time.Millisecond
	f := b.follow(row, pace)
	f.waiters.Refuse(func(token string) error {
		if token == string(storetest.Token(given.ID)) {
			return attempt.ErrNotAwaited
		}
		return nil
	})
	b.eventually(func() string {
		if at := b.lastAttempt(given.ID); at.State != models.AttemptSuperseded {
			return "the abandoned attempt is " + string(at.State)
		}
		if phase, _ := agent.Has(given.ID.String()); phase != agentapi.PhaseStopped {
			return "the agent still runs it"
		}
		if f.told(wanted).Beats < 2 {
			return "no heartbeats"
		}
		return ""
	})
	if at := b.lastAttempt(wanted.ID); at.State != models.AttemptOpen || !at.BeatAt.After(at.StartedAt) {
		t.Errorf("attempt is %s, beat at %v", at.State, at.BeatAt)
	}
}

func TestTrackerHandsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, _ := b.agent(4)
	f := b.follow(row, quick())
	if err := f.stop(); !errors.Is(err, agenttrack.ErrHandOver) {
		t.Errorf("a stopping worker returned %v", err)
	}
}

func TestTrackerOfAnAgentThatIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.tracker(quick()).Follow(t.Context(), uuid.New(), nil, func(agenttrack.Report) {}); !errors.Is(err, agenttrack.ErrGone) {
		t.Errorf("ended with %v", err)
	}
}

func TestTrackerTurnEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, _ := b.agent(4)
	pace := quick()
	pace.Turn = 50 * time.Millisecond
	reports := 0
	err := b.tracker(pace).Follow(t.Context(), row.ID, nil, func(r agenttrack.Report) {
		if reports++; r.Agent != row.Name {
			t.Errorf("report %+v", r)
		}
	})
	if err != nil || reports == 0 {
		t.Errorf("ended with %v after %d reports", err, reports)
	}
}

// hanging is an agent whose manifest never comes.
type hanging struct{ agenttrack.Agent }

func (hanging) Manifest(ctx context.Context, _ string) (agentapi.Manifest, error) {
	<-ctx.Done()
	return agentapi.Manifest{}, errors.New("hung")
}

func TestOneHangingTransferHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	bad := b.placed(models.TransferResolve)
	good := b.placed(models.TransferDownload, 100)
	agent.Add(agentapi.Status{JobID: bad.ID.String(), Epoch: bad.Epoch, Kind: agentapi.KindResolve, Phase: agentapi.PhaseDone})
	running(agent, good, agentapi.KindDownload)
	tracker := b.tracker(quick())
	tracker.Agents = func(m models.Agent) agenttrack.Agent { return hanging{dial(m)} }
	f := b.run(tracker, row)
	agent.Finish(good.ID.String())
	if end := f.ended(good); end.Fault != nil {
		t.Errorf("failed with %v", end.Fault)
	}
}
