package mailbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const letter = `{"from":"Löng <a@x.test>","to":["b@x.test"],"subject":"Grüße = 1","html":"<b>Grüße</b>","text":"Grüße\nhttps://x.test/verify?token=abc=\n","headers":{"Auto-Submitted":"auto-generated"}}`

func post(t *testing.T, handler http.Handler, body string, header map[string]string) (int, string) {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/emails", strings.NewReader(body))
	request.Host = "127.0.0.1:8025"
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, request)
	var said struct{ ID, Name string }
	if err := json.Unmarshal(response.Body.Bytes(), &said); err != nil {
		t.Fatalf("%v: %s", err, response.Body)
	}
	return response.Code, said.ID + said.Name
}

func TestTakesMailAsResendDoes(t *testing.T) {
	b := testBox(t)
	handler := newPages(b, "key")
	auth := map[string]string{"Authorization": "Bearer key", "Idempotency-Key": "one"}
	status, id := post(t, handler, letter, auth)
	if status != http.StatusOK || id == "" {
		t.Fatalf("taking gives %d %s", status, id)
	}
	message, err := b.read(id)
	if err != nil {
		t.Fatal(err)
	}
	if message.From != "Löng <a@x.test>" || message.To != "b@x.test" || message.Subject != "Grüße = 1" || message.HTML != "<b>Grüße</b>" ||
		!strings.Contains(strings.ReplaceAll(message.Text, "\r\n", "\n"), "Grüße\nhttps://x.test/verify?token=abc=\n") {
		t.Errorf("the message is %+v", message)
	}
	if status, again := post(t, handler, letter, auth); status != http.StatusOK || again != id {
		t.Errorf("the same key again gives %d %s, want %s", status, again, id)
	}
	handler = newPages(b, "key") // as after a restart
	if status, again := post(t, handler, letter, auth); status != http.StatusOK || again != id {
		t.Errorf("after a restart the key gives %d %s, want %s", status, again, id)
	}
	if status, name := post(t, handler, strings.Replace(letter, "Gr", "gr", 1), auth); status != http.StatusConflict || name != "invalid_idempotent_request" {
		t.Errorf("the key with another mail gives %d %s", status, name)
	}
	if list, err := b.list(); err != nil || len(list) != 1 {
		t.Errorf("there are %d messages, %v", len(list), err)
	}
}

func TestRefusesWhatResendRefuses(t *testing.T) {
	handler := newPages(testBox(t), "key")
	good := map[string]string{"Authorization": "Bearer key"}
	for name, c := range map[string]struct {
		body   string
		header map[string]string
		want   int
	}{
		"no key":       {letter, nil, http.StatusUnauthorized},
		"wrong key":    {letter, map[string]string{"Authorization": "Bearer other"}, http.StatusUnauthorized},
		"no JSON":      {"x", good, http.StatusUnprocessableEntity},
		"no recipient": {strings.Replace(letter, `"b@x.test"`, "", 1), good, http.StatusUnprocessableEntity},
		"bad address":  {strings.Replace(letter, `b@x.test`, "nobody", 1), good, http.StatusUnprocessableEntity},
		"no sender":    {strings.Replace(letter, `Löng <a@x.test>`, "", 1), good, http.StatusUnprocessableEntity},
		"no content":   {`{"from":"a@x.test","to":["b@x.test"],"subject":"x"}`, good, http.StatusUnprocessableEntity},
		"another site": {letter, map[string]string{"Authorization": "Bearer key", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
	} {
		request := httptest.NewRequest(http.MethodPost, "/emails", strings.NewReader(c.body))
		request.Host = "127.0.0.1:8025"
		for k, v := range c.header {
			request.Header.Set(k, v)
		}
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		if response.Code != c.want {
			t.Errorf("%s: %d, want %d", name, response.Code, c.want)
		}
	}
}

func TestListsTheMailOfOneRecipient(t *testing.T) {
	b := testBox(t)
	for _, to := range []string{"one@x.test", "two@x.test"} {
		if _, err := b.add("a@x.test", []string{to}, strings.NewReader("Subject: hi\r\n\r\nyes")); err != nil {
			t.Fatal(err)
		}
	}
	request := httptest.NewRequest(http.MethodGet, "/api/messages?to=TWO@x.test", nil)
	request.Host = "localhost"
	response := httptest.NewRecorder()
	newPages(b, "").ServeHTTP(response, request)
	if body := response.Body.String(); strings.Contains(body, "one@") || !strings.Contains(body, "two@") {
		t.Errorf("the list is %s", body)
	}
}
