package fetch

import (
	"crypto/x509"
	"net/http"
)

// TrustForTest makes a guarded client accept a test server's certificate.
func TrustForTest(c *http.Client, roots *x509.CertPool) {
	c.Transport.(*guardedTransport).next.(*http.Transport).TLSClientConfig.RootCAs = roots
}
