package anacrolix

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/tracker"

	"longhaul/internal/source"
	"longhaul/internal/wait"
)

const (
	retryFirst      = 15 * time.Second // after an announce that failed; grows with each
	retryAtMost     = 30 * time.Minute
	announceAtLeast = time.Minute // whatever interval a tracker asks for
	announceAtMost  = time.Hour
	leaveWithin     = time.Second // a transfer that ends waits no longer for its trackers
	peersWanted     = 200         // as many as fit in one datagram of a UDP tracker
	peersTaken      = 1000        // of one answer, whatever a tracker sends
	answerAtMost    = 256 << 10   // bytes
)

// announcer tells the trackers of one torrent where we are and adds the peers
// that they name (BEP 3, BEP 15). It tries every tracker of every tier, as most
// clients do. Each tracker has its own pace, and one that fails is asked again
// later and later.
//
// The library has a dispatcher for this. It can lose the wake-up of its timer
// when a torrent is added while the timer's function returns, and then never
// announces: a torrent whose peers only a tracker knows stands still for ever.
// So the library only speaks the protocols here.
type announcer struct {
	cfg       Config
	client    *torrent.Client
	torrent   *torrent.Torrent
	http      *http.Client
	trackers  []endpoint
	hashes    [][20]byte // announced so far; a v2 hash is cut to 20 bytes (BEP 52)
	fetched   atomic.Bool
	counts    atomic.Bool // what is missing: the library panics on it in torrents that need an alias
	start     func(endpoint, [20]byte)
	run       func(func(context.Context)) // until the announcer closes
	stop      context.CancelFunc
	announces sync.WaitGroup
}

// endpoint is a tracker's URL with the network that it is reached by.
type endpoint struct {
	url     string
	network string // udp4 or udp6; empty for HTTP
}

func newAnnouncer(s *session, tiers [][]string) *announcer {
	a := &announcer{cfg: s.cfg, client: s.client.Client, torrent: s.tor, trackers: endpoints(tiers), http: newTrackerClient(s.cfg.Network)}
	running, stop := context.WithCancel(context.Background())
	a.stop = stop
	a.run = func(do func(context.Context)) { a.announces.Go(func() { do(running) }) }
	a.counts.Store(s.target.manifest != nil)
	if s.client.dht != nil {
		for _, hash := range s.client.real {
			a.run(func(ctx context.Context) { a.askDHT(ctx, s.client.dht, hash, s.client.LocalPort()) })
		}
	}
	a.start = func(e endpoint, infoHash [20]byte) {
		a.run(func(ctx context.Context) { a.keep(ctx, e, infoHash) })
	}
	return a
}

// endpoints lists the trackers that can be announced to. One of UDP is reached
// over IPv4 and IPv6, because it names peers of the family it is asked by.
func endpoints(tiers [][]string) (out []endpoint) {
	seen := map[string]bool{}
	for _, address := range slices.Concat(tiers...) {
		u, err := url.Parse(address)
		if err != nil || seen[address] || len(seen) == source.MaxTrackers {
			continue
		}
		switch u.Scheme {
		case "http", "https":
			out = append(out, endpoint{url: address})
		case "udp":
			out = append(out, endpoint{url: address, network: "udp4"}, endpoint{url: address, network: "udp6"})
		default:
			continue
		}
		seen[address] = true
	}
	return out
}

// add announces the torrent under an info hash in hex, if it is not already.
// An empty one adds nothing. It is called by one goroutine at a time.
func (a *announcer) add(infoHash string) {
	var short [20]byte
	raw, err := hex.DecodeString(infoHash)
	if err != nil || copy(short[:], raw) != len(short) || slices.Contains(a.hashes, short) {
		return
	}
	a.hashes = append(a.hashes, short)
	for _, e := range a.trackers {
		a.start(e, short)
	}
}

// complete notes that this run fetched what was missing of the whole torrent,
// which trackers count.
func (a *announcer) complete() { a.fetched.Store(true) }

// close says goodbye to the trackers that answered, for a short while.
func (a *announcer) close() {
	a.stop()
	ended := make(chan struct{})
	go func() {
		a.announces.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(leaveWithin):
	}
}

// keep announces to one tracker until the announcer closes.
func (a *announcer) keep(running context.Context, e endpoint, infoHash [20]byte) {
	pauses := wait.Growing(retryFirst, retryAtMost)
	event := tracker.Started
	for {
		pause, err := a.announce(running, e, infoHash, event)
		if err == nil {
			event = tracker.None
			pauses.Reset()
		} else {
			pause = pauses.NextBackOff()
		}
		if wait.For(running, pause) != nil {
			break
		}
	}
	if event == tracker.Started {
		return // the tracker does not know us
	}
	leaving, cancel := context.WithTimeout(context.WithoutCancel(running), leaveWithin)
	defer cancel()
	if a.fetched.Load() {
		_, _ = a.announce(leaving, e, infoHash, tracker.Completed) // the tracker counts one download less
	}
	_, _ = a.announce(leaving, e, infoHash, tracker.Stopped) // the tracker forgets us later
}

// announce tells a tracker once and returns how long it wants to be left alone.
func (a *announcer) announce(ctx context.Context, e endpoint, infoHash [20]byte, event tracker.AnnounceEvent) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, tracker.DefaultTrackerAnnounceTimeout)
	defer cancel()
	ask := a.announceUDP
	if e.network == "" {
		ask = func(ctx context.Context, e endpoint, r tracker.AnnounceRequest) (announced, error) {
			return a.announceHTTP(ctx, e.url, r)
		}
	}
	answer, err := ask(ctx, e, a.request(infoHash, event))
	if err != nil {
		return 0, err
	}
	a.torrent.AddPeers(peersOf(answer.peers))
	a.meet(answer.names)
	return min(max(time.Duration(answer.interval)*time.Second, announceAtLeast), announceAtMost), nil
}

func (a *announcer) announceUDP(ctx context.Context, e endpoint, r tracker.AnnounceRequest) (announced, error) {
	c, err := tracker.NewClient(e.url, tracker.NewClientOpts{
		UdpNetwork: e.network,
		Slogger:    slog.New(slog.DiscardHandler), // its lines name the tracker
		ListenPacket: func(network, _ string) (net.PacketConn, error) {
			return listenPacket(a.cfg, network, net.JoinHostPort(bindHost(a.cfg), "0"))
		},
	})
	if err != nil {
		return announced{}, err
	}
	defer func() { _ = c.Close() }() // the answer is there, or an error is
	answer, err := c.Announce(ctx, r, tracker.AnnounceOpt{})
	return announced{interval: answer.Interval, peers: answer.Peers}, err
}

func (a *announcer) request(infoHash [20]byte, event tracker.AnnounceEvent) tracker.AnnounceRequest {
	stats, id := a.torrent.Stats(), a.client.PeerID()
	r := tracker.AnnounceRequest{
		InfoHash:   infoHash,
		PeerId:     id,
		Event:      event,
		Port:       uint16(a.client.LocalPort()),
		NumWant:    peersWanted,
		Left:       -1, // not known without the metadata
		Uploaded:   stats.BytesWrittenData.Int64(),
		Downloaded: stats.BytesReadUsefulData.Int64(),
	}
	if a.counts.Load() {
		r.Left = a.torrent.BytesMissing()
	}
	if event == tracker.Stopped || event == tracker.Completed {
		r.NumWant = 0
	}
	return r
}

func peersOf(peers []tracker.Peer) (out []torrent.PeerInfo) {
	for _, p := range peers[:min(len(peers), peersTaken)] {
		info := torrent.PeerInfo{Addr: &net.TCPAddr{IP: p.IP, Port: p.Port}, Source: torrent.PeerSourceTracker}
		copy(info.Id[:], p.ID)
		out = append(out, info)
	}
	return out
}
