package anacrolix

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/anacrolix/torrent"
	pp "github.com/anacrolix/torrent/peer_protocol"

	"longhaul/internal/wait"
)

const (
	seedQueue     = 4096        // requests that may wait at a web seed
	seedStretches = 6           // that are fetched or kept at a time, of one web seed
	allStretches  = 48          // of all, but for two of each
	segmentLeast  = 64 << 10    // bytes of a stretch
	segmentMost   = 1 << 20     // likewise; a larger piece is fetched in several
	seedRetry     = time.Second // doubles with each
	seedRetryMost = 5 * time.Minute
	seedAlive     = time.Minute
	pipeBuffer    = 64 << 10
)

// seedNet are the addresses by which the library knows web seeds. They are
// reserved, so nothing is ever reached there.
var seedNet = netip.MustParsePrefix("240.0.0.0/16")

// seedPeer is a web seed as a peer of the library.
type seedPeer struct {
	web   *webSeeds
	log   *slog.Logger
	n     int
	files []seedFile
	lacks map[int]bool // of the files

	infoHash    [20]byte
	pieceLength int64
	segment     int64
	count       int   // pieces
	total       int64 // bytes, with the gaps between files of v2
	size        func(piece int) int64
}

// join has the web seeds join the library's peers.
func (w *webSeeds) join(log *slog.Logger, tor *torrent.Torrent, l *layout, run func(func(context.Context))) {
	info := tor.Info()
	files := seedFiles(info)
	for n := range w.bases {
		p := &seedPeer{
			web: w, log: log, n: n, files: files, lacks: map[int]bool{},
			infoHash: tor.InfoHash(), pieceLength: info.PieceLength, segment: segmentOf(info.PieceLength),
			count: l.pieces, size: l.lengths,
		}
		if last := len(files); last > 0 {
			p.total = files[last-1].begin + files[last-1].length
		}
		run(p.keep)
	}
}

// segmentOf is how much is fetched at once: whole pieces, and of a large one
// a part.
func segmentOf(piece int64) int64 {
	switch {
	case piece > segmentMost:
		return segmentMost
	case piece < segmentLeast:
		return piece * (segmentLeast / piece)
	default:
		return piece
	}
}

// stretch is what is fetched at once: from a place in the torrent on.
type stretch struct {
	from, length int64
}

// around returns the stretch that the request is in. Those of a large piece
// begin with it, so that no block crosses two.
func (p *seedPeer) around(m pp.Message) stretch {
	begin, end := int64(0), p.total
	if p.segment < p.pieceLength {
		begin = int64(m.Index) * p.pieceLength
		end = begin + p.size(int(m.Index))
	}
	from := begin + (p.at(m)-begin)/p.segment*p.segment
	return stretch{from, min(p.segment, end-from)}
}

// keep connects the web seed, and again after a pause when the connection ends:
// the web seed failed, or the library does not want it.
func (p *seedPeer) keep(ctx context.Context) {
	pauses := wait.Growing(seedRetry, seedRetryMost)
	for ctx.Err() == nil {
		served, err := p.connect(ctx)
		if served > 0 {
			pauses.Reset()
		}
		p.log.DebugContext(ctx, "web seed left", "seed", p.n, "bytes", served, "error", err)
		if len(p.lacks) == len(p.files) || wait.For(ctx, pauses.NextBackOff()) != nil {
			return
		}
	}
}

// connect serves the library until the connection ends, and returns how much
// it took.
func (p *seedPeer) connect(ctx context.Context) (served int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ours, theirs := net.Pipe()
	defer func() { _ = ours.Close() }() // a pipe does not fail to close
	addr := net.TCPAddr{IP: net.IPv4(240, 0, byte(p.n>>8), byte(p.n)+1), Port: 6881}
	if !p.web.peers.offer(ctx, memoryConn{Conn: theirs, remote: &addr}) {
		return 0, ctx.Err()
	}
	stop := context.AfterFunc(ctx, func() { _ = ours.Close() })
	defer stop()
	out := bufio.NewWriterSize(ours, pipeBuffer)
	if err := p.greet(ours, out); err != nil {
		return 0, err
	}
	most := max(2, min(seedStretches, allStretches/len(p.web.bases)))
	c := &seedConn{peer: p, cancel: cancel, most: most, segments: map[stretch]*segment{}, queue: make(chan pp.Message, seedQueue)}
	c.room = sync.NewCond(&c.mu)
	stopRoom := context.AfterFunc(ctx, func() {
		c.mu.Lock() // so that it is not between its look at ctx and its wait
		defer c.mu.Unlock()
		c.room.Broadcast()
	})
	defer stopRoom()
	go c.listen(ctx, ours)
	return c.serve(ctx, out)
}

// greet exchanges handshakes (BEP 3) and says which pieces there are.
func (p *seedPeer) greet(conn net.Conn, out *bufio.Writer) error {
	hello := make([]byte, 0, hashEnd+20)
	hello = append(hello, handshakePrefix...)
	hello = append(hello, make([]byte, 8)...) // no extensions
	hello = append(hello, p.infoHash[:]...)
	hello = append(hello, "-LHWEB-"...)
	hello = binary.BigEndian.AppendUint64(append(hello, 'a', 'b', 'c', 'd', 'e'), uint64(p.n))
	sent := make(chan error, 1)
	go func() {
		_, err := conn.Write(hello)
		sent <- err
	}()
	if _, err := io.ReadFull(conn, make([]byte, hashEnd+20)); err != nil {
		return err
	}
	if err := <-sent; err != nil {
		return err
	}
	if err := say(out, pp.Message{Type: pp.Bitfield, Bitfield: pieces(p.files, p.lacks, p.pieceLength, p.count)}); err != nil {
		return err
	}
	return say(out, pp.Message{Type: pp.Unchoke})
}

func say(out *bufio.Writer, m pp.Message) error {
	b, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	if _, err := out.Write(b); err != nil {
		return err
	}
	return out.Flush()
}

// seedConn is one connection of a web seed with the library.
type seedConn struct {
	peer   *seedPeer
	cancel context.CancelFunc
	queue  chan pp.Message

	most     int // stretches
	mu       sync.Mutex
	room     *sync.Cond
	segments map[stretch]*segment
}

// segment is a stretch of the torrent that is fetched once for the requests
// that wait for it.
type segment struct {
	waiting int
	done    chan struct{}
	data    []byte
	file    int
	err     error
}

// listen reads what the library asks for, and has it fetched.
func (c *seedConn) listen(ctx context.Context, conn net.Conn) {
	defer c.cancel()
	d := pp.Decoder{R: bufio.NewReaderSize(conn, pipeBuffer), MaxLength: 256 << 10}
	for {
		var m pp.Message
		if err := d.Decode(&m); err != nil {
			return
		}
		if m.Type != pp.Request || m.Keepalive {
			continue // what is cancelled is sent all the same, as a peer may
		}
		if !c.peer.within(m) || !c.want(ctx, c.peer.around(m)) {
			return
		}
		select {
		case c.queue <- m:
		default:
			return // more than it may ask for
		}
	}
}

// at is where a request begins in the torrent.
func (p *seedPeer) at(m pp.Message) int64 {
	return int64(m.Index)*p.pieceLength + int64(m.Begin)
}

// within reports whether a request is for bytes of one piece and one stretch.
func (p *seedPeer) within(m pp.Message) bool {
	from, n := int64(m.Begin), int64(m.Length)
	if int64(m.Index) >= int64(p.count) || n <= 0 || from+n > p.size(int(m.Index)) {
		return false
	}
	s := p.around(m)
	return p.at(m)+n <= s.from+s.length
}

// want counts a request for a segment and begins to fetch it. It waits while
// enough of them are there.
func (c *seedConn) want(ctx context.Context, n stretch) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.segments[n] == nil && len(c.segments) >= c.most && ctx.Err() == nil {
		c.drop()
		if len(c.segments) >= c.most {
			c.room.Wait()
		}
	}
	if ctx.Err() != nil {
		return false
	}
	s := c.segments[n]
	if s == nil {
		s = &segment{done: make(chan struct{})}
		c.segments[n] = s
		go c.fetch(ctx, n, s)
	}
	s.waiting++
	return true
}

// drop forgets a segment that no request waits for.
func (c *seedConn) drop() {
	for n, s := range c.segments {
		if s.waiting == 0 {
			delete(c.segments, n)
			return
		}
	}
}

func (c *seedConn) fetch(ctx context.Context, n stretch, s *segment) {
	defer close(s.done)
	p := c.peer
	s.data = make([]byte, n.length)
	s.file, s.err = p.web.read(ctx, p.web.bases[p.n], p.files, s.data, n.from)
}

// serve answers requests in their order.
func (c *seedConn) serve(ctx context.Context, out *bufio.Writer) (served int64, err error) {
	alive := time.NewTicker(seedAlive)
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			return served, ctx.Err()
		case <-alive.C:
			err = say(out, pp.Message{Keepalive: true})
		case m := <-c.queue:
			var n int64
			n, err = c.answer(ctx, out, m)
			served += n
		}
		if err != nil {
			return served, err
		}
	}
}

func (c *seedConn) answer(ctx context.Context, out *bufio.Writer, m pp.Message) (int64, error) {
	at := c.peer.at(m)
	n := c.peer.around(m)
	c.mu.Lock()
	s := c.segments[n]
	c.mu.Unlock()
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-s.done:
	}
	if s.err != nil {
		if errors.Is(s.err, errNoFile) {
			c.peer.lacks[s.file] = true
		}
		return 0, s.err
	}
	from := at - n.from
	err := say(out, pp.Message{Type: pp.Piece, Index: m.Index, Begin: m.Begin, Piece: s.data[from : from+int64(m.Length)]})
	c.mu.Lock()
	s.waiting--
	c.room.Broadcast()
	c.mu.Unlock()
	return int64(m.Length), err
}

// memoryListener hands connections in memory to the library.
type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept implements torrent.Listener.
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Addr implements torrent.Listener. It has no port that a tracker could be told.
func (l *memoryListener) Addr() net.Addr { return &net.TCPAddr{} }

// Close ends Accept.
func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) offer(ctx context.Context, c net.Conn) bool {
	select {
	case l.conns <- c:
		return true
	case <-l.closed:
	case <-ctx.Done():
	}
	return false
}

// memoryConn is the library's end of a connection with a web seed.
type memoryConn struct {
	net.Conn
	remote net.Addr
}

// RemoteAddr implements net.Conn.
func (c memoryConn) RemoteAddr() net.Addr { return c.remote }

// LocalAddr implements net.Conn.
func (c memoryConn) LocalAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(240, 0, 255, 255), Port: 6881}
}
