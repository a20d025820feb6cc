package mail

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"text/template"

	"longhaul/models"
)

//go:embed templates
var templates embed.FS

// Composer writes mails for one deployment.
type Composer struct {
	base    *url.URL
	secrets Secrets
	html    *htmltemplate.Template
	text    *template.Template
}

// NewComposer returns a composer whose links lead to the origin base and carry
// tokens of the secrets.
func NewComposer(base *url.URL, secrets Secrets) (*Composer, error) {
	c := &Composer{base: base, secrets: secrets}
	var err error
	if c.html, err = htmltemplate.ParseFS(templates, "templates/letter.gohtml"); err != nil {
		return nil, fmt.Errorf("read mail template: %w", err)
	}
	if c.text, err = template.ParseFS(templates, "templates/letter.gotxt"); err != nil {
		return nil, fmt.Errorf("read mail template: %w", err)
	}
	return c, nil
}

// Content is a mail as it is sent.
type Content struct{ Subject, HTML, Text string }

// Compose writes the mail in HTML and text.
func (c *Composer) Compose(m models.Mail) (Content, error) {
	l, err := writer{mail: m, base: c.base, secrets: c.secrets}.write()
	if err != nil {
		return Content{}, err
	}
	data := struct {
		letter
		Host, Home string
	}{l, c.base.Host, c.base.JoinPath("/").String()}
	var html, text bytes.Buffer
	if err := c.html.Execute(&html, data); err != nil {
		return Content{}, fmt.Errorf("write mail: %w", err)
	}
	if err := c.text.Execute(&text, data); err != nil {
		return Content{}, fmt.Errorf("write mail: %w", err)
	}
	return Content{Subject: l.Subject, HTML: html.String(), Text: text.String()}, nil
}
