package store_test

import (
	"testing"

	"longhaul/internal/store/storetest"
)

func TestSmoke(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	u := storetest.User(t, s)
	a := storetest.Agent(t, s, 3)
	m := storetest.Manifest(5, 7)
	job := storetest.Submit(t, s, u.ID, &m)
	t.Log(a, job)
}
