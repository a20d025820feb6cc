package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"longhaul/api/kit"
	"longhaul/internal/app/plug"
	"longhaul/internal/config"
	"longhaul/internal/health"
	"longhaul/models"
)

const (
	botsFail  = 15 * time.Minute // how long a bot check that did not work counts
	leastKeys = 8                // different bytes in a key that is drawn at random, by far
)

// watch plugs together what looks how the deployment does.
func (p *apiParts) watch(cfg config.Config, version string, log *slog.Logger) *health.Watch {
	probes := []health.Probe{
		{Cause: models.CauseTemporalAway, Check: p.temporalThere},
		{Cause: models.CauseStorageAway, Check: p.storage.Check},
		{Cause: models.CauseTurnstileFailing, Check: p.bots.probe},
		{Cause: models.CauseFilmsUnread, Check: p.queues.sees},
	}
	for _, q := range models.Queues() {
		probes = append(probes, health.Probe{Cause: models.CauseQueueUnserved, Target: string(q), Check: p.queues.probe(q)})
	}
	return &health.Watch{
		Store: plug.Health(p.store), Probes: probes, Always: configured(cfg, p.legal.Missing(), p.media != nil), Process: p.store.DB.NewID(), Version: version,
		Now: time.Now, Log: log.With("component", "health"),
	}
}

// configured returns what the configuration says about health. Of the settings
// that say who runs the service, some may be missing, and ffmpeg may be.
func configured(cfg config.Config, missing []string, ffmpeg bool) []models.Finding {
	var out []models.Finding
	if len(missing) > 0 {
		out = append(out, models.Finding{Cause: models.CauseLegalUnnamed, Target: strings.Join(missing, ", ")})
	}
	for cause, holds := range map[models.Cause]bool{
		models.CauseProxyUntrusted:  proxyUntrusted(cfg.Web),
		models.CauseSecretGuessable: guessable(cfg.SecretKey),
		models.CauseMailOff:         !cfg.Mail.On(),
		models.CauseTurnstileOff:    !cfg.Accounts.Turnstile(),
		models.CauseFilmsUnstreamed: !ffmpeg && cfg.Web.MediaCacheSize > 0,
	} {
		if holds {
			out = append(out, models.Finding{Cause: cause})
		}
	}
	return out
}

// proxyUntrusted reports whether the app is reached by https, so that a proxy is
// in front of it, and no proxy is trusted.
func proxyUntrusted(web config.Web) bool {
	return web.BaseURL.Scheme == "https" && len(web.TrustedProxies) == 0
}

// guessable reports whether a key is not drawn at random: 32 random bytes of which
// fewer than 8 differ do not come up.
func guessable(key []byte) bool {
	sorted := slices.Sorted(slices.Values(key))
	return len(slices.Compact(sorted)) < leastKeys
}

// botWatch is the bot check, and remembers whether it worked last.
type botWatch struct {
	check kit.BotCheck
	now   func() time.Time

	mu       sync.Mutex
	failedAt time.Time // zero if the last check worked
}

// Check implements kit.BotCheck.
func (b *botWatch) Check(ctx context.Context, answer, ip, action string) error {
	err := b.check.Check(ctx, answer, ip, action)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failedAt = time.Time{}
	if err != nil && models.AsError(err).Problem == models.ProblemBotCheckAway {
		b.failedAt = b.now()
	}
	return err
}

var errBotsFail = errors.New("the last bot check did not work")

// probe fails if the last bot check did not work, a while ago at most.
func (b *botWatch) probe(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failedAt.IsZero() || b.now().Sub(b.failedAt) > botsFail {
		return nil
	}
	return errBotsFail
}
