package providers_test

import (
	"sync"
	"testing"
	"time"

	"longhaul/internal/seedr"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestNewJobsGoToTheActiveProvider(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	before := b.Submit(t, 1)
	b.OnSeedr(t, 2, storetest.GiB)
	after := b.Submit(t, 1)
	url, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/a"}})
	storetest.OK(t, err)
	for _, c := range []struct {
		job  models.Job
		want models.Provider
	}{{before, models.ProviderAgent}, {after, models.ProviderSeedr}, {url, models.ProviderAgent}} {
		if got := storetest.Must[models.Job](t)(b.Jobs.Job(ctx, b.User.ID, c.job.ID)); got.Provider != c.want {
			t.Errorf("%s is at %s, want %s", c.job.SourceKind, got.Provider, c.want)
		}
	}
	n := models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Provider: models.ProviderAgent}
	if _, _, err := b.Jobs.SubmitJob(ctx, n); models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("naming a provider without leave: %v", err)
	}
}

func TestURLsNeedAnAgent(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	user := storetest.User(t, s)
	b := &storetest.World{Store: s, W: s.Worker(), User: user}
	b.OnSeedr(t, 1, storetest.GiB)
	_, _, err := s.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: user.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/a"}})
	if e := models.AsError(err); e.Problem != models.ProblemNoAgent || e.Field != "source" {
		t.Errorf("a URL without an agent: %v", err)
	}
}

func TestConcurrentSwitchesFollowOneAnother(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			to := models.Providers()[i%2]
			_, err := b.Providers.SwitchProvider(t.Context(), b.Admin(), models.ProviderChange{To: to})
			if err != nil {
				t.Errorf("switch: %v", err)
			}
		})
	}
	wg.Wait()
	list := storetest.Must[[]models.ProviderEntry](t)(b.Providers.ProviderHistory(t.Context(), 0, 100))
	if len(list) != 8 || list[0].Email != b.User.Email {
		t.Fatalf("%d entries", len(list))
	}
	for i, e := range list[:len(list)-1] {
		if e.FromProvider != list[i+1].Provider {
			t.Errorf("entry %d comes from %s, the one before went to %s", e.ID, e.FromProvider, list[i+1].Provider)
		}
	}
	if got := storetest.Must[models.ProviderConfig](t)(b.Providers.ProviderConfig(t.Context())); got.Provider != list[0].Provider {
		t.Errorf("%s is active, want %s", got.Provider, list[0].Provider)
	}
	older := storetest.Must[[]models.ProviderEntry](t)(b.Providers.ProviderHistory(t.Context(), list[3].ID, 2))
	if len(older) != 2 || older[0].ID != list[4].ID {
		t.Errorf("the page after entry %d is %+v", list[3].ID, older)
	}
}

func TestSharedSeedrStateIsChangedOneAfterAnother(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := b.W.Providers.SeedrShared().Update(t.Context(), func(state *seedr.State, now time.Time) {
				if now.IsZero() {
					t.Error("no time")
				}
				state.Failures++
				state.OpenUntil, state.Reason = now.Add(time.Hour), seedr.KindHTML
			})
			if err != nil {
				t.Errorf("update: %v", err)
			}
		})
	}
	wg.Wait()
	storetest.OK(t, b.W.Providers.SeedrShared().Update(t.Context(), func(state *seedr.State, _ time.Time) {
		if state.Failures != 20 {
			t.Errorf("%d of 20 changes are there", state.Failures)
		}
	}))
	o := storetest.Must[models.ProviderOverview](t)(b.Providers.ProviderOverview(t.Context()))
	if o.Rest == nil || o.Rest.Reason != string(seedr.KindHTML) || !o.Rest.Until.After(b.DB.Now()) {
		t.Errorf("Seedr rests: %+v", o.Rest)
	}
}
