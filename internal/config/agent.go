package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Agent is the configuration of a compute agent. It shares nothing with the
// other programs: an agent has neither database nor storage credentials.
type Agent struct {
	Listen             string         `env:"AGENT_LISTEN" envDefault:"127.0.0.1:7300" doc:"host:port on which the agent listens for the control plane."`
	URL                string         `env:"AGENT_URL" envDefault:"http://127.0.0.1:7300" doc:"URL at which the control plane reaches the agent."`
	DataDir            string         `env:"AGENT_DATA_DIR" envDefault:"./data/agent" doc:"Directory for the agent's identity and transfers."`
	ControlURL         string         `env:"AGENT_CONTROL_URL" envDefault:"http://127.0.0.1:8080" doc:"URL of the control plane."`
	EnrolmentToken     string         `env:"AGENT_ENROLMENT_TOKEN" secret:"true" doc:"One-time token; needed only at the first start."`
	EnrolmentTokenFile string         `env:"AGENT_ENROLMENT_TOKEN_FILE" doc:"File with the token, instead of AGENT_ENROLMENT_TOKEN."`
	Capacity           int            `env:"AGENT_CAPACITY" envDefault:"8" doc:"Transfers that run at once."`
	DiskLimit          int64          `env:"AGENT_DISK_LIMIT" envDefault:"0" doc:"Bytes of all transfers on disk; 0 means 90 % of the free space."`
	KeepFor            time.Duration  `env:"AGENT_KEEP_FOR" envDefault:"30m" doc:"The bytes of a job that another agent got, or that waits for its files to be completed in storage, stay on disk for so long, or until their space is needed, in case it returns."`
	AllowCIDRs         []netip.Prefix `env:"AGENT_ALLOW_CIDRS" doc:"Private networks in which sources and peers are allowed."`
	DHT                bool           `env:"AGENT_DHT" envDefault:"true" doc:"Find peers through the DHT."`
	SeedRatio          float64        `env:"AGENT_SEED_RATIO" envDefault:"0" doc:"Seed up to this ratio; 0 means off."`
	SeedTime           time.Duration  `env:"AGENT_SEED_TIME" envDefault:"0s" doc:"Seed for this long; 0 means off."`
	BTPorts            string         `env:"AGENT_BT_PORTS" doc:"Ports for incoming peers, \"6881\" or \"6881-6889\"; empty means a random one."`
	BindIP             netip.Addr     `env:"AGENT_BIND_IP" doc:"Local address for outgoing connections; empty means any."`
	Uploads            int            `env:"AGENT_UPLOADS" envDefault:"4" doc:"Parts uploaded to storage at once."`
	EngineMemory       int64          `env:"AGENT_ENGINE_MEMORY" envDefault:"536870912" doc:"Heap size, in bytes, that an engine process aims for."`
	LogLevel           slog.Level     `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
	LogFormat          string         `env:"LOG_FORMAT" envDefault:"json" doc:"json or text."`
	MetricsListen      string         `env:"METRICS_LISTEN" doc:"host:port for /metrics; empty means off. A name means those of its addresses that are this machine's, and loopback."`
	Tracing            Tracing
}

// LoadAgent reads the configuration of an agent from the environment and
// returns all its faults together.
func LoadAgent() (Agent, error) {
	var a Agent
	vars, err := withFiles(&a.Tracing, env.ToMap(os.Environ()))
	if err != nil {
		return a, err
	}
	if err := env.ParseWithOptions(&a, env.Options{Environment: vars}); err != nil {
		return a, named(a, err)
	}
	if a.EnrolmentTokenFile != "" && a.EnrolmentToken == "" {
		// The file may be gone once the agent has its identity.
		b, err := os.ReadFile(a.EnrolmentTokenFile)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return a, fmt.Errorf("AGENT_ENROLMENT_TOKEN_FILE: %w", err)
		}
		a.EnrolmentToken = strings.TrimSpace(string(b))
	}
	return a, a.Validate()
}

// Validate returns every fault of the configuration.
func (a Agent) Validate() error {
	var errs []error
	add := func(name string, bad bool, want string) {
		if bad {
			errs = append(errs, fmt.Errorf("%s: %s", name, want))
		}
	}
	_, _, err := net.SplitHostPort(a.Listen)
	add("AGENT_LISTEN", err != nil, "must be host:port")
	add("AGENT_URL", !httpURL(a.URL), "must be an http or https address")
	add("AGENT_CONTROL_URL", !httpURL(a.ControlURL), "must be an http or https address")
	add("AGENT_DATA_DIR", a.DataDir == "", "must name a directory")
	add("AGENT_CAPACITY", a.Capacity < 1 || a.Capacity > 1000, "must be from 1 to 1000")
	add("AGENT_DISK_LIMIT", a.DiskLimit < 0, "must not be negative")
	add("AGENT_KEEP_FOR", a.KeepFor < 0, "must not be negative")
	add("AGENT_SEED_RATIO", a.SeedRatio < 0, "must not be negative")
	add("AGENT_SEED_TIME", a.SeedTime < 0, "must not be negative")
	add("AGENT_UPLOADS", a.Uploads < 1 || a.Uploads > 64, "must be from 1 to 64")
	add("AGENT_ENGINE_MEMORY", a.EngineMemory < 64<<20, "must be at least 67108864 bytes")
	add("AGENT_BT_PORTS", !portRange(a.BTPorts), `must be a port or a range such as "6881-6889"`)
	_, _, err = net.SplitHostPort(a.MetricsListen)
	add("METRICS_LISTEN", a.MetricsListen != "" && err != nil, "must be host:port")
	var f faults
	a.Tracing.validate(&f)
	errs = append(errs, f...)
	add("LOG_FORMAT", a.LogFormat != "json" && a.LogFormat != "text", "must be json or text")
	return errors.Join(errs...)
}

func httpURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// httpsURL reports whether a link to s is safe to show to users.
func httpsURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

func portRange(s string) bool {
	if s == "" {
		return true
	}
	from, to, found := strings.Cut(s, "-")
	if !found {
		to = from
	}
	a, err1 := strconv.ParseUint(from, 10, 16)
	b, err2 := strconv.ParseUint(to, 10, 16)
	return err1 == nil && err2 == nil && a > 0 && a <= b
}

// Logger returns the logger that the configuration asks for.
func (a Agent) Logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: a.LogLevel}
	if a.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}
