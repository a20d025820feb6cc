package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"longhaul/models"
)

// Limits of a guarded client.
const (
	maxHeaderBytes     = 256 << 10 // as browsers have it
	headerTimeout      = 30 * time.Second
	handshakeTimeout   = 15 * time.Second
	defaultIdleTimeout = 60 * time.Second
	defaultMinBytes    = 16 << 10
)

// ClientOptions bound a guarded client.
type ClientOptions struct {
	IdleTimeout   time.Duration // a body that brings no byte for so long fails; 0 is 60 s
	MinBytes      int64         // a body that brings fewer bytes in IdleTimeout of reading fails; 0 is 16 KiB, negative none
	HeaderTimeout time.Duration // from the request to the end of the response header; 0 means 30 s
	Timeout       time.Duration // for the whole exchange with the body; 0 is none, since downloads may take days
	UserAgent     string        // sent with each request that has none; empty is Longhaul
	Stay          bool          // redirects are answers for the caller to read, as they are
}

// NewClient returns an HTTP client for addresses that are not ours: every
// connection goes through the dialer's guard, at most 20 redirects are
// followed, never from https to http, and none carries credentials to another
// origin. A head that net/http can't read is corrected if other programs read it.
// Bodies come as they were sent, without decompression, and fail when
// they stop flowing. There is no proxy, and no cookie jar outside of a Session.
func NewClient(d *Dialer, o ClientOptions) *http.Client {
	if o.IdleTimeout == 0 {
		o.IdleTimeout = defaultIdleTimeout
	}
	if o.MinBytes == 0 {
		o.MinBytes = defaultMinBytes
	}
	if o.HeaderTimeout == 0 {
		o.HeaderTimeout = headerTimeout
	}
	if o.UserAgent == "" {
		o.UserAgent = "Longhaul"
	}
	t := &http.Transport{
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
		// HTTP/1.1 only: several connections are faster for ranges than streams
		// of one, and each is bounded on its own.
		Protocols: new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	var next http.RoundTripper = newPatientTransport(t)
	follow := checkRedirect
	if o.Stay {
		next, follow = t, func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return &http.Client{
		Transport:     &guardedTransport{next: next, opts: o},
		CheckRedirect: follow,
		Timeout:       o.Timeout,
	}
}

// CheckURL refuses what no guarded client may request: schemes other than http
// and https, user information, and hosts that are refused by CheckHost.
func CheckURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return models.Fault(models.ProblemMalformedURL, "Only http and https addresses can be fetched.")
	}
	if u.User != nil {
		return models.Fault(models.ProblemMalformedURL, "The address must not contain a user name or password.")
	}
	if u.Hostname() == "" {
		return models.Fault(models.ProblemMalformedURL, "The address has no host.")
	}
	return CheckHost(u.Hostname())
}

// guardedTransport checks each request, the first and the redirected ones
// alike, and watches over the body.
type guardedTransport struct {
	next http.RoundTripper
	opts ClientOptions
}

// RoundTrip implements http.RoundTripper.
func (t *guardedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := CheckURL(req.URL); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	req = req.Clone(ctx)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", t.opts.UserAgent)
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if !t.opts.Stay {
		if err := readLocation(req.URL, resp); err != nil {
			_ = resp.Body.Close()
			cancel(nil)
			return nil, err
		}
	}
	resp.Body = &watchedBody{body: resp.Body, cancel: cancel, idle: t.opts.IdleTimeout, min: t.opts.MinBytes}
	return resp, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (t *guardedTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// watchedBody ends the exchange when the body stops flowing. Only time spent
// inside Read counts: a caller that waits for disk space is not the server's
// fault.
type watchedBody struct {
	body   io.ReadCloser
	cancel context.CancelCauseFunc
	idle   time.Duration
	min    int64

	waited time.Duration // spent in Read since the last judgement
	got    int64         // bytes since the last judgement
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (int, error) {
	stalled := models.Fault(models.ProblemSourceFailing, "The server stopped sending data for %s.", b.idle).With("cause", models.CauseSilent)
	timer := time.AfterFunc(b.idle, func() { b.cancel(stalled) })
	start := time.Now()
	n, err := b.body.Read(p)
	if !timer.Stop() && err != nil && !errors.Is(err, io.EOF) {
		return n, stalled.Because(err)
	}
	b.waited += time.Since(start)
	b.got += int64(n)
	if b.waited >= b.idle {
		if err == nil && b.got < b.min {
			slow := models.Fault(models.ProblemSourceFailing, "The server sends data too slowly to ever finish.").With("cause", models.CauseSlow)
			b.cancel(slow)
			return n, slow
		}
		b.waited, b.got = 0, 0
	}
	return n, err
}

// Close implements io.Closer.
func (b *watchedBody) Close() error {
	err := b.body.Close()
	b.cancel(nil)
	return err
}

// Fault turns an error of a guarded client or dialer into a fault for the
// user. The address is taken out of the cause: it may be secret.
func Fault(err error) *models.Error {
	if e, ok := errors.AsType[*models.Error](err); ok {
		return e
	}
	if m, ok := errors.AsType[*MagnetError](err); ok {
		return models.Fault(models.ProblemSourceChanged, "The address leads to a magnet link now.").Because(m)
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err
	}
	f := models.Fault(models.ProblemSourceFailing, "The connection to the server broke.").With("cause", models.CauseBroken)
	dns, isDNS := errors.AsType[*net.DNSError](err)
	cert, isCert := errors.AsType[*tls.CertificateVerificationError](err)
	ne, isNet := errors.AsType[net.Error](err)
	switch {
	case isDNS && dns.IsNotFound:
		f = models.Fault(models.ProblemSourceFailing, "The server's name does not exist.").With("cause", models.CauseNoHost)
		err = errors.New("no such host")
	case isDNS:
		f = models.Fault(models.ProblemSourceFailing, "Could not look up the server's name.").With("cause", models.CauseLookup)
		err = errors.New("name lookup failed")
	case isCert:
		f = models.Fault(models.ProblemSourceFailing, "The server's certificate is not valid.").With("cause", models.CauseCertificate)
		err = cert.Err
	case isMalformed(err):
		f = models.Fault(models.ProblemSourceFailing, "The server's answer can't be read.").With("cause", models.CauseNotHTTP)
	case isNet && ne.Timeout():
		f = models.Fault(models.ProblemSourceFailing, "The server didn't respond in time.").With("cause", models.CauseTimeout)
	}
	return f.Because(err)
}
