//go:build e2e

// Package page measures the web app in a browser, on a system with downloads in
// it. The figures of docs/performance.md come from it: `make lighthouse`.
package page

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"longhaul/test/harness"
)

const (
	finished = 12 // downloads
	fileSize = 256 << 10
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "MAX_RUNNING_JOBS=50"}}.Run(m, func(s *harness.Stack) { stack = s }))
}

// BenchmarkLighthouse has some downloads finish and prints what Lighthouse says of
// the pages that show them. It fails if one is below what docs/performance.md
// promises.
func BenchmarkLighthouse(b *testing.B) {
	source := harness.NewSource(b)
	for i := range finished {
		name := fmt.Sprintf("Lecture-%02d.webm", i+1)
		address := source.Add(name, harness.Content{Seed: uint64(900 + i), Size: fileSize}, true)
		job, err := stack.Client.SubmitURI(b.Context(), address, nil)
		if err != nil {
			b.Fatal(err)
		}
		stack.Client.WaitState(b, job.ID, "ready", 2*time.Minute)
	}
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), "node", "measure.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword)
		cmd.Dir = "../../../tools/lighthouse"
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			b.Error(err)
		}
	}
}
