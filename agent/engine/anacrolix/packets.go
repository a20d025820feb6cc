package anacrolix

import (
	"context"
	"errors"
	"net"
)

// listenPacket opens a socket that sends to allowed addresses only.
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

var errBlocked = errors.New("the address is not public")

// WriteTo sends to an allowed address.
func (g guardedPackets) WriteTo(b []byte, addr net.Addr) (int, error) {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return 0, errBlocked
	}
	if !g.network.Allowed(udp.AddrPort().Addr().Unmap()) {
		return 0, errBlocked
	}
	return g.PacketConn.WriteTo(b, addr)
}
