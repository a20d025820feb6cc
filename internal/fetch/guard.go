package fetch

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"longhaul/models"
)

// ownAddressesFor is how long the list of this machine's addresses is kept.
const ownAddressesFor = 30 * time.Second

// deniedPorts are well-known services above port 1023 that no download, no
// tracker and no peer lives on, but that could be abused through a request
// whose path the user chooses. Each pair is a range.
var deniedPorts = [][2]uint16{
	{1080, 1080}, {1433, 1434}, {1521, 1521}, // SOCKS, SQL Server, Oracle
	{1719, 1720}, {1723, 1723}, {1883, 1883}, // H.323, PPTP, MQTT
	{2049, 2049}, {2181, 2181}, {2375, 2380}, // NFS, ZooKeeper, Docker and etcd
	{3268, 3269}, {3306, 3306}, {3389, 3389}, // LDAP catalogue, MySQL, RDP
	{4045, 4045}, {4190, 4190}, {5060, 5061}, // NFS locks, Sieve, SIP
	{5432, 5432}, {5672, 5672}, {5900, 5910}, // PostgreSQL, AMQP, VNC
	{5984, 5986}, {6000, 6063}, {6379, 6380}, // CouchDB and WinRM, X11, Redis
	{6443, 6443}, {6566, 6566}, {6665, 6669}, // Kubernetes, SANE, IRC
	{6679, 6679}, {6697, 6697}, {7233, 7235}, // IRC, Temporal
	{8500, 8502}, {9042, 9042}, {9092, 9093}, // Consul, Cassandra, Kafka
	{9200, 9200}, {9300, 9300}, {10080, 10080}, // Elasticsearch, Amanda
	{10250, 10250}, {11211, 11211}, {27017, 27019}, // kubelet, memcached, MongoDB
}

// Guard decides which addresses and ports may be connected to. The zero value
// is not usable; see NewGuard.
type Guard struct {
	allow []netip.Prefix
	ip    *ssrf.Guardian
	now   func() time.Time

	mu     sync.Mutex
	own    []netip.Addr
	ownEnd time.Time
}

// NewGuard returns a guard that admits public addresses and, besides them, the
// given networks. Everything else is refused: loopback, private, link-local,
// shared, documentation, multicast and reserved ranges, every IPv6 form that
// carries an IPv4 address, and the addresses of this machine itself, because
// services that a firewall hides from the world are open to it.
func NewGuard(allow ...netip.Prefix) *Guard {
	g := &Guard{now: time.Now}
	for _, p := range allow {
		g.allow = append(g.allow, p.Masked())
	}
	g.ip = ssrf.New(ssrf.WithAnyPort(), ssrf.WithAnyNetwork())
	return g
}

// Allowed reports whether the address may be connected to.
func (g *Guard) Allowed(addr netip.Addr) bool { return g.checkAddr(addr) == nil }

// AllowedPort reports whether the port may be connected to, as DownloadPort.
func (g *Guard) AllowedPort(port uint16) bool { return DownloadPort(port) }

// DownloadPort reports whether downloads, trackers and peers may live on the
// port: 80, 443 and 1024 to 65535, without the ports of well-known services
// other than file servers.
func DownloadPort(port uint16) bool {
	if port == 80 || port == 443 {
		return true
	}
	if port < 1024 {
		return false
	}
	return !slices.ContainsFunc(deniedPorts, func(r [2]uint16) bool { return r[0] <= port && port <= r[1] })
}

// Check refuses an address and port that may not be connected to with
// blocked_address.
func (g *Guard) Check(ap netip.AddrPort) error {
	if err := g.checkAddr(ap.Addr()); err != nil {
		return blocked().Because(err)
	}
	if !g.AllowedPort(ap.Port()) {
		return models.Fault(models.ProblemBlockedAddress,
			"The source uses port %d, which is not used for downloads.", ap.Port())
	}
	return nil
}

// Control is a net.Dialer.Control function: it runs after the name was
// resolved and before the first packet leaves.
func (g *Guard) Control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return blocked().Because(err)
	}
	return g.Check(ap)
}

func (g *Guard) checkAddr(addr netip.Addr) error {
	if !addr.IsValid() || addr.Zone() != "" {
		return errors.New("not a plain address")
	}
	// An address that only came as ::ffff:a.b.c.d is judged as the IPv4
	// address that the kernel would connect to.
	addr = addr.Unmap()
	if slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return nil
	}
	if err := g.ip.SafeAddr(addr); err != nil {
		return err
	}
	if slices.Contains(g.ownAddresses(), addr) {
		return errors.New("an address of this machine")
	}
	return nil
}

// ownAddresses returns the addresses of this machine's interfaces, at most
// ownAddressesFor old.
func (g *Guard) ownAddresses() []netip.Addr {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.After(g.ownEnd) {
		g.ownEnd = now.Add(ownAddressesFor)
		g.own = g.own[:0]
		addrs, _ := net.InterfaceAddrs() // without a list the public ranges still hold
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok {
				if ip, ok := netip.AddrFromSlice(n.IP); ok {
					g.own = append(g.own, ip.Unmap())
				}
			}
		}
	}
	return slices.Clone(g.own)
}

// Blocked is the fault of a source whose address no guard admits.
func Blocked() *models.Error { return blocked() }

func blocked() *models.Error {
	return models.Fault(models.ProblemBlockedAddress,
		"The source points to an address that is not on the public internet.")
}
