package admission_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestAdmissionIsFair(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := storetest.FakeClock(b.Store)
	b.Capacity(t, 6)
	owner := make(map[uuid.UUID]uuid.UUID)
	order := make(map[uuid.UUID]int)
	submit := func(u models.User, n int) {
		for range n {
			c.Add(time.Second)
			job := storetest.Submit(t, b.Store, u.ID, nil)
			owner[job.ID], order[job.ID] = u.ID, len(order)
		}
	}
	third := storetest.User(t, b.Store)
	submit(b.User, 10) // came first with many
	submit(b.Evil, 2)
	submit(third, 1)
	b.Capacity(t, 6) // alive again after the clock moved
	admitted := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 4, 100))
	count := make(map[uuid.UUID]int)
	for _, id := range admitted {
		count[owner[id]]++
	}
	if len(admitted) != 6 || count[b.User.ID] != 3 || count[b.Evil.ID] != 2 || count[third.ID] != 1 {
		t.Errorf("%d admitted: %v", len(admitted), count)
	}
	for _, id := range admitted {
		if owner[id] == b.User.ID && order[id] > 2 {
			t.Errorf("job %d of the first user overtook an older one", order[id])
		}
	}
	if more := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 4, 100)); len(more) != 0 {
		t.Errorf("admitted %d beyond the capacity", len(more))
	}
	b.Capacity(t, 100)
	if more := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 4, 100)); len(more) != 1 {
		t.Errorf("the limit per user let %d more in", len(more))
	}
	if more := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 9, 2)); len(more) != 2 {
		t.Errorf("a round of 2 admitted %d", len(more))
	}
	told := 0
	for _, item := range storetest.Drain(t, b.Store) {
		if len(item) > 6 && item[:6] == "admit " {
			told++
		}
	}
	if told != 9 {
		t.Errorf("%d workflows are told of 9 admissions", told)
	}
}

func TestWhoRunsFewerComesFirst(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for range 4 {
		storetest.Submit(t, b.Store, b.User.ID, nil)
	}
	b.Capacity(t, 2)
	storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10))
	late := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	b.Capacity(t, 3)
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10)); len(got) != 1 || got[0] != late.ID {
		t.Errorf("admitted %v, want the user's who runs none: %s", got, late.ID)
	}
}

func TestConcurrentRoundsNeverAdmitTooMany(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for range 40 {
		storetest.Submit(t, b.Store, b.User.ID, nil)
		storetest.Submit(t, b.Store, b.Evil.ID, nil)
	}
	b.Capacity(t, 13)
	var mu sync.Mutex
	var all []uuid.UUID
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				got, err := b.W.Admission.Admit(ctx, 10, 5)
				if err != nil {
					t.Errorf("admit: %v", err)
				}
				if len(got) == 0 { // nothing is left, or another one is in a round
					return
				}
				mu.Lock()
				all = append(all, got...)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if len(all) != 13 || len(slices.Compact(all)) != 13 {
		t.Errorf("%d admissions", len(all))
	}
}

// TestAHungRoundIsNotWaitedFor has another worker stand still in its round.
func TestAHungRoundIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	job := b.Submit(t, 1000)
	b.Capacity(t, 1)
	storetest.OK(t, b.DB.Tx(ctx, func(hung context.Context) error {
		storetest.OK(t, b.DB.Lock(hung, postgres.LockAdmission, ""))
		if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 5)); len(got) != 0 {
			t.Errorf("two rounds at once admitted %v", got)
		}
		return nil
	}))
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 5)); !slices.Equal(got, []uuid.UUID{job.ID}) {
		t.Errorf("afterwards %v were admitted, want %s", got, job.ID)
	}
}

func TestOnlyUsableAgentsHaveSlots(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.Quota.RunningLimit = 7
	note := func() models.QueueNote {
		n := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(ctx, b.User.ID))
		n.Room = models.Room{}
		return n
	}
	if got := note(); got != (models.QueueNote{Limit: 7, AgentsAlive: 1, FreeSlots: 100}) {
		t.Errorf("idle: %+v", got)
	}
	b.Running(t, 1)
	if got := note(); got != (models.QueueNote{Running: 1, Limit: 7, AgentsAlive: 1, FreeSlots: 99}) {
		t.Errorf("one runs: %+v", got)
	}
	second := storetest.Agent(t, b.Store, 5)
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, b.Agent.ID, models.AgentDraining))
	if got := note(); got != (models.QueueNote{Running: 1, Limit: 7, AgentsAlive: 1, FreeSlots: 5}) {
		t.Errorf("the job on a draining agent takes none of the other's slots: %+v", got)
	}
	storetest.OK(t, b.Agents.SetAgentState(ctx, models.Actor{Kind: models.ActorConsole}, second.ID, models.AgentCordoned))
	storetest.Submit(t, b.Store, b.User.ID, nil)
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10)); len(got) != 0 || note().AgentsAlive != 0 {
		t.Errorf("admitted %v without an agent: %+v", got, note())
	}
}

func TestDeletedAndPausedJobsAreNotAdmitted(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	deleted, paused := storetest.Submit(t, b.Store, b.User.ID, nil), storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, deleted.ID))
	b.To(t, paused.ID, models.StatePaused)
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10)); len(got) != 0 {
		t.Errorf("admitted %v", got)
	}
}
