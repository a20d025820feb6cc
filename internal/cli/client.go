package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"longhaul/internal/fetch"
)

const (
	sessionCookie = "__Host-sid"
	maxAnswer     = 64 << 20 // bytes of a JSON answer
	callTime      = 60 * time.Second
)

// client calls the API with the kept token.
type client struct {
	base    *url.URL
	session string       // an API token, or a session's cookie while one is made
	calls   *http.Client // short calls
	streams *http.Client // events and files, which take as long as they take
}

// newClient returns a client of the server with the session kept for it, if
// there is one.
func (p *program) newClient() (*client, error) {
	address, err := p.address()
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.User != nil {
		return nil, usagef("The server must be an http or https address such as http://localhost:8080.")
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	kept, err := p.loadSession(base)
	if err != nil {
		return nil, err
	}
	return &client{
		base: base, session: kept.Value,
		calls:   fetch.NewTrusted(fetch.TrustedOptions{Timeout: callTime}),
		streams: fetch.NewTrusted(fetch.TrustedOptions{}),
	}, nil
}

// apiError is a fault that the server answered with (RFC 9457).
type apiError struct {
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	RequestID string `json:"requestId"`
	Errors    []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	} `json:"errors"`
}

// Error words the fault for a person.
func (e *apiError) Error() string {
	var b strings.Builder
	b.WriteString(e.Detail)
	for _, f := range e.Errors {
		fmt.Fprintf(&b, "\n  %s: %s", f.Field, f.Detail)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.Status >= http.StatusInternalServerError && e.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.RequestID)
	}
	return b.String()
}

// body is a request's content.
type body struct {
	mediaType string
	data      []byte
}

func jsonBody(v any) (*body, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	return &body{mediaType: "application/json", data: b}, nil
}

// do sends one request below /api/v1 and decodes the answer into out, unless
// that is nil. It returns the cookies of the answer.
func (c *client) do(ctx context.Context, method, path string, in *body, out any, header ...string) ([]*http.Cookie, error) {
	req, err := c.request(ctx, method, path, in, header...)
	if err != nil {
		return nil, err
	}
	resp, err := c.calls.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := problemOf(resp); err != nil {
		return nil, err
	}
	if out == nil {
		return resp.Cookies(), nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(out); err != nil {
		return nil, fmt.Errorf("read the server's answer: %w", err)
	}
	return resp.Cookies(), nil
}

// save writes an answer that may be long to w, as it is.
func (c *client) save(ctx context.Context, path string, w io.Writer) error {
	req, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	resp, err := c.streams.Do(req)
	if err != nil {
		return c.unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := problemOf(resp); err != nil {
		return err
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

func (c *client) request(ctx context.Context, method, path string, in *body, header ...string) (*http.Request, error) {
	var r io.Reader
	if in != nil {
		r = bytes.NewReader(in.data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+"/api/v1"+path, r)
	if err != nil {
		return nil, fmt.Errorf("create the request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", in.mediaType)
	}
	req.Header.Set("User-Agent", "longhaul-cli")
	if strings.HasPrefix(c.session, tokenPrefix) {
		req.Header.Set("Authorization", "Bearer "+c.session)
	} else if c.session != "" {
		// Sent by hand: a cookie jar would hold a Secure cookie back on plain
		// http to localhost.
		req.Header.Set("Cookie", sessionCookie+"="+c.session)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return req, nil
}

// problemOf returns the fault of a failed response.
func problemOf(resp *http.Response) error {
	if resp.StatusCode < http.StatusMultipleChoices {
		return nil
	}
	e := &apiError{}
	err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(e)
	if err != nil || e.Detail == "" {
		*e = apiError{Detail: "The server answered " + resp.Status + ", which is not a Longhaul response. Is the address right?"}
	}
	e.Status = resp.StatusCode
	return e
}

// unreachable words a failure to reach the server.
func (c *client) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err
	}
	return fmt.Errorf("could not reach the server at %s: %w", c.base.Host, err)
}
