package frontdoor

import (
	"container/list"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// refusalTime is how long writing a refusal may take. It fits into the buffer
// of a new connection, so it takes no time at all.
const refusalTime = time.Second

// listener keeps an account of who has how many connections. Where a client
// would have too many, the one that has been waited for longest is closed: a
// client that does not speak cannot keep others out, even those behind the same
// address. Connections that are being answered are never closed.
type listener struct {
	net.Listener
	limits  Limits
	refusal string

	mu      sync.Mutex
	total   int
	waiting *list.List // guests who have to speak, longest first
	clients map[netip.Prefix]*client
}

// client is one address with its connections.
type client struct {
	open    int
	waiting *list.List
}

func newListener(ln net.Listener, limits Limits, refusal string) *listener {
	return &listener{Listener: ln, limits: limits, refusal: refusal, waiting: list.New(), clients: map[netip.Prefix]*client{}}
}

// Accept returns the next connection that is within the limits.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if g := l.admit(c); g != nil {
			return g, nil
		}
		_ = c.SetWriteDeadline(time.Now().Add(refusalTime))
		_, _ = io.WriteString(c, l.refusal)
		_ = c.Close()
	}
}

// admit takes the connection into the account, nil if there is no room that
// could be made.
func (l *listener) admit(c net.Conn) *guest {
	g := &guest{Conn: c, at: l, key: l.keyOf(c.RemoteAddr())}
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.clients[g.key]
	if of == nil {
		of = &client{waiting: list.New()}
	}
	if g.key.IsValid() && of.open >= l.limits.PerClient && !l.closeOldest(of.waiting) {
		return nil
	}
	if l.total >= l.limits.Total && !l.closeOldest(l.waiting) {
		return nil
	}
	g.client = of
	l.clients[g.key] = of
	of.open++
	l.total++
	g.await()
	return g
}

// closeOldest closes the connection that has been waited for longest, false if
// there is none.
func (l *listener) closeOldest(waiting *list.List) bool {
	first := waiting.Front()
	if first == nil {
		return false
	}
	g := first.Value.(*guest)
	g.leave()
	_ = g.Conn.Close()
	return true
}

// keyOf returns who an address is, an invalid prefix for a proxy or whatever
// has no address.
func (l *listener) keyOf(a net.Addr) netip.Prefix {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	addr := at.Addr().Unmap().WithZone("")
	if slices.ContainsFunc(l.limits.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return netip.Prefix{}
	}
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	p, _ := addr.Prefix(bits)
	return p
}

// guest is one connection. Its fields belong to the listener's lock.
type guest struct {
	net.Conn
	at     *listener
	key    netip.Prefix
	client *client

	gone      bool
	mine, all *list.Element // in the client's and the listener's waiting lists; nil while it is answered
}

// Read reads from the connection. Who has spoken is the last to be closed.
func (g *guest) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if n > 0 {
		g.at.mu.Lock()
		defer g.at.mu.Unlock()
		if g.all != nil {
			g.client.waiting.MoveToBack(g.mine)
			g.at.waiting.MoveToBack(g.all)
		}
	}
	return n, err
}

// ReadFrom lets the connection send files in the ways of the system.
func (g *guest) ReadFrom(r io.Reader) (int64, error) { return io.Copy(g.Conn, r) }

// CloseWrite ends what is sent, where the connection can do that.
func (g *guest) CloseWrite() error {
	if c, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// Close closes the connection and takes it out of the account.
func (g *guest) Close() error {
	g.at.mu.Lock()
	g.leave()
	g.at.mu.Unlock()
	return g.Conn.Close()
}

// awaited says that the server waits for the client.
func (g *guest) awaited() {
	g.at.mu.Lock()
	defer g.at.mu.Unlock()
	if !g.gone && g.all == nil {
		g.await()
	}
}

// served says that the client waits for the server.
func (g *guest) served() {
	g.at.mu.Lock()
	defer g.at.mu.Unlock()
	g.stopWaiting()
}

func (g *guest) await() {
	g.mine, g.all = g.client.waiting.PushBack(g), g.at.waiting.PushBack(g)
}

func (g *guest) stopWaiting() {
	if g.all != nil {
		g.client.waiting.Remove(g.mine)
		g.at.waiting.Remove(g.all)
		g.mine, g.all = nil, nil
	}
}

func (g *guest) leave() {
	if g.gone {
		return
	}
	g.gone = true
	g.stopWaiting()
	g.at.total--
	if g.client.open--; g.client.open == 0 {
		delete(g.at.clients, g.key)
	}
}
