package account_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/token"
	"longhaul/models"
)

// behindProxy lets a test choose each request's address.
func behindProxy(c *api.Config, _ *api.Deps) { c.TrustedProxies = []string{"127.0.0.1"} }

func from(ip string) map[string]string { return map[string]string{"X-Forwarded-For": ip} }

// Someone behind the same address who guesses passwords does not keep the
// others there from signing in.
func TestNeighboursDoNotLockOut(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, behindProxy, apitest.Stingy)
	victim, owner := h.Account(models.RoleUser), h.Account(models.RoleUser)
	const path = "/api/v1/auth/login"
	for i := range 60 {
		email := owner.User.Email
		if i >= 15 { // then other addresses, as a list of stolen passwords has them
			email = fmt.Sprintf("guess%d@example.com", i)
		}
		status := http.StatusUnauthorized
		if i >= 10 && i < 15 { // one account at one address
			status = http.StatusTooManyRequests
		}
		h.Run(t, apitest.Scenario{
			Method: "POST", Path: path, Header: from("203.0.113.7"), Body: apitest.Credentials(email, "a wrong password of some length"), Status: status,
		})
	}
	h.Run(t, apitest.Scenario{
		Method: "POST", Path: path, Header: from("203.0.113.7"), Body: apitest.Credentials(victim.User.Email, apitest.Password), Status: 200,
	})
}

// Whoever knows the password and tries codes elsewhere does not keep the owner
// from giving theirs, and has few tries in all, from however many addresses.
func TestWrongCodesDoNotLockOut(t *testing.T) {
	t.Parallel()
	var clock apitest.Clock
	h := apitest.New(t, behindProxy, clock.Option, apitest.Stingy)
	user := h.Account(models.RoleUser)
	secret, _ := clock.Enrol(t, h, user)
	attempt := func(ip, code string, status int) {
		t.Helper()
		c := challengeFrom(t, h, user, ip)
		h.Run(t, apitest.Scenario{Method: "POST", Path: "/api/v1/auth/login/totp", Header: from(ip), Body: answerTo(c, code), Status: status})
	}
	for range 6 {
		attempt("203.0.113.7", "000000", 422)
	}
	attempt("203.0.113.7", "000000", 429)
	clock.Forward(30 * time.Second)
	attempt("198.51.100.20", clock.Code(t, secret), 200)
	tries := 0
	for limited := false; !limited && tries < 40; tries++ { // each from another address
		ip := fmt.Sprintf("192.0.2.%d", tries)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/login/totp",
			strings.NewReader(answerTo(challengeFrom(t, h, user, ip), "000000")))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Forwarded-For", ip)
		resp := h.Do(apitest.Caller{}, req)
		resp.Body.Close()
		limited = resp.StatusCode == http.StatusTooManyRequests
	}
	if tries > 30 {
		t.Errorf("%d codes were tried at once", tries)
	}
}

// The owner learns that someone tries codes: that one has the password.
func TestWrongCodesAreToldToTheOwner(t *testing.T) {
	t.Parallel()
	var clock apitest.Clock
	h := apitest.New(t, apitest.Generous, clock.Option)
	user := h.Account(models.RoleUser)
	clock.Enrol(t, h, user)
	for i, want := range []int{0, 0, 1, 1, 1} {
		apitest.Ask(t, h, apitest.Caller{}, "auth/login/totp", answerTo(challenge(t, h, user), "000000"), 422, "wrong_code")
		h.Settle()
		if n := h.Mails(user.User.Email, models.MailCodesFailed); n != want {
			t.Errorf("%d mails after %d wrong codes, want %d", n, i+1, want)
		}
	}
}

// A sign-in never adopts a planted session id, and an id stops working when it
// is signed out.
func TestPlantedAndReplayedSessions(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	planted, _, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+"/api/v1/auth/login?sid="+url.QueryEscape(planted),
		strings.NewReader(apitest.Credentials(user.User.Email, apitest.Password)))
	req.Header.Set("Content-Type", "application/json")
	resp := h.Do(apitest.Caller{Cookie: planted}, req)
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnprocessableEntity { // unknown query parameters are refused
		t.Errorf("status %d", resp.StatusCode)
	}
	apitest.Ask(t, h, apitest.Caller{Cookie: planted}, "auth/login", apitest.Credentials(user.User.Email, apitest.Password), 200)
	h.Run(t, apitest.Scenario{As: apitest.Caller{Cookie: planted}, Path: "/api/v1/me", Status: 401})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/logout", Status: 204})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/me", Status: 401})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/logout", Status: 401})
}
