package admission_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// fast is a pool.
const fast = "fast"

// pooled is a world in which Evil is served by the pool fast, which has no agent
// yet.
func pooled(t *testing.T) bundle {
	t.Helper()
	b := setup(t)
	storetest.OK(t, b.Agents.BindAccount(t.Context(), b.Admin(), b.Evil.ID, fast))
	return b
}

// agentOf adds an agent to the pool.
func (b bundle) agentOf(t *testing.T, pool string, slots int) models.Agent {
	t.Helper()
	a := storetest.Agent(t, b.Store, slots)
	return storetest.Must[models.Agent](t)(b.Agents.SetAgentPool(t.Context(), b.Admin(), a.ID, pool))
}

// of counts jobs that are the user's.
func (b bundle) of(t *testing.T, u models.User, ids []uuid.UUID) (n int) {
	t.Helper()
	for _, id := range ids {
		if b.Job(t, id).UserID == u.ID {
			n++
		}
	}
	return n
}

// why returns why the job waits, as its owner and as an administrator read it.
func (b bundle) why(t *testing.T, job models.Job) (owner, admin models.Reason) {
	t.Helper()
	now := b.Job(t, job.ID)
	note := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(t.Context(), job.UserID))
	return note.Explain(now), note.ExplainToAdmin(now)
}

// Old jobs of a pool that has no agent keep no one else's waiting. They say why
// they wait, and start when an agent of their pool comes.
func TestAnEmptyPoolWaitsAlone(t *testing.T) {
	t.Parallel()
	b := pooled(t)
	b.Capacity(t, 3)
	var stuck []models.Job
	for range 200 { // more than slots, and than a round takes
		stuck = append(stuck, storetest.Submit(t, b.Store, b.Evil.ID, nil))
	}
	for range 3 {
		b.Submit(t, 1000)
	}
	admitted := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(t.Context(), 100, 100))
	if len(admitted) != 3 || b.of(t, b.User, admitted) != 3 {
		t.Fatalf("admitted %d, %d of them of the user whose agent has 3 slots", len(admitted), b.of(t, b.User, admitted))
	}
	owner, admin := b.why(t, stuck[0])
	if !owner.Equal(models.Because(models.ReasonWaitsForPool, "online", 0)) {
		t.Errorf("the owner reads %v", owner)
	}
	if !admin.Equal(models.Because(models.ReasonWaitsForPool, "online", 0, "pool", fast)) {
		t.Errorf("an administrator reads %v", admin)
	}

	b.agentOf(t, fast, 2)
	admitted = b.Admit(t)
	if len(admitted) != 2 || b.of(t, b.Evil, admitted) != 2 {
		t.Errorf("with an agent of the pool %d were admitted, %d of them of the pool", len(admitted), b.of(t, b.Evil, admitted))
	}
	if owner, admin = b.why(t, stuck[199]); !owner.Equal(models.Because(models.ReasonWaitsForPool)) ||
		!admin.Equal(models.Because(models.ReasonWaitsForPool, "pool", fast)) {
		t.Errorf("with a busy pool: %v, %v", owner, admin)
	}
	if more := b.Admit(t); len(more) != 0 {
		t.Errorf("%d more were admitted, and no slot is free", len(more))
	}
}

// A pool's slots are for its accounts alone, even while they want none.
func TestAPoolKeepsItsSlots(t *testing.T) {
	t.Parallel()
	b := pooled(t)
	b.Capacity(t, 1)
	b.agentOf(t, fast, 5)
	for range 4 {
		b.Submit(t, 1000)
	}
	if admitted := b.Admit(t); len(admitted) != 1 {
		t.Errorf("%d were admitted, and agents without a pool have 1 slot", len(admitted))
	}
	note := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(t.Context(), b.User.ID))
	if note.AgentsAlive != 1 || note.FreeSlots != 0 {
		t.Errorf("the user reads of %d agents and %d slots", note.AgentsAlive, note.FreeSlots)
	}
	job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	if admitted := b.Admit(t); !slices.Equal(admitted, []uuid.UUID{job.ID}) {
		t.Errorf("admitted %v, want the pool's %s", admitted, job.ID)
	}
}

// Within a pool users are as equal as without pools, however many jobs another
// pool has.
func TestAdmissionIsFairInEveryPool(t *testing.T) {
	t.Parallel()
	b, ctx := pooled(t), t.Context()
	third := storetest.User(t, b.Store)
	plan := storetest.Plan(t, b.Store, third.ID, models.Plan{Name: "Fast", AgentPool: fast})
	if plan.AgentPool != fast {
		t.Fatalf("the plan is %+v", plan)
	}
	b.Capacity(t, 2)
	b.agentOf(t, fast, 4)
	for range 10 {
		storetest.Submit(t, b.Store, b.Evil.ID, nil)
		b.Submit(t, 1000)
	}
	for range 10 { // last, and still with half of the pool
		storetest.Submit(t, b.Store, third.ID, nil)
	}
	var admitted []uuid.UUID
	for range 6 { // one a round
		admitted = append(admitted, storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 100, 1))...)
	}
	if u, e, o := b.of(t, b.User, admitted), b.of(t, b.Evil, admitted), b.of(t, third, admitted); u != 2 || e != 2 || o != 2 {
		t.Errorf("the user without a pool got %d, those of the pool %d and %d; want 2 each", u, e, o)
	}
	if more := b.Admit(t); len(more) != 0 {
		t.Errorf("%d more were admitted", len(more))
	}
}

// Jobs are placed on agents of their pool only, and one that runs elsewhere takes
// up the slot that it has there.
func TestPlacementStaysInThePool(t *testing.T) {
	t.Parallel()
	b, ctx := pooled(t), t.Context()
	b.Capacity(t, 50) // much freer than the pool's
	agent := b.agentOf(t, fast, 2)
	var jobs []models.Job
	for range 2 {
		job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
		p, err := storetest.Place(t, b.Store, job.ID, models.TransferDownload, []byte("t"))
		if err != nil || p.Agent.ID != agent.ID {
			t.Fatalf("placed on %s (%v), want the pool's %s", p.Agent.Name, err, agent.Name)
		}
		jobs = append(jobs, p.Job)
	}
	third := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	_, err := storetest.Place(t, b.Store, third.ID, models.TransferDownload, []byte("t"))
	storetest.WantProblem(t, err, models.ProblemNoAgent)
	if _, p := b.Running(t, 1000); p.Agent.ID != b.Agent.ID {
		t.Errorf("a job without a pool was placed on %s", p.Agent.Name)
	}

	storetest.OK(t, stop(b, t, third.ID)) // it had a slot without a place
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.Evil.ID, ""))
	slots := storetest.Must[models.Slots](t)(b.Agents.SlotsByPool(ctx))
	if want := (models.PoolSlots{Agents: 1, Free: 0}); slots[fast] != want {
		t.Errorf("after the account left, the pool has %+v, want %+v: two of its jobs still run there", slots[fast], want)
	}
	if want := (models.PoolSlots{Agents: 1, Free: 49}); slots[""] != want {
		t.Errorf("agents without a pool have %+v, want %+v", slots[""], want)
	}
	if now := b.Job(t, jobs[0].ID); now.AgentID == nil || *now.AgentID != agent.ID {
		t.Errorf("the job left its agent: %+v", now.AgentID)
	}
}

// Free slots of one pool do not make admission look as if it passed over the jobs
// of another.
func TestPulseGoesByPool(t *testing.T) {
	t.Parallel()
	b, ctx := pooled(t), t.Context()
	c := storetest.FakeClock(b.Store)
	storetest.Submit(t, b.Store, b.Evil.ID, nil)
	c.Add(3 * time.Minute)
	b.Capacity(t, 5)
	if got := storetest.Must[models.AdmissionPulse](t)(b.Admission.Pulse(ctx)); got.PassedOver != 0 {
		t.Errorf("a job of an empty pool is passed over for %s", got.PassedOver)
	}
	b.agentOf(t, fast, 1)
	if got := storetest.Must[models.AdmissionPulse](t)(b.Admission.Pulse(ctx)); got.PassedOver != 3*time.Minute {
		t.Errorf("with a slot of its pool it is passed over for %s", got.PassedOver)
	}
}

// A slow job gives way to jobs that its slot is of use to, and to no others.
func TestSlowJobsGiveWayInTheirPool(t *testing.T) {
	t.Parallel()
	d := newDrips(t, 2, 10)
	storetest.OK(t, d.Agents.BindAccount(t.Context(), d.Admin(), d.Evil.ID, fast))
	for range 3 {
		storetest.Submit(t, d.Store, d.Evil.ID, nil)
	}
	d.pass(30*time.Second, 10)
	if got := d.asked(); len(got) != 0 {
		t.Fatalf("%d gave way to jobs of another pool", len(got))
	}
	storetest.Submit(t, d.Store, storetest.User(t, d.Store).ID, nil)
	if got := d.asked(); len(got) != 1 {
		t.Errorf("%d gave way to one job of the same pool", len(got))
	}
}

// Jobs move to Seedr when their own pool has no agent, however many wait before
// them for agents that are only busy.
func TestFailoverGoesByPool(t *testing.T) {
	t.Parallel()
	b := pooled(t)
	c := storetest.FakeClock(b.Store)
	b.OnSeedr(t, 2, 4*storetest.GiB)
	b.Provider(t, models.ProviderAgent, models.FailoverToSeedr)
	for range 502 { // one runs, and the others fill what a round looks at
		b.Submit(t, 1)
	}
	moves := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	c.Add(3 * time.Minute)
	b.Capacity(t, 1) // alive
	b.Admit(t)
	if n := storetest.Count(t, `select count(*) from jobs where user_id = $1 and provider <> 'agent'`, b.User.ID); n != 0 {
		t.Errorf("%d jobs left an agent that is only busy", n)
	}
	if got := b.Job(t, moves.ID).Provider; got != models.ProviderSeedr {
		t.Errorf("the job of the pool is at %s", got)
	}
}
