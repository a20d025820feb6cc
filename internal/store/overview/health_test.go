package overview_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func causesOf(findings []models.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Cause)+" "+f.Target)
	}
	slices.Sort(out)
	return out
}

// A finding is new once and keeps its time until it is gone, whichever process
// looks, and a process that looks no more is followed by another one.
func TestHealthIsKept(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	one, two := uuid.New(), uuid.New()
	hold := func(process uuid.UUID, want bool) {
		t.Helper()
		if got := storetest.Must[bool](t)(b.Overview.HoldHealth(ctx, process, time.Minute)); got != want {
			t.Errorf("holds: %t, want %t", got, want)
		}
	}
	component := func(name models.Component) models.ComponentHealth {
		t.Helper()
		h := storetest.Must[models.Health](t)(b.Overview.Health(ctx))
		for _, c := range h.Components {
			if c.Component == name {
				return c
			}
		}
		t.Fatalf("no %s in %+v", name, h)
		return models.ComponentHealth{}
	}
	if h := storetest.Must[models.Health](t)(b.Overview.Health(ctx)); h.CheckedAt != nil || len(h.Components) != 0 {
		t.Errorf("before the first look: %+v", h)
	}
	hold(one, true)
	storetest.OK(t, b.Overview.NoteHealth(ctx, one, nil))
	hold(two, false)
	start := c.Now
	c.Add(10 * time.Second)
	storetest.OK(t, b.Overview.NoteHealth(ctx, one, []models.Finding{
		{Cause: models.CauseStorageAway}, {Cause: models.CauseAgentLost, Target: "a"}, {Cause: models.CauseAgentLost, Target: "b"}, {Cause: models.CauseMailOff},
	}))
	broke := c.Now
	c.Add(30 * time.Second)
	storetest.OK(t, b.Overview.NoteHealth(ctx, two, nil)) // it does not look, so it says nothing
	storetest.OK(t, b.Overview.NoteHealth(ctx, one, []models.Finding{
		{Cause: models.CauseAgentLost, Target: "b", Count: 3}, {Cause: models.CauseStorageAway}, {Cause: models.CauseMailOff},
	}))
	h := storetest.Must[models.Health](t)(b.Overview.Health(ctx))
	if got := causesOf(h.Findings); !slices.Equal(got, []string{"agent_lost b", "mail_off ", "storage_away "}) {
		t.Errorf("findings %v", got)
	}
	for _, f := range h.Findings {
		if !f.Since.Equal(broke) || f.Cause == models.CauseAgentLost && f.Count != 3 {
			t.Errorf("finding %+v, since %s", f, broke)
		}
	}
	if s := component(models.ComponentStorage); s.State != models.HealthAway || !s.Since.Equal(broke) {
		t.Errorf("storage %+v", s)
	}
	if s := component(models.ComponentMail); s.State != models.HealthOff {
		t.Errorf("mail %+v", s)
	}
	if s := component(models.ComponentDatabase); s.State != models.HealthOK || !s.Since.Equal(start) {
		t.Errorf("database %+v, want since %s", s, start)
	}
	c.Add(3 * time.Minute) // no one could write
	hold(two, true)
	storetest.OK(t, b.Overview.NoteHealth(ctx, two, []models.Finding{{Cause: models.CauseStorageAway}}))
	hold(one, false)
	if s := component(models.ComponentStorage); !s.Since.Equal(broke) {
		t.Errorf("storage %+v, want since %s", s, broke)
	}
	if s := component(models.ComponentDatabase); !s.Since.Equal(c.Now) {
		t.Errorf("database %+v: it was away until %s", s, c.Now)
	}
}

// Pages are told when a component is not well any more, and not of every look.
func TestHealthIsTold(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	bus := storetest.Must[*event.PG](t)(event.OpenPG(ctx, storetest.DSN(t), b.DB.Log))
	defer bus.Close()
	heard, cancel := context.WithCancel(ctx)
	defer cancel()
	news := bus.Subscribe(heard)
	me := uuid.New()
	storetest.Must[bool](t)(b.Overview.HoldHealth(ctx, me, time.Minute))
	note := func(findings ...models.Finding) { storetest.OK(t, b.Overview.NoteHealth(ctx, me, findings)) }
	note()
	note()
	note(models.Finding{Cause: models.CauseTemporalAway})
	note(models.Finding{Cause: models.CauseTemporalAway})
	note()
	storetest.OK(t, b.Outbox.Notify(ctx, event.Message{Kind: event.KindPlacement})) // the end
	told := 0
	for m := range news {
		if m.Kind == event.KindPlacement {
			break
		}
		if m.Kind == event.KindHealth {
			told++
		}
	}
	if told != 3 {
		t.Errorf("told %d times, want 3", told)
	}
}

func TestSigns(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	name := b.Agent.Name
	beat := func() {
		storetest.Exec(t, `update agents set last_seen_at = $1, disk_free = 1::bigint << 40, disk_total = 1::bigint << 40`, c.Now)
	}
	want := func(what string, causes ...string) {
		t.Helper()
		got := causesOf(storetest.Must[[]models.Finding](t)(b.Overview.Signs(ctx, "1.2.0")))
		if slices.Sort(causes); !slices.Equal(got, causes) {
			t.Errorf("%s: got %q, want %q", what, got, causes)
		}
	}
	off := "seedr_off "
	beat()
	want("well", off)
	storetest.Exec(t, `update agents set disk_free = 1000`)
	want("no room", off, "agent_disk_low "+name)
	beat()
	storetest.Exec(t, `update agents set version = '1.1.9'`)
	want("behind", off, "agent_outdated "+name)
	storetest.Exec(t, `update agents set version = '1.2.0-dev+abc'`)
	storetest.Must[models.Agent](t)(b.Agents.SetAgentPool(ctx, b.Admin(), b.Agent.ID, "fast"))
	want("a pool in which nothing waits", off)
	waiting := storetest.Submit(t, b.Store, b.User.ID, nil)
	want("an account without a pool", off, "pools_only ")
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.User.ID, "slow"))
	want("an account whose pool is empty", off, "pool_empty slow")
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.User.ID, "fast"))
	want("an account with an agent", off)
	b.To(t, waiting.ID, models.StateCancelled)
	storetest.Must[models.Agent](t)(b.Agents.SetAgentPool(ctx, b.Admin(), b.Agent.ID, ""))
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.User.ID, ""))
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), b.Agent.ID, models.AgentDraining))
	want("drained", off, "agent_drained "+name, "no_agents ")
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), b.Agent.ID, models.AgentActive))
	_, _ = b.Running(t, 1000)
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), b.Agent.ID, models.AgentDraining))
	want("draining", off, "no_agents ")
	c.Add(models.AgentLostAfter)
	storetest.Exec(t, `delete from outbox`)
	want("lost", off, "agent_lost "+name, "no_agents ")
	beat()
	storetest.OK(t, b.Agents.SetAgentState(ctx, b.Admin(), b.Agent.ID, models.AgentActive))
	storetest.OK(t, b.Outbox.Enqueue(ctx, models.OutboxStart, b.User.ID))
	storetest.Exec(t, `insert into mails (id, recipient, kind, state, created_at) values (gen_random_uuid(), 'a@example.com', 'verify_email', 'queued', $1)`, c.Now)
	storetest.Exec(t, `insert into mails (id, recipient, kind, state, created_at, ended_at) values (gen_random_uuid(), 'a@example.com', 'verify_email', 'failed', $1, $1)`, c.Now)
	want("a mail failed", off, "mail_failing ")
	c.Add(11 * time.Minute)
	beat()
	want("late", off, "mail_failing ", "mail_backlog ", "outbox_backlog ")
	c.Add(time.Hour)
	beat()
	storetest.Exec(t, `delete from outbox`)
	storetest.Exec(t, `delete from mails where state = 'queued'`)
	storetest.Exec(t, `update storage_state set paused = 'restored', paused_at = now(), refused_orphans = 3, refused_lost = 4`)
	want("storage", off, "deletion_paused ", "lost_refused ", "orphans_refused ")
	storetest.Exec(t, `update storage_state set paused = '', paused_at = null, refused_orphans = 0, refused_lost = 0`)
	storetest.Exec(t, `update seedr_account set configured = true, failed_since = now()`)
	want("Seedr", "seedr_failing ")
	storetest.Exec(t, `update seedr_account set configured = true, failed_since = null`)
	want("well again")
}
