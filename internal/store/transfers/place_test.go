package transfers_test

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
	job, p := b.Running(t, 10, 20)
	if p.Epoch != 1 || p.Job.Epoch != 1 || p.Agent.ID != b.Agent.ID || len(p.Files) != 2 || job.State != models.StateDownloading ||
		job.AdmittedAt == nil || b.CountEvents(t, job.ID, models.EventPlaced) != 1 {
		t.Errorf("got %+v", p)
	}
	again := storetest.Must[models.Placement](t)(storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("two")))
	if again.Epoch != 2 || storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID)).Epoch != 2 {
		t.Errorf("got %+v", again)
	}
	open := storetest.Must[[]models.OpenAttempt](t)(b.W.Attempts.OpenAttempts(ctx, b.Agent.ID))
	if len(open) != 1 || open[0].Epoch != 2 || string(open[0].TaskToken) != "two" || open[0].UserID != b.User.ID {
		t.Errorf("open %+v", open)
	}
	all := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID))
	if len(all) != 2 || all[0].State != models.AttemptSuperseded || all[0].EndedAt == nil {
		t.Errorf("attempts %+v", all)
	}
	b.To(t, job.ID, models.StatePaused)
	_, err := b.place(t, job.ID)
	storetest.WantProblem(t, err, models.ProblemWrongState)
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID))
	_, err = b.place(t, job.ID)
	storetest.WantProblem(t, err, models.ProblemWrongState)
}

func TestPlacementWithoutRoomChangesNothing(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.Wanted(t)
	states := map[string]func(){
		"cordoned": func() {
			storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentCordoned))
		},
		"draining": func() {
			storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentDraining))
		},
		"silent": func() {
			storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentActive))
			storetest.FakeClock(b.Store).Add(models.AgentLostAfter)
		},
	}
	for _, name := range []string{"cordoned", "draining", "silent"} {
		states[name]()
		_, err := b.W.Transfers.Place(ctx, job.ID, 1, time.Minute)
		storetest.WantProblem(t, err, models.ProblemNoAgent)
		all := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID))
		if got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID)); len(all) != 1 || all[0].State != models.AttemptWanted || got.State != models.StateQueued {
			t.Errorf("%s: the job is %s, its attempts are %+v", name, got.State, all)
		}
	}
}

// TestAFullAgentGetsNothing has a full agent that is the least busy one.
func TestAFullAgentGetsNothing(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.Running(t, 10) // the first agent is the busier one
	other := storetest.Agent(t, b.Store, 100)
	const total = 1 << 40
	fill := func(id uuid.UUID, free int64) {
		storetest.Exec(t, `update agents set disk_free = $2, disk_total = $3 where id = $1`, id, free, int64(total))
	}
	fill(b.Agent.ID, models.LeastDisk)
	fill(other.ID, models.LeastDisk-1)
	for range 12 {
		job := b.Wanted(t)
		p, err := b.place(t, job.ID)
		storetest.OK(t, err)
		if p.Agent.ID != b.Agent.ID {
			t.Errorf("it went to the agent with the full disk")
		}
	}
	fill(b.Agent.ID, 0)
	job := b.Wanted(t)
	_, err := b.W.Transfers.Place(ctx, job.ID, 1, time.Minute)
	storetest.WantProblem(t, err, models.ProblemDiskFull)
	fill(b.Agent.ID, models.LeastDisk)
	_, err = b.place(t, job.ID)
	storetest.OK(t, err)
}

func TestPlacementPrefersTheAgentThatHasBytes(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	storetest.Agent(t, b.Store, 100)
	for i, tt := range []struct {
		problem models.Problem
		stays   bool
	}{
		{"", true},
		{models.ProblemStalled, true},
		{models.ProblemNoPeers, true},
		{models.ProblemAgentLost, true},
		{models.ProblemDiskFull, false},
		{models.ProblemDrained, true},
		{models.ProblemAgentUnreachable, false},
		{models.ProblemWrongContent, false},
		{models.ProblemSentAway, false},
	} {
		job, p := b.Running(t, 10)
		switch tt.problem {
		case "":
		case models.ProblemWrongContent: // found out after the attempt ended well
			storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptDone, models.Reason{}))
			if a := storetest.Must[models.Agent](t)(b.W.Attempts.Blame(ctx, job.ID, tt.problem)); a.ID != p.Agent.ID {
				t.Errorf("%s gets the blame of %s", a.Name, p.Agent.Name)
			}
		default:
			storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, tt.problem.Reason(nil)))
		}
		// Without a preference, the disk would decide for the other agent.
		storetest.Exec(t, `update agents set disk_free = case when id = $1 then 1 else 2 end`, p.Agent.ID)
		next, err := b.place(t, job.ID)
		storetest.OK(t, err)
		if (next.Agent.ID == p.Agent.ID) != tt.stays {
			t.Errorf("%d: after %q it went from %s to %s", i, tt.problem, p.Agent.Name, next.Agent.Name)
		}
	}
}

// An agent that comes back is given its job back, but not for ever.
func TestAnAgentThatLosesAJobAgainIsNotPreferred(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	storetest.Agent(t, b.Store, 100)
	job, p := b.Running(t, 10)
	first := p.Agent.ID
	for losses := 1; losses <= 2; losses++ {
		storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, models.ProblemAgentLost.Reason(nil)))
		storetest.Exec(t, `update agents set disk_free = case when id = $1 then 1 else 2 end`, first)
		var err error
		p, err = b.place(t, job.ID)
		storetest.OK(t, err)
		if stays := p.Agent.ID == first; stays != (losses < 2) {
			t.Errorf("after %d losses it is on %s", losses, p.Agent.Name)
		}
	}
}

func TestConcurrentPlacementsKeepCapacity(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentCordoned))
	small, large := storetest.Agent(t, b.Store, 2), storetest.Agent(t, b.Store, 4)
	var wg sync.WaitGroup
	results := make(chan error, 20)
	for range 20 {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
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
		storetest.WantProblem(t, err, models.ProblemNoAgent)
	}
	n1 := len(storetest.Must[[]models.OpenAttempt](t)(b.W.Attempts.OpenAttempts(ctx, small.ID)))
	n2 := len(storetest.Must[[]models.OpenAttempt](t)(b.W.Attempts.OpenAttempts(ctx, large.ID)))
	if placed != 6 || n1 != 2 || n2 != 4 {
		t.Errorf("%d placed: %d of 2 and %d of 4", placed, n1, n2)
	}
}

func TestEndAttempt(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job, p := b.Running(t, 10)
	for range 2 {
		storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, p.Epoch, models.AttemptFailed, models.ProblemStalled.Because("seconds", 9)))
	}
	storetest.OK(t, b.W.Transfers.EndAttempt(ctx, job.ID, 99, models.AttemptDone, models.Reason{}))
	all := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID))
	if len(all) != 1 || all[0].State != models.AttemptFailed || all[0].Problem != models.ProblemStalled || all[0].EndedAt == nil {
		t.Errorf("got %+v", all)
	}
	events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, b.User.ID, job.ID, 0, 100))
	last := events[len(events)-1]
	if b.CountEvents(t, job.ID, models.EventAttempt) != 1 || last.Problem != models.ProblemStalled || !last.Reason.Equal(models.ProblemStalled.Because("seconds", 9)) {
		t.Errorf("events %+v", events)
	}
}

func TestAgentLost(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := storetest.FakeClock(b.Store)
	job, _ := b.Running(t, 10)
	c.Add(models.AgentLostAfter - time.Second)
	if open := storetest.Must[[]models.OpenAttempt](t)(b.W.Transfers.MarkAgentLost(ctx, b.Agent.ID)); len(open) != 0 {
		t.Errorf("lost too early: %+v", open)
	}
	c.Add(time.Second)
	for range 2 { // the tracker may end between this and moving the jobs
		if open := storetest.Must[[]models.OpenAttempt](t)(b.W.Transfers.MarkAgentLost(ctx, b.Agent.ID)); len(open) != 1 || open[0].JobID != job.ID {
			t.Errorf("open: %+v", open)
		}
	}
	if a := storetest.Must[models.Agent](t)(b.Agents.Agent(ctx, b.Agent.ID)); a.LostAt == nil || !a.LostAt.Equal(c.Now) {
		t.Errorf("agent %+v", a)
	}
	storetest.Must[models.AgentState](t)(b.Agents.AgentHeartbeat(ctx, b.Agent.ID, 1, models.AgentHeartbeat{}, 100, 0))
	if a := storetest.Must[models.Agent](t)(b.Agents.Agent(ctx, b.Agent.ID)); a.LostAt != nil {
		t.Errorf("agent %+v", a)
	}
	if open := storetest.Must[[]models.OpenAttempt](t)(b.W.Transfers.MarkAgentLost(ctx, b.Agent.ID)); len(open) != 0 {
		t.Errorf("lost although it is back: %+v", open)
	}
}
