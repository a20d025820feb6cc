package agents_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestAgents(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	storetest.OK(t, b.Agents.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash(1), "north", time.Hour))
	storetest.WantCode(t, b.Agents.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash(2), b.Agent.Name, time.Hour), models.CodeConflict)
	new := models.Agent{URL: "http://a:7300", CredentialHash: hash(9), Capacity: 2, Name: "what it says of itself"}
	_, err := b.Agents.EnrolAgent(ctx, "192.0.2.1", hash(7), new)
	storetest.WantCode(t, err, models.CodeForbidden)
	a, err := b.Agents.EnrolAgent(ctx, "192.0.2.1", hash(1), new)
	if err != nil || a.Name != "north" || a.State != models.AgentActive || a.ID == uuid.Nil {
		t.Fatalf("got %+v, %v", a, err)
	}
	_, err = b.Agents.EnrolAgent(ctx, "192.0.2.1", hash(1), new)
	storetest.WantCode(t, err, models.CodeForbidden) // used
	storetest.OK(t, b.Agents.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash(3), "late", time.Minute))
	c.Add(time.Minute)
	_, err = b.Agents.EnrolAgent(ctx, "192.0.2.1", hash(3), models.Agent{CredentialHash: hash(8), Capacity: 1})
	storetest.WantCode(t, err, models.CodeForbidden) // expired
	if got := storetest.Must[models.Agent](t)(b.Agents.AgentByCredential(ctx, hash(9))); got.ID != a.ID {
		t.Errorf("got %+v", got)
	}
	_, err = b.Agents.AgentByCredential(ctx, hash(1))
	storetest.WantCode(t, err, models.CodeNotFound)
	for want := int64(1); want <= 2; want++ {
		if n := storetest.Must[int64](t)(b.Agents.BootAgent(ctx, a.ID, "http://b:7300", 3, "v2")); n != want {
			t.Errorf("boot epoch %d, want %d", n, want)
		}
	}
	hb := models.AgentHeartbeat{At: c.Now.Add(1000 * time.Hour), Running: 1, DiskFree: 7, DownRate: 5}
	_, err = b.Agents.AgentHeartbeat(ctx, a.ID, 1, hb, 3, 10)
	storetest.WantProblem(t, err, models.ProblemSuperseded)
	_, err = b.Agents.AgentHeartbeat(ctx, uuid.New(), 1, hb, 3, 10)
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, a.ID, models.AgentDraining))
	storetest.WantCode(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, uuid.New(), models.AgentActive), models.CodeNotFound)
	c.Add(time.Second)
	if state := storetest.Must[models.AgentState](t)(b.Agents.AgentHeartbeat(ctx, a.ID, 2, hb, 4, 10)); state != models.AgentDraining {
		t.Errorf("state %s", state)
	}
	got := storetest.Must[models.Agent](t)(b.Agents.Agent(ctx, a.ID))
	if got.Capacity != 4 || got.DiskFree != 7 || got.DiskTotal != 10 || got.URL != "http://b:7300" || !got.LastSeenAt.Equal(c.Now) || !got.Alive(c.Now) {
		t.Errorf("got %+v", got)
	}
	if n := storetest.Must[int64](t)(b.W.Agents.PruneHeartbeats(ctx, c.Now.Add(time.Second))); n != 1 {
		t.Errorf("pruned %d heartbeats: the agent's clock was believed", n)
	}
	if list := storetest.Must[[]models.Agent](t)(b.W.Agents.ListAgents(ctx)); len(list) != 2 {
		t.Errorf("agents %+v", list)
	}
}

func TestPickAgentForInspect(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	idle := storetest.Agent(t, b.Store, 1)
	storetest.Must[models.AgentState](t)(b.Agents.AgentHeartbeat(ctx, b.Agent.ID, 1, models.AgentHeartbeat{Running: 50}, 100, 0))
	if a := storetest.Must[models.Agent](t)(b.Agents.PickAgentForInspect(ctx)); a.ID != idle.ID {
		t.Errorf("picked %+v", a)
	}
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, idle.ID, models.AgentCordoned))
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentCordoned))
	_, err := b.Agents.PickAgentForInspect(ctx)
	storetest.WantProblem(t, err, models.ProblemNoAgent)
}

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }
