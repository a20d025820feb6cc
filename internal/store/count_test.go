package store_test

import (
	"testing"

	"longhaul/internal/store/storetest"
)

func count(t testing.TB, query string, args ...any) int {
	t.Helper()
	return storetest.Count(t, query, args...)
}
