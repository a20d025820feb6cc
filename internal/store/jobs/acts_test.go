package jobs_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestUserActsAreTold(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	tests := []struct {
		state models.State
		act   func(uuid.UUID) error
		want  []string
	}{
		{models.StateDownloading, func(id uuid.UUID) error { return ignoreJob(b.Jobs.RequestCancel(ctx, b.User.ID, id)) }, []string{"cancel"}},
		{models.StateNeedsAttention, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateFailed, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateCancelled, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateDownloading, func(id uuid.UUID) error { return b.Jobs.RequestDelete(ctx, b.User.ID, id) }, []string{"cancel", "purge"}},
		{models.StateReady, func(id uuid.UUID) error { return b.Jobs.RequestDelete(ctx, b.User.ID, id) }, []string{"purge"}},
	}
	for _, tt := range tests {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
		b.To(t, job.ID, tt.state)
		storetest.Drain(t, b.Store)
		storetest.OK(t, tt.act(job.ID))
		var want []string
		for _, kind := range tt.want {
			want = append(want, kind+" "+job.ID.String())
		}
		if got := storetest.Drain(t, b.Store); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tt.state, got, want)
		}
	}
}

func ignoreJob(_ models.Job, err error) error { return err }

func retry(b *storetest.World, id uuid.UUID) error {
	return ignoreJob(b.Jobs.RequestRetry(context.Background(), b.User.ID, id))
}

func ignoreCount(_ int, err error) error { return err }
