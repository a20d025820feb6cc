package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/resend/resend-go/v2"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// Limits of a call to the provider.
const (
	callTime  = 20 * time.Second
	maxAnswer = 64 << 10
	// keyPause is how long to wait when the provider refuses our key or sender:
	// someone has to look into it.
	keyPause      = 5 * time.Minute
	longestPause  = time.Hour
	longestReason = 200
)

// Provider is a configured account at Resend.
type Provider struct {
	URL  *url.URL // origin of the HTTP API
	Key  string   // API key
	From string   // sender, as "Name <address>"
}

// Sender hands mails to the provider. It is safe for concurrent use.
type Sender struct {
	client  *resend.Client
	from    string
	compose *Composer
	now     func() time.Time
}

// NewSender returns a sender on the provider's account.
func NewSender(p Provider, c *Composer, now func() time.Time) *Sender {
	plain := fetch.NewTrusted(fetch.TrustedOptions{Timeout: callTime, HeaderTimeout: callTime, MaxConnsPerHost: 4})
	plain.Transport = classifier{plain.Transport}
	client := resend.NewCustomClient(plain, p.Key)
	// The library resolves its paths against the base, which needs the slash.
	client.BaseURL = p.URL.JoinPath("/")
	return &Sender{client: client, from: p.From, compose: c, now: now}
}

// SendError is why a mail was not taken.
type SendError struct {
	Retry  bool          // the same mail may be taken later
	After  time.Duration // not before this has passed; 0 leaves it to the caller
	Reason string        // one sentence for operators, without secrets
	cause  error
}

// Error returns the reason and the cause, for logs.
func (e *SendError) Error() string {
	if e.cause == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.cause.Error()
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.cause }

// Send writes the mail and hands it over. Its id is the idempotency key, so
// that a mail which was taken before is not sent twice. The error is a
// SendError, or the context's.
func (s *Sender) Send(ctx context.Context, m models.Mail) error {
	if late(m, s.now()) {
		return &SendError{Reason: "Its link expired before it could be sent."}
	}
	content, err := s.compose.Compose(m)
	if err != nil {
		return &SendError{Reason: "It could not be rendered.", cause: err}
	}
	_, err = s.client.Emails.SendWithOptions(ctx, &resend.SendEmailRequest{
		From: s.from, To: []string{m.To}, Subject: content.Subject, Html: content.HTML, Text: content.Text,
		Headers: map[string]string{"Auto-Submitted": "auto-generated", "X-Entity-Ref-ID": m.ID.String()},
	}, &resend.SendEmailOptions{IdempotencyKey: key(m.ID)})
	return ours(ctx, err)
}

func key(id uuid.UUID) string { return "longhaul-" + id.String() }

// ours makes a SendError of what the library returns: the classifier's, or
// that of a connection which did not come about or broke.
func ours(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*SendError](err); ok {
		if errors.Is(e, errTakenBefore) {
			return nil
		}
		return e
	}
	if ctx.Err() != nil {
		return fmt.Errorf("send mail: %w", ctx.Err())
	}
	return &SendError{Retry: true, Reason: "Could not reach the mail provider.", cause: err}
}

// errTakenBefore marks the answer to a key under which the provider took a mail
// already whose text differs, as after an update of the templates.
var errTakenBefore = errors.New("the provider already accepted it")

// classifier turns every failed response into a SendError. The library would
// lose the status and Retry-After of most of them.
type classifier struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c classifier) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	if resp.StatusCode/100 == 2 {
		// The mail was accepted, even if the rest of the response was lost. The
		// library expects JSON, but only the status counts.
		if err != nil || !json.Valid(body) {
			body = []byte("{}")
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		return resp, nil
	}
	return nil, classify(resp.StatusCode, resp.Header.Get("Retry-After"), body)
}

// classify is the only place that decides whether to retry a refused mail.
func classify(status int, retryAfter string, body []byte) *SendError {
	var said struct{ Name, Message string }
	_ = json.Unmarshal(body, &said) // an HTML page of a proxy says nothing of use
	e := &SendError{Reason: fmt.Sprintf("The mail provider answered %d%s.", status, clean(said.Name, said.Message))}
	switch {
	case status == http.StatusConflict && said.Name == "invalid_idempotent_request":
		e.cause = errTakenBefore
	case status == http.StatusTooManyRequests, status >= 500, status == http.StatusRequestTimeout,
		status == http.StatusConflict, status == http.StatusTooEarly:
		e.Retry, e.After = true, pause(retryAfter)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status/100 == 3:
		// Key, domain or address of the provider are wrong, not the mail: it goes
		// out once an operator has put them right.
		e.Retry, e.After = true, keyPause
	}
	return e
}

// pause reads Retry-After in seconds, the form that Resend uses.
func pause(retryAfter string) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(retryAfter), 64)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(min(n, longestPause.Seconds()) * float64(time.Second))
}

// address matches the private parts of a mail that a provider's message may
// repeat.
var address = regexp.MustCompile(`\S*(://|@)\S*`)

// clean returns what the provider said, as far as operators may see it.
func clean(name, message string) string {
	said := strings.TrimSpace(name + ": " + strings.Join(strings.Fields(message), " "))
	said = address.ReplaceAllString(strings.Trim(said, ": "), "(hidden)")
	if said == "" {
		return ""
	}
	if r := []rune(said); len(r) > longestReason {
		said = string(r[:longestReason]) + "…"
	}
	return " (" + strings.TrimRight(said, ".") + ")"
}
