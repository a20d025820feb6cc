package fetch

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// maxLine is how long a line of a head may be to be corrected.
const maxLine = 32 << 10

// patientTransport asks a second time where net/http can't read the head of an
// answer, over a connection that corrects what other programs overlook. Such a
// connection carries one answer, so that its end is never in doubt.
type patientTransport struct{ strict, tidy *http.Transport }

func newPatientTransport(t *http.Transport) *patientTransport {
	tidy := t.Clone()
	tidy.DisableKeepAlives = true
	tidy.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return tidied(t.DialContext(ctx, network, address))
	}
	tidy.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return tidied(dialTLS(ctx, t, network, address))
	}
	return &patientTransport{strict: t, tidy: tidy}
}

// RoundTrip implements http.RoundTripper.
func (t *patientTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.strict.RoundTrip(req)
	if err == nil || !isMalformed(err) || req.Method != http.MethodGet || req.Body != nil {
		return resp, err
	}
	again, aerr := t.tidy.RoundTrip(req)
	if aerr != nil {
		return nil, err // what is wrong with the answer as it was sent
	}
	return again, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (t *patientTransport) CloseIdleConnections() { t.strict.CloseIdleConnections() }

// isMalformed reports whether the head of an answer could not be read. net/http has
// no type for it.
func isMalformed(err error) bool {
	text := err.Error()
	for _, part := range []string{"malformed HTTP", "malformed MIME header", "Content-Length", "transfer encoding"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func dialTLS(ctx context.Context, t *http.Transport, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	plain, err := t.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.TLSHandshakeTimeout)
	defer cancel()
	cfg := t.TLSClientConfig.Clone()
	cfg.ServerName = host
	conn := tls.Client(plain, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, err
	}
	return conn, nil
}

// tidyConn corrects the head of the one answer that is read from it.
type tidyConn struct {
	net.Conn
	in   *bufio.Reader
	head io.Reader // corrected; nil before it was read
}

func tidied(c net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	return &tidyConn{Conn: c, in: bufio.NewReaderSize(c, maxLine)}, nil
}

// Read implements io.Reader.
func (c *tidyConn) Read(p []byte) (int, error) {
	if c.head == nil {
		head, err := tidyHead(c.in)
		if err != nil {
			return 0, err
		}
		c.head = io.MultiReader(bytes.NewReader(head), c.in)
	}
	return c.head.Read(p)
}

// tidyHead reads the head of an answer, with those of interim ones before it, and
// returns it as net/http reads it.
func tidyHead(in *bufio.Reader) ([]byte, error) {
	var out bytes.Buffer
	interim, kept := false, false
	for first, read := true, 0; ; {
		line, err := in.ReadSlice('\n')
		if read += len(line); err != nil || read > maxHeaderBytes {
			return append(out.Bytes(), line...), ignoredEnd(err)
		}
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case first:
			text = statusLine(text)
			_, code, _ := strings.Cut(text, " ")
			out.WriteString(text + "\r\n")
			first, interim, kept = false, strings.HasPrefix(code, "1"), false
		case text == "":
			out.WriteString("\r\n")
			if !interim {
				return out.Bytes(), nil
			}
			first, kept = true, false
		case text[0] == ' ' || text[0] == '\t':
			// a line that continues what is above it
		default:
			text, kept = field(text)
		}
		if kept {
			out.WriteString(text + "\r\n")
		}
	}
}

// ignoredEnd leaves it to net/http to say what an answer lacks that ends, or whose
// lines do not.
func ignoredEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) {
		return nil
	}
	return err
}

// statusLine corrects the protocol's letter case, and the name that servers of
// radio give it.
func statusLine(s string) string {
	protocol, rest, _ := strings.Cut(s, " ")
	switch protocol = strings.ToUpper(protocol); {
	case protocol == "ICY":
		return "HTTP/1.0 " + rest
	case strings.HasPrefix(protocol, "HTTP/"):
		return protocol + " " + rest
	default:
		return s
	}
}

// field returns a line of the head in its proper form, and false for one that says
// nothing.
func field(s string) (string, bool) {
	name, value, ok := strings.Cut(s, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case !ok || name == "":
		return "", false
	case strings.EqualFold(name, "Transfer-Encoding"):
		return s, value != "" && !strings.EqualFold(value, "identity")
	case strings.EqualFold(name, "Content-Length"):
		n := length(value)
		return name + ": " + n, n != ""
	default:
		return s, true
	}
}

// length reads a Content-Length that may have a sign or come several times in one
// line; "" is none.
func length(value string) string {
	var n string
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "+")
		if part == "" || strings.Trim(part, "0123456789") != "" || n != "" && n != part {
			return ""
		}
		n = part
	}
	return n
}
