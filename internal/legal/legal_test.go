package legal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"longhaul/internal/legal"
	"longhaul/models"
)

func named() legal.Facts {
	return legal.Facts{
		Operator:     legal.Contact{Name: "Example *Hosting* <Ltd>", Address: "1 Main Street\n Springfield", Email: "legal@example.com"},
		Jurisdiction: "Ireland", Agent: legal.Contact{Name: "Ann Agent", Address: "2 Side Street", Phone: "+1 555 0100", Email: "dmca@example.com"},
		Host: "dl.example.com", CounterDays: 10, StrikeMonths: 12, Suspend: 3, Disable: 1, Mail: true,
	}
}

func page(t *testing.T, f legal.Facts, dir string, name models.LegalName) string {
	t.Helper()
	texts, err := legal.Load(f, dir)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := texts.Page(name)
	if !ok {
		t.Fatalf("no page %s", name)
	}
	return p.Text
}

// The pages name the operator as configured, with nothing of it read as Markdown,
// and the deployment's own numbers.
func TestPagesAreFilledIn(t *testing.T) {
	t.Parallel()
	for _, name := range models.LegalNames() {
		text := page(t, named(), "", name)
		if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") || strings.Contains(text, "has not named") {
			t.Errorf("%s: %s", name, text)
		}
	}
	terms := page(t, named(), "", models.LegalTerms)
	for _, want := range []string{`Example \*Hosting\* \<Ltd\>`, "1 Main Street Springfield", "law of Ireland", "12 months", "3 strikes", "With 1 strike your account is disabled", "dl.example.com"} {
		if !strings.Contains(terms, want) {
			t.Errorf("the terms lack %q", want)
		}
	}
	dmca := page(t, named(), "", models.LegalDMCA)
	for _, want := range []string{"Ann Agent", "dmca@example.com", "within 10 to 14 business days"} {
		if !strings.Contains(dmca, want) {
			t.Errorf("the DMCA page lacks %q", want)
		}
	}
	privacy := page(t, named(), "", models.LegalPrivacy)
	if !strings.Contains(privacy, "Resend") || strings.Contains(privacy, "Turnstile") {
		t.Error("the privacy page names others than those in use")
	}
}

// Pages without an operator say so, and which settings are missing is known.
func TestPagesSayThatTheOperatorIsUnnamed(t *testing.T) {
	t.Parallel()
	for _, name := range models.LegalNames() {
		if text := page(t, legal.Facts{CounterDays: 10, StrikeMonths: 12}, "", name); !strings.Contains(text, "has not named themself") {
			t.Errorf("%s does not say it", name)
		}
	}
	half := named()
	half.Agent.Phone, half.Jurisdiction = "", " "
	texts, err := legal.Load(half, "")
	if err != nil || !slices.Equal(texts.Missing(), []string{"OPERATOR_JURISDICTION", "DMCA_AGENT_PHONE"}) {
		t.Errorf("missing %v, %v", texts.Missing(), err)
	}
}

// An operator's file replaces a page, and one that can't be shown is refused at
// the start.
func TestAnOperatorsFileReplacesAPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("terms.md", "# Ours\n\nBy {{operator}}.")
	if text := page(t, named(), dir, models.LegalTerms); text != "# Ours\n\nBy Example \\*Hosting\\* \\<Ltd\\>.\n" {
		t.Errorf("terms: %q", text)
	}
	if text := page(t, named(), dir, models.LegalDMCA); !strings.Contains(text, "Ann Agent") {
		t.Error("the other pages are gone")
	}
	for _, bad := range []string{"{{nothing}}", "{{.Nothing}}", "\xff", strings.Repeat("x", 300<<10)} {
		write("terms.md", bad)
		if _, err := legal.Load(named(), dir); err == nil {
			t.Errorf("%.20q was accepted", bad)
		}
	}
	if _, err := legal.Load(named(), filepath.Join(dir, "missing")); err == nil {
		t.Error("a directory that is not there was accepted")
	}
	for _, name := range models.LegalNames() {
		write(string(name)+".md", "ours")
	}
	if texts, err := legal.Load(legal.Facts{}, dir); err != nil || texts.Missing() != nil {
		t.Errorf("all are replaced, and yet %v, %v", texts.Missing(), err)
	}
}

// The list of cookies and keys is what the code sets: each quoted name of a cookie
// in api, and each key of the browser's storage in the web app.
func TestTheBrowserListIsTrue(t *testing.T) {
	t.Parallel()
	var listed, found []string
	for _, i := range legal.Browser() {
		if !strings.HasPrefix(i.Name, "tsr-") { // the router's own; the browser test sees it
			listed = append(listed, i.Name)
		}
	}
	collect := func(dir, suffix string, pattern *regexp.Regexp) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) || strings.Contains(path, "test") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
				found = append(found, m[1])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	collect("../../api", ".go", regexp.MustCompile(`"(__Host-[a-z-]+)"`))
	collect("../../web/src", ".ts", regexp.MustCompile(`[kK]ey(?: =|:) '(longhaul-[a-z-]+)'`))
	collect("../../web/src", ".tsx", regexp.MustCompile(`[kK]ey(?: =|:) '(longhaul-[a-z-]+)'`))
	slices.Sort(found)
	slices.Sort(listed)
	if found = slices.Compact(found); !slices.Equal(found, listed) {
		t.Errorf("the code sets %v, the privacy page lists %v", found, listed)
	}
}

// Whatever else touches the browser's storage has to be in the list above.
func TestStorageIsTouchedInKnownPlaces(t *testing.T) {
	t.Parallel()
	known := []string{"app/theme.ts", "features/announcement/components/banner.tsx", "features/onboarding/dismissed.ts", "lib/farewell.ts", "lib/kept.ts", "lib/missing-part.ts", "features/jobs/submit/store.ts", "features/shares/visit.ts"}
	touches := regexp.MustCompile(`localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open`)
	err := filepath.WalkDir("../../web/src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "test") {
			return err
		}
		text, err := os.ReadFile(path)
		if name := strings.TrimPrefix(filepath.ToSlash(path), "../../web/src/"); touches.Match(text) && !slices.Contains(known, name) {
			t.Errorf("%s keeps something in the browser: list it in internal/legal/inventory.go, and the file here", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
