package admin_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api"
	"longhaul/api/admin"
	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// look has the deployment's health written, as the health watch does.
func look(t *testing.T, h *apitest.Harness, findings ...models.Finding) {
	t.Helper()
	process := uuid.MustParse("00000000-0000-4000-8000-000000000001")
	storetest.Must[bool](t)(h.Store.Overview.HoldHealth(t.Context(), process, time.Hour))
	storetest.OK(t, h.Store.Overview.NoteHealth(t.Context(), process, findings))
}

// counting is the administrators' store, and counts how often the overview is put
// together.
type counting struct {
	admin.Store
	made atomic.Int64
}

func (c *counting) Overview(ctx context.Context) (models.Overview, error) {
	c.made.Add(1)
	return c.Store.Overview(ctx)
}

// seconds is a clock that moves on by a number of seconds when it is told to.
func seconds(passed *atomic.Int64) apitest.Option {
	return func(_ *api.Config, d *api.Deps) {
		start := d.Now()
		d.Now = func() time.Time { return start.Add(time.Duration(passed.Load()) * time.Second) }
	}
}

// On a healthy system no warning is shown, even if something is off; a finding is
// one, with its advice, below its component and in the list.
func TestOverviewWarns(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	h := apitest.New(t, apitest.Generous, seconds(&passed))
	who := h.Account(models.RoleAdmin)
	show := func(want ...string) {
		t.Helper()
		passed.Add(2)
		h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/admin/overview", Status: 200, Want: want})
	}
	show(`"components":[]`, `"warnings":[]`, `"checkedAt":null`, `"hours":[]`)
	look(t, h, models.Finding{Cause: models.CauseTurnstileOff})
	show(`"warnings":[]`, `{"component":"api","state":"ok"`, `{"component":"turnstile","state":"off"`, `"cause":"turnstile_off"`)
	look(t, h, models.Finding{Cause: models.CauseOutboxBacklog, Count: 1}, models.Finding{Cause: models.CauseQueueUnserved, Target: "mail"})
	show(`"warnings":[{"component":"workers","state":"away","cause":"queue_unserved","target":"mail"`,
		"No worker serves the mail queue.", "add mail to WORKER_QUEUES", "1 message to the workflow engine is late.", `{"component":"workers","state":"away","since":"`)
	look(t, h)
	show(`"warnings":[]`, `{"component":"workers","state":"ok","since":"`)
	h.Run(t, apitest.Scenario{As: h.Account(models.RoleUser), Path: "/api/v1/admin/overview", Status: 403})
}

// Ten pages that are open cost one overview.
func TestOverviewIsSharedByPages(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	count := &counting{}
	h := apitest.New(t, apitest.Generous, seconds(&passed), func(_ *api.Config, d *api.Deps) {
		count.Store = d.Stores.Admin
		d.Stores.Admin = count
	})
	who := h.Account(models.RoleAdmin)
	for round := range int64(2) {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { h.Run(t, apitest.Scenario{As: who, Path: "/api/v1/admin/overview", Status: 200}) })
		}
		wg.Wait()
		if n := count.made.Load(); n != round+1 {
			t.Errorf("%d overviews after round %d", n, round+1)
		}
		passed.Add(2)
	}
}

// Administrators hear that something changed in someone else's jobs; users don't.
func TestOverviewIsTold(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner := h.Account(models.RoleUser)
	stream := func(who apitest.Caller) *bufio.Scanner {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+"/api/v1/events", nil)
		storetest.OK(t, err)
		resp := h.Do(who, req)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return bufio.NewScanner(resp.Body)
	}
	until := func(s *bufio.Scanner, event string) (before string) {
		t.Helper()
		for s.Scan() {
			if s.Text() == "event: "+event {
				return before
			}
			before += s.Text() + "\n"
		}
		t.Fatalf("the stream ended: %v", s.Err())
		return ""
	}
	boss, user := stream(h.Account(models.RoleAdmin)), stream(owner)
	first := storetest.Submit(t, h.Store, owner.User.ID, nil)
	if told := until(boss, "overview"); strings.Contains(told, first.ID.String()) {
		t.Errorf("an administrator's stream tells of someone's job:\n%s", told)
	}
	look(t, h, models.Finding{Cause: models.CauseStorageAway})
	until(boss, "overview") // so whatever the owner's stream was told is on its way
	second := storetest.Submit(t, h.Store, owner.User.ID, nil)
	told := until(user, "job")
	for told += until(user, "job"); user.Scan() && !strings.Contains(user.Text(), second.ID.String()); {
		told += user.Text()
	}
	if strings.Contains(told, "overview") {
		t.Errorf("a user's stream tells of the overview:\n%s", told)
	}
}
