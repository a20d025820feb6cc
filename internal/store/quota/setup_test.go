package quota_test

import (
	"testing"

	"longhaul/internal/store/storetest"
)

// bundle is a store with two users and an agent.
type bundle struct{ *storetest.World }

func setup(t testing.TB) bundle {
	t.Helper()
	return bundle{storetest.NewWorld(t)}
}
