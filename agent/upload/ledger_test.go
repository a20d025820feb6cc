package upload

import (
	"math/rand/v2"
	"slices"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/internal/byterange"
)

func numbers(parts []Part) (out []int) {
	for _, p := range parts {
		out = append(out, p.Number)
	}
	return out
}

func verify(l *Ledger, off, end int64) { l.Verified(0, byterange.Between(off, end)) }

func TestLedgerHandsOutWholeParts(t *testing.T) {
	t.Parallel()
	l := NewLedger([]agentapi.FileJob{{Index: 0, Size: 25, PartSize: 10, Stored: []int64{1}}})
	verify(l, 12, 20)
	if got := l.take(9, 100); len(got) != 0 {
		t.Fatalf("a part without its beginning was handed out: %v", got)
	}
	verify(l, 10, 12)
	verify(l, 20, 25)
	verify(l, 0, 5) // of a part that is stored
	got := l.take(9, 100)
	if !slices.Equal(numbers(got), []int{2, 3}) || got[1].Len != 5 {
		t.Fatalf("parts %+v", got)
	}
	l.giveBack(got[1].id())
	if again := l.take(9, 100); !slices.Equal(numbers(again), []int{3}) {
		t.Fatalf("given back, got %+v", again)
	}
	if y := l.Tally(); y.Complete || y.Verified != 25 || y.Stored != 10 || y.Total != 25 {
		t.Errorf("tally %+v", y)
	}
	for _, p := range got {
		l.store(p.id())
	}
	if y := l.Tally(); !y.Complete || y.Stored != 25 {
		t.Errorf("tally %+v", y)
	}
}

func TestLedgerBoundsWhatItHandsOut(t *testing.T) {
	t.Parallel()
	l := NewLedger([]agentapi.FileJob{{Index: 0, Size: 50, PartSize: 10}})
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
	l := NewLedger([]agentapi.FileJob{{Index: 0, Size: 20, PartSize: 10, Validator: "a", Stored: []int64{1}}})
	verify(l, 10, 20)
	old := l.take(9, 100)
	if !l.SetValidator(0, "b") || l.SetValidator(0, "b") {
		t.Fatal("a new validator drops once")
	}
	l.giveBack(old[0].id())
	if l.current(old[0].id()) || l.store(old[0].id()) || len(l.take(9, 100)) != 0 {
		t.Error("a part of the old content still counts")
	}
	if y := l.Tally(); y.Verified != 0 || y.Stored != 0 {
		t.Errorf("tally %+v", y)
	}
	verify(l, 0, 10)
	if got := l.take(9, 100); len(got) != 1 || got[0].Validator != "b" {
		t.Errorf("parts %+v", got)
	}
}

func TestLedgerLearnsSizes(t *testing.T) {
	t.Parallel()
	l := NewLedger([]agentapi.FileJob{{Index: 0, Size: -1, PartSize: 10}})
	verify(l, 0, 15)
	if got := numbers(l.take(9, 100)); !slices.Equal(got, []int{1}) {
		t.Fatalf("parts %v", got)
	}
	l.SetSize(0, 15)
	if got := l.take(9, 100); len(got) != 1 || got[0].Len != 5 {
		t.Fatalf("parts %+v", got)
	}
	sizes := l.newSizes()
	if len(sizes) != 1 || sizes[0].Size != 15 {
		t.Fatalf("sizes %+v", sizes)
	}
	l.sizesTold(sizes)
	if len(l.newSizes()) != 0 {
		t.Error("the size is reported again")
	}
}

func TestLedgerForgetsBadBytes(t *testing.T) {
	t.Parallel()
	l := NewLedger([]agentapi.FileJob{{Index: 0, Size: 30, PartSize: 10}})
	verify(l, 0, 30)
	parts := l.take(9, 100)
	l.store(parts[0].id())
	l.Forget(0, byterange.Range{Off: 5, Len: 10}) // across a stored part and one that is not
	if y := l.Tally(); y.Verified != 25 || y.Stored != 10 {
		t.Errorf("tally %+v", y)
	}
	verify(l, 5, 15)
	if got := numbers(l.take(9, 100)); !slices.Equal(got, []int{2}) {
		t.Errorf("parts %v", got)
	}
}

// What the ledger adds up as it goes is what its files add up to.
func TestTallyAddsUp(t *testing.T) {
	t.Parallel()
	const files, size, part = 4, 95, 10
	chance := rand.New(rand.NewPCG(1, 2))
	var specs []agentapi.FileJob
	for i := range files {
		specs = append(specs, agentapi.FileJob{Index: i, Size: int64(size*(i%2) - (1 - i%2)), PartSize: part, Stored: []int64{1}})
	}
	l := NewLedger(specs)
	for step := range 5000 {
		file := chance.IntN(files)
		off := int64(chance.IntN(size))
		r := byterange.Between(off, min(size, off+int64(chance.IntN(3*part))))
		switch chance.IntN(9) {
		case 0:
			l.Forget(file, r)
		case 1:
			l.SetSize(file, size)
			l.sizesTold(l.newSizes())
		case 2:
			if chance.IntN(50) == 0 {
				l.SetValidator(file, string(rune('a'+chance.IntN(26))))
			}
		case 3, 4:
			for _, p := range l.take(3, size) {
				if chance.IntN(2) == 0 {
					l.giveBack(p.id())
				} else {
					l.store(p.id())
				}
			}
		default:
			l.Verified(file, r)
		}
		if got, want := l.Tally(), addedUp(l); got != want {
			t.Fatalf("after %d steps %+v, want %+v", step+1, got, want)
		}
	}
}

func addedUp(l *Ledger) Tally {
	t := Tally{Complete: true}
	for _, f := range l.files {
		if f.size < 0 || t.Total < 0 {
			t.Total = -1
		} else {
			t.Total += f.size
		}
		t.Verified += f.have.Total()
		for n, state := range f.parts {
			if state == partStored {
				t.Stored += f.part(n).Len
			}
		}
		t.Complete = t.Complete && f.complete() && !f.sizeNew
	}
	return t
}
