// Package sample serves a small torrent of our own making, so that a person who
// tries Longhaul has something harmless to download. The content is generated, is
// the same at each start, and may be used by anyone for anything. A single HTTP
// server offers the .torrent file and is its web seed; there is no tracker and no
// other peer.
package sample

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"longhaul/frontdoor"
)

// Host is the loopback address that the sample has for itself, so that an agent
// may be allowed to reach it and nothing else on this machine.
const Host = "127.80.0.1"

// Network is Host as agents are told which private networks they may reach.
const Network = Host + "/32"

const (
	torrentPath = "/sample.torrent"
	seedPath    = "/seed/"
)

// URL is where the .torrent file is when the server listens on a port.
func URL(port int) string { return base(port) + torrentPath }

func base(port int) string { return "http://" + address(port) }

func address(port int) string { return net.JoinHostPort(Host, strconv.Itoa(port)) }

// Server serves the sample.
type Server struct{ web *http.Server }

// Start listens on a port of Host.
func Start(ctx context.Context, port int) (*Server, error) {
	files, err := content()
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", address(port))
	if err != nil {
		return nil, fmt.Errorf("listen for the sample: %w", err)
	}
	s := &Server{web: &http.Server{Handler: newHandler(files, base(port)+seedPath)}}
	go func() { _ = frontdoor.Limits{}.Serve(s.web, l) }()
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() error { return s.web.Close() }
