package store_test

import (
	"log/slog"
	"strings"
	"testing"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
)

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	if err := storetest.New(t).CheckSchema(t.Context()); err != nil {
		t.Errorf("a migrated database: %v", err)
	}
	empty, err := store.Open(t.Context(), storetest.Empty(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer empty.DB.Close()
	if err := empty.CheckSchema(t.Context()); err == nil || !strings.Contains(err.Error(), "longhaul migrate") {
		t.Errorf("an empty database: %v", err)
	}
}
