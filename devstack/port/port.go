// Package port finds and checks loopback TCP ports. It does not reserve them:
// between the answer and its use another process may take the port.
package port

import (
	"fmt"
	"net"
	"strconv"
)

// Host is the only address the embedded services listen on.
const Host = "127.0.0.1"

// Address joins Host and a port.
func Address(port int) string {
	return net.JoinHostPort(Host, strconv.Itoa(port))
}

// Free returns a loopback port that is free right now.
func Free() (int, error) {
	ports, err := FreeN(1)
	if err != nil {
		return 0, err
	}
	return ports[0], nil
}

// FreeN returns as many different free loopback ports as asked for.
func FreeN(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		l, err := net.Listen("tcp", Address(0)) //nolint:noctx // Binding a loopback port does not wait.
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		// Held until all are found, so that none is given twice.
		defer func() { _ = l.Close() }()
		addr, ok := l.Addr().(*net.TCPAddr)
		if !ok {
			return nil, fmt.Errorf("find a free port: unexpected address type %T", l.Addr())
		}
		ports = append(ports, addr.Port)
	}
	return ports, nil
}

// OrFree returns the wanted port, or a free one when wanted is zero.
func OrFree(wanted int) (int, error) {
	if wanted != 0 {
		return wanted, nil
	}
	return Free()
}

// Busy reports whether something already listens on the loopback port.
func Busy(port int) bool {
	l, err := net.Listen("tcp", Address(port)) //nolint:noctx // Binding a loopback port does not wait.
	if err != nil {
		return true
	}
	return l.Close() != nil
}
