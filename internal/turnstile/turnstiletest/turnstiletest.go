// Package turnstiletest is Cloudflare's siteverify for tests: a server on
// loopback which knows the answers that it gave out.
package turnstiletest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Secret is the secret key that the server takes.
const Secret = "0x-secret-of-the-tests"

// Server answers at URL.
type Server struct {
	URL string

	mu    sync.Mutex
	given map[string]answer
	down  int
	calls int
}

type answer struct {
	hostname, action string
	at               time.Time
	used             bool
}

// New runs a server until the test ends.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{given: map[string]answer{}}
	web := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(web.Close)
	s.URL = web.URL
	return s
}

// Answer returns what the widget gives a person on a page of the host for the
// action, at the time.
func (s *Server) Answer(hostname, action string, at time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	value := "answer-" + strconv.Itoa(len(s.given))
	s.given[value] = answer{hostname: hostname, action: action, at: at}
	return value
}

// Break makes the server answer with the status from now on; 0 mends it.
func (s *Server) Break(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = status
}

// Calls returns how often the server was asked.
func (s *Server) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.down != 0 {
		http.Error(w, "<html>away</html>", s.down)
		return
	}
	out := map[string]any{"success": false, "error-codes": []string{"invalid-input-response"}}
	a, known := s.given[r.PostFormValue("response")]
	switch {
	case r.PostFormValue("secret") != Secret:
		out["error-codes"] = []string{"invalid-input-secret"}
	case known && a.used:
		out["error-codes"] = []string{"timeout-or-duplicate"}
	case known:
		a.used = true
		s.given[r.PostFormValue("response")] = a
		out = map[string]any{
			"success": true, "hostname": a.hostname, "action": a.action, "challenge_ts": a.at.UTC(), "error-codes": []string{},
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}
