package anacrolix

import (
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/anacrolix/torrent"
	pp "github.com/anacrolix/torrent/peer_protocol"

	"longhaul/internal/source"
)

// A handshake (BEP 3) names the torrent after the protocol and the extensions.
const (
	handshakePrefix = "\x13BitTorrent protocol"
	hashAt          = len(handshakePrefix) + 8
	hashEnd         = hashAt + 20
)

// hashes are info hashes as they are on the wire: those of v2 are cut to 20
// bytes.
type hashes struct {
	real, alias [][20]byte // in the same order
}

// hashesOf returns how the info hashes of a torrent and its alias correspond.
func hashesOf(v1, v2 string, a *source.Alias) (*hashes, error) {
	h := &hashes{}
	for _, pair := range [][2]string{{v1, a.InfoHashV1}, {v2, a.InfoHashV2}} {
		var real, alias [20]byte
		for _, to := range []struct {
			hash *[20]byte
			text string
		}{{&real, pair[0]}, {&alias, pair[1]}} {
			raw, err := hex.DecodeString(to.text)
			if err != nil || (len(raw) > 0 && copy(to.hash[:], raw) < len(to.hash)) {
				return nil, fmt.Errorf("info hash %q is not one", to.text)
			}
		}
		if pair[0] != "" && pair[1] != "" {
			h.real, h.alias = append(h.real, real), append(h.alias, alias)
		}
	}
	return h, nil
}

// swap replaces a hash of the one list by its counterpart.
func swap(hash []byte, from, to [][20]byte) {
	for i, h := range from {
		if string(hash) == string(h[:]) {
			copy(hash, to[i][:])
			return
		}
	}
}

// aliasConn is a connection to a peer on which the handshake names the real
// torrent, while the library knows it by its alias.
type aliasConn struct {
	net.Conn
	hashes *hashes

	head    []byte // the peer's, to be read
	read    bool
	written []byte // our handshake's, up to the hash
}

// Read implements net.Conn.
func (c *aliasConn) Read(b []byte) (int, error) {
	if !c.read {
		head := make([]byte, hashEnd)
		n, err := io.ReadFull(c.Conn, head)
		if err != nil {
			return 0, err
		}
		c.read, c.head = true, head[:n]
		if string(head[:len(handshakePrefix)]) == handshakePrefix {
			swap(head[hashAt:], c.hashes.real, c.hashes.alias)
		}
	}
	if len(c.head) > 0 {
		n := copy(b, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// Write implements net.Conn. It holds back the handshake until the hash is
// whole.
func (c *aliasConn) Write(b []byte) (int, error) {
	if c.written == nil {
		c.written = make([]byte, 0, hashEnd)
	}
	if len(c.written) == hashEnd {
		return c.Conn.Write(b)
	}
	n := min(len(b), hashEnd-len(c.written))
	c.written = append(c.written, b[:n]...)
	if len(c.written) < hashEnd {
		return n, nil
	}
	swap(c.written[hashAt:], c.hashes.alias, c.hashes.real)
	if _, err := c.Conn.Write(append(c.written, b[n:]...)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// wrap returns the connection as the library has to see it.
func (h *hashes) wrap(c net.Conn) net.Conn {
	if h == nil {
		return c
	}
	return &aliasConn{Conn: c, hashes: h}
}

// peerListener accepts connections of peers.
type peerListener struct {
	net.Listener
	hashes *hashes // nil unless the library knows the torrent by an alias
}

// Accept implements net.Listener.
func (l peerListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.hashes.wrap(c), nil
}

// behindAlias adapts a configuration: an encrypted handshake would hide the
// hash, the DHT would learn of a torrent that does not exist, and peers would
// get metadata that is not the torrent's.
func behindAlias(cc *torrent.ClientConfig, private bool) {
	cc.HeaderObfuscationPolicy = torrent.HeaderObfuscationPolicy{Preferred: false, RequirePreferred: true}
	cc.Callbacks.PeerConnAdded = append(cc.Callbacks.PeerConnAdded, func(pc *torrent.PeerConn) {
		known := torrent.LocalLtepProtocolMap{}
		if !private {
			known.Index, known.NumBuiltin = []pp.ExtensionName{pp.ExtensionNamePex}, 1
		}
		pc.LocalLtepProtocolMap = &known
	})
}

// hashFilter keeps messages about v2 hashes from a library that has just got the
// metadata of a magnet with an empty file: it panics on them. The session ends
// then, and another begins with an alias.
type hashFilter struct {
	mu    sync.Mutex
	known bool // the metadata is there
	empty bool // it has an empty file
}

func (f *hashFilter) read(c *torrent.PeerConn, m *pp.Message) {
	if m.Keepalive || (m.Type != pp.Hashes && m.Type != pp.HashRequest) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if info := c.Torrent().Info(); !f.known && info != nil {
		f.known = true
		for file := range info.UpvertedFilesIter() {
			f.empty = f.empty || file.Length == 0
		}
	}
	if f.empty {
		m.Type = pp.HashReject // which the library passes over
	}
}
