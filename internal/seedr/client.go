package seedr

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"longhaul/internal/fetch"
	"longhaul/internal/wait"
)

// Limits of a call.
const (
	defaultTimeout = 20 * time.Second
	maxAnswer      = 16 << 20 // bytes; a listing of some ten thousand files
	maxRetryAfter  = time.Hour
)

// Options set up a client.
type Options struct {
	URL      *url.URL // base of the REST API, such as https://www.seedr.cc/rest
	Email    string
	Password string

	// Allow admits networks that are not public, and unencrypted connections to
	// addresses in them: for a simulator on this machine. None by default.
	Allow []netip.Prefix

	Shared  Shared        // the state of the account; nil is a Memory of this client's own
	Timeout time.Duration // of one call that is not a download; 0 is 20 s
	Log     *slog.Logger  // nil discards

	// Observe, if set, is called after each call: its name, such as "add
	// magnet", how it ended (empty for success) and how long it took.
	Observe func(call string, failure Kind, took time.Duration)
}

// Client calls Seedr for one account. It is safe for concurrent use.
type Client struct {
	base            *url.URL
	email, password string
	allow           []netip.Prefix
	shared          Shared
	timeout         time.Duration
	log             *slog.Logger
	observe         func(string, Kind, time.Duration)
	pace            pace
	api, node       *http.Client
}

// New returns a client. It calls nothing yet.
func New(o Options) (*Client, error) {
	if o.URL == nil {
		return nil, errors.New("seedr: no address")
	}
	if o.Email == "" || o.Password == "" {
		return nil, errors.New("seedr: e-mail or password is missing")
	}
	c := &Client{
		base: o.URL.JoinPath(), email: o.Email, password: o.Password, allow: o.Allow, shared: o.Shared,
		timeout: o.Timeout, log: o.Log, observe: o.Observe, pace: newPace(),
	}
	if err := c.checkScheme(c.base); err != nil {
		return nil, err
	}
	if c.shared == nil {
		c.shared = &Memory{}
	}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.observe == nil {
		c.observe = func(string, Kind, time.Duration) {}
	}
	dialer := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(o.Allow...)})
	// A redirect is an answer: the place of a file, or a fault.
	c.api = fetch.NewClient(dialer, fetch.ClientOptions{HeaderTimeout: c.timeout, Stay: true})
	c.node = fetch.NewClient(dialer, fetch.ClientOptions{Stay: true})
	return c, nil
}

// Close closes idle connections. Streams that are open continue.
func (c *Client) Close() {
	c.api.CloseIdleConnections()
	c.node.CloseIdleConnections()
}

// String hides the credentials.
func (c *Client) String() string { return "seedr client of " + c.base.Host }

// GoString hides the credentials.
func (c *Client) GoString() string { return c.String() }

// State returns the account's budget and breaker, for display.
func (c *Client) State(ctx context.Context) (State, time.Time, error) {
	var out State
	var at time.Time
	err := c.shared.Update(ctx, func(s *State, now time.Time) { out, at = *s, now })
	return out, at, err
}

// call is one request of the API.
type call struct {
	name   string // for errors and observers
	method string
	path   string
	form   url.Values // sent as the body, form-encoded
	file   []byte     // sent as a .torrent file instead
	adds   bool       // an answer without a transfer's id is a refusal
	forced bool       // goes out although the breaker is open
	oauth  bool       // of the OAuth API: no Basic credentials
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do makes a call within the budget and decodes its answer into out, which may
// be nil. A refusal in any form is an *Error.
func (c *Client) do(ctx context.Context, k call, out any) error {
	return c.exchange(ctx, k, func(a answer) *Error { return decode(a, k, out) })
}

// exchange waits for the call's turn, sends it, judges the answer and reports
// how it went to all who share the account.
func (c *Client) exchange(ctx context.Context, k call, judge func(answer) *Error) error {
	if err := c.turn(ctx, k); err != nil {
		return err
	}
	start := time.Now()
	a, err := c.send(ctx, k)
	c.pace.answered()
	var failure *Error
	switch {
	case err != nil && ctx.Err() != nil:
		// The caller gave up; that says nothing about Seedr.
		return &Error{Kind: KindTransient, Call: k.name, Cause: context.Cause(ctx)}
	case err != nil:
		failure = &Error{Kind: KindTransient, Cause: err}
	default:
		failure = judge(a)
	}
	var kind Kind
	if failure != nil {
		failure.Call, kind = k.name, failure.Kind
	}
	c.observe(k.name, kind, time.Since(start))
	c.report(ctx, failure)
	if failure != nil {
		return failure
	}
	return nil
}

// turn waits until the budget and the pace admit the call, which is then to be
// sent.
func (c *Client) turn(ctx context.Context, k call) error {
	var pause time.Duration
	var refusal *Error
	if err := c.shared.Update(ctx, func(s *State, now time.Time) { pause, refusal = s.take(now, k.forced) }); err != nil {
		return &Error{Kind: KindTransient, Call: k.name, Cause: err}
	}
	if refusal != nil {
		refusal.Call = k.name
		return refusal
	}
	if wait.For(ctx, pause) != nil {
		return &Error{Kind: KindTransient, Call: k.name, Cause: context.Cause(ctx)}
	}
	if err := c.pace.send(ctx); err != nil {
		return &Error{Kind: KindTransient, Call: k.name, Cause: err}
	}
	return nil
}

// report keeps how a call went. The call itself is over, so a failure to keep
// it is only logged.
func (c *Client) report(ctx context.Context, failure *Error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	var before, after Kind
	err := c.shared.Update(ctx, func(s *State, now time.Time) {
		before = s.Reason
		s.report(now, failure)
		after = s.Reason
	})
	switch {
	case err != nil:
		c.log.WarnContext(ctx, "could not save the state of the Seedr account", "error", err)
	case after != "" && before == "":
		c.log.WarnContext(ctx, "Seedr failed repeatedly; pausing calls", "reason", string(after))
	case after == "" && before != "":
		c.log.InfoContext(ctx, "Seedr responds again")
	}
}

// send sends the request and reads the answer whole.
func (c *Client) send(ctx context.Context, k call) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	ctx, answered := c.pace.resends(ctx)
	defer answered()
	body, contentType, err := k.body()
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, k.method, c.target(k), body)
	if err != nil {
		return answer{}, err
	}
	if !k.oauth {
		req.SetBasicAuth(c.email, c.password)
	}
	req.Header.Set("Accept", "application/json")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.api.Do(req)
	if err != nil {
		return answer{}, networkCause(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{}, networkCause(err)
	}
	if len(b) > maxAnswer {
		return answer{}, errors.New("the answer is too long")
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: b}, nil
}

// body returns what the call sends.
func (k call) body() (io.Reader, string, error) {
	switch {
	case k.file != nil:
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile("file", "source.torrent")
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(k.file); err != nil {
			return nil, "", err
		}
		if err := w.Close(); err != nil {
			return nil, "", err
		}
		return &b, w.FormDataContentType(), nil
	case k.form != nil:
		return strings.NewReader(k.form.Encode()), "application/x-www-form-urlencoded", nil
	default:
		return http.NoBody, "", nil
	}
}

// networkCause returns what broke a connection, without the address.
func networkCause(err error) error {
	f := fetch.Fault(err)
	if f.Cause != nil {
		return f.Cause
	}
	return f
}
