package telemetry

import (
	"net"
	"net/netip"
	"slices"
	"testing"
)

// A name of two replicas is also that of the other one.
func TestOwnAddresses(t *testing.T) {
	t.Parallel()
	local := []net.Addr{
		&net.IPNet{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(8, 32)},
		&net.IPNet{IP: net.IPv4(10, 89, 3, 7), Mask: net.CIDRMask(24, 32)},
		&net.IPNet{IP: net.IPv4(10, 89, 4, 7), Mask: net.CIDRMask(24, 32)},
	}
	named := func(addrs ...string) (out []netip.Addr) {
		for _, a := range addrs {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	for name, c := range map[string]struct {
		named []netip.Addr
		want  []string
	}{
		"one":           {named("10.89.3.7"), []string{"10.89.3.7"}},
		"two replicas":  {named("10.89.3.6", "10.89.3.7"), []string{"10.89.3.7"}},
		"mapped, twice": {named("::ffff:10.89.3.7", "10.89.3.7"), []string{"10.89.3.7"}},
		"another's":     {named("10.89.3.6", "::1"), nil},
	} {
		if got := intersect(c.named, local); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestListenTakesEachOwnAddress(t *testing.T) {
	t.Parallel()
	for addr, most := range map[string]int{"127.0.0.1:0": 1, ":0": 1, "localhost:0": 2} {
		got, err := listen(t.Context(), addr)
		if err != nil || len(got) == 0 || len(got) > most {
			t.Errorf("%s: %d listeners: %v", addr, len(got), err)
		}
		closeAll(got)
	}
}
