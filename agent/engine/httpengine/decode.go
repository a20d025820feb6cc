package httpengine

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"longhaul/internal/source"
	"longhaul/models"
)

const (
	peekBuffer = 32 << 10
	maxCodings = 4        // layers that are taken off a body
	maxWindow  = 64 << 20 // memory that a zstd body may ask for

	// A body that unpacks to more than bombBytes is refused if that is more than
	// bombRatio times what was sent.
	bombBytes = 1 << 30
	bombRatio = 250
)

// The content codings that are decoded (RFC 9110, 8.4.1; RFC 7932; RFC 8878).
const (
	codingGzip    = "gzip"
	codingDeflate = "deflate"
	codingBrotli  = "br"
	codingZstd    = "zstd"
)

// codingsOf reads what a body is encoded in, the outermost first. What stands
// below a coding that is not known stays as it is.
func codingsOf(h http.Header) (out []string) {
	list := strings.Split(strings.Join(h.Values("Content-Encoding"), ","), ",")
	for _, c := range slices.Backward(list) {
		switch c = strings.ToLower(strings.TrimSpace(c)); c {
		case "", "identity", "none", "aws-chunked":
			continue
		case "x-gzip":
			c = codingGzip
		case codingGzip, codingDeflate, codingBrotli, codingZstd:
		default:
			return out
		}
		if len(out) == maxCodings {
			return nil
		}
		out = append(out, c)
	}
	return out
}

// judgeCodings drops the codings that the body does not have, and that of a file
// which is stored in it, and returns the beginning of the content. The size of an
// encoded body says nothing of the content's.
func (a *answer) judgeCodings(first *url.URL) []byte {
	start := a.peek(tasted)
	stored := storedIn(a, first)
	for i, c := range a.codings {
		inner, ok := unpackStart(c, start)
		if ok && c == stored {
			// Only a file that was encoded once more for the way has it twice.
			_, ok = unpackStart(c, inner)
		}
		if !ok {
			a.codings = a.codings[:i]
			break
		}
		start = inner
	}
	if len(a.codings) > 0 {
		a.size, a.validator = -1, ""
	}
	return start
}

// storedIn returns the coding that the file itself is stored in, by its name and
// by its type; "" is none.
func storedIn(a *answer, first *url.URL) string {
	for _, name := range []string{source.FileNameFromResponse(a.header, a.url), first.Path, a.url.Path} {
		switch strings.ToLower(path.Ext(name)) {
		case ".gz", ".gzip", ".tgz", ".taz", ".svgz", ".emz", ".wmz", ".dz", ".tpz", ".cpgz", ".adz", ".vgz", ".bgz", ".bgzf":
			return codingGzip
		case ".br", ".tbr":
			return codingBrotli
		case ".zst", ".zstd", ".tzst":
			return codingZstd
		case ".zz", ".zlib", ".deflate":
			return codingDeflate
		}
	}
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	switch kind {
	case "application/gzip", "application/x-gzip", "application/x-tgz", "application/x-gtar-compressed",
		"application/gzip-compressed", "application/x-gunzip", "application/x-compressed-tar":
		return codingGzip
	case "application/zstd", "application/x-zstd", "application/x-zstd-compressed-tar":
		return codingZstd
	case "application/x-brotli", "application/x-br":
		return codingBrotli
	default:
		return ""
	}
}

// unpackStart decodes the beginning of a body. It fails if that is not in the
// coding.
func unpackStart(coding string, start []byte) ([]byte, bool) {
	if len(start) == 0 {
		return nil, false
	}
	d, err := unpack(coding, bufio.NewReader(bytes.NewReader(start)))
	if err != nil {
		return nil, false
	}
	defer d.Close()
	out := make([]byte, peekBuffer)
	n, err := io.ReadFull(d, out)
	// It is only the beginning, so that it may well end early.
	return out[:n], err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// hasMagic recognises what a coding begins with, where it has such bytes.
func hasMagic(coding string, b []byte) bool {
	switch coding {
	case codingGzip:
		return bytes.HasPrefix(b, []byte{0x1f, 0x8b, 8})
	case codingZstd:
		return bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd}) || (len(b) > 3 && b[0]&0xf0 == 0x50 && bytes.Equal(b[1:4], []byte{0x2a, 0x4d, 0x18}))
	default:
		return false
	}
}

// unpack takes one coding off.
func unpack(coding string, in *bufio.Reader) (io.ReadCloser, error) {
	switch coding {
	case codingGzip:
		return newMembers(in)
	case codingDeflate:
		// By the RFC it is zlib's format, but some send the bare one.
		if b, err := in.Peek(2); err == nil && b[0]&0x0f == 8 && (uint(b[0])<<8|uint(b[1]))%31 == 0 {
			return zlib.NewReader(in)
		}
		return flate.NewReader(in), nil
	case codingBrotli:
		return io.NopCloser(brotli.NewReader(in)), nil
	default:
		d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
}

// members reads the members of a gzip body one after the other and ends where
// something else begins, as other programs do.
type members struct {
	in *bufio.Reader
	*gzip.Reader
}

func newMembers(in *bufio.Reader) (*members, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &members{in, z}, nil
}

// Read implements io.Reader.
func (m *members) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	for n == 0 && errors.Is(err, io.EOF) {
		if b, _ := m.in.Peek(3); !hasMagic(codingGzip, b) {
			return 0, io.EOF
		}
		if err = m.Reset(m.in); err != nil {
			return 0, err
		}
		m.Multistream(false)
		n, err = m.Reader.Read(p)
	}
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil // there may be another member
	}
	return n, err
}

// decoder reads a body as its content is, within bounds.
type decoder struct {
	raw    *counter
	layers []io.ReadCloser
	out    int64
}

// counter counts what is read, and keeps its fault: a decoder may tell less.
type counter struct {
	io.Reader
	n   int64
	err error
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// decode frees a body from its codings.
func decode(body io.Reader, codings []string) (*decoder, error) {
	d := &decoder{raw: &counter{Reader: body}}
	var in io.Reader = d.raw
	for _, c := range codings {
		layer, err := unpack(c, bufio.NewReaderSize(in, peekBuffer))
		if err != nil {
			d.close()
			return nil, d.fault(err)
		}
		d.layers = append(d.layers, layer)
		in = layer
	}
	return d, nil
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	n, err := d.layers[len(d.layers)-1].Read(p)
	d.out += int64(n)
	if d.out > bombBytes && d.out/bombRatio > d.raw.n {
		return n, bomb()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.fault(err)
	}
	return n, err
}

func bomb() error {
	return models.Fault(models.ProblemContentTooLarge, "The server sends compressed data that unpacks to far more than a file.").
		With("limit", int64(bombBytes))
}

// fault is why decoding failed: the body ended or broke, or its bytes are not in
// the coding.
func (d *decoder) fault(err error) error {
	switch {
	case d.raw.err != nil:
		return d.raw.err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return models.Fault(models.ProblemSourceFailing, "The server's compression takes too much memory to unpack.").
			With("cause", models.CauseWrongBytes)
	default:
		return &retry{short: true, fault: models.Fault(models.ProblemSourceFailing, "The server's compressed data is damaged.").
			With("cause", models.CauseWrongBytes)}
	}
}

func (d *decoder) close() {
	for _, l := range slices.Backward(d.layers) {
		_ = l.Close()
	}
}
