package fetch

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"syscall"
)

// ErrLeaving is how a connection that leaves this machine ends in tests.
var ErrLeaving = errors.New("the connection would leave this machine")

// stayHome refuses addresses of other machines, so that a test of a check that
// fails sends nothing to them.
func stayHome(address string) error {
	if ap, err := netip.ParseAddrPort(address); err != nil || !ap.Addr().Unmap().IsLoopback() {
		return ErrLeaving
	}
	return nil
}

// StayHome returns the options with connections to this machine alone; what
// the checks refuse still fails with their error.
func (o TrustedOptions) StayHome() TrustedOptions {
	o.connecting = stayHome
	return o
}

// StayHome lets the dialer connect to this machine alone; what the guard
// refuses still fails with its error.
func (d *Dialer) StayHome() *Dialer {
	guard := d.dialer.Control
	d.dialer.Control = func(network, address string, c syscall.RawConn) error {
		if guard != nil {
			if err := guard(network, address, c); err != nil {
				return err
			}
		}
		return stayHome(address)
	}
	return d
}

// TidyHead returns the corrected head of an answer, and what follows it.
func TidyHead(answer []byte) (head, rest []byte, err error) {
	in := bufio.NewReader(bytes.NewReader(answer))
	if head, err = tidyHead(in); err != nil {
		return head, nil, err
	}
	rest, err = io.ReadAll(in)
	return head, rest, err
}

// TrustForTest makes a guarded client accept a test server's certificate.
func TrustForTest(c *http.Client, roots *x509.CertPool) {
	c.Transport.(*guardedTransport).next.(*patientTransport).strict.TLSClientConfig.RootCAs = roots
}
