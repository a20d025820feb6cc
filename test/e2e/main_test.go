//go:build e2e

// Package e2e drives the whole system through its public API and a browser,
// against an independent swarm and HTTP servers on this machine.
package e2e

import (
	"os"
	"testing"

	"longhaul/test/harness"
)

// stack is the one running system of the package; tests use jobs of their own.
var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{
		// Sources and peers of these tests are on the loopback interface, which
		// an agent refuses unless its operator allows it. Dead sources give up
		// soon, so that their sentence can be read.
		Env: []string{
			"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false",
			"RESOLVE_TIMEOUT=20s", "STALL_TIMEOUT=15s", "RETRY_PAUSES=1s,1s", "MAX_RUNNING_JOBS=50", "AGENT_CAPACITY=16",
			"MAX_JOB_BYTES=536870912", "REGISTRATION=open",
		},
	}.Run(m, func(s *harness.Stack) { stack = s }))
}
