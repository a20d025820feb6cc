package fetch_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
)

// dnsServer answers every A question with the addresses of the next round; the
// last round stays.
type dnsServer struct {
	conn   net.PacketConn
	rounds [][]string
	asked  atomic.Int64
}

func startDNS(t *testing.T, rounds ...[]string) *dnsServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dnsServer{conn: conn, rounds: rounds}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve()
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return s
}

func (s *dnsServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", s.conn.LocalAddr().String())
	}}
}

func (s *dnsServer) serve() {
	buf := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if answer := s.answer(buf[:n]); answer != nil {
			_, _ = s.conn.WriteTo(answer, from)
		}
	}
}

func (s *dnsServer) answer(q []byte) []byte {
	end := 12
	for end < len(q) && q[end] != 0 {
		end += int(q[end]) + 1
	}
	end += 5
	if end > len(q) {
		return nil
	}
	const typeA = 1
	var addrs []string
	if binary.BigEndian.Uint16(q[end-4:]) == typeA {
		i := s.asked.Add(1) - 1
		addrs = s.rounds[min(int(i), len(s.rounds)-1)]
	}
	a := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, byte(len(addrs)), 0, 0, 0, 0}, q[12:end]...)
	for _, addr := range addrs {
		a = append(a, 0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4)
		a = append(a, netip.MustParseAddr(addr).AsSlice()...)
	}
	return a
}
