// Package webhook sends events to users' webhooks in the form of Standard
// Webhooks (https://www.standardwebhooks.com): a POST of JSON with the headers
// webhook-id, webhook-timestamp and webhook-signature. It sends once; when to
// try again, and what became of it, is for others to know.
package webhook

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// timeout is how long a webhook has to answer. Standard Webhooks suggests 15 to
// 30 seconds.
const timeout = 15 * time.Second

// Sender sends events.
type Sender struct {
	client *http.Client
	now    func() time.Time
}

// NewSender returns a sender that reaches public addresses and the networks.
func NewSender(allow []netip.Prefix, now func() time.Time) *Sender {
	dialer := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(allow...)})
	return &Sender{
		client: fetch.NewClient(dialer, fetch.ClientOptions{HeaderTimeout: timeout, Timeout: timeout, Stay: true, UserAgent: "Longhaul-Webhooks"}),
		now:    now,
	}
}

// CheckAddress reads the address of a webhook. It refuses what no event can be
// sent to, naming the field "url".
func CheckAddress(address string) (*url.URL, error) {
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || len(address) > models.MaxWebhookAddress {
		return nil, models.Errorf(models.CodeInvalid, "Enter an address that begins with https:// or http://, at most %d characters.", models.MaxWebhookAddress).In("url")
	}
	if err := fetch.CheckURL(u); err != nil {
		return nil, models.Errorf(models.CodeInvalid, "%s", models.AsError(err).Message).In("url").Because(err)
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// Send posts the body once and returns the status of the answer, 0 if there was
// none, and why it counts as failed; empty if it arrived. Only a status of 200 to
// 299 counts as arrived; redirects are not followed. Neither the address nor what
// the server says is in the reason.
func (s *Sender) Send(ctx context.Context, t models.WebhookTarget, message uuid.UUID, body string) (status int, why string) {
	req, err := s.request(ctx, t, message, body)
	if err != nil {
		return 0, "The webhook's address or secret can't be read. Enter them again."
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, fetch.Fault(err).Message
	}
	_ = resp.Body.Close() // what it says is of no interest, however long
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode <= 299:
		return resp.StatusCode, ""
	case resp.StatusCode >= 300 && resp.StatusCode <= 399:
		return resp.StatusCode, fmt.Sprintf("The server redirects (%d), which webhooks do not follow.", resp.StatusCode)
	default:
		return resp.StatusCode, fmt.Sprintf("The server answered %d %s.", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
}

func (s *Sender) request(ctx context.Context, t models.WebhookTarget, message uuid.UUID, body string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	key, err := standardwebhooks.NewWebhook(t.Secret)
	if err != nil {
		return nil, err
	}
	at, id := s.now(), "msg_"+message.String()
	sum, err := key.Sign(id, at, []byte(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, sum)
	return req, nil
}
