package httpengine

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"longhaul/internal/byterange"
	"longhaul/internal/fetch"
	"longhaul/models"
)

// oncePrefix begins the validator of content whose server names none. It holds
// for one exchange: whatever comes later may be other content.
const oncePrefix = "once:"

// maxValidator bounds what is kept of what a server calls a version.
const maxValidator = 1 << 10

// errChanged says that the content is not the one that was asked for.
var errChanged = errors.New("the content changed at its source")

// requester asks for one URL. After the first answer it stays with the address
// that the redirects led to, so that all bytes of a run come from one server.
type requester struct {
	client   *http.Client
	url      string
	first    *url.URL // the same
	keepPage bool     // a web page is what is wanted

	mu    sync.Mutex
	final string // where the redirects led to; "" before the first answer
	fails int    // of the final address, in a row
}

// answer is a response that brings content.
type answer struct {
	body      io.ReadCloser
	header    http.Header
	url       *url.URL        // after redirects
	part      bool            // the body is rng; otherwise it is the whole content
	rng       byterange.Range // of a part
	size      int64           // of the whole; -1 when the server does not tell
	validator string          // strong ETag or date; "" when the server sends none
	codings   []string        // what the body is to be freed from, the outermost first
}

func (a *answer) close() { _ = a.body.Close() }

// get asks for a range of the content, or for all of it if rng is empty. With a
// validator the server is to send the range only if that still holds.
func (r *requester) get(ctx context.Context, rng byterange.Range, validator string) (*answer, error) {
	address := r.address()
	a, err := r.exchange(ctx, address, rng, validator)
	if address != r.url && r.leaves(err) && ctx.Err() == nil {
		// The address that the redirects led to may have been for a while only.
		a, err = r.exchange(ctx, r.url, rng, validator)
	}
	if err == nil {
		r.settle(a.url.String())
	}
	return a, err
}

// maxFails is how often in a row the final address may fail before the redirects
// are asked again.
const maxFails = 3

func (r *requester) address() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return cmp.Or(r.final, r.url)
}

func (r *requester) settle(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fails = 0
	r.final = address
}

// leaves reports whether a fault of the final address is a reason to ask the first
// one again.
func (r *requester) leaves(err error) bool {
	if err == nil || errors.Is(err, errChanged) {
		return false
	}
	if again, ok := asRetry(err); ok {
		if again.odd {
			return false
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.fails++
		return r.fails >= maxFails
	}
	return true
}

// exchange makes one request.
func (r *requester) exchange(ctx context.Context, address string, rng byterange.Range, validator string) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, models.Fault(models.ProblemMalformedURL, "The address is malformed.")
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Accept-Encoding", "identity")
	if rng.Len > 0 {
		req.Header.Set("Range", rng.Request())
		if validator != "" && !strings.HasPrefix(validator, oncePrefix) {
			req.Header.Set("If-Range", validator)
		}
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, transport(err)
	}
	a, err := r.read(resp, rng)
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return a, nil
}

// transport separates transient faults from permanent ones.
func transport(err error) error {
	f := fetch.Fault(err)
	if f.Problem == models.ProblemSourceFailing || f.Problem == models.ProblemStalled {
		return &retry{fault: f}
	}
	return f
}

// read makes an answer of a response to a request for the range, or for all if
// that is empty.
func (r *requester) read(resp *http.Response, asked byterange.Range) (*answer, error) {
	a := &answer{
		body: resp.Body, header: resp.Header, url: resp.Request.URL, size: -1, validator: validatorOf(resp.Header),
		codings: codingsOf(resp.Header),
	}
	switch code := resp.StatusCode; {
	case isWhole(code):
		if asked.Len > 0 && resp.Header.Get("Content-Range") != "" {
			return nil, odd() // all of it, or a part?
		}
		a.size = resp.ContentLength
	case code == http.StatusPartialContent:
		if err := a.readPart(resp, asked); err != nil {
			return nil, err
		}
	case code == http.StatusRequestedRangeNotSatisfiable:
		_, size, _ := byterange.ParseContent(resp.Header.Get("Content-Range"))
		switch {
		case asked.Off > 0:
			return nil, errChanged
		case size != 0 && asked.Len > 0:
			return nil, odd()
		case size != 0:
			return nil, refusal(resp, asked)
		}
		a.size, a.body = 0, empty{resp.Body} // an empty file has no first byte
	default:
		return nil, refusal(resp, asked)
	}
	if a.part && a.rng.Off > 0 {
		return a, nil // what it is was seen at its start
	}
	return a, r.judge(a)
}

// isWhole reports whether a status comes with all of the content. One that is not
// known means what 200 does (RFC 9110, 15).
func isWhole(code int) bool {
	switch code {
	case http.StatusAccepted, http.StatusNoContent, http.StatusResetContent, http.StatusPartialContent, http.StatusMultiStatus:
		return false
	default:
		return code >= http.StatusOK && code < http.StatusMultipleChoices
	}
}

// readPart reads what a 206 brings: the range that was asked for or the beginning
// of it, or all of the content although no range was asked for.
func (a *answer) readPart(resp *http.Response, asked byterange.Range) error {
	header := resp.Header.Get("Content-Range")
	rng, size, ok := byterange.ParseContent(header)
	length := resp.ContentLength
	if asked.Len == 0 {
		if ok && (rng.Off > 0 || size > rng.Len && (length < 0 || length == rng.Len)) {
			return odd() // a part of it, and nobody asked for one
		}
		a.size = length // a header that doesn't fit what comes says nothing
		return nil
	}
	right := ok && rng.Len > 0 && rng.Off == asked.Off && rng.End() <= asked.End() && (length < 0 || length == rng.Len)
	if !right || len(a.codings) > 0 {
		return odd()
	}
	a.part, a.rng, a.size = true, rng, size
	return nil
}

// odd is the fault of an answer to a range that cannot be trusted.
func odd() error {
	return &retry{odd: true, fault: models.Fault(models.ProblemSourceFailing, "The server sent a different range than requested.").
		With("cause", models.CauseWrongBytes)}
}

type empty struct{ io.Closer }

// Read implements io.Reader.
func (empty) Read([]byte) (int, error) { return 0, io.EOF }

// refusal turns a status without content into a fault. One of a range may be about
// ranges alone.
func refusal(resp *http.Response, asked byterange.Range) error {
	err := refused(resp)
	if asked.Len > 0 {
		return &rangeRefusal{err}
	}
	return err
}

// rangeRefusal is a refusal of a request with a range.
type rangeRefusal struct{ error }

// Unwrap returns what is to be said of it.
func (r *rangeRefusal) Unwrap() error { return r.error }

func refused(resp *http.Response) error {
	code := resp.StatusCode
	switch {
	case code == http.StatusNotFound, code == http.StatusGone:
		return models.Fault(models.ProblemNotFoundAtSource, "The server has no file at this address (%d).", code).With("status", code)
	case code >= http.StatusInternalServerError, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout,
		code == http.StatusTooEarly:
		return &retry{
			fault: models.Fault(models.ProblemSourceFailing, "The server is unavailable right now (%d).", code).With("status", code),
			after: retryAfter(resp.Header), busy: true,
		}
	case code >= http.StatusBadRequest:
		return models.Fault(models.ProblemRefusedBySource, "The server refused to send the file (%d).", code).With("status", code)
	default:
		return models.Fault(models.ProblemSourceFailing, "The server's response has no file (%d).", code).With("status", code)
	}
}

// validatorOf returns what the content's version is called: the ETag if it is
// a strong one (RFC 9110, 8.8.3), otherwise the date of its last change.
func validatorOf(h http.Header) string {
	if tag := h.Get("ETag"); len(tag) > 2 && len(tag) <= maxValidator && tag[0] == '"' && tag[len(tag)-1] == '"' {
		return tag
	}
	date := h.Get("Last-Modified")
	if _, err := http.ParseTime(date); err == nil {
		return date
	}
	return ""
}
