package upload

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"longhaul/agent/agentapi"
	"longhaul/internal/share"
	"longhaul/internal/wait"
)

const (
	window     = 16 << 20 // bytes of a part that are read and checked at once
	putTries   = 4
	putTime    = time.Minute // for a PUT, on top of what its bytes take at the slowest
	slowestPut = 64 << 10    // bytes per second
)

// Putter sends parts to storage for all transfers of an agent.
type Putter struct {
	http  *http.Client
	slots *share.Slots
	pool  sync.Pool // of *[]byte of window bytes
}

// NewPutter returns a putter that sends n parts at once.
func NewPutter(hc *http.Client, n int) *Putter { return &Putter{http: hc, slots: share.New(n, n)} }

// Close ends the connections to storage.
func (p *Putter) Close() { p.http.CloseIdleConnections() }

// sent is what is known of a part that storage took.
type sent struct {
	etag string
	sum  uint32 // CRC-32, as in zips, of the bytes that went
}

// part sends one part. The bytes are checked against the
// journal as they are read; storage checks them again by the checksum that the
// address is signed with.
func (p *Putter) part(ctx context.Context, key string, d Disk, pt Part, addr agentapi.PartURL) (sent, error) {
	if err := p.slots.Acquire(ctx, key); err != nil {
		return sent{}, err
	}
	defer p.slots.Release(key)
	body := &partReader{disk: d, Part: pt, buf: p.buffer(pt.Len)}
	b := wait.Growing(firstPause, 2*time.Second)
	out, err := backoff.Retry(ctx, func() (sent, error) {
		return p.try(ctx, body, addr)
	}, backoff.WithBackOff(b), backoff.WithMaxTries(putTries))
	if cap(body.buf) == window {
		p.pool.Put(&body.buf)
	}
	return out, err
}

func (p *Putter) buffer(n int64) []byte {
	if n < window/4 {
		return make([]byte, n)
	}
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, window)
}

func (p *Putter) try(ctx context.Context, body *partReader, addr agentapi.PartURL) (sent, error) {
	limit := putTime + time.Duration(body.Len/slowestPut)*time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	rd := &partCursor{r: body}
	defer rd.stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, addr.URL, rd)
	if err != nil {
		return sent{}, backoff.Permanent(errors.New("the upload address is malformed"))
	}
	req.ContentLength = body.Len
	for k, v := range addr.Headers {
		if !strings.EqualFold(k, "Host") && !strings.EqualFold(k, "Content-Length") {
			req.Header.Set(k, v)
		}
	}
	resp, err := p.http.Do(req)
	if rerr := rd.failed(); rerr != nil {
		if err == nil {
			_ = resp.Body.Close()
		}
		return sent{}, backoff.Permanent(rerr) // not the storage's fault
	}
	if err != nil {
		// The address is a secret for as long as it is good.
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err
		}
		return sent{}, fmt.Errorf("put part: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	switch {
	case resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "" && rd.whole():
		return sent{resp.Header.Get("ETag"), rd.checksum()}, nil
	case resp.StatusCode >= http.StatusInternalServerError, resp.StatusCode == http.StatusTooManyRequests:
		return sent{}, fmt.Errorf("put part: storage answered %d", resp.StatusCode)
	default:
		// An address that has expired, an upload that is gone: a new address
		// is needed.
		return sent{}, backoff.Permanent(fmt.Errorf("put part: storage answered %d %s", resp.StatusCode, s3Code(said)))
	}
}

// s3Code returns the code of an S3 error document; the rest of it may hold
// what was signed.
func s3Code(doc []byte) string {
	_, rest, _ := strings.Cut(string(doc), "<Code>")
	code, _, found := strings.Cut(rest, "</Code>")
	if !found || len(code) > 64 {
		return ""
	}
	return code
}

// partReader reads a part in windows. Each try has a cursor of its own; only
// one of them reads at a time.
type partReader struct {
	disk Disk
	Part

	buf  []byte
	full bool // the whole part is in the buffer
}

var errStopped = errors.New("the try has ended")

// partCursor is the body of one try.
type partCursor struct {
	r *partReader

	mu      sync.Mutex
	at      int64  // read so far
	rest    []byte // of the window
	sum     uint32 // CRC-32 of what was loaded
	stopped bool
	err     error // of the disk
}

// Read implements io.Reader.
func (c *partCursor) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return 0, errStopped
	}
	if c.at == c.r.Len {
		return 0, io.EOF
	}
	if len(c.rest) == 0 {
		if c.err = c.load(); c.err != nil {
			return 0, c.err
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	c.at += int64(n)
	return n, nil
}

func (c *partCursor) load() error {
	b := c.r.buf[:min(int64(len(c.r.buf)), c.r.Len-c.at)]
	if !c.r.full {
		if err := c.r.disk.Read(c.r.Part, c.r.Off+c.at, b); err != nil {
			return err
		}
		c.r.full = int64(len(b)) == c.r.Len
	}
	c.rest, c.sum = b, crc32.Update(c.sum, crc32.IEEETable, b)
	return nil
}

// whole reports whether all of the part was read.
func (c *partCursor) whole() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at == c.r.Len
}

func (c *partCursor) checksum() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sum
}

// stop takes the buffer back: the transport may still read the body of an
// exchange that ended early, and would send what the next try reads.
func (c *partCursor) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
}

func (c *partCursor) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
