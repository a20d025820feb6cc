// Package utp stands in for github.com/anacrolix/go-utp, which the module proxy
// does not serve. It has the names that the torrent library links against and
// refuses to open a socket, so that peers are reached over TCP alone. See
// docs/adr/0002-torrent-engine.md.
package utp

import (
	"context"
	"errors"
	"log/slog"
	"net"
)

// Default says whether this implementation should be chosen; it never is.
const Default = false

var errDisabled = errors.New("uTP is disabled in this build")

// FirewallCallback decides whether a packet from an address is ignored.
type FirewallCallback func(net.Addr) bool

// Option configures a socket.
type Option func()

// WithLogger returns an option without effect.
func WithLogger(*slog.Logger) Option { return func() {} }

// Socket is the part of a uTP socket that the torrent library uses.
type Socket interface {
	net.PacketConn
	Accept() (net.Conn, error)
	Addr() net.Addr
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
	SetFirewallCallback(FirewallCallback)
}

// NewSocket always fails: uTP is disabled.
func NewSocket(string, string, ...Option) (Socket, error) { return nil, errDisabled }

// NewSocketFromPacketConn always fails: uTP is disabled.
func NewSocketFromPacketConn(net.PacketConn, ...Option) (Socket, error) { return nil, errDisabled }
