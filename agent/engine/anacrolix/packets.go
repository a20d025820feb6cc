package anacrolix

import (
	"context"
	"errors"
	"net"
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
