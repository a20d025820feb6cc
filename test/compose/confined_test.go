//go:build compose

package compose

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/test/harness"
)

// process is what the kernel says of one.
type process struct {
	pid     string
	status  map[string]string
	command string
}

// processes lists those of a container, by its process namespace.
func processes(t *testing.T, c container) (out []process) {
	t.Helper()
	namespace, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", c.State.Pid))
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	links, _ := filepath.Glob("/proc/[0-9]*/ns/pid")
	for _, link := range links {
		if at, err := os.Readlink(link); err != nil || at != namespace {
			continue
		}
		dir := filepath.Dir(filepath.Dir(link))
		text, err := os.ReadFile(filepath.Join(dir, "status"))
		command, err2 := os.ReadFile(filepath.Join(dir, "cmdline"))
		if errors.Join(err, err2) != nil {
			continue // it ended meanwhile
		}
		status := map[string]string{}
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(line, ":")
			status[key] = strings.TrimSpace(value)
		}
		out = append(out, process{filepath.Base(dir), status, string(command)})
	}
	if len(out) == 0 {
		t.Fatalf("%s has no process", c.Name)
	}
	return out
}

func all(t *testing.T) []container {
	t.Helper()
	list, err := containers(t.Context())
	if err != nil || len(list) < 8 {
		t.Fatalf("%d containers run: %v", len(list), err)
	}
	return list
}

// The kernel's word counts, not the configuration's.
func (s *scene) confined(t *testing.T) {
	for _, c := range all(t) {
		for _, p := range processes(t, c) {
			if slices.Contains(strings.Fields(p.status["Uid"]), "0") {
				t.Errorf("%s: process %s runs as root", c.Name, p.pid)
			}
			for _, set := range []string{"CapEff", "CapPrm", "CapBnd"} {
				if strings.Trim(p.status[set], "0") != "" {
					t.Errorf("%s: process %s has capabilities: %s %s", c.Name, p.pid, set, p.status[set])
				}
			}
			if p.status["NoNewPrivs"] != "1" {
				t.Errorf("%s: process %s may gain privileges", c.Name, p.pid)
			}
		}
		if !c.HostConfig.ReadonlyRootfs {
			t.Errorf("%s: its root can be written", c.Name)
		}
		for _, dir := range []string{"/", "/usr/local/bin", "/etc"} {
			if exec.CommandContext(t.Context(), "podman", "exec", "--user", "0", c.ID, "sh", "-c", "echo > "+dir+"/written").Run() == nil {
				t.Errorf("%s: even root wrote into %s", c.Name, dir)
			}
		}
	}
}

// secrets looks for each secret where other users of the machine, or those who
// read logs and images, would see it.
func (s *scene) secrets(t *testing.T) {
	names, err := os.ReadDir(filepath.Join(s.dir, "secrets"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{
		"the logs":   s.compose(t, "--profile", "agent", "logs", "--no-color"),
		"the images": run(t, nil, "podman", "image", "inspect", "longhaul:latest", "longhaul-s3:latest"),
	}
	for _, c := range all(t) {
		seen["the settings of "+c.Name] = run(t, nil, "podman", "inspect", c.ID)
		for _, p := range processes(t, c) {
			seen["an argument of "+c.Name] += p.command
		}
	}
	checked := 0
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(s.dir, "secrets", n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		value := strings.TrimSpace(string(b))
		if value == "" {
			continue
		}
		checked++
		for where, text := range seen {
			if strings.Contains(text, value) {
				t.Errorf("%s is in %s", n.Name(), where)
			}
		}
	}
	if checked < 8 {
		t.Errorf("only %d secrets were looked for", checked)
	}
}

// reaches reports whether a container can connect to an address.
func reaches(t *testing.T, from container, ip string, port int) bool {
	t.Helper()
	connect := fmt.Sprintf("</dev/tcp/%s/%d", ip, port)
	return exec.CommandContext(t.Context(), "podman", "exec", from.ID, "timeout", "5", "bash", "-c", connect).Run() == nil
}

func (s *scene) isolated(t *testing.T) {
	agent := of(t, "agent")[0]
	var probes sync.WaitGroup
	defer probes.Wait()
	for service, port := range map[string]int{"api": 8080, "s3": 7070} {
		harness.Eventually(t, time.Minute, "the agent reaches "+service+", which it needs", func() error {
			if !reaches(t, agent, service, port) {
				return errors.New("no connection")
			}
			return nil
		})
	}
	for service, ports := range map[string][]int{
		"postgres": {5432}, "temporal": {7233, 7234, 7235, 6933}, "temporal-ui": {8080}, "temporal-console": {8080},
		"api": {9464}, "worker": {9464},
	} {
		for _, c := range of(t, service) {
			hosts := []string{}
			if service != "api" && service != "worker" { // names that it may know
				hosts = append(hosts, service)
			}
			for _, network := range c.NetworkSettings.Networks {
				hosts = append(hosts, network.IPAddress)
			}
			for _, host := range hosts {
				for _, port := range ports {
					probes.Go(func() {
						if reaches(t, agent, host, port) {
							t.Errorf("the agent reaches %s at %s, port %d", service, host, port)
						}
					})
				}
			}
		}
	}
}

func (s *scene) ffmpeg(t *testing.T) {
	out := run(t, nil, "podman", "exec", of(t, "worker")[0].ID, "ffmpeg", "-hide_banner", "-version")
	if !strings.Contains(out, "ffmpeg version") {
		t.Errorf("ffmpeg says %s", out)
	}
}
