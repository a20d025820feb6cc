package enginetest

import (
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
)

// testPace has an engine fetch under a speed limit, which it must not exceed by
// more than a burst, and under one that is lifted in the middle.
func testPace(t *testing.T, s Setup) {
	const size, pace = 2 << 20, 1 << 20
	r := newRun(t, s.Serve(t, single(size)))
	r.options.Pace = engine.NewPace(pace)
	began := time.Now()
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	least := time.Duration(size-r.options.Pace.Burst()) * time.Second / pace
	if took := time.Since(began); took < least {
		t.Errorf("%d bytes came in %s, at %d a second they need %s", size, took, pace, least)
	}
	if got := r.check(t); got != size {
		t.Errorf("%d of %d bytes are verified", got, size)
	}

	r = newRun(t, s.Serve(t, single(32<<20)))
	r.options.Pace = engine.NewPace(256 << 10) // two minutes, more than the run may take
	r.wrap = func(st *disk.Store) engine.Store { return liftAfter{st, r} }
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
}

// liftAfter is a store that lifts the speed limit when the first bytes come.
type liftAfter struct {
	*disk.Store
	r *run
}

func (l liftAfter) WriteAt(file int, p []byte, off int64) (int, error) {
	engine.SetPace(l.r.options.Pace, 0)
	return l.Store.WriteAt(file, p, off)
}
