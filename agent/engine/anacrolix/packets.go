package anacrolix

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// listenPacket opens a socket that sends to allowed addresses and ports only.
func listenPacket(cfg Config, network, addr string) (net.PacketConn, error) {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(context.Background(), network, addr)
	if err != nil {
		return nil, err
	}
	return guardedPackets{pc, cfg.Network}, nil
}

type guardedPackets struct {
	net.PacketConn
	network Network
}

var errBlocked = errors.New("the address or port is not one for downloads")

// WriteTo sends to an allowed address and port: trackers and peers that a source
// names are strangers' words by UDP as much as by TCP.
func (g guardedPackets) WriteTo(b []byte, addr net.Addr) (int, error) {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return 0, errBlocked
	}
	to := udp.AddrPort()
	if !g.network.Allowed(to.Addr().Unmap()) || !g.network.AllowedPort(to.Port()) {
		return 0, errBlocked
	}
	return g.PacketConn.WriteTo(b, addr)
}

// deadPackets is a socket that could not be opened: nothing comes and nothing
// goes.
type deadPackets struct {
	cause  error
	once   sync.Once
	closed chan struct{}
}

func newDeadPackets(cause error) *deadPackets {
	return &deadPackets{cause: cause, closed: make(chan struct{})}
}

// ReadFrom blocks until the socket is closed.
func (d *deadPackets) ReadFrom([]byte) (int, net.Addr, error) {
	<-d.closed
	return 0, nil, net.ErrClosed
}

// WriteTo fails with the reason why there is no socket.
func (d *deadPackets) WriteTo([]byte, net.Addr) (int, error) { return 0, d.cause }

// Close lets readers go.
func (d *deadPackets) Close() error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

// LocalAddr returns no address in particular.
func (d *deadPackets) LocalAddr() net.Addr { return &net.UDPAddr{} }

// SetDeadline does nothing.
func (d *deadPackets) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (d *deadPackets) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (d *deadPackets) SetWriteDeadline(time.Time) error { return nil }
