// Package legal makes the pages that tell users and rights holders their rights
// and duties: terms, privacy and copyright. The texts are templates in Markdown
// with the operator's name and the deployment's settings filled in; an operator
// can replace each by a file of their own.
package legal

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/template"
	"unicode/utf8"

	"longhaul/models"
)

//go:embed pages
var pages embed.FS

// maxFile bounds the file that replaces a page, in bytes.
const maxFile = 256 << 10

// Contact is how to reach someone. Each field is empty until the operator sets it.
type Contact struct{ Name, Address, Phone, Email string }

// Facts are what the pages say of the deployment.
type Facts struct {
	Operator     Contact
	Jurisdiction string  // whose law applies
	Agent        Contact // designated to receive notices under 17 U.S.C. § 512(c)(2)
	Host         string  // of the app

	Mail, Turnstile bool // in use

	CounterDays, StrikeMonths, Suspend, Disable int
}

// Missing returns the settings without which the pages don't say who runs the
// service, by name.
func (f Facts) Missing() []string {
	var out []string
	for _, s := range []struct{ name, value string }{
		{"OPERATOR_NAME", f.Operator.Name},
		{"OPERATOR_ADDRESS", f.Operator.Address},
		{"OPERATOR_EMAIL", f.Operator.Email},
		{"OPERATOR_JURISDICTION", f.Jurisdiction},
		{"DMCA_AGENT_NAME", f.Agent.Name},
		{"DMCA_AGENT_ADDRESS", f.Agent.Address},
		{"DMCA_AGENT_PHONE", f.Agent.Phone},
		{"DMCA_AGENT_EMAIL", f.Agent.Email},
	} {
		if strings.TrimSpace(s.value) == "" {
			out = append(out, s.name)
		}
	}
	return out
}

// Texts are the pages of a deployment.
type Texts struct {
	pages    map[models.LegalName]models.LegalPage
	unnamed  []string
	replaced int
}

// Load fills the pages in. A file in the directory, which may be empty, replaces
// the page with its name, such as terms.md; the same placeholders work in it.
func Load(facts Facts, dir string) (*Texts, error) {
	t := &Texts{pages: map[models.LegalName]models.LegalPage{}, unnamed: facts.Missing()}
	var own *os.Root
	if dir != "" {
		var err error
		if own, err = os.OpenRoot(dir); err != nil {
			return nil, fmt.Errorf("open LEGAL_DIR: %w", err)
		}
		defer func() { _ = own.Close() }()
	}
	for _, name := range models.LegalNames() {
		text, replaced, err := source(name, own)
		if err != nil {
			return nil, err
		}
		filled, err := fill(text, facts)
		if err != nil {
			return nil, fmt.Errorf("legal page %s: %w", name, err)
		}
		if replaced {
			t.replaced++
		}
		t.pages[name] = models.LegalPage{Name: name, Text: filled, Replaced: replaced}
	}
	return t, nil
}

// Page returns the page, and false for a name that none has.
func (t *Texts) Page(name models.LegalName) (models.LegalPage, bool) {
	p, ok := t.pages[name]
	return p, ok
}

// Missing returns the settings that the operator has to set, none if they wrote
// all of the pages themself.
func (t *Texts) Missing() []string {
	if t.replaced == len(t.pages) {
		return nil
	}
	return t.unnamed
}

// source returns the text of the page before it is filled in.
func source(name models.LegalName, own *os.Root) (text string, replaced bool, err error) {
	file := string(name) + ".md"
	if own != nil {
		raw, err := read(own, file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return string(raw), true, err
		}
	}
	raw, err := pages.ReadFile("pages/" + file)
	if err != nil {
		return "", false, fmt.Errorf("read legal page: %w", err)
	}
	return string(raw), false, nil
}

func read(own *os.Root, file string) ([]byte, error) {
	raw, err := own.ReadFile(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read legal page: %w", err)
	case len(raw) > maxFile || !utf8.Valid(raw):
		return nil, fmt.Errorf("legal page %s: use UTF-8 text of at most %d bytes", file, maxFile)
	}
	return raw, nil
}

func fill(text string, f Facts) (string, error) {
	page, err := template.New("").Funcs(f.functions()).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("parse: %w", err)
	}
	var b bytes.Buffer
	err = page.Execute(&b, struct {
		Facts
		Browser []BrowserItem
		Data    []DataItem
	}{f, Browser(), Data()})
	if err != nil {
		return "", fmt.Errorf("fill in: %w", err)
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}

// functions are the placeholders that need more than a value.
func (f Facts) functions() template.FuncMap {
	operator := cmp.Or(plain(f.Operator.Name), "the operator")
	return template.FuncMap{
		"operator":     func() string { return operator },
		"operatorCap":  func() string { return strings.ToUpper(operator[:1]) + operator[1:] },
		"jurisdiction": func() string { return cmp.Or(plain(f.Jurisdiction), "the place where the operator is established") },
		"contact":      func() string { return f.Operator.lines("The operator has not said how to reach them.") },
		"agent":        f.agent,
		"unnamed":      f.notice,
		"plural": func(n int, word string) string {
			if n == 1 {
				return "1 " + word
			}
			return fmt.Sprintf("%d %ss", n, word)
		},
	}
}

// notice says plainly that the operator has not named themself.
func (f Facts) notice() string {
	if strings.TrimSpace(f.Operator.Name) != "" && strings.TrimSpace(f.Operator.Address) != "" && strings.TrimSpace(f.Operator.Email) != "" {
		return ""
	}
	return "> **The operator of this installation has not named themself.** Until they do, this page can't tell you who is responsible. " +
		"Ask the person who gave you the address.\n"
}

func (f Facts) agent() string {
	if f.Agent == (Contact{}) {
		return "The operator has not named an agent for notices. Use the form, or write to the operator:\n\n" + f.Operator.lines("The operator has not said how to reach them.")
	}
	return "You can also write to the designated agent:\n\n" + f.Agent.lines("")
}

// lines returns the contact as a list.
func (c Contact) lines(none string) string {
	var out []string
	for _, l := range []struct{ label, value string }{{"Name", c.Name}, {"Address", c.Address}, {"Phone", c.Phone}, {"E-mail", c.Email}} {
		if v := plain(l.value); v != "" {
			out = append(out, "- "+l.label+": "+v)
		}
	}
	if len(out) == 0 {
		return none
	}
	return strings.Join(out, "\n")
}

// plain returns a setting as one line of Markdown that shows it as it is.
func plain(value string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(value), " ") {
		if strings.ContainsRune("\\`*_{}[]()<>#+!|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
