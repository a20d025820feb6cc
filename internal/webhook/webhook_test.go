package webhook_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/internal/webhook"
	"longhaul/models"
)

func target(t *testing.T, address string) models.WebhookTarget {
	t.Helper()
	secret, err := token.NewWebhookSecret()
	if err != nil {
		t.Fatal(err)
	}
	return models.WebhookTarget{URL: address, Secret: secret}
}

// Whatever a server does, it costs one bounded attempt whose reason names neither
// the address nor what the server said.
func TestOddReceivers(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	var followed bool
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := fmt.Fprint(w, strings.Repeat("canary", 10000)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/target", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/target", func(http.ResponseWriter, *http.Request) { followed = true })
	mux.HandleFunc("/refuses", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "canary", http.StatusTeapot) })
	mux.HandleFunc("/breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	s := webhook.NewSender([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, time.Now)
	for path, want := range map[string]struct {
		status int
		ok     bool
	}{"/endless": {200, true}, "/redirect": {307, false}, "/refuses": {418, false}, "/breaks": {0, false}} {
		status, why := s.Send(t.Context(), target(t, srv.URL+path), uuid.New(), `{}`)
		if status != want.status || (why == "") != want.ok || strings.Contains(why, "canary") || strings.Contains(why, "127.0.0.1") {
			t.Errorf("%s: %d %q", path, status, why)
		}
	}
	if followed {
		t.Error("a redirect was followed")
	}
}

// No event reaches a private network, whatever the address looks like.
func TestPrivateNetworksAreRefused(t *testing.T) {
	t.Parallel()
	reached := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(srv.Close)
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	s := webhook.NewSender(nil, time.Now)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "[::1]"} {
		if status, why := s.Send(t.Context(), target(t, "http://"+host+port), uuid.New(), `{}`); status != 0 || why == "" {
			t.Errorf("%s: %d %q", host, status, why)
		}
	}
	if reached {
		t.Error("an event reached this machine")
	}
}
