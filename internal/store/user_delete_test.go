package store_test

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
// go on after a crash; each job is told of once, and the last takes the row.
func TestDeletedAccountLeavesInBatches(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const ended, open = 230, 20
	for range ended {
		job := storetest.Submit(t, b.Store, b.user.ID, nil)
		b.to(t, job.ID, models.StateCancelled)
	}
	for range open {
		storetest.Submit(t, b.Store, b.user.ID, nil)
	}
	kept := storetest.Submit(t, b.Store, b.evil.ID, nil)
	drain(t, b)
	left := func() int {
		return count(t, `select count(*) from jobs where user_id = $1 and delete_at is null`, b.user.ID)
	}
	ok(t, b.DeleteAccount(ctx, models.Actor{Kind: models.ActorUser, ID: &b.user.ID}, b.user.ID))
	if n := left(); n != ended+open-100 {
		t.Errorf("%d jobs are left, want all but a hundred", n)
	}
	if n := count(t, `select count(*) from outbox where kind = 'cancel'`); n != open {
		t.Errorf("%d of %d open jobs are cancelled first", n, open)
	}
	if _, err := b.UserByEmail(ctx, b.user.Email); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("the address still has an account: %v", err)
	}
	dying, die := context.WithCancel(ctx)
	b.Now = func() func() time.Time {
		n, real := 0, b.Now
		return func() time.Time {
			if n++; n == 60 {
				die() // in the middle of a batch
			}
			return real()
		}
	}()
	if _, err := b.w.DeleteLeftJobs(dying, 100); err == nil {
		t.Error("the batch was not broken off")
	}
	if n := left(); n == 0 || n >= ended+open-100 {
		t.Errorf("%d jobs are left by a batch that was broken off", n)
	}
	next, err := store.Open(ctx, storetest.DSN(t), slog.New(slog.DiscardHandler))
	ok(t, err)
	defer next.Close()
	for left() > 0 {
		ok(t, ignoreCount(next.Work().DeleteLeftJobs(ctx, 100)))
	}
	if n := must[int](t)(next.Work().DeleteLeftJobs(ctx, 100)); n != 0 {
		t.Errorf("%d jobs were deleted again", n)
	}
	if n := count(t, `select count(*) from outbox where kind = 'purge'`); n != ended+open {
		t.Errorf("%d purges of %d jobs", n, ended+open)
	}
	for _, id := range must[[]uuid.UUID](t)(next.Work().JobsToPurge(ctx, next.Now(), 1000)) {
		if count(t, `select count(*) from users where id = $1`, b.user.ID) != 1 {
			t.Fatal("the account went before its last job")
		}
		if job := must[models.Job](t)(next.Work().Job(ctx, id)); !job.State.Terminal() {
			b.to(t, id, models.StateCancelled)
		}
		ok(t, next.Work().DeleteJobRows(ctx, id))
	}
	if count(t, `select count(*) from users where id = $1`, b.user.ID) != 0 {
		t.Error("the account is still there")
	}
	if _, err := b.Job(ctx, b.evil.ID, kept.ID); err != nil {
		t.Errorf("another's job: %v", err)
	}
}
