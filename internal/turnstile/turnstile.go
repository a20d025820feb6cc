// Package turnstile asks Cloudflare whether the answer that a visitor's
// browser sent with a form is that of a person. It fails closed: what cannot
// be checked is refused. It decides nothing about where a check is needed.
package turnstile

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"longhaul/internal/fetch"
	"longhaul/models"
)

const (
	callTime  = 5 * time.Second
	maxAnswer = 64 << 10
	maxToken  = 2048 // as Cloudflare documents
	maxAge    = 5 * time.Minute
)

// Checker checks answers of one widget.
type Checker struct {
	secret   string
	endpoint string
	hostname string
	calls    *http.Client
	now      func() time.Time
}

// New returns a checker of answers that were given on pages of the host name.
// The endpoint is Cloudflare's siteverify address.
func New(secret, endpoint, hostname string, now func() time.Time) *Checker {
	return &Checker{
		secret: secret, endpoint: endpoint, hostname: strings.ToLower(hostname), now: now,
		calls: fetch.NewTrusted(fetch.TrustedOptions{Timeout: callTime}),
	}
}

// verdict is Cloudflare's answer.
type verdict struct {
	Success    bool      `json:"success"`
	Hostname   string    `json:"hostname"`
	Action     string    `json:"action"`
	IssuedAt   time.Time `json:"challenge_ts"`
	ErrorCodes []string  `json:"error-codes"`
}

// Check reports as a models.Error when the answer is not that of a person who
// did what the action names on our page, within five minutes. An answer works
// once, which Cloudflare sees to.
func (c *Checker) Check(ctx context.Context, answer, ip, action string) error {
	if answer == "" || len(answer) > maxToken {
		return refused()
	}
	v, err := c.ask(ctx, answer, ip)
	if err != nil {
		return models.Fault(models.ProblemBotCheckAway,
			"The bot check is unavailable right now. Try again shortly.").Because(err)
	}
	switch {
	case slices.ContainsFunc(v.ErrorCodes, ours):
		return models.Fault(models.ProblemBotCheckAway,
			"The bot check doesn't work on this server. Tell its operator.").
			Because(fmt.Errorf("siteverify: %s", strings.Join(v.ErrorCodes, ", ")))
	case !v.Success, !strings.EqualFold(v.Hostname, c.hostname), v.Action != action, c.now().Sub(v.IssuedAt) > maxAge:
		return refused().Because(fmt.Errorf("siteverify: success %t, host %q, action %q, issued %s, %s",
			v.Success, v.Hostname, v.Action, v.IssuedAt, strings.Join(v.ErrorCodes, ", ")))
	}
	return nil
}

func refused() *models.Error {
	return models.Fault(models.ProblemBotCheck, "The bot check failed. Try again.")
}

// ours reports whether an error code is about our configuration or Cloudflare's
// own fault, not about the visitor's answer.
func ours(code string) bool {
	return code == "missing-input-secret" || code == "invalid-input-secret" || code == "internal-error" || code == "bad-request"
}

func (c *Checker) ask(ctx context.Context, answer, ip string) (verdict, error) {
	form := url.Values{"secret": {c.secret}, "response": {answer}, "remoteip": {ip}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return verdict{}, fmt.Errorf("create the request to siteverify: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.calls.Do(req)
	if err != nil {
		return verdict{}, fmt.Errorf("call siteverify: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	var v verdict
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&v); err != nil {
		return verdict{}, fmt.Errorf("read siteverify's answer, status %d: %w", resp.StatusCode, err)
	}
	if resp.StatusCode != http.StatusOK && len(v.ErrorCodes) == 0 {
		return verdict{}, fmt.Errorf("siteverify answered with status %d", resp.StatusCode)
	}
	return v, nil
}
