package byterange

import (
	"math/rand/v2"
	"testing"
)

func TestRangesAgreeWithABitmap(t *testing.T) {
	t.Parallel()
	const size = 64
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var set Set
		var bits [size]bool
		for range 20 {
			r := Range{Off: rnd.Int64N(size)}
			r.Len = rnd.Int64N(size - r.Off + 1)
			put, changed := rnd.IntN(3) > 0, int64(0)
			for i := r.Off; i < r.End(); i++ {
				if bits[i] != put {
					changed++
				}
				bits[i] = put
			}
			var got int64
			if put {
				got = set.Add(r)
			} else {
				got = set.Remove(r)
			}
			if got != changed {
				t.Fatalf("%v of %+v changed %d bytes, want %d", put, r, got, changed)
			}
			check(t, set, bits[:])
		}
	}
}

func check(t *testing.T, set Set, bits []bool) {
	t.Helper()
	var want Set
	var total int64
	for i, b := range bits {
		if b {
			total++
		}
		switch n := len(want); {
		case !b:
		case n > 0 && want[n-1].End() == int64(i):
			want[n-1].Len++
		default:
			want = append(want, Range{Off: int64(i), Len: 1})
		}
	}
	if len(set) != len(want) || set.Total() != total {
		t.Fatalf("%v with %d bytes, want %v with %d", set, set.Total(), want, total)
	}
	for i := range set {
		if set[i] != want[i] {
			t.Fatalf("%v, want %v", set, want)
		}
		if !set.Has(set[i]) || set.Has(Range{Off: set[i].Off, Len: set[i].Len + 1}) {
			t.Fatalf("has is wrong for %v in %v", set[i], set)
		}
	}
}

func TestARangeIsCut(t *testing.T) {
	t.Parallel()
	r := Between(10, 30)
	for name, c := range map[string]struct{ got, want Range }{
		"before its end":      {r.Before(25), Range{Off: 10, Len: 15}},
		"before a later byte": {r.Before(40), r},
		"before its begin":    {r.Before(5), Range{Off: 10}},
		"after some bytes":    {r.After(5), Range{Off: 15, Len: 15}},
		"after all its bytes": {r.After(20), Range{Off: 30}},
		"the wrong way round": {Between(30, 10), Range{Off: 30}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
}

func TestGapsAreFound(t *testing.T) {
	t.Parallel()
	var set Set
	set.Add(Between(10, 20))
	set.Add(Between(30, 40))
	for in, want := range map[Range]Range{
		Between(0, 50):  Between(0, 10),
		Between(0, 5):   Between(0, 5),
		Between(10, 50): Between(20, 30),
		Between(15, 25): Between(20, 25),
		Between(30, 45): Between(40, 45),
		Between(12, 18): {},
		Between(5, 5):   {},
	} {
		if got, found := set.Gap(in); found != (want.Len > 0) || found && got != want {
			t.Errorf("%v: %v %v, want %v", in, got, found, want)
		}
	}
}
