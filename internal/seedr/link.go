package seedr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"longhaul/internal/byterange"
)

const (
	// maxReaders is how many readers Seedr lets one link have.
	maxReaders = 2

	linkLife   = time.Hour        // of a link that does not say when it expires
	linkMargin = 30 * time.Second // a link is not used so shortly before its end
)

// Link is a signed address of a file's bytes. Each call of FileURL makes
// another one, and all are good at once. It lives in the process that took it:
// two processes must not share one, because its readers are counted here. Its
// signature is never printed.
type Link struct {
	FileID  int64
	Expires time.Time

	url     string
	readers *semaphore.Weighted
}

// Valid reports whether the link can be used at now.
func (l *Link) Valid(now time.Time) bool { return now.Before(l.Expires.Add(-linkMargin)) }

// String hides the address.
func (l *Link) String() string { return fmt.Sprintf("link to file %d", l.FileID) }

// GoString hides the address.
func (l *Link) GoString() string { return l.String() }

// FileURL gets a new download link for a file: the redirect's target, which it
// doesn't follow. KindGone means that the file doesn't exist.
func (c *Client) FileURL(ctx context.Context, id int64) (*Link, error) {
	k := call{name: "link file", method: http.MethodGet, path: "file/" + strconv.FormatInt(id, 10)}
	var link *Link
	err := c.exchange(ctx, k, func(a answer) *Error {
		if a.status < 300 || a.status >= 400 {
			if f := decode(a, k, nil); f != nil {
				return f
			}
			return &Error{Kind: KindMalformed, Status: a.status, Cause: errors.New("no redirect to the file")}
		}
		u, err := c.place(a.header.Get("Location"))
		if err != nil {
			return &Error{Kind: KindMalformed, Status: a.status, Cause: err}
		}
		link = &Link{FileID: id, url: u.String(), Expires: expiry(u, time.Now()), readers: semaphore.NewWeighted(maxReaders)}
		return nil
	})
	return link, err
}

// place checks an address that Seedr redirects to: it must be encrypted and on
// one of Seedr's own hosts, because the file's bytes are trusted to come from
// there.
func (c *Client) place(location string) (*url.URL, error) {
	u, err := url.Parse(location)
	if err != nil || location == "" {
		return nil, errors.New("the redirect has no target")
	}
	u = c.base.ResolveReference(u)
	if u.User != nil {
		return nil, errors.New("the redirect holds credentials")
	}
	if !ownHost(c.base.Hostname(), u.Hostname()) {
		return nil, errors.New("the redirect leaves Seedr's hosts")
	}
	return u, c.checkScheme(u)
}

// ownHost reports whether host belongs to the service at base: the same host,
// or a name below the same domain.
func ownHost(base, host string) bool {
	base, host = strings.ToLower(base), strings.ToLower(host)
	if base == host {
		return true
	}
	if _, err := netip.ParseAddr(base); err == nil {
		return false
	}
	domain := strings.TrimPrefix(base, "www.")
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// checkScheme refuses unencrypted addresses, except in the allowed networks.
func (c *Client) checkScheme(u *url.URL) error {
	if u.Scheme == "https" {
		return nil
	}
	addr, err := netip.ParseAddr(u.Hostname())
	if u.Scheme == "http" && err == nil {
		for _, p := range c.allow {
			if p.Contains(addr.Unmap()) {
				return nil
			}
		}
	}
	return errors.New("seedr: the address must begin with https://")
}

// expiry reads the end of a link's life from its address.
func expiry(u *url.URL, now time.Time) time.Time {
	if s, err := strconv.ParseInt(u.Query().Get("e"), 10, 64); err == nil && s > 0 {
		return time.Unix(s, 0)
	}
	return now.Add(linkLife)
}

// Stream is the bytes of a part of a file. Close it in any case.
type Stream struct {
	Length int64 // bytes that come

	body    io.ReadCloser
	left    int64
	release func()
	once    sync.Once
}

// Open reads length bytes of the link's file from offset. The size is what the
// listing says, and is compared with what the node says; -1 does not compare.
// It waits while the link has two readers. After KindLink, KindReaders and
// KindTransient take a new link and continue at the byte that is missing.
func (c *Client) Open(ctx context.Context, l *Link, offset, length, size int64) (*Stream, error) {
	const name = "read file"
	if offset < 0 || length <= 0 || (size >= 0 && offset+length > size) {
		return nil, &Error{Kind: KindBug, Call: name, Cause: fmt.Errorf("range %d+%d of %d", offset, length, size)}
	}
	if l.readers.Acquire(ctx, 1) != nil {
		return nil, &Error{Kind: KindTransient, Call: name, Cause: context.Cause(ctx)}
	}
	release := sync.OnceFunc(func() { l.readers.Release(1) })
	s, failure := c.read(ctx, l, offset, length, size)
	if failure != nil {
		release()
		failure.Call = name
		return nil, failure
	}
	s.release = release
	return s, nil
}

func (c *Client) read(ctx context.Context, l *Link, offset, length, size int64) (*Stream, *Error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url, nil)
	if err != nil {
		return nil, &Error{Kind: KindBug, Cause: errors.New("bad link")}
	}
	req.Header.Set("Range", byterange.Range{Off: offset, Len: length}.Request())
	resp, err := c.node.Do(req)
	if err != nil {
		return nil, &Error{Kind: KindTransient, Cause: networkCause(err)}
	}
	if failure := judgeRead(resp, offset, length, size); failure != nil {
		// There is no point in waiting for the rest of the body.
		resp.Body.Close()
		return nil, failure
	}
	return &Stream{Length: length, body: resp.Body, left: length}, nil
}

// judgeRead checks that the answer is the range that was asked for.
func judgeRead(resp *http.Response, offset, length, size int64) *Error {
	f := &Error{Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header)}
	switch status := resp.StatusCode; {
	case status == http.StatusPartialContent:
		got, total, ok := byterange.ParseContent(resp.Header.Get("Content-Range"))
		switch {
		case !ok || got.Off != offset:
			f.Kind = KindMalformed
		case size >= 0 && total >= 0 && total != size, got.Len != length:
			f.Kind = KindLength
		default:
			return nil
		}
	case status == http.StatusOK:
		switch {
		case size >= 0 && resp.ContentLength >= 0 && resp.ContentLength != size:
			f.Kind = KindLength
		case offset != 0:
			f.Kind = KindMalformed // it ignores ranges
		default:
			return nil
		}
	case status == http.StatusTooManyRequests:
		f.Kind = KindReaders
	case status == http.StatusRequestedRangeNotSatisfiable:
		f.Kind = KindLength
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusGone:
		f.Kind = KindLink
	case status >= 500:
		f.Kind = KindTransient
	case status >= 400:
		f.Kind = KindLink
	default:
		f.Kind = KindHTML
	}
	return f
}

// Read implements io.Reader. A body that ends early, or stops flowing, is an
// *Error; the bytes before that are good.
func (s *Stream) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.body.Read(p)
	s.left -= int64(n)
	switch {
	case s.left == 0:
		return n, io.EOF
	case errors.Is(err, io.EOF):
		return n, &Error{Kind: KindTransient, Call: "read file", Cause: io.ErrUnexpectedEOF}
	case err != nil:
		return n, &Error{Kind: KindTransient, Call: "read file", Cause: networkCause(err)}
	}
	return n, nil
}

// Close implements io.Closer. The link's place for a reader is free after it.
func (s *Stream) Close() error {
	err := s.body.Close()
	s.once.Do(s.release)
	return err
}
