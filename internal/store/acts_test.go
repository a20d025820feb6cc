package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func collect(out *[]string) func(context.Context, models.OutboxItem) error {
	return func(_ context.Context, i models.OutboxItem) error {
		*out = append(*out, fmt.Sprintf("%s %s", i.Kind, i.Ref))
		return nil
	}
}

func TestUserActsAreTold(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	tests := []struct {
		state models.State
		act   func(uuid.UUID) error
		want  []string
	}{
		{models.StateDownloading, func(id uuid.UUID) error { return b.RequestCancel(ctx, b.user.ID, id) }, []string{"cancel"}},
		{models.StateNeedsAttention, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateFailed, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateCancelled, func(id uuid.UUID) error { return retry(b, id) }, []string{"retry"}},
		{models.StateDownloading, func(id uuid.UUID) error { return b.RequestDelete(ctx, b.user.ID, id) }, []string{"cancel", "purge"}},
		{models.StateReady, func(id uuid.UUID) error { return b.RequestDelete(ctx, b.user.ID, id) }, []string{"purge"}},
	}
	for _, tt := range tests {
		job := storetest.Submit(t, b.Store, b.user.ID, nil)
		b.to(t, job.ID, tt.state)
		drain(t, b)
		ok(t, tt.act(job.ID))
		var want []string
		for _, kind := range tt.want {
			want = append(want, kind+" "+job.ID.String())
		}
		if got := drain(t, b); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tt.state, got, want)
		}
	}
}

func retry(b bundle, id uuid.UUID) error {
	_, err := b.RequestRetry(context.Background(), b.user.ID, id)
	return err
}

func ignoreCount(_ int, err error) error { return err }
