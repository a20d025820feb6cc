package fetch

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// errForbiddenAgent is a fault of the agent and not of what it fetches.
var errForbiddenAgent = errors.New("the agent's name leads to an address that no agent may have")

// TrustedOptions bound a client for configured endpoints.
type TrustedOptions struct {
	Timeout         time.Duration // for the whole exchange; 0 is none, for long polls and bodies of any size
	HeaderTimeout   time.Duration // from the request to the end of the response header; 0 means 30 s
	MaxConnsPerHost int           // 0 means no limit
	Resolver        *net.Resolver // nil is the system's

	connecting func(address string) error // sees each address that passed the checks, and may refuse it; for tests
}

// NewTrusted returns an HTTP client for endpoints that the operator configured
// or registered: agents, object storage, the control plane. It may reach
// private addresses and carries credentials, so it follows no redirect: a 3xx
// answer is handed to the caller.
func NewTrusted(o TrustedOptions) *http.Client {
	return newTrusted(o, nil)
}

// NewForAgents is NewTrusted for calls to agents, whose addresses they name
// themselves. An agent may be on a private network, but its name may not lead
// to an address at which a cloud tells a machine its credentials: that is
// checked when the name was resolved, for each connection.
func NewForAgents(o TrustedOptions) *http.Client {
	return newTrusted(o, func(address string) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || isMetadata(ap.Addr()) {
			return errForbiddenAgent
		}
		return nil
	})
}

func newTrusted(o TrustedOptions, check func(address string) error) *http.Client {
	if o.HeaderTimeout == 0 {
		o.HeaderTimeout = headerTimeout
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, Resolver: o.Resolver}
	dialer.Control = func(_, address string, _ syscall.RawConn) error {
		for _, ask := range []func(string) error{check, o.connecting} {
			if ask == nil {
				continue
			}
			if err := ask(address); err != nil {
				return err
			}
		}
		return nil
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    handshakeTimeout,
			ResponseHeaderTimeout:  o.HeaderTimeout,
			ExpectContinueTimeout:  time.Second,
			MaxResponseHeaderBytes: maxHeaderBytes,
			DisableCompression:     true,
			MaxIdleConns:           256,
			MaxIdleConnsPerHost:    64,
			MaxConnsPerHost:        o.MaxConnsPerHost,
			IdleConnTimeout:        60 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       o.Timeout,
	}
}
