package agentapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// CallTimeout is how long a call waits for its answer, unless it names a time
// itself.
const CallTimeout = 20 * time.Second

// Limits of one call.
const (
	maxAnswer  = 64 << 20 // a manifest of 50 000 files with its metainfo fits
	maxProblem = 64 << 10
	graceTime  = 15 * time.Second // on top of a time that the call itself names
)

// Error describes the fault answer in one line, for logs.
func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail)
}

// IsProblem reports whether err is a fault answer with the code.
func IsProblem(err error, code string) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code == code
}

// Client calls one agent on behalf of the control plane. Fault answers are
// returned as *Problem; anything else means that no answer came.
type Client struct{ c caller }

// NewClient returns a client of the agent at baseURL. The first secret is the
// bearer of every call; where the agent does not know it, the call is repeated
// with the next. The HTTP client must have no overall timeout, because Changes
// waits; each call has a deadline of its own.
func NewClient(baseURL string, hc *http.Client, secrets ...string) *Client {
	return &Client{caller{base: strings.TrimRight(baseURL, "/"), bearers: secrets, http: hc}}
}

// Start runs a transfer, or takes it over with a higher epoch.
func (c *Client) Start(ctx context.Context, jobID string, s StartTransfer) (Status, error) {
	return call[Status](ctx, c.c, CallTimeout, http.MethodPut, transferPath(jobID), s)
}

// Transfer returns the state of one transfer.
func (c *Client) Transfer(ctx context.Context, jobID string) (Status, error) {
	return call[Status](ctx, c.c, CallTimeout, http.MethodGet, transferPath(jobID), nil)
}

// Manifest returns what a resolve has found.
func (c *Client) Manifest(ctx context.Context, jobID string) (Manifest, error) {
	return call[Manifest](ctx, c.c, CallTimeout, http.MethodGet, transferPath(jobID)+"/manifest", nil)
}

// Stop ends a transfer and keeps its bytes on the agent.
func (c *Client) Stop(ctx context.Context, jobID string, s Stop) error {
	_, err := call[struct{}](ctx, c.c, CallTimeout, http.MethodPost, transferPath(jobID)+"/stop", s)
	return err
}

// Delete ends a transfer and removes its bytes from the agent.
func (c *Client) Delete(ctx context.Context, jobID string, epoch int64) error {
	path := transferPath(jobID) + "?epoch=" + strconv.FormatInt(epoch, 10)
	_, err := call[struct{}](ctx, c.c, CallTimeout, http.MethodDelete, path, nil)
	return err
}

// Inspect asks what a source holds; it waits for as long as the request says.
func (c *Client) Inspect(ctx context.Context, in Inspect) (Manifest, error) {
	limit := time.Duration(in.TimeoutSeconds)*time.Second + graceTime
	return call[Manifest](ctx, c.c, limit, http.MethodPost, "/v1/inspect", in)
}

// Changes returns the transfers that changed after the revision since, waiting
// for a change for at most wait. Since 0 lists all at once.
func (c *Client) Changes(ctx context.Context, since int64, wait time.Duration) (Changes, error) {
	q := url.Values{}
	q.Set("since", strconv.FormatInt(since, 10))
	q.Set("wait", strconv.FormatInt(wait.Milliseconds(), 10))
	return call[Changes](ctx, c.c, wait+graceTime, http.MethodGet, "/v1/transfers?"+q.Encode(), nil)
}

func transferPath(jobID string) string { return "/v1/transfers/" + url.PathEscape(jobID) }

// ControlClient calls the control plane on behalf of an agent. Fault answers
// are returned as *Problem; anything else means that no answer came.
type ControlClient struct{ c caller }

// NewControlClient returns a client of the control plane at baseURL. The
// credential is empty only for Register.
func NewControlClient(baseURL, credential string, hc *http.Client) *ControlClient {
	return &ControlClient{caller{base: strings.TrimRight(baseURL, "/"), bearers: []string{credential}, http: hc}}
}

// Register enrols the agent by its one-time token.
func (c *ControlClient) Register(ctx context.Context, r Register) (Registered, error) {
	return call[Registered](ctx, c.c, CallTimeout, http.MethodPost, "/agent/v1/register", r)
}

// Boot opens a boot of the agent and fences older processes.
func (c *ControlClient) Boot(ctx context.Context, h Hello) (Booted, error) {
	return call[Booted](ctx, c.c, CallTimeout, http.MethodPost, "/agent/v1/boot", h)
}

// Heartbeat says that the agent is alive and how it does.
func (c *ControlClient) Heartbeat(ctx context.Context, h Heartbeat) (HeartbeatReply, error) {
	return call[HeartbeatReply](ctx, c.c, CallTimeout, http.MethodPost, "/agent/v1/heartbeat", h)
}

// Uploads reports stored parts and asks for the addresses of more.
func (c *ControlClient) Uploads(ctx context.Context, u Uploads) (UploadsReply, error) {
	return call[UploadsReply](ctx, c.c, CallTimeout, http.MethodPost, "/agent/v1/uploads", u)
}

// caller holds what the calls of both clients have in common.
type caller struct {
	base    string
	bearers []string // tried one after the other, until one is known
	http    *http.Client
}

func call[T any](ctx context.Context, c caller, limit time.Duration, method, path string, body any) (out T, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for _, bearer := range c.bearers {
		out, err = callAs[T](ctx, c, bearer, method, path, body)
		if p, ok := errors.AsType[*Problem](err); !ok || p.Status != http.StatusUnauthorized {
			break
		}
	}
	return out, err
}

func callAs[T any](ctx context.Context, c caller, bearer, method, path string, body any) (T, error) {
	var out T
	req, err := c.request(ctx, bearer, method, path, body)
	if err != nil {
		return out, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return out, fmt.Errorf("call %s %s: %w", method, pathOnly(path), withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusMultipleChoices {
		return out, problemOf(resp)
	}
	if resp.StatusCode == http.StatusNoContent {
		return out, nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&out); err != nil {
		return out, fmt.Errorf("read the answer of %s %s: %w", method, pathOnly(path), err)
	}
	// The rest is read so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxProblem))
	return out, nil
}

func (c caller) request(ctx context.Context, bearer, method, path string, body any) (*http.Request, error) {
	var rd io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode the body of %s %s: %w", method, pathOnly(path), err)
		}
		rd = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, rd)
	if err != nil {
		return nil, fmt.Errorf("create the request %s %s: %w", method, pathOnly(path), err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	return req, nil
}

// problemOf reads a failed response; if it isn't a problem document, as from a
// proxy, it becomes a Problem without a code.
func problemOf(resp *http.Response) error {
	p := &Problem{}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if !strings.Contains(resp.Header.Get("Content-Type"), "json") || json.Unmarshal(b, p) != nil {
		p = &Problem{Title: http.StatusText(resp.StatusCode), Detail: "The response is not a problem document."}
	}
	p.Status = resp.StatusCode
	return p
}

func pathOnly(path string) string {
	p, _, _ := strings.Cut(path, "?")
	return p
}

// withoutURL takes the address out of a transport error: the caller says what
// was called, and the host is known.
func withoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}
