package jobs_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An account with many jobs is deleted in a short transaction and batches that
// continue after a crash; each job is told of once, and the last takes the row.
func TestDeletedAccountLeavesInBatches(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	const ended, open = 230, 20
	for range ended {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
		b.To(t, job.ID, models.StateCancelled)
	}
	for range open {
		storetest.Submit(t, b.Store, b.User.ID, nil)
	}
	kept := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	storetest.Drain(t, b.Store)
	left := func() int {
		return storetest.Count(t, `select count(*) from jobs where user_id = $1 and delete_at is null`, b.User.ID)
	}
	storetest.OK(t, b.Jobs.DeleteAccount(ctx, models.Actor{Kind: models.ActorUser, ID: &b.User.ID}, b.User.ID))
	if n := left(); n != ended+open-100 {
		t.Errorf("%d jobs are left, want all but a hundred", n)
	}
	if n := storetest.Count(t, `select count(*) from outbox where kind = 'cancel'`); n != open {
		t.Errorf("%d of %d open jobs are cancelled first", n, open)
	}
	if _, err := b.Accounts.UserByEmail(ctx, b.User.Email); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("the address still has an account: %v", err)
	}
	dying, die := context.WithCancel(ctx)
	b.DB.Now = func() func() time.Time {
		n, real := 0, b.DB.Now
		return func() time.Time {
			if n++; n == 60 {
				die() // in the middle of a batch
			}
			return real()
		}
	}()
	if _, err := b.W.Jobs.DeleteLeftJobs(dying, 100); err == nil {
		t.Error("the batch was not broken off")
	}
	if n := left(); n == 0 || n >= ended+open-100 {
		t.Errorf("%d jobs are left by a batch that was broken off", n)
	}
	next, err := store.Open(ctx, storetest.DSN(t), slog.New(slog.DiscardHandler))
	storetest.OK(t, err)
	defer next.DB.Close()
	for left() > 0 {
		storetest.OK(t, ignoreCount(next.Worker().Jobs.DeleteLeftJobs(ctx, 100)))
	}
	if n := storetest.Must[int](t)(next.Worker().Jobs.DeleteLeftJobs(ctx, 100)); n != 0 {
		t.Errorf("%d jobs were deleted again", n)
	}
	if n := storetest.Count(t, `select count(*) from outbox where kind = 'purge'`); n != ended+open {
		t.Errorf("%d purges of %d jobs", n, ended+open)
	}
	for _, id := range storetest.Must[[]uuid.UUID](t)(next.Worker().Jobs.JobsToPurge(ctx, next.DB.Now(), uuid.Nil, 1000)) {
		if storetest.Count(t, `select count(*) from users where id = $1`, b.User.ID) != 1 {
			t.Fatal("the account went before its last job")
		}
		if job := storetest.Must[models.Job](t)(next.Worker().Jobs.Job(ctx, id)); !job.State.Terminal() {
			b.To(t, id, models.StateCancelled)
		}
		storetest.OK(t, next.Worker().Jobs.DeleteJobRows(ctx, id))
	}
	if storetest.Count(t, `select count(*) from users where id = $1`, b.User.ID) != 0 {
		t.Error("the account is still there")
	}
	if _, err := b.Jobs.Job(ctx, b.Evil.ID, kept.ID); err != nil {
		t.Errorf("another's job: %v", err)
	}
}
