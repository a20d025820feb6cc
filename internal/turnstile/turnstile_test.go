package turnstile_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"longhaul/internal/turnstile"
	"longhaul/internal/turnstile/turnstiletest"
	"longhaul/models"
)

const host = "longhaul.example"

func problemOf(err error) models.Problem {
	if err == nil {
		return ""
	}
	return models.AsError(err).Problem
}

func TestCheck(t *testing.T) {
	t.Parallel()
	now := time.Now()
	server := turnstiletest.New(t)
	c := turnstile.New(turnstiletest.Secret, server.URL, host, func() time.Time { return now })
	once := server.Answer("LONGHAUL.example", "login", now)
	for _, test := range []struct {
		name, answer string
		want         models.Problem
	}{
		{"good", once, ""},
		{"a second time", once, models.ProblemBotCheck},
		{"none", "", models.ProblemBotCheck},
		{"made up", "XXXX.DUMMY.TOKEN.XXXX", models.ProblemBotCheck},
		{"endless", strings.Repeat("x", 5000), models.ProblemBotCheck},
		{"of another site", server.Answer("evil.example", "login", now), models.ProblemBotCheck},
		{"of another form", server.Answer(host, "register", now), models.ProblemBotCheck},
		{"old", server.Answer(host, "login", now.Add(-6*time.Minute)), models.ProblemBotCheck},
	} {
		if got := problemOf(c.Check(t.Context(), test.answer, "192.0.2.1", "login")); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFailsClosed(t *testing.T) {
	t.Parallel()
	server := turnstiletest.New(t)
	answer := server.Answer(host, "login", time.Now())
	c := turnstile.New(turnstiletest.Secret, server.URL, host, time.Now)
	for _, status := range []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusTooManyRequests, http.StatusFound} {
		server.Break(status)
		err := c.Check(t.Context(), answer, "192.0.2.1", "login")
		if problemOf(err) != models.ProblemBotCheckAway || models.CodeOf(err) != models.CodeUnavailable {
			t.Errorf("status %d: %v", status, err)
		}
	}
	server.Break(0)
	if err := c.Check(t.Context(), answer, "192.0.2.1", "login"); err != nil {
		t.Errorf("when it is back: %v", err)
	}
	for name, broken := range map[string]*turnstile.Checker{
		"wrong secret":  turnstile.New("another", server.URL, host, time.Now),
		"nobody there":  turnstile.New(turnstiletest.Secret, "http://127.0.0.1:1", host, time.Now),
		"no siteverify": turnstile.New(turnstiletest.Secret, "http://\x00", host, time.Now),
	} {
		err := broken.Check(t.Context(), server.Answer(host, "login", time.Now()), "192.0.2.1", "login")
		if problemOf(err) != models.ProblemBotCheckAway {
			t.Errorf("%s: %v", name, err)
		}
	}
}
