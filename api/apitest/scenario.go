package apitest

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
)

// Scenario is one request and the expected response.
type Scenario struct {
	Name    string
	As      Caller
	Method  string // GET if empty
	Path    string // below the app's origin
	Header  map[string]string
	Body    string
	Status  int
	Want    []string // must be in the body
	Unwant  []string // must not be in the body
	Headers map[string]string
}

// Run sends the request and checks the response. Every failure must be a
// problem document.
func (h *Harness) Run(t *testing.T, s Scenario) []byte {
	t.Helper()
	method := s.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.AppURL+s.Path, strings.NewReader(s.Body))
	if err != nil {
		t.Fatal(err)
	}
	if s.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range s.Header {
		req.Header.Set(k, v)
	}
	resp := h.Do(s.As, req)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != s.Status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, s.Path, resp.StatusCode, s.Status, body)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		CheckProblem(t, resp, body)
	}
	s.check(t, resp, string(body))
	return body
}

func (s Scenario) check(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	for _, w := range s.Want {
		if !strings.Contains(body, w) {
			t.Errorf("%s: %q is not in %s", s.Path, w, body)
		}
	}
	for _, w := range s.Unwant {
		if strings.Contains(body, w) {
			t.Errorf("%s: %q is in %s", s.Path, w, body)
		}
	}
	for k, want := range s.Headers {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s: header %s is %q, want %q", s.Path, k, got, want)
		}
	}
}

// CheckProblem checks that a response is a complete problem document that
// reveals no internals.
func CheckProblem(t testing.TB, resp *http.Response, body []byte) {
	t.Helper()
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/problem+json" {
		t.Errorf("%s: a fault of type %q: %s", resp.Request.URL.Path, resp.Header.Get("Content-Type"), body)
		return
	}
	var p struct {
		Type, Title, Detail, Code, RequestID string
		Status                               int
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	if err := dec.Decode(&p); err != nil {
		t.Errorf("not a problem document: %v: %s", err, body)
		return
	}
	if p.Type != "urn:longhaul:problem:"+p.Code || p.Title == "" || p.Detail == "" || p.Code == "" || p.Status != resp.StatusCode {
		t.Errorf("an incomplete problem document: %s", body)
	}
	if p.RequestID == "" || p.RequestID != resp.Header.Get("X-Request-Id") {
		t.Errorf("request id %q, header %q", p.RequestID, resp.Header.Get("X-Request-Id"))
	}
	for _, inside := range []string{"pq:", "SQLSTATE", "goroutine", "/home/", ".go:", "postgres://"} {
		if strings.Contains(string(body), inside) {
			t.Errorf("a problem document tells %q: %s", inside, body)
		}
	}
}
