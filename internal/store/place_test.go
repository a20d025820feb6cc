package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func (b bundle) place(t testing.TB, jobID uuid.UUID) (models.Placement, error) {
	t.Helper()
	return storetest.Place(t, b.Store, jobID, models.TransferDownload, []byte("token"))
}

func TestPlacement(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 10, 20)
	if p.Epoch != 1 || p.Job.Epoch != 1 || p.Agent.ID != b.agent.ID || len(p.Files) != 2 || job.State != models.StateDownloading ||
		job.AdmittedAt == nil || countEvents(t, b, job.ID, models.EventPlaced) != 1 {
		t.Errorf("got %+v", p)
	}
	again := must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("two")))
	if again.Epoch != 2 || must[models.Job](t)(b.w.Job(ctx, job.ID)).Epoch != 2 {
		t.Errorf("got %+v", again)
	}
	open := must[[]models.OpenAttempt](t)(b.w.OpenAttempts(ctx, b.agent.ID))
	if len(open) != 1 || open[0].Epoch != 2 || string(open[0].TaskToken) != "two" || open[0].UserID != b.user.ID {
		t.Errorf("open %+v", open)
	}
	all := must[[]models.Attempt](t)(b.w.Attempts(ctx, job.ID))
	if len(all) != 2 || all[0].State != models.AttemptSuperseded || all[0].EndedAt == nil {
		t.Errorf("attempts %+v", all)
	}
	b.to(t, job.ID, models.StatePaused)
	_, err := b.place(t, job.ID)
	wantProblem(t, err, models.ProblemWrongState)
	ok(t, b.RequestDelete(ctx, b.user.ID, job.ID))
	_, err = b.place(t, job.ID)
	wantProblem(t, err, models.ProblemWrongState)
}

func TestPlacementWithoutRoomChangesNothing(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.wanted(t)
	states := map[string]func(){
		"cordoned": func() {
			ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.agent.ID, models.AgentCordoned))
		},
		"draining": func() {
			ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.agent.ID, models.AgentDraining))
		},
		"silent": func() {
			ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.agent.ID, models.AgentActive))
			b.fakeClock().add(models.AgentLostAfter)
		},
	}
	for _, name := range []string{"cordoned", "draining", "silent"} {
		states[name]()
		_, err := b.w.Place(ctx, job.ID, 1, time.Minute)
		wantProblem(t, err, models.ProblemNoAgent)
		all := must[[]models.Attempt](t)(b.w.Attempts(ctx, job.ID))
		if got := must[models.Job](t)(b.w.Job(ctx, job.ID)); len(all) != 1 || all[0].State != models.AttemptWanted || got.State != models.StateQueued {
			t.Errorf("%s: the job is %s, its attempts are %+v", name, got.State, all)
		}
	}
}

func TestPlacementPrefersTheAgentThatHasBytes(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	other := storetest.Agent(t, b.Store, 100)
	for i, tt := range []struct {
		problem models.Problem
		stays   bool
	}{
		{"", true},
		{models.ProblemStalled, true},
		{models.ProblemNoPeers, true},
		{models.ProblemAgentLost, false},
		{models.ProblemDiskFull, false},
		{models.ProblemDrained, false},
		{models.ProblemAgentUnreachable, false},
	} {
		job, p := b.running(t, 10)
		if tt.problem != "" {
			ok(t, b.w.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, tt.problem.Reason(nil)))
		}
		next, err := b.place(t, job.ID)
		ok(t, err)
		if (next.Agent.ID == p.Agent.ID) != tt.stays {
			t.Errorf("%d: after %q it went from %s to %s", i, tt.problem, p.Agent.Name, next.Agent.Name)
		}
	}
	_ = other
}

func TestConcurrentPlacementsKeepCapacity(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.agent.ID, models.AgentCordoned))
	small, large := storetest.Agent(t, b.Store, 2), storetest.Agent(t, b.Store, 4)
	var wg sync.WaitGroup
	results := make(chan error, 20)
	for range 20 {
		job := storetest.Submit(t, b.Store, b.user.ID, nil)
		wg.Go(func() {
			_, err := b.place(t, job.ID)
			results <- err
		})
	}
	wg.Wait()
	close(results)
	placed := 0
	for err := range results {
		if err == nil {
			placed++
			continue
		}
		wantProblem(t, err, models.ProblemNoAgent)
	}
	n1 := len(must[[]models.OpenAttempt](t)(b.w.OpenAttempts(ctx, small.ID)))
	n2 := len(must[[]models.OpenAttempt](t)(b.w.OpenAttempts(ctx, large.ID)))
	if placed != 6 || n1 != 2 || n2 != 4 {
		t.Errorf("%d placed: %d of 2 and %d of 4", placed, n1, n2)
	}
}

func TestEndAttempt(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.running(t, 10)
	for range 2 {
		ok(t, b.w.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, models.ProblemStalled.Because("seconds", 9)))
	}
	ok(t, b.w.EndAttempt(ctx, job.ID, 99, models.AttemptDone, models.Reason{}))
	all := must[[]models.Attempt](t)(b.w.Attempts(ctx, job.ID))
	if len(all) != 1 || all[0].State != models.AttemptFailed || all[0].Problem != models.ProblemStalled || all[0].EndedAt == nil {
		t.Errorf("got %+v", all)
	}
	events := must[[]models.Event](t)(b.JobEvents(ctx, b.user.ID, job.ID, 0, 100))
	last := events[len(events)-1]
	if countEvents(t, b, job.ID, models.EventAttempt) != 1 || last.Problem != models.ProblemStalled || !last.Reason.Equal(models.ProblemStalled.Because("seconds", 9)) {
		t.Errorf("events %+v", events)
	}
}

func TestBeats(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	job, p := b.running(t, 10)
	c.add(time.Minute)
	ok(t, b.w.TouchBeat(ctx, job.ID, p.Epoch))
	if got := must[[]models.Attempt](t)(b.w.Attempts(ctx, job.ID)); !got[0].BeatAt.Equal(c.now) {
		t.Errorf("got %+v", got)
	}
}

func TestAgentLost(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	job, _ := b.running(t, 10)
	c.add(models.AgentLostAfter - time.Second)
	if open := must[[]models.OpenAttempt](t)(b.w.MarkAgentLost(ctx, b.agent.ID)); len(open) != 0 {
		t.Errorf("lost too early: %+v", open)
	}
	c.add(time.Second)
	for range 2 { // the tracker may end between this and moving the jobs
		if open := must[[]models.OpenAttempt](t)(b.w.MarkAgentLost(ctx, b.agent.ID)); len(open) != 1 || open[0].JobID != job.ID {
			t.Errorf("open: %+v", open)
		}
	}
	if a := must[models.Agent](t)(b.Agent(ctx, b.agent.ID)); a.LostAt == nil || !a.LostAt.Equal(c.now) {
		t.Errorf("agent %+v", a)
	}
	must[models.AgentState](t)(b.AgentHeartbeat(ctx, b.agent.ID, 1, models.AgentHeartbeat{}, 100, 0))
	if a := must[models.Agent](t)(b.Agent(ctx, b.agent.ID)); a.LostAt != nil {
		t.Errorf("agent %+v", a)
	}
	if open := must[[]models.OpenAttempt](t)(b.w.MarkAgentLost(ctx, b.agent.ID)); len(open) != 0 {
		t.Errorf("lost although it is back: %+v", open)
	}
}

func TestAgents(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	ok(t, b.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash(1), "north", time.Hour))
	wantCode(t, b.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash(2), b.agent.Name, time.Hour), models.CodeConflict)
	new := models.Agent{URL: "http://a:7300", CredentialHash: hash(9), Capacity: 2, Name: "what it says of itself"}
	_, err := b.EnrolAgent(ctx, "192.0.2.1", hash(7), new)
	wantCode(t, err, models.CodeForbidden)
	a, err := b.EnrolAgent(ctx, "192.0.2.1", hash(1), new)
	if err != nil || a.Name != "north" || a.State != models.AgentActive || a.ID == uuid.Nil {
		t.Fatalf("got %+v, %v", a, err)
	}
	_, err = b.EnrolAgent(ctx, "192.0.2.1", hash(1), new)
	wantCode(t, err, models.CodeForbidden) // used
	ok(t, b.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash(3), "late", time.Minute))
	c.add(time.Minute)
	_, err = b.EnrolAgent(ctx, "192.0.2.1", hash(3), models.Agent{CredentialHash: hash(8), Capacity: 1})
	wantCode(t, err, models.CodeForbidden) // expired
	if got := must[models.Agent](t)(b.AgentByCredential(ctx, hash(9))); got.ID != a.ID {
		t.Errorf("got %+v", got)
	}
	_, err = b.AgentByCredential(ctx, hash(1))
	wantCode(t, err, models.CodeNotFound)
	for want := int64(1); want <= 2; want++ {
		if n := must[int64](t)(b.BootAgent(ctx, a.ID, "http://b:7300", 3, "v2")); n != want {
			t.Errorf("boot epoch %d, want %d", n, want)
		}
	}
	hb := models.AgentHeartbeat{At: c.now.Add(1000 * time.Hour), Running: 1, DiskFree: 7, DownRate: 5}
	_, err = b.AgentHeartbeat(ctx, a.ID, 1, hb, 3, 10)
	wantProblem(t, err, models.ProblemSuperseded)
	_, err = b.AgentHeartbeat(ctx, uuid.New(), 1, hb, 3, 10)
	wantCode(t, err, models.CodeNotFound)
	ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, a.ID, models.AgentDraining))
	wantCode(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, uuid.New(), models.AgentActive), models.CodeNotFound)
	c.add(time.Second)
	if state := must[models.AgentState](t)(b.AgentHeartbeat(ctx, a.ID, 2, hb, 4, 10)); state != models.AgentDraining {
		t.Errorf("state %s", state)
	}
	got := must[models.Agent](t)(b.Agent(ctx, a.ID))
	if got.Capacity != 4 || got.DiskFree != 7 || got.DiskTotal != 10 || got.URL != "http://b:7300" || !got.LastSeenAt.Equal(c.now) || !got.Alive(c.now) {
		t.Errorf("got %+v", got)
	}
	if n := must[int64](t)(b.w.PruneHeartbeats(ctx, c.now.Add(time.Second))); n != 1 {
		t.Errorf("pruned %d heartbeats: the agent's clock was believed", n)
	}
	if list := must[[]models.Agent](t)(b.w.ListAgents(ctx)); len(list) != 2 {
		t.Errorf("agents %+v", list)
	}
}

func TestPickAgentForInspect(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	idle := storetest.Agent(t, b.Store, 1)
	must[models.AgentState](t)(b.AgentHeartbeat(ctx, b.agent.ID, 1, models.AgentHeartbeat{Running: 50}, 100, 0))
	if a := must[models.Agent](t)(b.PickAgentForInspect(ctx)); a.ID != idle.ID {
		t.Errorf("picked %+v", a)
	}
	ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, idle.ID, models.AgentCordoned))
	ok(t, b.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.agent.ID, models.AgentCordoned))
	_, err := b.PickAgentForInspect(ctx)
	wantProblem(t, err, models.ProblemNoAgent)
}
