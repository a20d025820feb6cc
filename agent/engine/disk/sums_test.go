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
