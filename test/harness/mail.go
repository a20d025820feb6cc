package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"
)

// mail is a caught mail as the mail catcher shows it.
type mail struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Mailed waits until the catcher has so many mails to the address and returns
// the text of the newest.
func (s *Stack) Mailed(tb testing.TB, to string, count int) string {
	tb.Helper()
	return s.MailedAt(tb, to, count, 0)
}

// MailedAt is Mailed for the mail that came so many before the newest.
func (s *Stack) MailedAt(tb testing.TB, to string, count, before int) string {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	get := func(path string, out any) error {
		resp, err := http.Get(r.Mail + path)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return json.NewDecoder(resp.Body).Decode(out)
	}
	var wanted mail
	Eventually(tb, time.Minute, fmt.Sprintf("%d mails to %s", count, to), func() error {
		var list struct {
			Messages []mail `json:"messages"`
		}
		if err := get("/api/messages?to="+url.QueryEscape(to), &list); err != nil {
			return err
		}
		if len(list.Messages) < count {
			return fmt.Errorf("%d are there", len(list.Messages))
		}
		return get("/api/messages/"+list.Messages[before].ID, &wanted) // the newest comes first
	})
	return wanted.Text
}

// links finds the one-time tokens in mails.
var links = regexp.MustCompile(`https?://\S+[?&](?:token|invitation)=([A-Za-z0-9_-]+)`)

// LinkIn returns the address and the token of the link in a mail.
func LinkIn(tb testing.TB, text string) (address, token string) {
	tb.Helper()
	m := links.FindStringSubmatch(text)
	if m == nil {
		tb.Fatalf("the mail has no link:\n%s", text)
	}
	return m[0], m[1]
}
