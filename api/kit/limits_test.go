package kit_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/api/kit"
	"longhaul/models"
)

// registerBurst is how many accounts one network may register at once; the
// next comes minutes later, so a slow machine changes nothing here.
const registerBurst = 10

// register tries to make an account and reports whether it was limited.
func register(t *testing.T, h *apitest.Harness, name string, header map[string]string) bool {
	t.Helper()
	body := fmt.Sprintf(`{"email":"%s@example.com","password":%q}`, name, apitest.Password)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/register", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp := h.Do(apitest.Caller{}, req)
	resp.Body.Close()
	if resp.StatusCode != http.StatusTooManyRequests {
		if resp.StatusCode >= 500 {
			t.Errorf("status %d", resp.StatusCode)
		}
		return false
	}
	if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || wait < 1 {
		t.Errorf("Retry-After is %q, want whole seconds", resp.Header.Get("Retry-After"))
	}
	return true
}

// Two API processes on one database give one allowance together.
func TestLimitsAreSharedByServers(t *testing.T) {
	t.Parallel()
	servers := []*apitest.Harness{apitest.New(t), apitest.New(t)}
	var passed atomic.Int32
	var wg sync.WaitGroup
	for i := range 4 * registerBurst {
		wg.Go(func() {
			if !register(t, servers[i%2], fmt.Sprint("user", i), nil) {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != registerBurst {
		t.Errorf("%d passed both servers, want %d", passed.Load(), registerBurst)
	}
}

// A client address is believed from configured proxies alone, and then it is
// the one that the nearest proxy saw.
func TestClientAddressCannotBeChosen(t *testing.T) {
	t.Parallel()
	behind := func(c *api.Config, _ *api.Deps) { c.TrustedProxies = []string{"127.0.0.1/32"} }
	elsewhere := func(c *api.Config, _ *api.Deps) { c.TrustedProxies = []string{"10.0.0.0/8"} }
	for name, c := range map[string]struct {
		setup   apitest.Option
		headers func(i int) map[string]string
		want    int
	}{
		"no proxy": {setup: func(*api.Config, *api.Deps) {}, want: registerBurst, headers: func(i int) map[string]string {
			ip := fmt.Sprint("203.0.113.", i)
			return map[string]string{"X-Forwarded-For": ip, "X-Real-IP": ip, "Forwarded": "for=" + ip, "CF-Connecting-IP": ip, "True-Client-IP": ip}
		}},
		"another proxy": {setup: elsewhere, want: registerBurst, headers: func(i int) map[string]string {
			return map[string]string{"X-Forwarded-For": fmt.Sprint("203.0.113.", i)}
		}},
		"spoofed before the proxy": {setup: behind, want: registerBurst, headers: func(i int) map[string]string {
			return map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d, 198.51.100.7", i)}
		}},
		"one IPv6 network": {setup: behind, want: registerBurst, headers: func(i int) map[string]string {
			return map[string]string{"X-Forwarded-For": fmt.Sprintf("2001:db8:0:1::%x", i+1)}
		}},
		"many clients": {setup: behind, want: registerBurst + 6, headers: func(i int) map[string]string {
			return map[string]string{"X-Forwarded-For": fmt.Sprint("203.0.113.", i)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := apitest.New(t, c.setup)
			passed := 0
			for i := range registerBurst + 6 {
				if !register(t, h, fmt.Sprint("user", i), c.headers(i)) {
					passed++
				}
			}
			if passed != c.want {
				t.Errorf("%d passed, want %d", passed, c.want)
			}
		})
	}
}

// The first request that comes through a proxy which is not trusted is told to
// the operator, and no more of them.
func TestUntrustedProxyIsNoticed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	for range 3 {
		h.Run(t, apitest.Scenario{Path: "/api/v1/config", Header: map[string]string{"X-Forwarded-For": "203.0.113.7"}, Status: 200})
	}
	if n := strings.Count(h.Log.String(), "TRUSTED_PROXIES is empty"); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

// gone keeps allowances in a database that does not answer.
type gone struct{}

func (gone) TakeAllowance(context.Context, string, int, time.Duration) (time.Duration, error) {
	return 0, models.Errorf(models.CodeUnavailable, "The database is not reachable right now.")
}

// While the limits cannot be read nobody signs in, not even with the right
// password: else taking the database down would be the way to guess.
func TestNobodySignsInWithoutLimits(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, func(_ *api.Config, d *api.Deps) { d.Limiter = kit.NewLimiter(gone{}) })
	user := h.Account(models.RoleUser)
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, user.User.Email, apitest.Password)
	h.Run(t, apitest.Scenario{
		Method: "POST", Path: "/api/v1/auth/login", Body: body, Status: http.StatusServiceUnavailable,
		Headers: map[string]string{"Set-Cookie": "", "Retry-After": "5"},
	})
	h.Run(t, apitest.Scenario{
		Method: "POST", Path: "/api/v1/auth/reset", Body: fmt.Sprintf(`{"email":%q}`, user.User.Email), Status: http.StatusServiceUnavailable,
	})
}
