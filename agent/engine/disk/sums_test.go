package disk

import (
	"hash/crc32"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"longhaul/internal/byterange"
)

// allocated returns how many bytes of disk a file takes.
func allocated(name string) (int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Sys().(*syscall.Stat_t).Blocks * 512, nil
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
		var set byterange.Set
		var s sums
		for range 15 {
			r := byterange.Range{Off: rnd.Int64N(60), Len: 1 + rnd.Int64N(20)}
			set.Add(r)
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

// Bytes can go when they are in storage and no range that is checked by them is
// still to be read.
func TestWhatIsReleased(t *testing.T) {
	t.Parallel()
	between := byterange.Between
	for name, c := range map[string]struct {
		sums   []byterange.Range
		stored []byterange.Range // besides what is released
		want   byterange.Range
	}{
		"nothing across its ends":       {[]byterange.Range{between(0, 10), between(10, 20), between(20, 30)}, nil, between(10, 20)},
		"a neighbour before needs some": {[]byterange.Range{between(5, 15), between(15, 20)}, nil, between(15, 20)},
		"a neighbour behind needs some": {[]byterange.Range{between(10, 15), between(15, 25)}, nil, between(10, 15)},
		"both need some":                {[]byterange.Range{between(5, 12), between(12, 18), between(18, 25)}, nil, between(12, 18)},
		"the one before is stored too":  {[]byterange.Range{between(5, 15), between(15, 20)}, []byterange.Range{between(0, 10)}, between(5, 20)},
		"the one behind is stored too":  {[]byterange.Range{between(10, 15), between(15, 25)}, []byterange.Range{between(20, 30)}, between(10, 25)},
	} {
		var s sums
		for _, r := range c.sums {
			s.add(sum{Range: r})
		}
		var stored byterange.Set
		stored.Add(between(10, 20))
		for _, r := range c.stored {
			stored.Add(r)
		}
		if got := s.releasable(between(10, 20), stored); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
