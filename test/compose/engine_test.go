//go:build compose

package compose

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// subnets are those that Podman gives networks; the test's seeder is on one.
const subnets = "10.89.0.0/16"

// deployment is docker-compose.yml with what it mounts and its secrets, in a
// folder of its own, under the real Docker Compose.
type deployment struct {
	dir    string
	files  []string // the compose file and what is laid over it
	env    []string
	client *harness.Client // signed in as the first admin
}

// container is what Podman says of one.
type container struct {
	ID    string `json:"Id"`
	Name  string
	State struct {
		Status string
		Pid    int
		Health struct{ Status string }
	}
	Config struct {
		Labels map[string]string
		Env    []string
	}
	HostConfig      struct{ ReadonlyRootfs bool }
	NetworkSettings struct {
		Networks map[string]struct{ IPAddress, Gateway string }
	}
}

func (c container) service() string { return c.Config.Labels["com.docker.compose.service"] }

// deploy copies the compose file and its folder, and makes the secrets by the
// commands at the top of the file.
func deploy(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{
		dir: t.TempDir(), files: []string{"docker-compose.yml"},
		env: []string{"AGENT_ALLOW_CIDRS=" + subnets, "AGENT_DHT=false"},
	}
	root := filepath.Join("..", "..")
	run(t, nil, "cp", "-r", filepath.Join(root, "docker-compose.yml"), filepath.Join(root, "deploy"), d.dir)
	text, err := os.ReadFile(filepath.Join(d.dir, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	script := "set -e\n"
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(line, "#   ")
		if !ok || strings.HasPrefix(command, "docker compose") {
			if strings.HasPrefix(line, "name:") {
				break
			}
			continue
		}
		script += command
	}
	// No mail may leave the test.
	script += ": > resend_api_key\n"
	run(t, func(c *exec.Cmd) { c.Dir = d.dir }, "bash", "-c", script)
	t.Cleanup(func() { d.end(t) })
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); d.checkHealth(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return d
}

// end removes everything, and keeps the logs of a failure.
func (d *deployment) end(t *testing.T) {
	if t.Failed() {
		out, _ := d.command(context.Background(), "logs", "--no-color", "--tail", "25").CombinedOutput()
		t.Logf("%s", out)
	}
	if out, err := d.command(context.Background(), "--profile", "*", "down", "--volumes", "--timeout", "5").CombinedOutput(); err != nil {
		t.Logf("remove the deployment: %v\n%s", err, out)
	}
}

// checkHealth runs health checks, which Podman leaves to systemd.
func (d *deployment) checkHealth(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		list, _ := containers(ctx)
		for _, c := range list {
			if h := c.State.Health.Status; h != "" && h != "healthy" && c.State.Status == "running" {
				_ = exec.CommandContext(ctx, "podman", "healthcheck", "run", c.ID).Run()
			}
		}
	}
}

func (d *deployment) command(ctx context.Context, args ...string) *exec.Cmd {
	all := []string{"--project-directory", d.dir, "--ansi", "never", "--progress", "quiet"}
	for _, f := range d.files {
		all = append(all, "-f", filepath.Join(d.dir, f))
	}
	cmd := exec.CommandContext(ctx, os.Getenv("LONGHAUL_COMPOSE"), append(all, args...)...)
	cmd.Dir, cmd.Env = d.dir, append(os.Environ(), d.env...)
	return cmd
}

// compose runs Docker Compose and returns what it prints.
func (d *deployment) compose(t *testing.T, args ...string) string {
	t.Helper()
	began := time.Now()
	cmd := d.command(t.Context(), args...)
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		t.Fatalf("docker compose %s: %v\n%s%s", strings.Join(args, " "), err, out.Bytes(), fault.Bytes())
	}
	t.Logf("docker compose %s: %.1f s", strings.Join(args, " "), time.Since(began).Seconds())
	return out.String()
}

// run runs a program and returns what it prints.
func run(t *testing.T, set func(*exec.Cmd), name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	if set != nil {
		set(cmd)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// containers lists the running containers of the project.
func containers(ctx context.Context) ([]container, error) {
	ids, err := exec.CommandContext(ctx, "podman", "ps", "-q", "--filter", "label=com.docker.compose.project=longhaul").Output()
	if err != nil || len(bytes.Fields(ids)) == 0 {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, "podman", append([]string{"inspect"}, strings.Fields(string(ids))...)...).Output()
	if err != nil {
		return nil, err
	}
	var list []container
	err = json.Unmarshal(out, &list)
	list = slices.DeleteFunc(list, func(c container) bool { return c.Config.Labels["com.docker.compose.oneoff"] == "True" })
	return list, err
}

// of returns the running containers of a service.
func of(t *testing.T, service string) []container {
	t.Helper()
	list, err := containers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(c container) bool { return c.service() != service })
	if len(list) == 0 {
		t.Fatalf("no container of %s runs", service)
	}
	return list
}

// waitHealthy waits until so many containers of each service run and are healthy.
func waitHealthy(t *testing.T, want map[string]int) {
	t.Helper()
	harness.Eventually(t, 3*time.Minute, "every service is healthy", func() error {
		list, err := containers(t.Context())
		if err != nil {
			return err
		}
		healthy := map[string]int{}
		for _, c := range list {
			if c.State.Status == "running" && c.State.Health.Status == "healthy" {
				healthy[c.service()]++
			}
		}
		for service, n := range want {
			if healthy[service] != n {
				err = errors.Join(err, fmt.Errorf("%d of %d containers of %s are healthy", healthy[service], n, service))
			}
		}
		return err
	})
}
