//go:build e2e

package observe

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// links are the steps of a download that its one trace has to show, each made
// by its program.
var links = [][2]string{
	{"longhaul-api", "POST /api/v1/jobs"},
	{"longhaul-worker", "StartWorkflow:Download"},
	{"longhaul-worker", "RunWorkflow:Download"},
	{"longhaul-worker", "RunActivity:LoadJob"},
	{"longhaul-worker", "PUT /v1/transfers/{id}"},
	{"longhaul-agent", "PUT /v1/transfers/{id}"},
	{"longhaul-agent", "POST /agent/v1/uploads"},
	{"longhaul-api", "POST /agent/v1/uploads"},
}

// One trace shows a download from the request to the calls of its agent.
func TestATraceGoesThroughAllPrograms(t *testing.T) {
	source := harness.NewSource(t)
	address := source.Add("CanaryFileName.bin", harness.Content{Seed: 7, Size: 3 << 20}, true) + "?passkey=CanaryPasskey"
	job, err := stack.Client.SubmitURI(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	lost, err := stack.Client.SubmitURI(t.Context(), source.URL+"/CanaryGone?passkey=CanaryPasskey", nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, lost.ID, "failed", time.Minute)
	harness.Eventually(t, time.Minute, "the collector has the job's trace", func() error {
		spans, _, _ := collector.got()
		return whole(spans, "job-"+job.ID)
	})
	_, raw, wrong := collector.got()
	if len(wrong) > 0 {
		t.Errorf("a collector would refuse %q", wrong)
	}
	secrets := []string{
		"Canary", "passkey", strings.TrimPrefix(source.URL, "http://"), harness.AdminEmail, harness.SeedrEmail, harness.SeedrPassword, "X-Amz", "Bearer",
	}
	for _, s := range secrets {
		if bytes.Contains(raw, []byte(s)) {
			t.Errorf("the collector was told %q", s)
		}
	}
}

// whole says what the trace of the workflow still lacks.
func whole(spans []span, workflow string) error {
	trace := ""
	byID := map[string]span{}
	for _, s := range spans {
		byID[s.id] = s
		if s.name == "RunWorkflow:Download" && strings.Contains(s.attributes["temporalWorkflowID"], workflow) {
			trace = s.trace
		}
	}
	if trace == "" {
		return fmt.Errorf("no span of %s among %d", workflow, len(spans))
	}
	for _, want := range links {
		found := false
		for _, s := range spans {
			if s.trace == trace && s.program == want[0] && s.name == want[1] {
				found = true
				if root := rootOf(s, byID); root.program != links[0][0] || root.name != links[0][1] {
					return fmt.Errorf("%s of %s goes back to %q of %q", s.name, s.program, root.name, root.program)
				}
			}
		}
		if !found {
			var have []string
			for _, s := range spans {
				if s.trace == trace {
					have = append(have, s.program+" "+s.name)
				}
			}
			return fmt.Errorf("the trace lacks %q of %s; it has %q", want[1], want[0], have)
		}
	}
	return nil
}

// rootOf follows the parents of the span to the first one; the zero span if one
// of them has not arrived.
func rootOf(s span, byID map[string]span) span {
	for s.parent != "" {
		s = byID[s.parent]
	}
	return s
}
