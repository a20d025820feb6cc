// Package frontdoor bounds what one client can hold of a server: how long it
// may take to send a request, how slowly, and how many connections it may have
// open. Every server of Longhaul and of its devstack takes its connections
// through it, so it is a module without dependencies.
//
// It does not limit how often a client asks, nor how long an answer may take:
// event streams and downloads last as long as their own deadlines allow.
package frontdoor

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Limits are what a server grants its clients. The zero value is the default of
// each.
type Limits struct {
	// Header is how long a client may take to send a request's header.
	Header time.Duration
	// Lag is how far a body may fall behind the rate. What comes faster does
	// not count in advance.
	Lag time.Duration
	// Rate is how many bytes of a body must arrive each second.
	Rate int64
	// PerClient is how many connections one client may have: one IPv4 address,
	// or one IPv6 network of 64 bits.
	PerClient int
	// Total is how many connections all clients may have together.
	Total int
	// Proxies are networks whose connections are those of many clients. They
	// count only in the total.
	Proxies []netip.Prefix
}

// The defaults of the limits, and of what a server leaves open.
const (
	DefaultHeader    = 10 * time.Second
	DefaultLag       = 10 * time.Second
	DefaultRate      = 1 << 10
	DefaultPerClient = 512
	DefaultTotal     = 8192

	idleTime  = 2 * time.Minute
	maxHeader = 64 << 10
)

func (l Limits) withDefaults() Limits {
	if l.Header <= 0 {
		l.Header = DefaultHeader
	}
	if l.Lag <= 0 {
		l.Lag = DefaultLag
	}
	if l.Rate <= 0 {
		l.Rate = DefaultRate
	}
	if l.Total <= 0 {
		l.Total = min(DefaultTotal, descriptors()/4) // the rest is for other servers, files and what they call
	}
	if l.PerClient <= 0 {
		l.PerClient = min(DefaultPerClient, max(1, l.Total/2))
	}
	return l
}

// Serve serves the listener within the limits until the server is shut down. It
// completes the server's settings, so a server is served once.
func (l Limits) Serve(s *http.Server, ln net.Listener) error {
	l = l.withDefaults()
	s.ReadHeaderTimeout = l.Header
	if s.IdleTimeout == 0 {
		s.IdleTimeout = idleTime
	}
	if s.MaxHeaderBytes == 0 {
		s.MaxHeaderBytes = maxHeader
	}
	s.Handler = l.handler(s.Handler)
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, guestKey{}, c)
	}
	return s.Serve(newListener(ln, l, httpRefusal))
}

// Listener returns the listener with its connections limited, for servers that
// do not speak HTTP. Who is turned away gets the refusal first.
func (l Limits) Listener(ln net.Listener, refusal string) net.Listener {
	return newListener(ln, l.withDefaults(), refusal)
}

// httpRefusal answers a client that has all its connections in use.
const httpRefusal = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 42\r\n\r\nToo many connections. Try again shortly.\r\n"

type guestKey struct{}

// handler tells the listener when a client is waited for and when the client
// waits, and limits how slowly bodies come.
func (l Limits) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g, ok := r.Context().Value(guestKey{}).(*guest)
		if !ok {
			next.ServeHTTP(w, r) // not one of our connections
			return
		}
		g.served()
		defer g.awaited()
		if r.Body != nil && r.Body != http.NoBody {
			b := &body{ReadCloser: r.Body, rc: http.NewResponseController(w), guest: g, rate: l.Rate, lag: l.Lag, left: l.Lag}
			// A handler that does not read the body leaves this deadline to the
			// server, which reads the rest of it.
			_ = b.rc.SetReadDeadline(time.Now().Add(l.Lag))
			// A copy, as the server closes the connection of a body that was not
			// read to its end only where it sees its own.
			r = r.WithContext(r.Context())
			r.Body = b
		}
		next.ServeHTTP(w, r)
	})
}
