//go:build e2e

// Package observe holds that the whole system can be watched: that its programs
// export what alerts and dashboards query, and that a job's trace goes through
// all of them and tells no secret.
package observe

import (
	"context"
	"fmt"
	"os"
	"testing"

	"longhaul/test/harness"
)

// Set once by TestMain; a package has one stack and one collector.
var (
	stack     *harness.Stack
	collector *receiver
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	sim, err := harness.StartSeedr()
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the simulator:", err)
		return 1
	}
	defer sim.Stop()
	collector = newReceiver()
	defer collector.Close()
	env := append(sim.Env(),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_EXPORTER_OTLP_HEADERS=api-key="+apiKey,
		"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "RETRY_PAUSES=1s",
	)
	stack, err = harness.Launch(context.Background(), harness.Options{Env: env})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the stack:", err)
		return 1
	}
	defer stack.Stop()
	return m.Run()
}
