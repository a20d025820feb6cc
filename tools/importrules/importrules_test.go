package importrules

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// repository is the root of the repository, seen from this folder.
const repository = "../.."

// rule is one list of depguard's.
type rule struct {
	Deny []struct {
		Pkg string `yaml:"pkg"`
	} `yaml:"deny"`
	Allow []string `yaml:"allow"`
}

// scope says in which folders a rule must fail and in which not. One that ends
// with /... means all folders below it.
type scope struct{ in, free []string }

func scopes() map[string]scope {
	return map[string]scope{
		"models-leaf":           {in: []string{"models"}, free: []string{"internal/store"}},
		"models-below":          {in: []string{"models/..."}, free: []string{"models", "internal/store"}},
		"workflows-pure":        {in: []string{"workflows"}, free: []string{"worker"}},
		"workflows-client-only": {in: []string{"workflows"}, free: []string{"worker"}},
		"activities-down":       {in: []string{"activities"}, free: []string{"worker"}},
		"api-thin":              {in: []string{"api", "api/..."}, free: []string{"api/apitest", "internal/app", "cmd/api"}},
		"api-audiences":         {in: []string{"api/..."}, free: []string{"api", "api/apitest", "internal/app", "cmd/api"}},
		"api-kit":               {in: []string{"api/kit"}, free: []string{"api", "api/apitest", "internal/app"}},
		"api-composed":          {in: []string{"activities", "agent", "agent/...", "internal/...", "models", "models/...", "worker", "workflows"}, free: []string{"api", "api/...", "internal/app", "cmd/..."}},
		"agent-alone":           {in: []string{"agent", "agent/..."}, free: []string{"cmd/agent", "internal/app"}},
		"agentapi-leaf":         {in: []string{"agent/agentapi"}, free: []string{"agent"}},
		"agent-child":           {in: []string{"agent/child", "agent/childapi", "agent/engine/..."}, free: []string{"agent", "agent/supervisor"}},
		"jail":                  {in: []string{"internal/jail"}, free: []string{"agent/child"}},
		"agent-parent":          {in: []string{"agent", "agent/presence", "agent/server", "agent/spawn", "agent/supervisor", "agent/upload"}, free: []string{"agent/childapi", "cmd/agent"}},
		"torrent-library-border": {
			in:   []string{"agent", "agent/server", "api/...", "activities", "cmd/...", "internal/app", "internal/seedr", "internal/store", "models", "worker", "workflows"},
			free: []string{"agent/engine/anacrolix", "internal/source", "internal/seedr/seedrtest", "test/harness"},
		},
		"gorm-border":              {in: []string{"activities", "agent/...", "api", "api/...", "cmd/...", "internal/app", "models", "worker", "workflows"}, free: []string{"internal/store", "internal/store/..."}},
		"store-plugged-in":         {in: []string{"activities", "agent", "agent/...", "api", "api/...", "cmd/...", "internal/event", "models", "models/...", "worker", "workflows"}, free: []string{"agent/agentapi/agentapitest", "agent/agenttest", "agent/engine/enginetest", "api/apitest", "internal/app", "internal/app/plug", "internal/cli", "internal/store", "internal/store/..."}},
		"store-floor":              {in: []string{"internal/store/postgres", "internal/store/page"}, free: []string{"internal/store", "internal/store/records"}},
		"store-records-down":       {in: []string{"internal/store/limits", "internal/store/mails", "internal/store/outbox", "internal/store/records"}, free: []string{"internal/store", "internal/store/accounts"}},
		"store-quota-down":         {in: []string{"internal/store/quota", "internal/store/agents"}, free: []string{"internal/store", "internal/store/providers"}},
		"store-parts-down":         {in: []string{"internal/store/attempts", "internal/store/blocks", "internal/store/files", "internal/store/library", "internal/store/media", "internal/store/playback", "internal/store/progress", "internal/store/sources", "internal/store/timeline"}, free: []string{"internal/store", "internal/store/jobs"}},
		"store-notifications-down": {in: []string{"internal/store/notifications"}, free: []string{"internal/store", "internal/store/jobs"}},
		"store-accounts-down":      {in: []string{"internal/store/accounts"}, free: []string{"internal/store", "internal/store/jobs"}},
		"store-providers-down":     {in: []string{"internal/store/providers"}, free: []string{"internal/store", "internal/store/jobs"}},
		"store-jobs-down":          {in: []string{"internal/store/jobs"}, free: []string{"internal/store", "internal/store/admission", "internal/store/transfers"}},
		"store-admission-apart":    {in: []string{"internal/store/admission"}, free: []string{"internal/store", "internal/store/jobs", "internal/store/transfers"}},
		"store-transfers-apart":    {in: []string{"internal/store/transfers"}, free: []string{"internal/store", "internal/store/jobs", "internal/store/admission"}},
		"store-figures-above":      {in: []string{"internal/store/figures"}, free: []string{"internal/store", "internal/store/jobs"}},
		"store-root-above":         {in: []string{"internal/store/..."}, free: []string{"internal/app", "internal/app/plug", "internal/store/storetest"}},
		"temporal-border":          {in: []string{"agent", "agent/...", "api", "api/...", "internal/event", "internal/store", "internal/store/...", "models"}, free: []string{"activities", "internal/app", "worker", "workflows"}},
		"internal-down":            {in: []string{"internal/event", "internal/seedr", "internal/store/..."}, free: []string{"internal/app"}},
		"test-helpers":             {in: []string{"activities", "agent", "api", "cmd/...", "internal/app", "internal/store", "models", "worker", "workflows"}, free: []string{"api/apitest", "internal/store/storetest", "test/harness"}},
	}
}

// stubs are packages of other modules that stand for what a rule denies.
func stubs() map[string]string {
	return map[string]string{
		"gorm.io": "gorm.io/gorm", "go.temporal.io": "go.temporal.io/sdk", "go.temporal.io/sdk/client": "go.temporal.io/sdk/client",
		"github.com/anacrolix": "github.com/anacrolix/torrent",
	}
}

// try is one import in one folder, which a rule denies or lets pass.
type try struct {
	rule, dir, pkg string
	denied         bool
}

// place is the file of a try, of the n-th in all.
func (t try) place(n int) string { return fmt.Sprintf("%s/try%d.go", t.dir, n) }

// Every rule is reported wherever it holds, for everything that it denies, and
// nowhere else.
func TestEveryRuleBites(t *testing.T) {
	config, err := os.ReadFile(filepath.Join(repository, ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	write(t, root, ".golangci.yml", string(config))
	tries := plan(t, rulesOf(t, config))
	for n, try := range tries {
		write(t, root, try.place(n), "package try\n\nimport _ \""+try.pkg+"\"\n")
	}
	writeModules(t, root, tries)
	reported := lint(t, root)
	for n, try := range tries {
		switch got := reported[try.place(n)]; {
		case try.denied && !slices.Contains(got, try.rule):
			t.Errorf("%s does not bite: %s may import %s", try.rule, try.dir, try.pkg)
		case !try.denied && slices.Contains(got, try.rule):
			t.Errorf("%s bites where it should not: %s imports %s", try.rule, try.dir, try.pkg)
		}
	}
}

func rulesOf(t *testing.T, config []byte) map[string]rule {
	t.Helper()
	var file struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]rule `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	if err := yaml.Unmarshal(config, &file); err != nil {
		t.Fatal(err)
	}
	return file.Linters.Settings.Depguard.Rules
}

// plan returns a try of each denied package in each folder.
func plan(t *testing.T, rules map[string]rule) []try {
	t.Helper()
	var out []try
	for name, r := range rules {
		s, ok := scopes()[name]
		if !ok {
			t.Errorf("nothing tries the rule %s", name)
		}
		for _, d := range r.Deny {
			dir, ours := strings.CutPrefix(strings.TrimSuffix(d.Pkg, "$"), "longhaul/")
			if _, err := os.Stat(filepath.Join(repository, dir)); ours && err != nil {
				t.Errorf("%s denies a folder that doesn't exist: %v", name, err)
			}
		}
		free := folders(t, s.free)
		for _, dir := range folders(t, s.in) {
			if slices.Contains(free, dir) {
				continue // an exception to a folder with all below it
			}
			for _, d := range r.Deny {
				out = append(out, try{rule: name, dir: dir, pkg: example(d.Pkg), denied: true})
			}
			for _, pkg := range r.Allow {
				out = append(out, try{rule: name, dir: dir, pkg: example(pkg)})
			}
		}
		for _, dir := range free {
			for _, d := range r.Deny {
				out = append(out, try{rule: name, dir: dir, pkg: example(d.Pkg)})
			}
		}
	}
	for name := range scopes() {
		if _, ok := rules[name]; !ok {
			t.Errorf("there is no rule %s", name)
		}
	}
	return out
}

// example is a package that an entry of a rule stands for. Of ours it is one
// that imports nothing, so that no imports go round in circles.
func example(entry string) string {
	exact, isExact := strings.CutSuffix(entry, "$")
	if stub, ok := stubs()[exact]; ok {
		return stub
	}
	if exact != "longhaul" && !strings.HasPrefix(exact, "longhaul/") || isExact {
		return exact
	}
	return exact + "/leaf"
}

// folders are the folders of the repository with Go code that the patterns name.
func folders(t *testing.T, patterns []string) []string {
	t.Helper()
	var out []string
	for _, p := range patterns {
		top, below := strings.CutSuffix(p, "/...")
		before := len(out)
		err := filepath.WalkDir(filepath.Join(repository, top), func(file string, d os.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			dir, err := filepath.Rel(repository, file)
			if code, _ := filepath.Glob(filepath.Join(file, "*.go")); len(code) > 0 && (dir == top) != below {
				out = append(out, filepath.ToSlash(dir))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out) == before {
			t.Errorf("no folder is named %s", p)
		}
	}
	return out
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeModules makes the folder a module in which every import of the tries is
// found, without a network.
func writeModules(t *testing.T, root string, tries []try) {
	t.Helper()
	mod := "module longhaul\n\ngo 1.26\n"
	for _, m := range []string{"gorm.io/gorm", "go.temporal.io/sdk", "github.com/anacrolix/torrent"} {
		write(t, root, "stubs/"+m+"/go.mod", "module "+m+"\n\ngo 1.26\n")
		mod += fmt.Sprintf("\nrequire %s v1.0.0\nreplace %s => ./stubs/%s\n", m, m, m)
	}
	write(t, root, "go.mod", mod)
	for _, try := range tries {
		switch dir, ours := strings.CutPrefix(try.pkg, "longhaul/"); {
		case ours:
			write(t, root, dir+"/package.go", "package try\n")
		case strings.Contains(strings.Split(try.pkg, "/")[0], "."):
			write(t, root, "stubs/"+try.pkg+"/package.go", "package try\n")
		}
	}
}

// lint returns which rules are reported, by file.
func lint(t *testing.T, root string) map[string][]string {
	t.Helper()
	tools, err := filepath.Abs("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "tool", "-modfile="+tools, "golangci-lint", "run", "--allow-parallel-runners", "--enable-only=depguard",
		"--max-issues-per-linter=0", "--max-same-issues=0", "--uniq-by-line=false", "--show-stats=false", "--output.json.path=stdout", "./...")
	cmd.Dir = root
	answer, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && (!errors.As(err, &failed) || failed.ExitCode() != 1) { // 1 says that there are reports
		t.Fatalf("%v: %s", err, failed.Stderr)
	}
	var report struct {
		Issues []struct {
			Text string
			Pos  struct{ Filename string }
		}
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	list := regexp.MustCompile(`from list '([^']+)'`)
	out := map[string][]string{}
	for _, i := range report.Issues {
		m := list.FindStringSubmatch(i.Text)
		if m == nil {
			t.Fatalf("a report of no rule: %s: %s", i.Pos.Filename, i.Text)
		}
		file := filepath.ToSlash(i.Pos.Filename)
		out[file] = append(out[file], m[1])
	}
	return out
}
