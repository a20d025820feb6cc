package telemetry

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// listen opens the address. A name may be that of several replicas, on one of
// several networks: those of its addresses are taken that are this machine's
// own, so that the other networks are left out, and loopback, for the health
// check.
func listen(ctx context.Context, addr string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	hosts := []string{host}
	if _, err := netip.ParseAddr(host); err != nil && host != "" {
		if hosts, err = ownAddresses(ctx, host); err != nil {
			return nil, err
		}
	}
	var opened []net.Listener
	var lc net.ListenConfig
	for _, h := range hosts {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(h, port))
		if err != nil {
			closeAll(opened)
			return nil, err
		}
		opened = append(opened, l)
	}
	return opened, nil
}

func ownAddresses(ctx context.Context, name string) ([]string, error) {
	named, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return nil, err
	}
	local, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	own := intersect(named, local)
	if len(own) == 0 {
		return nil, fmt.Errorf("%s is not a name of this machine", name)
	}
	if loopback := "127.0.0.1"; !slices.Contains(own, loopback) {
		own = append(own, loopback)
	}
	return own, nil
}

// intersect returns those of the named addresses that an interface has.
func intersect(named []netip.Addr, local []net.Addr) []string {
	var own []string
	for _, a := range named {
		has := func(l net.Addr) bool {
			prefix, err := netip.ParsePrefix(l.String())
			return err == nil && prefix.Addr() == a.Unmap()
		}
		if text := a.Unmap().String(); slices.ContainsFunc(local, has) && !slices.Contains(own, text) {
			own = append(own, text)
		}
	}
	return own
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close() // nothing was accepted
	}
}
