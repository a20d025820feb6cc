package api_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// ask sends a request as a browser does and returns the answer with its bytes as
// they came.
func ask(t *testing.T, h *apitest.Harness, as apitest.Caller, method, path, body string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.AppURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp := h.Do(as, req)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, raw
}

func TestAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	for range 20 {
		storetest.Submit(t, h.Store, user.User.ID, nil)
	}
	_, plain := ask(t, h, user, "GET", "/api/v1/jobs", "", "Accept-Encoding", "identity")
	for coding, decode := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	} {
		resp, raw := ask(t, h, user, "GET", "/api/v1/jobs", "", "Accept-Encoding", coding)
		if resp.Header.Get("Content-Encoding") != coding || !strings.Contains(strings.Join(resp.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Fatalf("headers %v", resp.Header)
		}
		r, err := decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(text, plain) {
			t.Errorf("%s: %v, %d bytes instead of %d", coding, err, len(text), len(plain))
		}
		if len(raw) > len(plain)/4 {
			t.Errorf("%s: %d of %d bytes", coding, len(raw), len(plain))
		}
		t.Logf("%s: %d of %d bytes", coding, len(raw), len(plain))
	}
}

// What must not be compressed: small answers, answers to acts, which hand out
// secrets beside what was sent (BREACH), what another site's page asks for, and
// the event stream.
func TestAnswersThatStayPlain(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	for range 20 {
		storetest.Submit(t, h.Store, user.User.ID, nil)
	}
	name := strings.Repeat("a long name ", 7)
	for _, c := range []struct{ name, method, path, body, site string }{
		{"small", "GET", "/api/v1/announcement", "", "same-origin"},
		{"of another site", "GET", "/api/v1/jobs", "", "cross-site"},
		{"a new token", "POST", "/api/v1/auth/tokens", `{"name":"` + name + `","scopes":["jobs:read"]}`, "same-origin"},
		{"a refused act", "POST", "/api/v1/jobs", `{"source":"` + strings.Repeat("x", 4000) + `"}`, "same-origin"},
	} {
		resp, _ := ask(t, h, user, c.method, c.path, c.body, "Accept-Encoding", "gzip, zstd", "Sec-Fetch-Site", c.site)
		if coding := resp.Header.Get("Content-Encoding"); coding != "" || resp.StatusCode >= 500 {
			t.Errorf("%s: status %d, coding %q", c.name, resp.StatusCode, coding)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, zstd")
	stream := h.Do(user, req)
	defer stream.Body.Close()
	first := make([]byte, 7)
	if _, err := io.ReadFull(stream.Body, first); err != nil || string(first) != "retry: " || stream.Header.Get("Content-Encoding") != "" {
		t.Errorf("the stream starts with %q, %v, headers %v", first, err, stream.Header)
	}
}
