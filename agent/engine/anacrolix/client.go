package anacrolix

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/iplist"
	"golang.org/x/time/rate"
)

// client is a library client with sockets of our own, so that nothing listens
// or connects without the guard.
type client struct {
	*torrent.Client
	book    *peerBook
	closers []func() error

	dht  *dht.Server // of a torrent behind an alias, which the library must not announce
	real [][20]byte  // what to announce there
}

func openClient(cfg Config, upload, private bool, pace *rate.Limiter) (*client, error) {
	listeners, err := listen(cfg)
	if err != nil {
		return nil, err
	}
	c := &client{book: newPeerBook(cfg.Now, cfg.redial)}
	for _, l := range listeners {
		c.closers = append(c.closers, l.Close)
	}
	if c.Client, err = torrent.NewClient(paced(clientConfig(cfg, upload, private, c.book), pace)); err != nil {
		c.closeSockets()
		return nil, fmt.Errorf("start torrent client: %w", err)
	}
	for _, network := range []string{"tcp4", "tcp6"} {
		if cfg.BindIP.IsValid() && cfg.BindIP.Is4() != (network == "tcp4") {
			continue
		}
		c.AddDialer(torrent.NetworkDialer{Network: network, Dialer: peerDialer{cfg.Network, c.book, cfg.hashes}})
	}
	for _, l := range listeners {
		c.AddListener(peerListener{l, cfg.hashes})
	}
	if cfg.web != nil {
		c.AddListener(cfg.web.peers)
		c.closers = append(c.closers, cfg.web.close)
	}
	if cfg.DHT && !private {
		if err := c.addDHT(cfg); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

func (c *client) close() {
	c.Close()
	c.closeSockets()
}

func (c *client) closeSockets() {
	for _, f := range c.closers {
		_ = f() // nothing depends on a socket that fails to close
	}
}

func clientConfig(cfg Config, upload, private bool, book *peerBook) *torrent.ClientConfig {
	cc := torrent.NewDefaultClientConfig()
	// The library's own log lines name trackers and peers.
	cc.Slogger = slog.New(slog.DiscardHandler)
	// Sockets are added by openClient; uTP is not part of the build.
	cc.DisableTCP, cc.DisableUTP, cc.NoDHT = true, true, true
	cc.NoDefaultPortForwarding = true
	cc.DisableTrackers = true                             // see announcer
	cc.DisableWebtorrent, cc.DisableWebseeds = true, true // see webSeeds
	cc.DisablePEX = private
	cc.DefaultStorage = noStorage{}
	cc.NoUpload, cc.Seed = !upload, upload
	cc.HeaderObfuscationPolicy = torrent.HeaderObfuscationPolicy{Preferred: false, RequirePreferred: false}
	cc.HTTPDialContext = cfg.Network.DialContext
	cc.IPBlocklist = blocklist{cfg.Network}
	cc.DropDuplicatePeerIds = true
	cc.HandshakesTimeout = 15 * time.Second // the default of 4 s loses peers on a busy machine
	cc.Callbacks.PeerConnAdded = append(cc.Callbacks.PeerConnAdded, book.reached)
	cc.Callbacks.ReadMessage = new(hashFilter).read
	cc.DialRateLimiter = rate.NewLimiter(50, 50)
	// The limit also counts pieces that no peer has, so a swarm without its
	// rarest pieces would stall. Memory is bounded by pieceStorage.
	cc.MaxUnverifiedBytes = 0
	if cfg.hashes != nil {
		behindAlias(cc, private)
	}
	return cc
}

// paced has a configuration keep to a speed limit, if there is one.
func paced(cc *torrent.ClientConfig, pace *rate.Limiter) *torrent.ClientConfig {
	if pace != nil {
		cc.DownloadRateLimiter = pace
	}
	return cc
}

// peerDialer connects to peers and notes whom.
type peerDialer struct {
	network Network
	book    *peerBook
	hashes  *hashes
}

// DialContext connects by the guarded network.
func (d peerDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	d.book.tried(address)
	c, err := d.network.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return d.hashes.wrap(c), nil
}

// blocklist refuses peers, trackers' answers and DHT nodes with addresses that
// the guard refuses.
type blocklist struct {
	network Network
}

// Lookup implements iplist.Ranger.
func (b blocklist) Lookup(ip net.IP) (iplist.Range, bool) {
	addr, ok := netip.AddrFromSlice(ip)
	if ok && (b.network.Allowed(addr.Unmap()) || seedNet.Contains(addr.Unmap())) {
		return iplist.Range{}, false
	}
	return iplist.Range{First: ip, Last: ip, Description: "not a public address"}, true
}

// NumRanges implements iplist.Ranger.
func (b blocklist) NumRanges() int { return 1 }

// bindHost is where sockets are bound; empty is everywhere.
func bindHost(cfg Config) string {
	if cfg.BindIP.IsValid() {
		return cfg.BindIP.String()
	}
	return ""
}

// listen opens the sockets for peers, on one port.
func listen(cfg Config) ([]net.Listener, error) {
	var lc net.ListenConfig
	lc.KeepAlive = -1 // the protocol has its own
	ports := cfg.Ports
	for port := int(ports.First); ; port++ {
		l, err := lc.Listen(context.Background(), "tcp", net.JoinHostPort(bindHost(cfg), strconv.Itoa(port)))
		if err == nil {
			return []net.Listener{l}, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) || port >= int(ports.Last) {
			return nil, fmt.Errorf("listen for peers: %w", err)
		}
	}
}

// addDHT starts a DHT node of our own, whose every datagram is guarded.
func (c *client) addDHT(cfg Config) error {
	host, network := bindHost(cfg), "udp4"
	if cfg.BindIP.Is6() {
		network = "udp6"
	}
	addr := net.JoinHostPort(host, strconv.Itoa(c.LocalPort()))
	pc, err := listenPacket(cfg, network, addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		pc, err = listenPacket(cfg, network, net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return fmt.Errorf("listen for DHT: %w", err)
	}
	s, err := c.NewAnacrolixDhtServer(pc)
	if err != nil {
		_ = pc.Close()
		return fmt.Errorf("start DHT: %w", err)
	}
	if cfg.hashes == nil {
		c.AddDhtServer(torrent.AnacrolixDhtServerWrapper{Server: s})
	} else {
		c.dht, c.real = s, cfg.hashes.real
	}
	c.closers = append(c.closers, func() error { s.Close(); return nil })
	return nil
}
