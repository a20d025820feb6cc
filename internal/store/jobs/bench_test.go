package jobs_test

import (
	"testing"

	"longhaul/internal/store/storetest"
)

// BenchmarkSubmit is the store's share of a submit, one after another, with
// known files.
func BenchmarkSubmit(b *testing.B) {
	s := storetest.New(b)
	user := storetest.User(b, s)
	m := storetest.Manifest(100, 200)
	for b.Loop() {
		storetest.Submit(b, s, user.ID, &m)
	}
}
