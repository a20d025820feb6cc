package mailbox

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

const (
	keyDir = "idempotency"
	maxKey = 256
)

// receiver takes mail by the HTTP API of Resend, as far as Longhaul uses it:
// POST /emails with a bearer key and an idempotency key.
type receiver struct {
	box *box
	key string // what the bearer must be; empty takes any

	mu sync.Mutex // one mail at a time, so that a repeated key finds its first use
}

// email is the body of a request to send.
type email struct {
	From    string
	To      []string
	Subject string
	HTML    string
	Text    string
	Headers map[string]string
}

// used is what is kept of an idempotency key.
type used struct{ ID, Body string }

// refusal is a failed response, in Resend's form.
type refusal struct {
	StatusCode int    `json:"statusCode"`
	Name       string `json:"name"`
	Message    string `json:"message"`
}

func (e refusal) Error() string { return e.Name }

func (r *receiver) send(w http.ResponseWriter, req *http.Request) {
	id, err := r.take(req)
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		refused, ok := errors.AsType[refusal](err)
		if !ok {
			refused = refusal{http.StatusInternalServerError, "application_error", "could not write to the mail folder"}
		}
		w.WriteHeader(refused.StatusCode)
		_ = json.NewEncoder(w).Encode(refused)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"id": id})
}

// take stores the mail of a request and returns its id; for a key that was
// used before, the id of then.
func (r *receiver) take(req *http.Request) (string, error) {
	bearer, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !ok || bearer == "" {
		return "", refusal{http.StatusUnauthorized, "missing_api_key", "Missing API Key"}
	}
	if r.key != "" && subtle.ConstantTimeCompare([]byte(bearer), []byte(r.key)) != 1 {
		return "", refusal{http.StatusUnauthorized, "invalid_api_key", "API key is invalid"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, maxMessageBytes))
	if err != nil {
		return "", refusal{http.StatusUnprocessableEntity, "validation_error", "The body cannot be read"}
	}
	var m email
	if err := json.Unmarshal(body, &m); err != nil {
		return "", refusal{http.StatusUnprocessableEntity, "validation_error", "The body is not the JSON of a mail"}
	}
	if err := m.check(); err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	return r.once(req.Header.Get("Idempotency-Key"), hex.EncodeToString(sum[:]), m)
}

// check refuses what Resend would refuse.
func (m email) check() error {
	if _, err := mail.ParseAddress(m.From); err != nil {
		return refusal{http.StatusUnprocessableEntity, "validation_error", "Invalid `from` field"}
	}
	if len(m.To) == 0 || len(m.To) > maxRecipients {
		return refusal{http.StatusUnprocessableEntity, "validation_error", "Invalid `to` field"}
	}
	for _, to := range m.To {
		if _, err := mail.ParseAddress(to); err != nil {
			return refusal{http.StatusUnprocessableEntity, "validation_error", "Invalid `to` field"}
		}
	}
	if m.Subject == "" || m.HTML == "" && m.Text == "" {
		return refusal{http.StatusUnprocessableEntity, "missing_required_field", "Missing `subject`, `html` or `text` field"}
	}
	return nil
}

// once stores the mail unless the key was used for it before.
func (r *receiver) once(key, body string, m email) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key == "" {
		return r.store(m)
	}
	if len(key) > maxKey {
		return "", refusal{http.StatusBadRequest, "invalid_idempotency_key", "The key must be between 1-256 chars"}
	}
	sum := sha256.Sum256([]byte(key))
	path := filepath.Join(r.box.dir, keyDir, hex.EncodeToString(sum[:]))
	var before used
	if content, err := os.ReadFile(path); err == nil && json.Unmarshal(content, &before) == nil {
		if before.Body != body {
			return "", refusal{http.StatusConflict, "invalid_idempotent_request", "Same idempotency key used with a different request payload"}
		}
		return before.ID, nil
	}
	id, err := r.store(m)
	if err != nil {
		return "", err
	}
	content, err := json.Marshal(used{ID: id, Body: body})
	if err != nil {
		return "", fmt.Errorf("encode the key's use: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return "", fmt.Errorf("create the folder of keys: %w", err)
	}
	return id, os.WriteFile(path, content, fileMode)
}

// store keeps the mail in the form that mail by SMTP has.
func (r *receiver) store(m email) (string, error) {
	var message bytes.Buffer
	header := func(name, value string) {
		fmt.Fprintf(&message, "%s: %s\r\n", name, mime.QEncoding.Encode("utf-8", strings.NewReplacer("\r", "", "\n", " ").Replace(value)))
	}
	header("From", m.From)
	header("To", strings.Join(m.To, ", "))
	header("Subject", m.Subject)
	for name, value := range m.Headers {
		if name = textproto.CanonicalMIMEHeaderKey(name); !strings.ContainsAny(name, ": \r\n") {
			header(name, value)
		}
	}
	parts := multipart.NewWriter(&message)
	fmt.Fprintf(&message, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=%q\r\n\r\n", parts.Boundary())
	for _, each := range []struct{ kind, content string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		if each.content == "" {
			continue
		}
		part, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {each.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return "", fmt.Errorf("write the message: %w", err)
		}
		encoder := quotedprintable.NewWriter(part)
		if _, err := io.WriteString(encoder, each.content); err != nil {
			return "", fmt.Errorf("write the message: %w", err)
		}
		if err := encoder.Close(); err != nil {
			return "", fmt.Errorf("write the message: %w", err)
		}
	}
	if err := parts.Close(); err != nil {
		return "", fmt.Errorf("write the message: %w", err)
	}
	return r.box.add(m.From, m.To, &message)
}
