package figures_test

import (
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const every = 15 * time.Second

func TestFiguresSayWhatWaits(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	m := storetest.Manifest(10)
	storetest.Submit(t, b.Store, b.User.ID, &m)
	storetest.Submit(t, b.Store, b.Evil.ID, &m)
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.To(t, job.ID, models.StateReady)
	storetest.OK(t, b.Mails.QueueMail(ctx, models.Mail{To: "a@b.test", Kind: models.MailAccountDeleted}))
	storetest.OK(t, b.Agents.BindAccount(ctx, b.Admin(), b.User.ID, "fast"))
	clock.Add(90 * time.Second)
	storetest.Exec(t, `update agents set last_seen_at = $1, disk_total = 1000, disk_free = 50`, clock.Now)
	storetest.Exec(t, `insert into storage_state (paused, refused_lost) values ('restored', 7)
		on conflict (id) do update set paused = 'restored', refused_lost = 7`)
	got := storetest.Must[models.Figures](t)(b.W.Figures.Figures(ctx, every))
	var queued int64
	for _, j := range got.Jobs {
		if j.State.Terminal() {
			t.Errorf("a job that has ended counts: %+v", j)
		}
		if j.State == models.StateQueued {
			queued += j.Count
			if j.Oldest != 90*time.Second || j.Reason == "" || j.Provider != models.ProviderAgent {
				t.Errorf("queued: %+v", j)
			}
		}
	}
	if queued != 2 {
		t.Errorf("%d are queued: %+v", queued, got.Jobs)
	}
	if got.Outbox.Items < 4 || got.Outbox.Oldest.Round(time.Second) != 90*time.Second {
		t.Errorf("outbox %+v", got.Outbox)
	}
	if want := (models.MailFigures{Queued: 1, Oldest: 90 * time.Second}); got.Mails != want {
		t.Errorf("mails %+v", got.Mails)
	}
	if want := (models.AgentFigures{Online: 1, Active: 1, LowDisk: 1, Slots: 100, FreeSlots: 100, EmptyPools: 1}); got.Agents != want {
		t.Errorf("agents %+v", got.Agents)
	}
	if !got.Storage.Paused || got.Storage.RefusedLost != 7 || got.Seedr.Configured || got.Admission.PassedOver != 90*time.Second {
		t.Errorf("storage %+v, Seedr %+v, admission %+v", got.Storage, got.Seedr, got.Admission)
	}
	clock.Add(time.Hour)
	if later := storetest.Must[models.Figures](t)(b.W.Figures.Figures(ctx, every)).Agents; later.Lost != 1 || later.Online != 0 {
		t.Errorf("an agent that is silent: %+v", later)
	}
}

// However many workers there are, one of them counts, and all have what it found.
func TestOneWorkerTakesTheFigures(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	look := func() models.Figures {
		t.Helper()
		return storetest.Must[models.Figures](t)(b.W.Figures.Figures(ctx, every))
	}
	first := look()
	storetest.Submit(t, b.Store, b.User.ID, nil)
	clock.Add(every - time.Second)
	if kept := look(); len(kept.Jobs) != 0 || !kept.TakenAt.Equal(first.TakenAt) || kept.Agents != first.Agents {
		t.Errorf("within the time: %+v", kept)
	}
	clock.Add(time.Second)
	if next := look(); len(next.Jobs) != 1 || !next.TakenAt.Equal(clock.Now) {
		t.Errorf("after it: %+v", next)
	}
}

func TestFiguresOfSeedr(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	storetest.OK(t, b.W.Providers.SaveSeedrSetup(ctx, true, "file", 2))
	storetest.OK(t, b.W.Providers.SaveSeedrFailure(ctx, models.ProblemSeedrAuth, "The password is refused."))
	clock.Add(time.Minute)
	got := storetest.Must[models.Figures](t)(b.W.Figures.Figures(ctx, every)).Seedr
	if want := (models.SeedrFigures{Configured: true, FailingFor: time.Minute, Problem: models.ProblemSeedrAuth}); got != want {
		t.Errorf("got %+v", got)
	}
}
