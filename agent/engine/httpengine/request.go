package httpengine

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"longhaul/internal/byterange"
	"longhaul/internal/fetch"
	"longhaul/models"
)

// oncePrefix begins the validator of content whose server names none. It holds
// for one exchange: whatever comes later may be other content.
const oncePrefix = "once:"

// errChanged says that the content is not the one that was asked for.
var errChanged = errors.New("the content changed at its source")

// requester asks for one URL.
type requester struct {
	client *http.Client
	url    string
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
}

func (a *answer) close() { _ = a.body.Close() }

// get asks for a range of the content, or for all of it if rng is empty. With a
// validator the server is to send the range only if that still holds.
func (r requester) get(ctx context.Context, rng byterange.Range, validator string) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
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
	a, err := read(resp, rng, req.URL)
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

func read(resp *http.Response, asked byterange.Range, first *url.URL) (*answer, error) {
	a := &answer{body: resp.Body, header: resp.Header, url: resp.Request.URL, size: -1, validator: validatorOf(resp.Header)}
	switch resp.StatusCode {
	case http.StatusOK:
		a.size = resp.ContentLength
	case http.StatusPartialContent:
		rng, size, ok := byterange.ParseContent(resp.Header.Get("Content-Range"))
		if !ok || asked.Len == 0 || rng.Off != asked.Off || rng.End() > asked.End() || rng.Len <= 0 {
			return nil, &retry{fault: models.Fault(models.ProblemSourceFailing, "The server sent a different range than requested.").
				With("cause", models.CauseWrongBytes)}
		}
		a.part, a.rng, a.size = true, rng, size
	case http.StatusRequestedRangeNotSatisfiable:
		_, size, _ := byterange.ParseContent(resp.Header.Get("Content-Range"))
		if size != 0 || asked.Off != 0 {
			return nil, errChanged
		}
		a.size, a.body = 0, empty{resp.Body} // an empty file has no first byte
	default:
		return nil, refusal(resp)
	}
	if isPage(resp.Header) && !namesPage(first) {
		return nil, models.Fault(models.ProblemNotAFile, "The address is a web page, not a file.")
	}
	return a, nil
}

type empty struct{ io.Closer }

// Read implements io.Reader.
func (empty) Read([]byte) (int, error) { return 0, io.EOF }

// refusal turns a status without content into a fault.
func refusal(resp *http.Response) error {
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
	if tag := h.Get("ETag"); len(tag) > 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
		return tag
	}
	date := h.Get("Last-Modified")
	if _, err := http.ParseTime(date); err == nil {
		return date
	}
	return ""
}

// isPage reports whether the response is a web page to look at.
func isPage(h http.Header) bool {
	disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	if disposition == "attachment" {
		return false
	}
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// namesPage reports whether an address may be that of a page: its last
// component has no extension, or one of a page or of a program that writes one.
func namesPage(u *url.URL) bool {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
	switch ext {
	case "", "html", "htm", "xhtml", "xht", "shtml", "mhtml", "php", "asp", "aspx", "jsp", "jspx", "cgi", "pl", "do":
		return true
	default:
		return len(ext) > 5 // no extension of a file, as in /v1.2-release-notes
	}
}
