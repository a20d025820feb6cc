package disk

import (
	"hash/crc32"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
)

// allocated returns how many bytes of disk a file takes.
func allocated(name string) (int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Sys().(*syscall.Stat_t).Blocks * 512, nil
}

func TestRangesAgreeWithABitmap(t *testing.T) {
	t.Parallel()
	const size = 64
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var set ranges
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
				got = set.add(r)
			} else {
				got = set.remove(r)
			}
			if got != changed {
				t.Fatalf("%v of %+v changed %d bytes, want %d", put, r, got, changed)
			}
			check(t, set, bits[:])
		}
	}
}

func check(t *testing.T, set ranges, bits []bool) {
	t.Helper()
	var want ranges
	for i, b := range bits {
		switch n := len(want); {
		case !b:
		case n > 0 && want[n-1].End() == int64(i):
			want[n-1].Len++
		default:
			want = append(want, Range{int64(i), 1})
		}
	}
	if len(set) != len(want) {
		t.Fatalf("%v, want %v", set, want)
	}
	for i := range set {
		if set[i] != want[i] {
			t.Fatalf("%v, want %v", set, want)
		}
		if !set.has(set[i]) || set.has(Range{set[i].Off, set[i].Len + 1}) {
			t.Fatalf("has is wrong for %v in %v", set[i], set)
		}
	}
}

func TestCombinedChecksum(t *testing.T) {
	t.Parallel()
	data := content(9, 100_000)
	for _, cut := range []int{0, 1, 7, 4096, 65_537, 99_999, 100_000} {
		a, b := crc32.Checksum(data[:cut], castagnoli), crc32.Checksum(data[cut:], castagnoli)
		if got, want := combineCRC(a, b, int64(len(data)-cut)), crc32.Checksum(data, castagnoli); got != want {
			t.Errorf("cut at %d: %08x, want %08x", cut, got, want)
		}
	}
}

func TestOverlappingSumsCoverTheirUnion(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var set ranges
		var s sums
		for range 15 {
			r := Range{Off: rnd.Int64N(60), Len: 1 + rnd.Int64N(20)}
			set.add(r)
			s.add(sum{Range: r})
			for i := 1; i < len(s); i++ {
				if s[i-1].Off >= s[i].Off || s[i-1].End() >= s[i].End() {
					t.Fatalf("not sorted: %v", s)
				}
			}
			for _, whole := range set {
				if s.cover(whole) == nil {
					t.Fatalf("%v does not cover %v", s, whole)
				}
			}
		}
	}
}
