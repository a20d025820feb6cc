package jobs_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// asked returns what the jobs' rows ask for.
func asked(t *testing.T, b *storetest.World, ids ...uuid.UUID) []models.Action {
	t.Helper()
	out := make([]models.Action, 0, len(ids))
	for _, id := range ids {
		out = append(out, b.Job(t, id).Asked.Act)
	}
	return out
}

// Disabling an account pauses its open jobs, and enabling it resumes those, but
// none that was paused before.
func TestDisablingPausesWhatEnablingResumes(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ad := b.Jobs.Admin()
	running, _ := b.Running(t, 10)
	queued, own, ready := b.Submit(t, 10), b.Submit(t, 10), b.Submit(t, 10)
	storetest.Must[models.Job](t)(b.Jobs.RequestPause(ctx, b.User.ID, own.ID))
	b.To(t, own.ID, models.StatePaused)
	b.Finish(t, ready.ID)
	other := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	storetest.Drain(t, b.Store)
	all := []uuid.UUID{running.ID, queued.ID, own.ID, ready.ID, other.ID}

	storetest.OK(t, ad.DisableUser(ctx, models.Actor{Kind: models.ActorConsole}, b.User.ID))
	storetest.OK(t, ad.DisableUser(ctx, models.Actor{Kind: models.ActorConsole}, b.User.ID))
	if got := asked(t, b, all...); !slices.Equal(got, []models.Action{models.ActionPause, models.ActionPause, "", "", ""}) {
		t.Errorf("asked for %q", got)
	}
	if got := storetest.Drain(t, b.Store); len(got) != 2 {
		t.Errorf("dispatched %q", got)
	}
	if n := storetest.Must[int](t)(b.W.Jobs.EnforceDisabled(ctx)); n != 0 {
		t.Errorf("the sweep asked %d jobs again", n)
	}
	b.To(t, running.ID, models.StatePaused)

	storetest.OK(t, ad.EnableUser(ctx, models.Actor{Kind: models.ActorConsole}, b.User.ID))
	if got := asked(t, b, all...); !slices.Equal(got, []models.Action{models.ActionResume, models.ActionResume, "", "", ""}) {
		t.Errorf("asked for %q once it was enabled", got)
	}
	if storetest.Count(t, "select count(*) from jobs where halted") != 0 || b.Job(t, own.ID).State != models.StatePaused {
		t.Error("the owner's own pause did not last, or a job is still halted")
	}
}

// What an administrator starts in a disabled account stays started, and what they
// pause stays paused.
func TestAdminsActOnHaltedJobs(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ad, console := b.Jobs.Admin(), models.Actor{Kind: models.ActorConsole}
	job, _ := b.Running(t, 10)
	storetest.OK(t, ad.DisableUser(ctx, console, b.User.ID))
	b.To(t, job.ID, models.StatePaused)
	act := func(a models.Action) {
		t.Helper()
		storetest.Must[models.Job](t)(ad.RequestAct(ctx, b.Admin(), job.ID, models.AdminAct{Action: a}))
	}
	act(models.ActionResume)
	if n := storetest.Must[int](t)(b.W.Jobs.EnforceDisabled(ctx)); n != 0 {
		t.Errorf("the sweep undid what an administrator asked for")
	}
	act(models.ActionPause)
	storetest.OK(t, ad.EnableUser(ctx, console, b.User.ID))
	if got := asked(t, b, job.ID); got[0] != models.ActionPause {
		t.Errorf("asked for %q", got)
	}
}

// Who disables or enables an account may die before its jobs are asked. The sweep
// does the rest, once, and a job that is accepted meanwhile is covered.
func TestTheSweepHaltsAndReleases(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	console := models.Actor{Kind: models.ActorConsole}
	first := b.Submit(t, 10)
	storetest.OK(t, b.Accounts.SetUserDisabled(ctx, console, b.User.ID, true)) // and then it died
	late := b.Submit(t, 10)
	sweep := func(want int) {
		t.Helper()
		for _, n := range []int{want, 0} {
			if got := storetest.Must[int](t)(b.W.Jobs.EnforceDisabled(ctx)); got != n {
				t.Errorf("the sweep asked %d jobs, want %d", got, n)
			}
		}
	}
	storetest.Drain(t, b.Store)
	sweep(2)
	if got := storetest.Drain(t, b.Store); len(got) != 2 || !slices.Equal(asked(t, b, first.ID, late.ID), []models.Action{models.ActionPause, models.ActionPause}) {
		t.Errorf("dispatched %q", got)
	}
	storetest.OK(t, b.Accounts.SetUserDisabled(ctx, console, b.User.ID, false)) // and then it died
	sweep(2)
	if got := asked(t, b, first.ID, late.ID); !slices.Equal(got, []models.Action{models.ActionResume, models.ActionResume}) {
		t.Errorf("asked for %q", got)
	}
}

func TestDeletingSomeonesAccount(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	ad := b.Jobs.Admin()
	storetest.WantCode(t, ad.DeleteUser(ctx, b.Admin(), b.User.ID), models.CodeConflict)
	job := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	storetest.OK(t, ad.DeleteUser(ctx, b.Admin(), b.Evil.ID))
	if storetest.Count(t, "select count(*) from jobs where id = $1 and delete_at is not null", job.ID) != 1 {
		t.Error("its job is still there")
	}
	if storetest.Count(t, "select count(*) from audit_log where action = 'user.delete' and actor_id = $1 and target_id = $2", b.User.ID, b.Evil.ID.String()) != 1 ||
		storetest.Count(t, "select count(*) from audit_log where coalesce(before::text, '') || coalesce(after::text, '') like '%' || $1 || '%'", b.Evil.Email) != 0 {
		t.Error("not audited, or with the address")
	}
}
