package stack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/google/renameio/v2"

	"longhaul/devstack/port"
)

// Ready is what the ready file says. Tests and scripts read it.
type Ready struct {
	// App, Files, TemporalUI and Mail are URLs for browsers.
	App        string `json:"app,omitempty"`
	Files      string `json:"files,omitempty"`
	TemporalUI string `json:"temporalUi"`
	Mail       string `json:"mail"`
	// SMTP is the host and port that takes mail.
	SMTP string `json:"smtp"`
	// Agent is the URL of the compute agent.
	Agent string `json:"agent,omitempty"`
	// SetupURL makes the first admin; it works once.
	SetupURL string `json:"setupUrl,omitempty"`
	// PostgresAdminURL is a superuser's connection to the cluster.
	PostgresAdminURL string `json:"postgresAdminUrl"`
	// Env is what a program needs to reach the infrastructure.
	Env map[string]string `json:"env"`
	// PIDs are the current process ids by part; the file is rewritten when one changes.
	PIDs map[string]int `json:"pids"`
	// StartMillis is how long each part took to start.
	StartMillis map[string]int64 `json:"startMillis"`
}

// setupLink is the line in which the API prints the link for the first admin.
var setupLink = regexp.MustCompile(`(https?://[^\s"]+/setup\?token=)[^\s"]+`)

// watchSetupLink keeps the link for the final message and out of the log files.
func (s *stack) watchSetupLink(name string, line []byte) []byte {
	if name != "api" {
		return line
	}
	link := setupLink.Find(line)
	if link == nil {
		return line
	}
	s.mu.Lock()
	s.setupURL = string(link)
	s.mu.Unlock()
	s.refresh()
	return setupLink.ReplaceAll(line, []byte("${1}(shown once on the console)"))
}

// requestLine is the line of a request that went well, in both log formats.
var requestLine = regexp.MustCompile(`level=INFO msg=request |"level":"INFO","msg":"request"`)

// everyday reports whether a line is of no interest to whoever watches the
// console. Nine of ten lines are.
func everyday(_ string, line []byte) bool { return requestLine.Match(line) }

func (s *stack) readyFiles() []string {
	files := []string{s.opts.path("run", "ready.json")}
	if s.opts.ReadyFile != "" {
		files = append(files, s.opts.ReadyFile)
	}
	return files
}

// announce writes the ready files for the first time.
func (s *stack) announce() error {
	s.mu.Lock()
	s.announced = true
	s.mu.Unlock()
	return s.writeReady()
}

// refresh keeps the ready files true once they are written.
func (s *stack) refresh() {
	s.mu.Lock()
	announced := s.announced
	s.mu.Unlock()
	if !announced {
		return
	}
	if err := s.writeReady(); err != nil {
		s.logs.Note("could not update the ready file: %v", err)
	}
}

func (s *stack) writeReady() error {
	message := Ready{
		TemporalUI:       s.temporalUI(),
		Mail:             s.mailURL(),
		SMTP:             port.Address(s.opts.Ports.SMTP),
		PostgresAdminURL: s.cluster.MaintenanceURL(),
		Env:              s.storage(),
		PIDs:             s.pids(),
		StartMillis:      make(map[string]int64),
	}
	if !s.opts.NoApp {
		message.App, message.Files = s.baseURL(), s.filesURL()
		message.Agent = "http://" + port.Address(s.opts.Ports.Agent)
		message.Env["SECRET_KEY"] = s.secrets.key
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	message.SetupURL = s.setupURL
	for name, took := range s.took {
		message.StartMillis[name] = took.Milliseconds()
	}
	content, err := json.MarshalIndent(message, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the ready message: %w", err)
	}
	// Written under the lock, so that an older message never replaces a newer one.
	for _, path := range s.readyFiles() {
		if err := renameio.WriteFile(path, append(bytes.Clone(content), '\n'), secretMode); err != nil {
			return fmt.Errorf("write the ready file: %w", err)
		}
	}
	return nil
}

// withdraw removes the ready files: nothing is ready any more.
func (s *stack) withdraw() {
	s.mu.Lock()
	s.announced = false
	s.mu.Unlock()
	for _, path := range s.readyFiles() {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.logs.Note("could not remove the ready file: %v", err)
		}
	}
}

// summary shows a person where everything is.
func (s *stack) summary() {
	s.mu.Lock()
	setup, total := s.setupURL, s.took["total"]
	s.mu.Unlock()
	var text bytes.Buffer
	line := func(label, value string) { fmt.Fprintf(&text, "  %-14s %s\n", label, value) }
	fmt.Fprintf(&text, "\nLonghaul is ready after %.1f s.\n\n", total.Round(100*time.Millisecond).Seconds())
	if !s.opts.NoApp {
		line("App", s.baseURL())
		line("Files", s.filesURL())
	}
	line("Temporal UI", s.temporalUI())
	line("Mail", s.mailURL())
	line("S3", s.s3URL())
	if s.simulator != nil {
		line("Seedr", "http://"+port.Address(s.opts.Ports.Seedr)+"/_simulator (simulated)")
	}
	line("Logs", s.opts.path("logs"))
	if setup != "" {
		fmt.Fprintf(&text, "\n  There is no account yet. Open this link to create the first administrator:\n\n  %s\n", setup)
	}
	text.WriteString("\nPress Ctrl-C to stop everything. The next start continues where this one stopped.\n\n")
	s.logs.Block(text.Bytes())
}
