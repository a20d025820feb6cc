package agent

import (
	"math/rand/v2"
	"slices"
	"testing"

	"longhaul/agent/agentapi"
)

// TestRangeSet compares the set with one that has a bool for each byte.
func TestRangeSet(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var s rangeSet
		var model [64]bool
		for range 40 {
			off := rng.Int64N(64)
			end := off + rng.Int64N(65-off)
			add := rng.IntN(3) > 0
			if add {
				s.add(off, end)
			} else {
				s.remove(off, end)
			}
			for i := off; i < end; i++ {
				model[i] = add
			}
			a := rng.Int64N(64)
			b := a + rng.Int64N(65-a)
			var total int64
			for _, in := range model {
				if in {
					total++
				}
			}
			if s.total != total || s.covers(a, b) != !slices.Contains(model[a:b], false) {
				t.Fatalf("%+v for %v", s, model)
			}
			for i := 1; i < len(s.rs); i++ {
				if s.rs[i-1].end >= s.rs[i].off {
					t.Fatalf("ranges touch: %+v", s.rs)
				}
			}
		}
	}
}

func numbers(parts []part) (out []int) {
	for _, p := range parts {
		out = append(out, p.number)
	}
	return out
}

func verify(l *ledger, off, end int64) { l.verified([]span{{File: 0, Off: off, Length: end - off}}) }

func TestLedgerHandsOutWholeParts(t *testing.T) {
	t.Parallel()
	l := newLedger([]agentapi.FileJob{{Index: 0, Size: 25, PartSize: 10, Stored: []int64{1}}})
	verify(l, 12, 20)
	if got := l.take(9, 100); len(got) != 0 {
		t.Fatalf("a part without its beginning was handed out: %v", got)
	}
	verify(l, 10, 12)
	verify(l, 20, 25)
	verify(l, 0, 5) // of a part that is stored
	got := l.take(9, 100)
	if !slices.Equal(numbers(got), []int{2, 3}) || got[1].Length != 5 {
		t.Fatalf("parts %+v", got)
	}
	l.giveBack(got[1].partID)
	if again := l.take(9, 100); !slices.Equal(numbers(again), []int{3}) {
		t.Fatalf("given back, got %+v", again)
	}
	if y := l.tally(); y.complete || y.verified != 25 || y.stored != 10 || y.total != 25 {
		t.Errorf("tally %+v", y)
	}
	for _, p := range got {
		l.store(p.partID)
	}
	if y := l.tally(); !y.complete || y.stored != 25 {
		t.Errorf("tally %+v", y)
	}
}

func TestLedgerBoundsWhatItHandsOut(t *testing.T) {
	t.Parallel()
	l := newLedger([]agentapi.FileJob{{Index: 0, Size: 50, PartSize: 10}})
	verify(l, 0, 50)
	for _, want := range [][]int{{1}, {2, 3}, {4}} {
		limit := map[int]int64{1: 5, 2: 25, 4: 0}[want[0]]
		if got := numbers(l.take(9, limit)); !slices.Equal(got, want) {
			t.Errorf("%d bytes: parts %v, want %v", limit, got, want)
		}
	}
}

func TestLedgerForgetsOtherContent(t *testing.T) {
	t.Parallel()
	l := newLedger([]agentapi.FileJob{{Index: 0, Size: 20, PartSize: 10, Validator: "a", Stored: []int64{1}}})
	verify(l, 10, 20)
	old := l.take(9, 100)
	if !l.setValidator(0, "b") || l.setValidator(0, "b") {
		t.Fatal("a new validator drops once")
	}
	l.giveBack(old[0].partID)
	if l.current(old[0].partID) || l.store(old[0].partID) || len(l.take(9, 100)) != 0 {
		t.Error("a part of the old content still counts")
	}
	if y := l.tally(); y.verified != 0 || y.stored != 0 {
		t.Errorf("tally %+v", y)
	}
	verify(l, 0, 10)
	if got := l.take(9, 100); len(got) != 1 || got[0].validator != "b" {
		t.Errorf("parts %+v", got)
	}
}

func TestLedgerLearnsSizes(t *testing.T) {
	t.Parallel()
	l := newLedger([]agentapi.FileJob{{Index: 0, Size: -1, PartSize: 10}})
	verify(l, 0, 15)
	if got := numbers(l.take(9, 100)); !slices.Equal(got, []int{1}) {
		t.Fatalf("parts %v", got)
	}
	l.setSize(0, 15)
	if got := l.take(9, 100); len(got) != 1 || got[0].Length != 5 {
		t.Fatalf("parts %+v", got)
	}
	sizes := l.newSizes()
	if len(sizes) != 1 || sizes[0].Size != 15 {
		t.Fatalf("sizes %+v", sizes)
	}
	l.sizesTold(sizes)
	if len(l.newSizes()) != 0 {
		t.Error("the size is told again")
	}
}

func TestLedgerForgetsBadBytes(t *testing.T) {
	t.Parallel()
	l := newLedger([]agentapi.FileJob{{Index: 0, Size: 30, PartSize: 10}})
	verify(l, 0, 30)
	parts := l.take(9, 100)
	l.store(parts[0].partID)
	l.forget(span{File: 0, Off: 5, Length: 10}) // across a stored part and one that is not
	if y := l.tally(); y.verified != 25 || y.stored != 10 {
		t.Errorf("tally %+v", y)
	}
	verify(l, 5, 15)
	if got := numbers(l.take(9, 100)); !slices.Equal(got, []int{2}) {
		t.Errorf("parts %v", got)
	}
}
