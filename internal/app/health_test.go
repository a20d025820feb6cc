package app

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"longhaul/internal/config"
	"longhaul/models"
)

func TestConfiguredFindings(t *testing.T) {
	t.Parallel()
	var cfg config.Config
	cfg.Web.BaseURL.URL = &url.URL{Scheme: "https", Host: "longhaul.example"}
	cfg.SecretKey = make([]byte, 32)
	var got []models.Cause
	for _, f := range configured(cfg, nil, false) {
		got = append(got, f.Cause)
	}
	slices.Sort(got)
	want := []models.Cause{models.CauseMailOff, models.CauseProxyUntrusted, models.CauseSecretGuessable, models.CauseTurnstileOff}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	cfg.Web.BaseURL.URL = &url.URL{Scheme: "http", Host: "localhost"}
	cfg.SecretKey = []byte("0123456789abcdef0123456789abcdef")
	cfg.Mail.ResendKey, cfg.Mail.From, cfg.Accounts.TurnstileSecretKey = "key", "a@example.com", "secret"
	if got := configured(cfg, nil, false); len(got) > 0 {
		t.Errorf("got %v of a good configuration", got)
	}
	cfg.Web.MediaCacheSize = 1 << 30
	if got := configured(cfg, nil, false); len(got) != 1 || got[0].Cause != models.CauseFilmsUnstreamed {
		t.Errorf("got %v without ffmpeg", got)
	}
	if got := configured(cfg, []string{"OPERATOR_NAME", "DMCA_AGENT_NAME"}, true); len(got) != 1 || got[0] != (models.Finding{Cause: models.CauseLegalUnnamed, Target: "OPERATOR_NAME, DMCA_AGENT_NAME"}) {
		t.Errorf("got %v without an operator", got)
	}
}

type answers struct{ err error }

func (a *answers) Check(context.Context, string, string, string) error { return a.err }

func TestBotWatchRemembersTheLastCheck(t *testing.T) {
	t.Parallel()
	now := time.Now()
	check := &answers{}
	b := &botWatch{check: check, now: func() time.Time { return now }}
	ask := func(err error, well bool) {
		t.Helper()
		check.err = err
		if got := b.Check(t.Context(), "", "", ""); (got == nil) != (err == nil) {
			t.Errorf("got %v, want %v", got, err)
		}
		if got := b.probe(t.Context()); (got == nil) != well {
			t.Errorf("after %v: %v", err, got)
		}
	}
	ask(nil, true)
	ask(models.Fault(models.ProblemBotCheckAway, "away"), false)
	ask(models.Fault(models.ProblemBotCheck, "a robot"), true)
	ask(models.Fault(models.ProblemBotCheckAway, "away"), false)
	if now = now.Add(botsFail + time.Second); b.probe(t.Context()) != nil {
		t.Error("it fails for ever")
	}
}
