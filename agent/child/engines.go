package child

import (
	"log/slog"
	"strconv"
	"strings"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/httpengine"
	"longhaul/internal/fetch"
)

// Shipped returns the engines that an agent ships with: HTTP for URLs,
// the embedded BitTorrent engine for everything else. Both reach the world
// through the same guard.
func Shipped(log *slog.Logger) Engines {
	return func(c childapi.EngineConfig, src agentapi.Source) (engine.Engine, error) {
		dialer := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(c.AllowCIDRs...), BindIP: c.BindIP})
		if src.URL != "" {
			return httpengine.New(httpengine.Config{Dialer: dialer, Connections: c.Connections, Hold: c.Hold}), nil
		}
		return anacrolix.New(anacrolix.Config{
			Log: log, Network: dialer, DHT: c.DHT, BindIP: c.BindIP, Ports: ports(c.Ports),
			SeedRatio: c.SeedRatio, SeedTime: c.SeedTime,
		}), nil
	}
}

// ports reads a range that the configuration has checked.
func ports(s string) anacrolix.PortRange {
	from, to, found := strings.Cut(s, "-")
	if !found {
		to = from
	}
	a, _ := strconv.ParseUint(from, 10, 16)
	b, _ := strconv.ParseUint(to, 10, 16)
	return anacrolix.PortRange{First: uint16(a), Last: uint16(b)}
}
