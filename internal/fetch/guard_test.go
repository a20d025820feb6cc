package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// hostile are addresses that must never be connected to, in every form in
// which they reach a dialer.
var hostile = []string{
	"127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
	"100.64.0.1", "192.0.0.192", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	"192.88.99.1", "::1", "::", "::ffff:127.0.0.1", "::127.0.0.1", "::a9fe:a9fe", "64:ff9b::7f00:1",
	"64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::", "2001::80ff:fefe",
	"::ffff:0:127.0.0.1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1",
	"5f00::1", "3fff::1",
}

// spellings are hosts that some resolver reads as 127.0.0.1.
var spellings = []string{
	"0x7f000001", "2130706433", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.0x1", "127.0.0.1.", "::1%25lo", "::1%lo", "",
	"a b", "host/../x", "host#x",
}

func isBlocked(err error) bool {
	e, ok := errors.AsType[*models.Error](err)
	return ok && e.Problem == models.ProblemBlockedAddress && e.Code == models.CodeBlocked && e.Message != ""
}

func TestHostileAddressesAreRefused(t *testing.T) {
	t.Parallel()
	if len(hostile) != 35 {
		t.Fatalf("the table has %d addresses", len(hostile))
	}
	g := fetch.NewGuard()
	d := fetch.NewDialer(fetch.DialerOptions{Guard: g}).StayHome()
	for _, s := range hostile {
		addr := netip.MustParseAddr(s)
		if g.Allowed(addr) || d.Allowed(addr) {
			t.Errorf("%s is allowed", s)
		}
		for _, port := range []string{"80", "443", "8080"} {
			hostPort := net.JoinHostPort(s, port)
			if err := g.Control("tcp", hostPort, nil); !isBlocked(err) {
				t.Errorf("control %s: %v", hostPort, err)
			}
			if c, err := d.DialContext(t.Context(), "tcp", hostPort); !isBlocked(err) {
				t.Errorf("dial %s: %v, %v", hostPort, c, err)
			}
		}
	}
	for _, s := range []string{"8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"} {
		if err := g.Control("tcp", net.JoinHostPort(s, "443"), nil); err != nil {
			t.Errorf("%s is refused: %v", s, err)
		}
	}
}

func TestSpellingsAreRefusedWithoutLookup(t *testing.T) {
	t.Parallel()
	var lookups atomic.Int64
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		lookups.Add(1)
		return nil, errors.New("no lookups here")
	}}
	d := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(), Resolver: resolver}).StayHome()
	for _, s := range spellings {
		if _, err := d.DialContext(t.Context(), "tcp", "["+s+"]:80"); !isBlocked(err) {
			t.Errorf("dial %q: %v", s, err)
		}
		if _, err := d.Lookup(t.Context(), "ip", s); !isBlocked(err) {
			t.Errorf("lookup %q: %v", s, err)
		}
	}
	if lookups.Load() != 0 {
		t.Errorf("%d names were looked up", lookups.Load())
	}
	for _, s := range []string{"localhost", "localhost.", "LOCALHOST"} {
		if _, err := d.DialContext(t.Context(), "tcp", s+":80"); !isBlocked(err) {
			t.Errorf("dial %q: %v", s, err)
		}
	}
}

func TestAllowedNetworks(t *testing.T) {
	t.Parallel()
	g := fetch.NewGuard(netip.MustParsePrefix("10.1.2.3/16"), netip.MustParsePrefix("fd00:1::/32"))
	for s, want := range map[string]bool{
		"10.1.255.255": true, "::ffff:10.1.0.1": true, "10.2.0.1": false, "127.0.0.1": false,
		"fd00:1::9": true, "fd00:2::9": false, "8.8.8.8": true,
	} {
		if got := g.Allowed(netip.MustParseAddr(s)); got != want {
			t.Errorf("%s allowed = %v", s, got)
		}
	}
	if g.Allowed(netip.Addr{}) || g.Allowed(netip.MustParseAddr("fd00:1::9%eth0")) {
		t.Error("no address, or one with a zone, is allowed")
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	g := fetch.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))
	for port, want := range map[uint16]bool{
		80: true, 443: true, 8080: true, 6881: true, 6969: true, 51413: true, 65535: true, 1024: true,
		0: false, 1: false, 22: false, 25: false, 53: false, 445: false, 1023: false,
		3306: false, 5432: false, 6379: false, 2375: false, 2379: false, 11211: false, 27017: false, 5905: false,
	} {
		if got := g.AllowedPort(port); got != want {
			t.Errorf("port %d allowed = %v", port, got)
		}
		ap := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
		if err := g.Check(ap); (err == nil) != want {
			t.Errorf("check %s: %v", ap, err)
		}
	}
}

// TestOwnPublicAddress gives the machine's own addresses no way in even where
// they are public.
func TestOwnAddressesAreRefused(t *testing.T) {
	t.Parallel()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	g := fetch.NewGuard()
	for _, a := range addrs {
		ip, _ := netip.AddrFromSlice(a.(*net.IPNet).IP)
		if g.Allowed(ip.Unmap()) {
			t.Errorf("%s of this machine is allowed", ip)
		}
	}
}

func TestLookupReturnsOnlyAllowedAddresses(t *testing.T) {
	t.Parallel()
	dns := startDNS(t, []string{"10.0.0.9", "127.0.0.1"})
	d := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(netip.MustParsePrefix("127.0.0.0/8")), Resolver: dns.resolver()})
	got, err := d.Lookup(t.Context(), "ip4", "mixed.test")
	if err != nil || len(got) != 1 || got[0] != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("Lookup = %v, %v", got, err)
	}
	d = fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(), Resolver: dns.resolver()})
	if got, err := d.Lookup(t.Context(), "ip4", "mixed.test"); !isBlocked(err) {
		t.Errorf("Lookup = %v, %v", got, err)
	}
}

func TestDialerRefusesOtherNetworks(t *testing.T) {
	t.Parallel()
	d := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(), Resolver: startDNS(t, nil).resolver()}).StayHome()
	for _, network := range []string{"unix", "udp", "ip4:icmp", ""} {
		if _, err := d.DialContext(t.Context(), network, "8.8.8.8:443"); !isBlocked(err) {
			t.Errorf("network %q: %v", network, err)
		}
	}
	if _, err := d.DialContext(t.Context(), "tcp", "no-port"); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("without a port: %v", err)
	}
}
