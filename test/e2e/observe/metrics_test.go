//go:build e2e

package observe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/test/alerts"
	"longhaul/test/harness"
)

// afterFaults are metrics of Temporal's SDK that it makes at the first fault, each
// with how its source names it.
var afterFaults = map[string]string{
	"temporal_workflow_task_execution_failed_total": `"workflow_task_execution_failed"`,
	"temporal_request_failure_total":                `TemporalRequest + "_failure"`,
}

// made by Prometheus itself
var ofPrometheus = []string{"up"}

// Alerts and dashboards query only what the programs export, with labels that it
// has.
func TestEveryQueriedMetricIsExported(t *testing.T) {
	job, err := stack.Client.SubmitURI(t.Context(), harness.NewSource(t).Add("a.bin", harness.Content{Seed: 3, Size: 1 << 20}, true), nil)
	if err != nil {
		t.Fatal(err)
	}
	slow := harness.NewSource(t)
	slow.BytesPerSecond.Store(10_000)
	// One job is open when figures are taken.
	open, err := stack.Client.SubmitURI(t.Context(), slow.Add("b.bin", harness.Content{Seed: 4, Size: 64 << 20}, true), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/jobs/"+open.ID+"/cancel", nil, nil); err != nil {
			t.Error(err)
		}
		stack.Client.WaitState(t, open.ID, "cancelled", time.Minute)
	}()
	done := stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	stack.Client.FetchSHA256(t, stack.Client.Link(t, stack.Client.Files(t, done.ID)[0].ID), 0, 100, 1<<20)
	queries := alerts.Queries(t, "../../..")
	if len(queries) < 80 {
		t.Fatalf("only %d queries were found", len(queries))
	}
	addresses := metricsOf(t)
	harness.Eventually(t, time.Minute, "all metrics are exported", func() error {
		exported := map[string]map[string]bool{}
		for _, address := range addresses {
			if err := scrape(t.Context(), address, exported); err != nil {
				return err
			}
		}
		for _, name := range ofPrometheus {
			exported[name] = map[string]bool{}
		}
		for _, name := range namedBySDK(t) {
			if exported[name] == nil {
				exported[name] = map[string]bool{"workflow_type": true, "operation": true}
			}
		}
		return unknown(queries, exported)
	})
}

// Labels are of few values: none of them is an id, an address or a name that a
// user chose.
func TestNoLabelHasAnIDOrAnAddress(t *testing.T) {
	bad := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}|://|@|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|\.bin`)
	for _, address := range metricsOf(t) {
		for line := range strings.SplitSeq(get(t.Context(), t, address), "\n") {
			if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "go_info") && !strings.HasPrefix(line, "longhaul_build_info") && bad.MatchString(line) {
				t.Errorf("%s: %s", address, line)
			}
		}
	}
}

// metricsOf returns where the programs listen, as their environment says.
func metricsOf(t *testing.T) []string {
	t.Helper()
	ready, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, pid := range ready.PIDs {
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil {
			continue // it has ended, or belongs to Postgres
		}
		for setting := range bytes.SplitSeq(env, []byte{0}) {
			if listen, ok := bytes.CutPrefix(setting, []byte("METRICS_LISTEN=")); ok {
				found["http://"+string(listen)+"/metrics"] = true
			}
		}
	}
	if len(found) != 3 {
		t.Fatalf("of %v, %d serve metrics", ready.PIDs, len(found))
	}
	return slices.Sorted(maps.Keys(found))
}

func get(ctx context.Context, t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

var sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? `)

var label = regexp.MustCompile(`[{,]([a-zA-Z_][a-zA-Z0-9_]*)="`)

// scrape adds what a program exports: names, each with its labels.
func scrape(ctx context.Context, address string, into map[string]map[string]bool) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	for line := range strings.SplitSeq(string(body), "\n") {
		m := sample.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if into[m[1]] == nil {
			into[m[1]] = map[string]bool{}
		}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			into[m[1]][l[1]] = true
		}
	}
	return nil
}

// unknown says which query is about what no program exports.
func unknown(queries []alerts.Query, exported map[string]map[string]bool) error {
	var bad []string
	for _, q := range queries {
		for _, m := range q.Metrics() {
			labels, ok := exported[m.Name]
			if !ok {
				bad = append(bad, fmt.Sprintf("%s: %s", q.Where, m.Name))
			}
			for _, l := range m.Labels {
				if ok && !labels[l] && l != "job" && l != "instance" {
					bad = append(bad, fmt.Sprintf("%s: %s has no label %s", q.Where, m.Name, l))
				}
			}
		}
	}
	if len(bad) > 0 {
		slices.Sort(bad)
		return fmt.Errorf("%d are unknown:\n%s", len(bad), strings.Join(slices.Compact(bad), "\n"))
	}
	return nil
}

// namedBySDK returns the metrics of afterFaults, each of which the SDK's source
// names.
func namedBySDK(t *testing.T) (out []string) {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "go.temporal.io/sdk").Output()
	if err != nil {
		t.Fatalf("find the SDK: %v", err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal", "common", "metrics", "constants.go"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range afterFaults {
		if !bytes.Contains(source, []byte(text)) {
			t.Fatalf("the SDK's source does not name %s", name)
		}
		out = append(out, name)
	}
	return out
}
