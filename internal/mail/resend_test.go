package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"longhaul/internal/mail"
	"longhaul/models"
)

const apiKey = "re_canary_key"

// provider runs a server that behaves like Resend and returns a sender for it.
func provider(t *testing.T, answer http.HandlerFunc) *mail.Sender {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 1, 12, 10, 0, 0, time.UTC) }
	return mail.NewSender(mail.Provider{URL: base, Key: apiKey, From: "Longhaul <mail@example.com>"}, composer(t), now)
}

func TestSend(t *testing.T) {
	t.Parallel()
	var body struct {
		From, Subject, HTML, Text string
		To                        []string
		Headers                   map[string]string
	}
	s := provider(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/emails" || r.Header.Get("Authorization") != "Bearer "+apiKey ||
			r.Header.Get("Idempotency-Key") != "longhaul-0193a5c1-0000-7000-8000-000000000001" {
			t.Errorf("asked %s %s with %v", r.Method, r.URL, r.Header)
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"49a3999c"}`)
	})
	m := sample(models.MailReset)
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	want, err := composer(t).Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	if body.From != "Longhaul <mail@example.com>" || len(body.To) != 1 || body.To[0] != "user@example.com" ||
		body.Subject != want.Subject || body.HTML != want.HTML || body.Text != want.Text || body.Headers["Auto-Submitted"] == "" {
		t.Errorf("sent %+v", body)
	}
}

func TestWhatTheProviderAnswersDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		retry  string // Retry-After
		body   string
		sent   bool
		again  bool
		after  time.Duration
		says   string
	}{
		"taken, no JSON":      {status: 200, body: "ok", sent: true},
		"taken, no content":   {status: 204, sent: true},
		"taken before":        {status: 409, body: `{"name":"invalid_idempotent_request","message":"x"}`, sent: true},
		"taken at the moment": {status: 409, body: `{"name":"concurrent_idempotent_requests","message":"x"}`, again: true},
		"too fast":            {status: 429, retry: "7", body: `{"name":"rate_limit_exceeded","message":"Too many requests"}`, again: true, after: 7 * time.Second},
		"too fast, no word":   {status: 429, body: "<html>slow down</html>", again: true},
		"absurd wait":         {status: 429, retry: "99999999999999", again: true, after: time.Hour},
		"wait as a date":      {status: 429, retry: "Wed, 21 Oct 2026 07:28:00 GMT", again: true},
		"down":                {status: 500, body: "<html>", again: true},
		"down for a while":    {status: 503, retry: "120", again: true, after: 2 * time.Minute},
		"bad gateway":         {status: 502, again: true},
		"wrong key":           {status: 401, body: `{"name":"invalid_api_key","message":"API key is invalid"}`, again: true, after: 5 * time.Minute, says: "401 (invalid_api_key: API key is invalid)"},
		"domain not verified": {status: 403, body: `{"name":"validation_error","message":"The example.com domain is not verified"}`, again: true, after: 5 * time.Minute, says: "example.com domain"},
		"elsewhere":           {status: 307, again: true, after: 5 * time.Minute},
		"malformed":           {status: 422, body: `{"name":"validation_error","message":"Invalid to field"}`, says: "422 (validation_error: Invalid to field)"},
		"no such address":     {status: 400, body: `{"message":"bad user@example.com in https://app.example.com/reset?token=canary"}`, says: "400 (bad (hidden) in (hidden))"},
		"no such path":        {status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := provider(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if c.retry != "" {
					w.Header().Set("Retry-After", c.retry)
				}
				w.WriteHeader(c.status)
				if c.status != http.StatusNoContent {
					_, _ = io.WriteString(w, c.body)
				}
			})
			err := s.Send(t.Context(), sample(models.MailReset))
			if c.sent {
				if err != nil {
					t.Errorf("not sent: %v", err)
				}
				return
			}
			e, ok := errors.AsType[*mail.SendError](err)
			if !ok || e.Retry != c.again || e.After != c.after || !strings.Contains(e.Reason, c.says) {
				t.Fatalf("%#v, want retry %t after %s, saying %q", err, c.again, c.after, c.says)
			}
			for _, secret := range []string{apiKey, "canary", "user@"} {
				if strings.Contains(e.Reason, secret) {
					t.Errorf("the reason contains %q: %s", secret, e.Reason)
				}
			}
		})
	}
}

func TestUnreachableProviderIsTriedAgain(t *testing.T) {
	t.Parallel()
	broken := provider(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if e, ok := errors.AsType[*mail.SendError](broken.Send(t.Context(), sample(models.MailTOTPOn))); !ok || !e.Retry {
		t.Errorf("a broken connection: %v", e)
	}
	asked := make(chan struct{})
	hanging := provider(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client is gone
		close(asked)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if err := hanging.Send(ctx, sample(models.MailTOTPOn)); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that the worker's end cancels: %v", err)
	}
}

func TestMailWithADeadLinkIsNotSent(t *testing.T) {
	t.Parallel()
	s := provider(t, func(http.ResponseWriter, *http.Request) { t.Error("sent") })
	m := sample(models.MailReset)
	end := time.Date(2026, 11, 1, 12, 10, 0, 0, time.UTC)
	m.ExpiresAt = &end
	if e, ok := errors.AsType[*mail.SendError](s.Send(t.Context(), m)); !ok || e.Retry || e.Reason == "" {
		t.Errorf("%v", e)
	}
}
