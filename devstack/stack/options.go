// Package stack composes the embedded default: it decides which processes run,
// with which settings, in which order they start and stop, and shows people and
// tests where to find them. Keeping processes alive is the supervisor's job.
package stack

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"longhaul/devstack/port"
	"longhaul/devstack/postgres"
)

const (
	appDatabase = "longhaul"
	namespace   = "longhaul"
	bucket      = "longhaul"
	mailFrom    = "Longhaul <longhaul@localhost.localdomain>"
	region      = "us-east-1"
	agentName   = "local"
)

// Options is what the command line decides.
type Options struct {
	// Data is the folder for everything that is kept.
	Data string
	// Bin holds the application's programs, WebDir the built web app.
	Bin, WebDir string
	// Self is the devstack program, which is run again for its parts.
	Self string
	// NoApp starts the infrastructure alone.
	NoApp bool
	// Simulator starts the Seedr simulator and makes the application use it.
	Simulator bool
	// Ports are where the parts listen.
	Ports Ports
	// Environ is the operator's own environment, which the programs inherit.
	Environ []string
	// ExtraEnv is added to the application's environment as NAME=value.
	ExtraEnv []string
	// ReadyFile is a second place for the ready message. It may be empty.
	ReadyFile string
	// LogLevel is that of the application's programs.
	LogLevel string
	// Console gets all output.
	Console io.Writer
	// Hurry, when closed, ends the orderly stop and kills what is left.
	Hurry <-chan struct{}
}

func (o Options) path(elements ...string) string {
	return filepath.Join(append([]string{o.Data}, elements...)...)
}

// normalise makes paths absolute and checks what must exist beforehand.
func (o *Options) normalise() error {
	for _, path := range []*string{&o.Data, &o.Bin, &o.WebDir, &o.Self} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return fmt.Errorf("resolve %s: %w", *path, err)
		}
		*path = absolute
	}
	for _, setting := range o.ExtraEnv {
		if name, _, ok := strings.Cut(setting, "="); !ok || name == "" {
			return fmt.Errorf("--extra-env takes NAME=value, not %q", setting)
		}
	}
	if o.NoApp {
		return nil
	}
	programs := []string{"api", "worker", "agent", "longhaul"}
	if o.Simulator {
		programs = append(programs, "seedrsim")
	}
	for _, program := range programs {
		if _, err := os.Stat(filepath.Join(o.Bin, program)); err != nil {
			return fmt.Errorf("the program %s is not built; run make build", filepath.Join(filepath.Base(o.Bin), program))
		}
	}
	if _, err := os.Stat(filepath.Join(o.WebDir, "index.html")); err != nil {
		return fmt.Errorf("the web app is not built; run make build")
	}
	return nil
}

// settings are the environments of the application's programs.
type settings struct {
	opts    Options
	secrets secrets
	cluster *postgres.Cluster

	simulator *simulator // nil when there is none
}

func (s settings) baseURL() string  { return "http://localhost:" + strconv.Itoa(s.opts.Ports.App) }
func (s settings) filesURL() string { return "http://" + port.Address(s.opts.Ports.Files) }
func (s settings) temporalUI() string {
	return "http://localhost:" + strconv.Itoa(s.opts.Ports.TemporalUI)
}
func (s settings) mailURL() string { return "http://localhost:" + strconv.Itoa(s.opts.Ports.Mail) }
func (s settings) s3URL() string   { return "http://" + port.Address(s.opts.Ports.S3) }

// storage tells a program how to reach the infrastructure.
func (s settings) storage() map[string]string {
	return map[string]string{
		"DATABASE_URL":         s.cluster.URL(appDatabase),
		"TEMPORAL_ADDRESS":     port.Address(s.opts.Ports.Temporal),
		"TEMPORAL_NAMESPACE":   namespace,
		"S3_ENDPOINT":          s.s3URL(),
		"S3_PUBLIC_ENDPOINT":   s.s3URL(),
		"S3_REGION":            region,
		"S3_BUCKET":            bucket,
		"S3_PATH_STYLE":        "true",
		"S3_ACCESS_KEY_ID":     s.secrets.s3Access,
		"S3_SECRET_ACCESS_KEY": s.secrets.s3Secret,
		"MAIL_FROM":            mailFrom,
		"RESEND_URL":           "http://" + port.Address(s.opts.Ports.Mail),
		"RESEND_API_KEY":       s.secrets.mailKey,
	}
}

// control is the environment of the control plane: api, worker and longhaul.
func (s settings) control(metricsPort int) []string {
	env := s.storage()
	env["SECRET_KEY"] = s.secrets.key
	env["BASE_URL"] = s.baseURL()
	// Another host name than the app's, so that no browser sends the app's
	// cookie to the origin that serves strangers' bytes.
	env["FILES_URL"] = s.filesURL()
	env["API_LISTEN"] = port.Address(s.opts.Ports.App)
	env["FILES_LISTEN"] = port.Address(s.opts.Ports.Files)
	env["WEB_DIR"] = s.opts.WebDir
	env["TEMPORAL_UI_URL"] = s.temporalUI()
	maps.Copy(env, s.operator())
	maps.Copy(env, s.sample())
	maps.Copy(env, s.seedr())
	return s.environment(env, metricsPort)
}

// operator is who runs a stack for trying and developing: the person who started it,
// unless the shell says more.
func (s settings) operator() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{
		"OPERATOR_NAME": "The person who runs this development stack", "OPERATOR_ADDRESS": "This machine", "OPERATOR_EMAIL": "operator@localhost",
		"OPERATOR_JURISDICTION": "wherever this machine is", "DMCA_AGENT_NAME": "The person who runs this development stack", "DMCA_AGENT_ADDRESS": "This machine",
		"DMCA_AGENT_PHONE": "none", "DMCA_AGENT_EMAIL": "operator@localhost",
	} {
		if !slices.ContainsFunc(s.opts.Environ, func(set string) bool { return strings.HasPrefix(set, name+"=") }) {
			out[name] = value
		}
	}
	return out
}

// agent is the environment of the compute agent, which gets no secret of the
// control plane.
func (s settings) agent(tokenFile string) []string {
	env := map[string]string{
		"AGENT_LISTEN":      port.Address(s.opts.Ports.Agent),
		"AGENT_URL":         "http://" + port.Address(s.opts.Ports.Agent),
		"AGENT_DATA_DIR":    s.opts.path("agent"),
		"AGENT_CONTROL_URL": "http://" + port.Address(s.opts.Ports.App),
		"AGENT_ALLOW_CIDRS": s.allowed(),
	}
	if tokenFile != "" {
		env["AGENT_ENROLMENT_TOKEN_FILE"] = tokenFile
	}
	return s.environment(env, s.opts.Ports.AgentMetrics)
}

// environment lays the settings over what the operator has in the own
// environment, and the extra settings over both.
func (s settings) environment(env map[string]string, metricsPort int) []string {
	env["METRICS_LISTEN"] = port.Address(metricsPort)
	env["LOG_LEVEL"] = s.opts.LogLevel
	env["LOG_FORMAT"] = "text"
	var all []string
	for _, setting := range s.opts.Environ {
		name, _, _ := strings.Cut(setting, "=")
		if !private(name) {
			all = append(all, setting)
		}
	}
	for name, value := range env {
		all = append(all, name+"="+value)
	}
	return append(all, s.opts.ExtraEnv...)
}

// plain is the environment of the parts that take no settings from the operator.
func (s settings) plain(env ...string) []string {
	var all []string
	for _, setting := range s.opts.Environ {
		switch name, _, _ := strings.Cut(setting, "="); name {
		case "PATH", "HOME", "TZ":
			all = append(all, setting)
		}
	}
	return append(all, env...)
}

// private names variables that a child only gets when it is meant to.
func private(name string) bool {
	switch name {
	case "DATABASE_URL", "DATABASE_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE",
		"S3_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY_FILE", "S3_ACCESS_KEY_ID", "S3_ACCESS_KEY_ID_FILE",
		"RESEND_API_KEY", "RESEND_API_KEY_FILE", "TURNSTILE_SECRET_KEY", "TURNSTILE_SECRET_KEY_FILE",
		"SEEDR_EMAIL", "SEEDR_EMAIL_FILE", "SEEDR_PASSWORD", "SEEDR_PASSWORD_FILE":
		return true
	default:
		return false
	}
}
