package anacrolix

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/anacrolix/torrent"
)

const (
	maxBook       = 500             // peers that are remembered
	fewPeers      = 8               // connections below which old peers are tried again
	redialFirst   = 5 * time.Second // before the first retry; doubles with each
	redialAtMost  = 10 * time.Minute
	redialDoubles = 7
)

// peerBook remembers whom the client tried to reach. The library forgets a
// peer that could not be reached, or that hung up, until a tracker names it
// again, which may be half an hour later; in a small swarm that is the end.
type peerBook struct {
	now   func() time.Time
	first time.Duration

	mu    sync.Mutex
	peers map[netip.AddrPort]*bookEntry
}

type bookEntry struct {
	tries int
	last  time.Time
	next  time.Time
}

func newPeerBook(now func() time.Time, first time.Duration) *peerBook {
	return &peerBook{now: now, first: first, peers: map[netip.AddrPort]*bookEntry{}}
}

// tried notes an attempt to connect.
func (b *peerBook) tried(address string) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.peers[ap]
	if e == nil {
		if len(b.peers) >= maxBook {
			return
		}
		e = &bookEntry{}
		b.peers[ap] = e
	}
	now := b.now()
	if e.tries > 0 && now.Sub(e.last) < b.first/2 {
		return // the same attempt, with an encrypted header or from another socket
	}
	e.last, e.next = now, now.Add(min(b.first<<min(e.tries, redialDoubles), redialAtMost))
	e.tries++
}

// reached notes that a peer answered.
func (b *peerBook) reached(c *torrent.PeerConn) {
	ap, err := netip.ParseAddrPort(c.RemoteAddr.String())
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.peers[ap]; e != nil {
		e.tries = 0
	}
}

// due returns the peers that may be tried again now.
func (b *peerBook) due() (out []torrent.PeerInfo) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	for ap, e := range b.peers {
		if !now.Before(e.next) {
			// The attempt moves this on; the library makes none while it is
			// connected to the peer.
			e.next = now.Add(b.first)
			out = append(out, torrent.PeerInfo{Addr: net.TCPAddrFromAddrPort(ap), Source: torrent.PeerSourceDirect})
		}
	}
	return out
}

// all returns the peers that the client tried.
func (b *peerBook) all() (out []torrent.PeerInfo) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ap := range b.peers {
		out = append(out, torrent.PeerInfo{Addr: net.TCPAddrFromAddrPort(ap), Source: torrent.PeerSourceDirect})
	}
	return out
}
