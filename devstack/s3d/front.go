package s3d

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"

	"longhaul/devstack/port"
	"longhaul/frontdoor"
)

// The S3 server cannot be told to cut off clients that do not speak, so it
// listens on a socket in its own folder and this front takes the connections.
// The server works in the folder of the buckets, from which the address is
// short enough for every system.
const (
	socket     = "../s3.sock"
	socketMode = "0600"

	// Everything on this machine comes from one address.
	maxClient  = maxConnections / 2
	bufferSize = 256 << 10
)

// front passes requests on to the S3 server.
type front struct {
	server  *http.Server
	listen  net.Listener
	passing *http.Transport
}

func newFront(ctx context.Context, number int) (*front, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", port.Address(number))
	if err != nil {
		return nil, fmt.Errorf("listen for S3 requests: %w", err)
	}
	quiet := log.New(io.Discard, "", 0)
	passing := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		},
		MaxIdleConnsPerHost: maxClient, DisableCompression: true,
		ReadBufferSize: bufferSize, WriteBufferSize: bufferSize,
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", "s3"
			r.Out.Host = r.In.Host // it is part of what was signed
			r.Out.Header.Del("Expect")
		},
		Transport: passing, BufferPool: &buffers{}, ErrorLog: quiet,
	}
	return &front{listen: l, passing: passing, server: &http.Server{Handler: proxy, ErrorLog: quiet}}, nil
}

func (f *front) serve() error {
	err := frontdoor.Limits{PerClient: maxClient, Total: maxConnections}.Serve(f.server, f.listen)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("take S3 requests: %w", err)
}

// stop ends all connections.
func (f *front) stop() {
	_ = f.server.Close()
	f.passing.CloseIdleConnections()
}

// buffers are used again for the next body.
type buffers struct{ pool sync.Pool }

// Get returns a buffer.
func (b *buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return *p
	}
	return make([]byte, bufferSize)
}

// Put takes a buffer back.
func (b *buffers) Put(p []byte) { b.pool.Put(&p) }
