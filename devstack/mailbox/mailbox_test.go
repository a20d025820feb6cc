package mailbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"longhaul/frontdoor/frontdoortest"
)

const formatted = "From: =?utf-8?q?L=C3=B6ng?= <a@x.test>\r\nTo: b@x.test\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=cut\r\n\r\n" +
	"--cut\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n" +
	"--cut\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+R3LDvMOfZTwvYj4=\r\n--cut--\r\n"

func testBox(t *testing.T) *box {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	b, err := openBox(t.TempDir(), func() time.Time {
		at = at.Add(time.Second)
		return at
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadsFormattedMail(t *testing.T) {
	b := testBox(t)
	if _, err := b.add("a@x.test", []string{"b@x.test"}, strings.NewReader(formatted)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.add("c@x.test", []string{"d@x.test"}, strings.NewReader("no header at all")); err != nil {
		t.Fatal(err)
	}
	list, err := b.list()
	if err != nil || len(list) != 2 {
		t.Fatalf("the list is %+v, %v", list, err)
	}
	message, err := b.read(list[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if message.Subject != "Grüße" || message.From != "Löng <a@x.test>" || message.To != "b@x.test" ||
		strings.TrimSpace(message.Text) != "Grüße" || message.HTML != "<b>Grüße</b>" {
		t.Errorf("the message is %+v", message)
	}
	if !message.At.Equal(time.Date(2026, 1, 2, 3, 4, 6, 6, time.UTC)) {
		t.Errorf("it came at %s", message.At)
	}
}

func TestReadsNothingButMail(t *testing.T) {
	b := testBox(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(b.dir), "secret.eml"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"../secret", "", "..", "20260102T030405.000000006-AAAAAAAA"} {
		if _, err := b.read(id); !errors.Is(err, errUnknown) {
			t.Errorf("%q gives %v", id, err)
		}
	}
}

func TestAnswersItsOwnHostOnly(t *testing.T) {
	handler := newPages(testBox(t), "")
	for host, want := range map[string]int{
		"localhost:8025": http.StatusOK, "127.0.0.1:8025": http.StatusOK, "[::1]:8025": http.StatusOK,
		"evil.example": http.StatusForbidden, "evil.example:8025": http.StatusForbidden,
		"127.0.0.1.evil.example:8025": http.StatusForbidden,
	} {
		request := httptest.NewRequest(http.MethodGet, "/api/messages", nil)
		request.Host = host
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		if response.Code != want {
			t.Errorf("%s gets %d", host, response.Code)
		}
	}
}

func TestShowsMailWithoutRights(t *testing.T) {
	b := testBox(t)
	hostile := "Subject: <script>alert(1)</script>\r\nContent-Type: text/html\r\n\r\n<script>alert(2)</script>"
	if _, err := b.add("a@x.test", []string{"b@x.test"}, strings.NewReader(hostile)); err != nil {
		t.Fatal(err)
	}
	list, err := b.list()
	if err != nil {
		t.Fatal(err)
	}
	handler := newPages(b, "")
	show := func(path string) *httptest.ResponseRecorder {
		response := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Host = "localhost"
		handler.ServeHTTP(response, request)
		return response
	}
	page := show("/messages/" + list[0].ID)
	if page.Code != http.StatusOK || strings.Contains(page.Body.String(), "<script>") {
		t.Errorf("the page is %d %s", page.Code, page.Body)
	}
	frame := show("/messages/" + list[0].ID + "/html")
	policy := frame.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("the frame's policy is %q", policy)
	}
}

func TestTakesMailOverSMTPAndForgetsIt(t *testing.T) {
	server, err := Start(t.Context(), Options{Dir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(t.Context()) })
	if err := smtp.SendMail(server.SMTPAddress, nil, "a@x.test", []string{"b@x.test", "c@x.test"}, []byte("Subject: hi\r\n\r\nyes\r\n")); err != nil {
		t.Fatal(err)
	}
	if to := messages(t, server.URL); len(to) != 1 || to[0].To != "b@x.test, c@x.test" || to[0].From != "a@x.test" {
		t.Errorf("the messages are %+v", to)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, server.URL+"/api/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusNoContent {
		t.Fatalf("forgetting gives %v, %v", response, err)
	}
	_ = response.Body.Close()
	frontdoortest.CutsOff(t, strings.TrimPrefix(server.URL, "http://"), []string{"/", "/emails", "/api/messages"}, func() {})
	if left := messages(t, server.URL); len(left) != 0 {
		t.Errorf("%d messages are left", len(left))
	}
}

func messages(t *testing.T, base string) []Message {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var list struct{ Messages []Message }
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list.Messages
}
