package enginetest

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Tracker is an HTTP tracker (BEP 3, BEP 23) that tells every announcer of the
// peers that it was given and of those that announced.
type Tracker struct {
	URL string // of the announce

	mu       sync.Mutex
	peers    map[string]map[netip.AddrPort]bool // by info hash; "" is for any
	events   map[string][]string                // of the announces, by info hash
	announce chan struct{}                      // closed at the next announce
}

// NewTracker starts a tracker on loopback.
func NewTracker(t testing.TB, peers ...netip.AddrPort) *Tracker {
	t.Helper()
	tr := &Tracker{peers: map[string]map[netip.AddrPort]bool{}, events: map[string][]string{}, announce: make(chan struct{})}
	for _, p := range peers {
		tr.Add("", p)
	}
	srv := httptest.NewServer(tr)
	t.Cleanup(srv.Close)
	tr.URL = srv.URL + "/announce"
	return tr
}

// Add makes a peer known for a raw info hash, or for any if it is empty.
func (tr *Tracker) Add(infoHash string, p netip.AddrPort) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.peers[infoHash] == nil {
		tr.peers[infoHash] = map[netip.AddrPort]bool{}
	}
	tr.peers[infoHash][p] = true
}

// Announces returns how many announces came in all.
func (tr *Tracker) Announces() (n int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, events := range tr.events {
		n += len(events)
	}
	return n
}

// Events returns the events of a torrent's announces, by its info hash in hex;
// "" is a regular announce.
func (tr *Tracker) Events(infoHash string) []string {
	raw, _ := hex.DecodeString(infoHash) // no torrent has another one
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.events[string(raw)])
}

// Await waits until a torrent, named by its info hash in hex, was announced
// with the event, of which "" is the regular announce.
func (tr *Tracker) Await(ctx context.Context, infoHash, event string) error {
	for {
		tr.mu.Lock()
		next := tr.announce
		tr.mu.Unlock()
		if slices.Contains(tr.Events(infoHash), event) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next:
		}
	}
}

// ServeHTTP answers an announce.
func (tr *Tracker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	hash := q.Get("info_hash")
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	port, err := strconv.ParseUint(q.Get("port"), 10, 16)
	ip, ipErr := netip.ParseAddr(host)
	if err != nil || ipErr != nil {
		http.Error(w, "bad port", http.StatusBadRequest)
		return
	}
	tr.mu.Lock()
	tr.events[hash] = append(tr.events[hash], q.Get("event"))
	close(tr.announce)
	tr.announce = make(chan struct{})
	var compact []byte
	for _, set := range []map[netip.AddrPort]bool{tr.peers[""], tr.peers[hash]} {
		for p := range set {
			if p.Addr().Is4() {
				compact = append(compact, p.Addr().AsSlice()...)
				compact = binary.BigEndian.AppendUint16(compact, p.Port())
			}
		}
	}
	tr.mu.Unlock()
	if q.Get("event") != "stopped" && port > 0 {
		tr.Add(hash, netip.AddrPortFrom(ip.Unmap(), uint16(port)))
	}
	_, _ = w.Write(encode(dict{"interval": 60, "peers": compact})) // the announcer may be gone
}
