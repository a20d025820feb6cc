package fetch

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"longhaul/models"
)

// dialTimeout bounds resolving a name and connecting to it.
const dialTimeout = 20 * time.Second

// DialerOptions set up a guarded dialer.
type DialerOptions struct {
	Guard    *Guard
	Resolver *net.Resolver // nil is the system's
	BindIP   netip.Addr    // local address to connect from; the zero value is any
	Timeout  time.Duration // for resolving and connecting; 0 is 20 s
}

// Dialer connects to addresses that its guard admits, and to no others. The
// torrent engine uses it for peers and trackers, Client for everything HTTP.
type Dialer struct {
	guard    *Guard
	resolver *net.Resolver
	dialer   net.Dialer
}

// NewDialer returns a guarded dialer.
func NewDialer(o DialerOptions) *Dialer {
	if o.Timeout == 0 {
		o.Timeout = dialTimeout
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	d := &Dialer{guard: o.Guard, resolver: o.Resolver}
	d.dialer = net.Dialer{
		Timeout:   o.Timeout,
		KeepAlive: 30 * time.Second,
		Resolver:  o.Resolver,
		Control:   o.Guard.Control,
	}
	if o.BindIP.IsValid() {
		d.dialer.LocalAddr = &net.TCPAddr{IP: o.BindIP.AsSlice()}
	}
	return d
}

// Allowed reports whether the address may be connected to.
func (d *Dialer) Allowed(addr netip.Addr) bool { return d.guard.Allowed(addr) }

// AllowedPort reports whether the port may be connected to.
func (d *Dialer) AllowedPort(port uint16) bool { return d.guard.AllowedPort(port) }

// DialContext connects by TCP. The guard sees the resolved address; a refusal
// is a blocked_address fault and nothing is sent.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, blocked()
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, models.Fault(models.ProblemMalformedURL, "The source has no host and port.").Because(err)
	}
	if err := d.checkHost(host); err != nil {
		return nil, err
	}
	return d.dialer.DialContext(ctx, network, address)
}

// Lookup resolves a host and returns the addresses that may be connected to,
// for protocols that send datagrams without dialing. The network is ip, ip4 or
// ip6. It fails with blocked_address when none is left.
func (d *Dialer) Lookup(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := d.checkHost(host); err != nil {
		return nil, err
	}
	addrs, err := d.resolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, a := range addrs {
		if d.guard.Allowed(a) {
			out = append(out, a.Unmap())
		}
	}
	if len(out) == 0 {
		return nil, blocked()
	}
	return out, nil
}

// checkHost applies CheckHost, and answers for localhost itself: RFC 6761 says
// that it is never asked for in the DNS.
func (d *Dialer) checkHost(host string) error {
	if err := CheckHost(host); err != nil {
		return err
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if (name == "localhost" || strings.HasSuffix(name, ".localhost")) &&
		!d.guard.Allowed(netip.AddrFrom4([4]byte{127, 0, 0, 1})) && !d.guard.Allowed(netip.IPv6Loopback()) {
		return blocked()
	}
	return nil
}

// CheckHost refuses hosts that are written so that programs disagree about
// what they mean: numbers that some resolvers read as IPv4 addresses
// (0x7f000001, 2130706433, 0177.0.0.1, 127.1) and addresses with a zone. A
// plain address and a name pass; where they lead is checked on connecting.
func CheckHost(host string) error {
	if host == "" || strings.ContainsAny(host, "%/\\@?# \t\r\n\x00") {
		return blocked()
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	last := strings.TrimSuffix(host, ".")
	if i := strings.LastIndexByte(last, '.'); i >= 0 {
		last = last[i+1:]
	}
	if last == "" || looksNumeric(last) {
		return blocked()
	}
	return nil
}

// looksNumeric reports whether a resolver may treat a name with this last label
// as an IPv4 address, by the rule of the WHATWG URL standard.
func looksNumeric(label string) bool {
	if len(label) >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X') {
		return strings.Trim(label[2:], "0123456789abcdefABCDEF") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}
