package harness

import (
	"encoding/binary"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/anacrolix/torrent/bencode"
)

// Tracker is a minimal HTTP tracker (BEP 3 and BEP 23, compact peers) on the
// loopback interface.
type Tracker struct {
	URL string // the announce address

	mu     sync.Mutex
	swarms map[string]map[string]swarmPeer // info hash → address
}

type swarmPeer struct {
	addr     [6]byte
	complete bool
}

// NewTracker starts a tracker; it ends with the test.
func NewTracker(tb testing.TB) *Tracker {
	return serveTracker(tb, httptest.NewServer)
}

// NewTrackerAt is NewTracker at a local address that containers reach, too.
func NewTrackerAt(tb testing.TB, ip string) *Tracker {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		tb.Fatal(err)
	}
	return serveTracker(tb, func(h http.Handler) *httptest.Server {
		srv := httptest.NewUnstartedServer(h)
		_ = srv.Listener.Close()
		srv.Listener = l
		srv.Start()
		return srv
	})
}

func serveTracker(tb testing.TB, serve func(http.Handler) *httptest.Server) *Tracker {
	t := &Tracker{swarms: map[string]map[string]swarmPeer{}}
	srv := serve(t)
	tb.Cleanup(srv.Close)
	t.URL = srv.URL + "/announce"
	return t
}

// Seeders returns how many complete peers announced the info hash (20 raw bytes).
func (t *Tracker) Seeders(infoHash string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, p := range t.swarms[infoHash] {
		if p.complete {
			n++
		}
	}
	return n
}

// ServeHTTP answers announces.
func (t *Tracker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host).To4()
	port, perr := strconv.ParseUint(q.Get("port"), 10, 16)
	if err != nil || ip == nil || perr != nil {
		http.Error(w, "bad announce", http.StatusBadRequest)
		return
	}
	var p swarmPeer
	copy(p.addr[:4], ip)
	binary.BigEndian.PutUint16(p.addr[4:], uint16(port))
	p.complete = q.Get("left") == "0"

	t.mu.Lock()
	defer t.mu.Unlock()
	swarm := t.swarms[q.Get("info_hash")]
	if swarm == nil {
		swarm = map[string]swarmPeer{}
		t.swarms[q.Get("info_hash")] = swarm
	}
	self := string(p.addr[:])
	if q.Get("event") == "stopped" {
		delete(swarm, self)
	} else {
		swarm[self] = p
	}
	var peers []byte
	for addr, other := range swarm {
		if addr != self {
			peers = append(peers, other.addr[:]...)
		}
	}
	body, err := bencode.Marshal(map[string]any{"interval": 60, "min interval": 1, "peers": string(peers)})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(body)
}
