//go:build e2e

// Package upgrade runs the programs of two releases side by side on the newest
// schema, as they are while an update replaces them one by one. `make upgrade`
// builds the older ones from the repository's history and names their folder.
package upgrade

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"longhaul/test/harness"
)

// jobs is how many are submitted in each phase.
const jobs = 6

// mixed makes a folder of the newest programs with some of the older ones.
func mixed(t *testing.T, older ...string) string {
	t.Helper()
	newer, old := os.Getenv("LONGHAUL_BIN"), os.Getenv("LONGHAUL_OLD_BIN")
	if newer == "" || old == "" {
		t.Fatal("LONGHAUL_BIN and LONGHAUL_OLD_BIN are not folders with built programs; run this with make upgrade")
	}
	// The web app is found next to the folder of the programs.
	root := t.TempDir()
	if err := os.Symlink(filepath.Join(filepath.Dir(newer), "web"), filepath.Join(root, "web")); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(root, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	from := map[string]string{"api": newer, "worker": newer, "agent": newer, "longhaul": newer, "devstack": newer}
	for _, name := range older {
		from[name] = old
	}
	for name, dir := range from {
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bin, name), body, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

// beside runs one more worker, of the other release, until the test ends.
func beside(t *testing.T, s *harness.Stack, program string) {
	t.Helper()
	r, err := s.Ready()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	for name, value := range r.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "worker.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() > 0 {
			body, _ := os.ReadFile(log.Name())
			t.Errorf("the worker beside ended with %v: %s", err, body)
		}
	})
}

func TestOldAndNewProgramsShareTheSchema(t *testing.T) {
	for _, phase := range []struct {
		name   string
		older  []string // of the stack's programs
		beside string   // whose worker runs as well
	}{
		{"migrated, and nothing else is updated", []string{"api", "worker", "agent"}, ""},
		{"workers of both releases", []string{"api", "agent"}, "LONGHAUL_OLD_BIN"},
		{"agents are left", []string{"agent"}, ""},
		{"an old worker is left behind", nil, "LONGHAUL_OLD_BIN"},
	} {
		t.Run(phase.name, func(t *testing.T) {
			t.Setenv("LONGHAUL_BIN", mixed(t, phase.older...))
			old := os.Getenv(phase.beside)
			s, err := harness.Launch(t.Context(), harness.Options{Env: []string{"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "MAX_RUNNING_JOBS=50"}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Stop)
			if phase.beside != "" {
				beside(t, s, filepath.Join(old, "worker"))
			}
			everyJobEnds(t, s)
		})
	}
}

// everyJobEnds submits jobs, kills the worker in between, and compares what
// comes out with the source.
func everyJobEnds(t *testing.T, s *harness.Stack) {
	t.Helper()
	source, content := harness.NewSource(t), map[string]harness.Content{}
	source.BytesPerSecond.Store(2 << 20)
	for i := range jobs {
		c := harness.Content{Seed: uint64(i + 1), Size: 6 << 20}
		job, err := s.Client.SubmitURI(t.Context(), source.Add("file-"+strconv.Itoa(i)+".bin", c, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		content[job.ID] = c
		if i == jobs/2 {
			s.Kill(t, "worker")
		}
	}
	for id, c := range content {
		s.Client.WaitState(t, id, "ready", 3*time.Minute)
		link := s.Client.Link(t, s.Client.Files(t, id)[0].ID)
		if sum := s.Client.FetchSHA256(t, link, 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
			t.Errorf("job %s differs from its source", id)
		}
	}
	for id := range content {
		if n := harness.FailedTasks(t, s.Temporal(t), id); n > 0 {
			t.Errorf("%d workflow tasks of job %s failed", n, id)
		}
	}
}
