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
	if a := storetest.Must[models.Agent](t)(b.Agents.PickAgentForInspect(ctx, b.User.ID)); a.ID != idle.ID {
		t.Errorf("picked %+v", a)
	}
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, idle.ID, models.AgentCordoned))
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentCordoned))
	_, err := b.Agents.PickAgentForInspect(ctx, b.User.ID)
	storetest.WantProblem(t, err, models.ProblemNoAgent)
}

// An account's source is looked at by an agent of its pool, or else by one without
// a pool; never by one of another.
func TestPickAgentForInspectByPool(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	pick := func(u models.User) uuid.UUID {
		t.Helper()
		return storetest.Must[models.Agent](t)(b.Agents.PickAgentForInspect(ctx, u.ID)).ID
	}
	fast := storetest.Agent(t, b.Store, 100)
	storetest.Must[models.Agent](t)(b.Agents.SetAgentPool(ctx, b.Admin(), fast.ID, "fast"))
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.Evil.ID, "fast"))
	storetest.Must[models.AgentState](t)(b.Agents.AgentHeartbeat(ctx, fast.ID, 1, models.AgentHeartbeat{Running: 50}, 100, 0))
	if got := pick(b.Evil); got != fast.ID {
		t.Errorf("picked %s, want the pool's", got)
	}
	if got := pick(b.User); got != b.Agent.ID {
		t.Errorf("picked %s for an account without a pool", got)
	}
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), fast.ID, models.AgentCordoned))
	if got := pick(b.Evil); got != b.Agent.ID {
		t.Errorf("picked %s, want the one without a pool", got)
	}
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), fast.ID, models.AgentActive))
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), b.Agent.ID, models.AgentCordoned))
	_, err := b.Agents.PickAgentForInspect(ctx, b.User.ID)
	storetest.WantProblem(t, err, models.ProblemNoAgent)
}

// The account's own pool counts before its plan's, and the log tells of each
// change once.
func TestWhichPoolServesAnAccount(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	want := func(when, pool string) {
		t.Helper()
		if got := storetest.Must[string](t)(b.Agents.PoolOf(ctx, b.User.ID)); got != pool {
			t.Errorf("%s: %q, want %q", when, got, pool)
		}
	}
	want("neither", "")
	b.Plan(t, models.Plan{Name: "Bound", AgentPool: "plans"})
	want("the plan's", "plans")
	for range 2 {
		storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.User.ID, "own"))
	}
	want("its own", "own")
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.User.ID, ""))
	want("the plan's again", "plans")
	for range 2 {
		storetest.Must[models.Agent](t)(b.Agents.SetAgentPool(ctx, b.Admin(), b.Agent.ID, "own"))
	}
	if err := b.Agents.BindAccount(ctx, b.Admin(), uuid.New(), "own"); !models.IsNotFound(err) {
		t.Errorf("an account that isn't there: %v", err)
	}
	if _, err := b.Agents.SetAgentPool(ctx, b.Admin(), uuid.New(), "own"); !models.IsNotFound(err) {
		t.Errorf("an agent that isn't there: %v", err)
	}
	for entry, n := range map[string]int{
		`action = 'user.pool' and before->>'pool' = '' and after->>'pool' = 'own'`:  1,
		`action = 'user.pool' and before->>'pool' = 'own' and after->>'pool' = ''`:  1,
		`action = 'agent.pool' and before->>'pool' = '' and after->>'pool' = 'own'`: 1,
		`action in ('user.pool', 'agent.pool')`:                                     3,
	} {
		if got := storetest.Count(t, "select count(*) from audit_log where "+entry); got != n {
			t.Errorf("%d entries with %s, want %d", got, entry, n)
		}
	}
}

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }
