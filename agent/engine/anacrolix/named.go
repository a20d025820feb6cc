package anacrolix

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/torrent"

	"longhaul/internal/wait"
)

const (
	namesTaken   = 50 // peers by host name of one answer
	addressTaken = 4  // addresses of one host name
	lookupWithin = 15 * time.Second
	dhtEvery     = 5 * time.Minute
)

// resolver looks up names and returns only addresses that are allowed.
// *fetch.Dialer is one.
type resolver interface {
	Lookup(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// meet adds peers that a source names by host and port. Names are looked up by
// the guard's resolver; each connection is checked again.
func (a *announcer) meet(peers []string) {
	for _, p := range peers[:min(len(peers), namesTaken)] {
		a.run(func(ctx context.Context) { a.torrent.AddPeers(a.lookUp(ctx, p)) })
	}
}

func (a *announcer) lookUp(ctx context.Context, peer string) (out []torrent.PeerInfo) {
	host, portText, err := net.SplitHostPort(peer)
	if err != nil {
		return nil
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || !a.cfg.Network.AllowedPort(uint16(port)) {
		return nil
	}
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, addr)
	} else if r, ok := a.cfg.Network.(resolver); ok {
		ctx, cancel := context.WithTimeout(ctx, lookupWithin)
		defer cancel()
		if addrs, err = r.Lookup(ctx, "ip", host); err != nil {
			return nil
		}
	}
	for _, addr := range addrs[:min(len(addrs), addressTaken)] {
		if a.cfg.Network.Allowed(addr.Unmap()) {
			to := net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr.Unmap(), uint16(port)))
			out = append(out, torrent.PeerInfo{Addr: to, Source: torrent.PeerSourceTracker})
		}
	}
	return out
}

// askDHT looks for peers of a torrent that the library knows by an alias.
func (a *announcer) askDHT(ctx context.Context, s *dht.Server, infoHash [20]byte, port int) {
	for {
		if walk, err := s.AnnounceTraversal(infoHash, dht.AnnouncePeer(dht.AnnouncePeerOpts{Port: port})); err == nil {
			a.take(ctx, walk)
		}
		if wait.For(ctx, dhtEvery) != nil {
			return
		}
	}
}

// take adds the peers that a walk through the DHT finds, until it ends.
func (a *announcer) take(ctx context.Context, walk *dht.Announce) {
	defer walk.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case found, ok := <-walk.Peers:
			if !ok {
				return
			}
			var peers []torrent.PeerInfo
			for _, p := range found.Peers[:min(len(found.Peers), peersTaken)] {
				peers = append(peers, torrent.PeerInfo{Addr: &net.TCPAddr{IP: p.IP, Port: p.Port}, Source: torrent.PeerSourceDhtGetPeers})
			}
			a.torrent.AddPeers(peers)
		}
	}
}
