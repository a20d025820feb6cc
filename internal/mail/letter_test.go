package mail_test

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/internal/mail"
	"longhaul/internal/token"
	"longhaul/models"
)

var update = flag.Bool("update", false, "rewrite the golden mails")

func composer(t *testing.T) *mail.Composer {
	t.Helper()
	keys, err := token.NewKeys([]byte("0123456789abcdef0123456789abcdef"), nil)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("https://app.example.com")
	if err != nil {
		t.Fatal(err)
	}
	c, err := mail.NewComposer(base, keys)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sample returns a mail of the kind with every parameter set.
func sample(kind models.MailKind) models.Mail {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	m := models.Mail{
		ID: uuid.MustParse("0193a5c1-0000-7000-8000-000000000001"), To: "user@example.com", Kind: kind, CreatedAt: at,
		Params: map[string]string{
			models.MailParamIP: "192.0.2.1", models.MailParamDevice: "Firefox on Linux", models.MailParamName: "Laptop",
			models.MailParamScopes: "jobs:read, jobs:write", models.MailParamNewEmail: "new@example.com",
			models.MailParamInviter: "admin@example.com", models.MailParamNames: "Sintel\nThe Public Domain Film Collection", models.MailParamMore: "3",
			models.MailParamNote: "The rights holder asked for it.", models.MailParamWorks: "The film “Sintel”", models.MailParamAddress: "1 Main Street, Springfield",
			models.MailParamNotice: "0193a5c1-0000-7000-8000-000000000003", models.MailParamDue: "2026-12-12T00:00:00Z", models.MailParamCount: "2", models.MailParamRef: "LH-7Q2M4X8R1K",
		},
	}
	if kind.HasLink() {
		id, end := uuid.MustParse("0193a5c1-0000-7000-8000-000000000002"), at.Add(30*time.Minute)
		m.TokenID, m.ExpiresAt = &id, &end
	}
	return m
}

// What was deleted to the trash can be restored, and the mail says so.
func TestAMailAboutTheTrash(t *testing.T) {
	t.Parallel()
	m := sample(models.MailJobsDeleted)
	m.Params[models.MailParamTrash] = "yes"
	got, err := composer(t).Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Text, "You can restore what is in your trash") || strings.Contains(got.Text, "undone") ||
		!strings.Contains(got.HTML, "https://app.example.com/trash") {
		t.Errorf("the mail: %s", got.Text)
	}
}

// Every kind of mail looks as it was reviewed; go test ./internal/mail -update
// rewrites the files.
func TestGoldenMails(t *testing.T) {
	t.Parallel()
	c := composer(t)
	for _, kind := range models.MailKinds() {
		got, err := c.Compose(sample(kind))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		golden(t, string(kind)+".html", got.HTML)
		golden(t, string(kind)+".txt", "Subject: "+got.Subject+"\n\n"+got.Text)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now:\n%s", name, got)
	}
}

func TestLinkCarriesTheTokenInBothForms(t *testing.T) {
	t.Parallel()
	keys, err := token.NewKeys([]byte("0123456789abcdef0123456789abcdef"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for kind, prefix := range map[models.MailKind]string{
		models.MailVerify: "https://app.example.com/verify?token=", models.MailReset: "https://app.example.com/reset/confirm?token=",
		models.MailConfirmEmail: "https://app.example.com/confirm-email?token=", models.MailInvitation: "https://app.example.com/register?invitation=",
	} {
		m := sample(kind)
		got, err := composer(t).Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		link := prefix + keys.OneTime(*m.TokenID)
		if !strings.Contains(got.Text, "\n"+link+"\n") || !strings.Contains(got.HTML, `href="`+link+`"`) {
			t.Errorf("%s: no link %s in\n%s", kind, link, got.Text)
		}
		if !strings.Contains(got.Text, "1 November 2026, 12:30 UTC") {
			t.Errorf("%s does not tell how long the link works:\n%s", kind, got.Text)
		}
	}
}

// What a user calls things, and what a browser calls itself, is shown as text
// on one line and can be neither markup nor a header.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	m := sample(models.MailTokenMade)
	m.Params[models.MailParamName] = "<script>alert(1)</script>\r\nBcc: x@evil.example\u202e\x00" + strings.Repeat("é", 500)
	m.Params[models.MailParamDevice] = `"><img src=x onerror=alert(1)>` + "\xff"
	got, err := composer(t).Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.HTML, "<script") || strings.Contains(got.HTML, "<img") {
		t.Errorf("markup in %s", got.HTML)
	}
	if strings.Contains(got.Text, "\nBcc") || strings.ContainsAny(got.Text, "\r\x00\u202e") || !utf8.ValidString(got.Text) {
		t.Errorf("lines or hidden characters in %q", got.Text)
	}
	if strings.Count(got.Text, "é") > 120 {
		t.Error("a long name is not cut")
	}
}

func TestUnknownKindIsNotSent(t *testing.T) {
	t.Parallel()
	if _, err := composer(t).Compose(models.Mail{Kind: "news"}); err == nil {
		t.Error("written")
	}
}
