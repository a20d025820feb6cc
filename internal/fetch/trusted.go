package fetch

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// TrustedOptions bound a client for configured endpoints.
type TrustedOptions struct {
	Timeout         time.Duration // for the whole exchange; 0 is none, for long polls and bodies of any size
	HeaderTimeout   time.Duration // from the request to the end of the response header; 0 means 30 s
	MaxConnsPerHost int           // 0 means no limit
}

// NewTrusted returns an HTTP client for endpoints that the operator configured
// or registered: agents, object storage, the control plane. It may reach
// private addresses and carries credentials, so it follows no redirect: a 3xx
// answer is handed to the caller.
func NewTrusted(o TrustedOptions) *http.Client {
	if o.HeaderTimeout == 0 {
		o.HeaderTimeout = headerTimeout
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
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
