package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const setupToken = "one-time-token"

// standIn plays one of the application's programs, as far as devstack sees them:
// it listens where it is told and writes down how it was called.
func standIn(name string) bool {
	if !slices.Contains([]string{"api", "worker", "agent", "longhaul", "seedrsim"}, name) {
		return false
	}
	record(name)
	switch name {
	case "longhaul":
		enrolStandIn()
	case "api":
		fmt.Printf("open %s/setup?token=%s to begin\n", os.Getenv("BASE_URL"), setupToken)
		serve(os.Getenv("API_LISTEN"))
	case "seedrsim":
		serve(os.Args[2])
	case "worker":
		serve(os.Getenv("METRICS_LISTEN"))
	case "agent":
		identity := filepath.Join(os.Getenv("AGENT_DATA_DIR"), "identity.json")
		if err := os.WriteFile(identity, []byte("{}"), 0o600); err != nil {
			panic(err)
		}
		serve(os.Getenv("AGENT_LISTEN"))
	}
	return true
}

// enrolStandIn gives each name one token, as the database does.
func enrolStandIn() {
	if len(os.Args) < 5 || os.Args[2] != "token" {
		return
	}
	taken := filepath.Join(os.Getenv("RECORD_DIR"), "agent-"+os.Args[4])
	f, err := os.OpenFile(taken, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, "An agent with this name already exists.")
		os.Exit(1)
	}
	_ = f.Close()
	fmt.Println("enrol-me")
}

// record appends the call and the environment to the folder of RECORD_DIR.
func record(name string) {
	f, err := os.OpenFile(filepath.Join(os.Getenv("RECORD_DIR"), name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(f, "CALL %s\n%s\n", strings.Join(os.Args[1:], " "), strings.Join(os.Environ(), "\n"))
	if err := f.Close(); err != nil {
		panic(err)
	}
}

func serve(address string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", address)
	if err != nil {
		panic(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	go func() { _ = server.Serve(l) }()
	<-ctx.Done()
}

// programs makes a folder in which the test program has the application's names.
func programs(t *testing.T) (bin, web string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"api", "worker", "agent", "longhaul", "seedrsim"} {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<!doctype html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, dir
}

// TestApplication checks what devstack tells the application's programs, that
// the agent is enrolled once, and that the link for the first admin is shown.
func TestApplication(t *testing.T) {
	bin, web := programs(t)
	calls, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	args := []string{"--bin", bin, "--web-dir", web, "--extra-env", "RECORD_DIR=" + calls, "--extra-env", "AGENT_ALLOW_CIDRS=127.0.0.0/8,::1/128"}
	t.Setenv("SECRET_KEY", "from the operator's shell")

	r := launch(t, data, args...)
	state := r.state(t)
	link := state.App + "/setup?token=" + setupToken
	if state.SetupURL != link || strings.Count(r.console(), link) < 2 {
		t.Errorf("the link is %q; the console shows:\n%s", state.SetupURL, r.console())
	}
	if logged := read(t, filepath.Join(data, "logs", "api.log")); strings.Contains(logged, setupToken) {
		t.Errorf("the log file holds the token: %s", logged)
	}
	api := read(t, filepath.Join(calls, "api"))
	for name, value := range state.Env {
		if !strings.Contains(api, name+"="+value+"\n") {
			t.Errorf("the API is not told %s", name)
		}
	}
	agent := read(t, filepath.Join(calls, "agent"))
	for _, secret := range []string{state.Env["S3_SECRET_ACCESS_KEY"], state.Env["DATABASE_URL"], state.Env["SECRET_KEY"], "SECRET_KEY=", "RESEND_API_KEY="} {
		if strings.Contains(agent, secret) {
			t.Errorf("the agent gets %q", secret)
		}
	}
	if !strings.Contains(api, "SAMPLE_URL=http://127.80.0.1:") {
		t.Error("the sample is not offered")
	}
	if !strings.Contains(agent, "AGENT_ALLOW_CIDRS=127.0.0.0/8,::1/128\n") {
		t.Error("the extra setting does not arrive")
	}
	killPart(t, r, "api")
	r.interrupt(t)

	r = launch(t, data, args...)
	r.interrupt(t)
	if err := os.Remove(filepath.Join(data, "agent", "identity.json")); err != nil {
		t.Fatal(err)
	}
	r = launch(t, data, args...)
	r.interrupt(t)
	if again := read(t, filepath.Join(calls, "longhaul")); !strings.Contains(again, "CALL agents token --name local-2\n") {
		t.Error("an agent without identity is not enrolled again")
	}
	if enrolled := strings.Count(read(t, filepath.Join(calls, "longhaul")), "CALL agents token --name local\n"); enrolled != 2 {
		t.Errorf("the agent asked for its first name %d times", enrolled)
	}
	if migrated := strings.Count(read(t, filepath.Join(calls, "longhaul")), "CALL migrate\n"); migrated != 3 {
		t.Errorf("migrations ran %d times", migrated)
	}
}

// TestSeedr checks that the operator's Seedr account, or that of the simulator
// in its place, reaches only the control plane.
func TestSeedr(t *testing.T) {
	bin, web := programs(t)
	calls, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	args := []string{"--bin", bin, "--web-dir", web, "--extra-env", "RECORD_DIR=" + calls}
	t.Setenv("SEEDR_EMAIL", "operator@longhaul.test")
	t.Setenv("SEEDR_PASSWORD_FILE", "/secret/of/the/operator")
	launch(t, data, args...).interrupt(t)
	told := read(t, filepath.Join(calls, "worker"))
	if !strings.Contains(told, "SEEDR_EMAIL=operator@longhaul.test\n") || !strings.Contains(told, "SEEDR_PASSWORD_FILE=/secret/of/the/operator\n") {
		t.Error("the worker is not told the operator's account")
	}
	if strings.Contains(read(t, filepath.Join(calls, "agent")), "SEEDR_") {
		t.Error("the agent gets the account")
	}
	if err := os.Remove(filepath.Join(calls, "worker")); err != nil {
		t.Fatal(err)
	}
	launch(t, data, append(args, "--seedr-simulator")...).interrupt(t)
	// The simulator gets no setting of the application, so it records where it runs.
	told, sim := read(t, filepath.Join(calls, "worker")), read(t, filepath.Join(data, "seedrsim"))
	if strings.Contains(told, "SEEDR_EMAIL=operator@") || strings.Contains(told, "/secret/of/the/operator") || !strings.Contains(told, "SEEDR_URL=http://127.0.0.1:") || !strings.Contains(told, "SEEDR_ALLOW_CIDRS=127.0.0.0/8\n") {
		t.Error("the worker does not use the simulator")
	}
	for line := range strings.Lines(sim) {
		if strings.HasPrefix(line, "SEEDR_") && !strings.Contains(told, line) {
			t.Errorf("the simulator has another account than the worker: %s", line)
		}
	}
	if strings.Contains(sim, "DATABASE_URL") || !strings.Contains(sim, "SEEDR_PASSWORD=") {
		t.Error("the simulator gets too much, or no password")
	}
}

// TestNotBuilt checks the sentence for a missing program.
func TestNotBuilt(t *testing.T) {
	r := begin(t, filepath.Join(t.TempDir(), "data"), "--random-ports", "--bin", t.TempDir())
	if err := <-r.ended; err == nil {
		t.Fatal("devstack ran without programs")
	}
	if message := strings.TrimSpace(r.console()); !strings.Contains(message, "make build") || strings.Contains(message, "\n") {
		t.Errorf("the message is %q", message)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
