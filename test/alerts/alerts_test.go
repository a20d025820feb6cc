package alerts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"longhaul/test/alerts"
)

const root = "../.."

// promtool runs Prometheus's own tool in deploy/prometheus.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Fatal("promtool is missing; install it with: scripts/bootstrap.sh test")
	}
	cmd := exec.CommandContext(t.Context(), "promtool", args...)
	cmd.Dir = filepath.Join(root, "deploy", "prometheus")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestPrometheusLoadsTheRules(t *testing.T) {
	t.Parallel()
	promtool(t, "check", "rules", "alerts.yml")
	promtool(t, "check", "config", "prometheus.yml")
}

// Each alert fires when it should, and none while all is well.
func TestAlertsFire(t *testing.T) {
	t.Parallel()
	promtool(t, "test", "rules", "alerts_test.yml")
	cases := read(t, "deploy/prometheus/alerts_test.yml")
	for _, a := range alerts.Rules(t, root) {
		if !strings.Contains(cases, fmt.Sprintf(`ALERTS{alertname="%s", alertstate="firing"}`, a.Name)) {
			t.Errorf("%s has no case in alerts_test.yml", a.Name)
		}
	}
}

// An operator who is woken finds what the alert means, where to look and a command.
func TestAlertsHaveAnEntryInOperations(t *testing.T) {
	t.Parallel()
	rules := alerts.Rules(t, root)
	if len(rules) < 30 {
		t.Fatalf("only %d alerts were read", len(rules))
	}
	_, section, found := strings.Cut(read(t, "docs/operations.md"), "\n### Alerts\n")
	if !found {
		t.Fatal("docs/operations.md has no section Alerts")
	}
	entries := map[string]string{}
	for entry := range strings.SplitSeq(section, "\n#### ") {
		name, text, _ := strings.Cut(entry, "\n")
		entries[name] = text
	}
	for _, a := range rules {
		text, ok := entries[a.Name]
		switch {
		case !ok:
			t.Errorf("%s has no entry", a.Name)
		case !strings.Contains(text, "Look at ") || !strings.Contains(text, "```sh\n"):
			t.Errorf("the entry of %s does not say where to look, or has no command", a.Name)
		}
		if a.Summary == "" || a.Description == "" || a.Runbook != "docs/operations.md#"+strings.ToLower(a.Name) ||
			!slices.Contains([]string{"critical", "warning"}, a.Severity) {
			t.Errorf("the rule lacks something: %+v", a)
		}
		delete(entries, a.Name)
	}
	for name := range entries {
		if strings.HasPrefix(name, "Longhaul") {
			t.Errorf("there is an entry for %s, and no such alert", name)
		}
	}
}

// What the tests find in queries is what Prometheus finds.
func TestMetricsOfAQuery(t *testing.T) {
	t.Parallel()
	q := alerts.Query{Expr: `sum by (le, a) (rate(x_bucket{b="or c{", d=~"e|f"}[5m])) / on (g) max(y offset 1h) > 3 * 3600 and absent(z{job="j"} == 1) or vector(0) unless rate(w[$__rate_interval])`}
	got := fmt.Sprint(q.Metrics())
	if want := "[{x_bucket [b d]} {y []} {z [job]} {w []}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
