package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// What follows a commit follows one that happened, in its order, once.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	db, broken := open(t), errors.New("broken")
	var got []string
	note := func(ctx context.Context, what string) {
		db.AfterCommit(ctx, func() { got = append(got, what) })
	}
	note(t.Context(), "outside")
	err := db.Tx(t.Context(), func(ctx context.Context) error {
		note(ctx, "first")
		_ = db.Attempt(ctx, func(ctx context.Context) error {
			note(ctx, "undone")
			return broken
		})
		if err := db.Attempt(ctx, func(ctx context.Context) error { note(ctx, "inner"); return nil }); err != nil {
			return err
		}
		if len(got) != 1 {
			t.Errorf("before the commit: %q", got)
		}
		return db.Tx(ctx, func(ctx context.Context) error { note(ctx, "nested"); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Tx(t.Context(), func(ctx context.Context) error {
		note(ctx, "rolled back")
		return broken
	})
	_ = db.Attempt(t.Context(), func(ctx context.Context) error { note(ctx, "alone"); return nil })
	if want := []string{"outside", "first", "inner", "nested", "alone"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
