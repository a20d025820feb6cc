package mailbox

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
	suffix   = ".eml"

	// maxDepth bounds how deep parts may nest in a message.
	maxDepth = 5

	envelopeFrom = "X-Envelope-From"
	envelopeTo   = "X-Envelope-To"
)

// errUnknown says that there is no such message.
var errUnknown = errors.New("no such message")

// Message is one stored mail as the pages and the JSON show it.
type Message struct {
	ID      string    `json:"id"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	At      time.Time `json:"at"`
	Text    string    `json:"text,omitempty"`
	HTML    string    `json:"html,omitempty"`
}

// box is the folder of messages.
type box struct {
	dir string
	now func() time.Time
	// id matches the names that add gives, so that no other file is ever read.
	id *regexp.Regexp
}

func openBox(dir string, now func() time.Time) (*box, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("create the mail folder: %w", err)
	}
	return &box{dir: dir, now: now, id: regexp.MustCompile(`^\d{8}T\d{6}\.\d{9}-[A-Z2-7]{8}$`)}, nil
}

// add keeps a message and returns its id.
func (b *box) add(from string, to []string, body io.Reader) (string, error) {
	content, err := io.ReadAll(body)
	if err != nil {
		return "", fmt.Errorf("read the message: %w", err)
	}
	id := b.now().UTC().Format("20060102T150405.000000000") + "-" + rand.Text()[:8]
	var file bytes.Buffer
	line := strings.NewReplacer("\r", "", "\n", " ")
	fmt.Fprintf(&file, "%s: %s\r\n%s: %s\r\n", envelopeFrom, line.Replace(from), envelopeTo, line.Replace(strings.Join(to, ", ")))
	file.Write(content)
	if err := renameio.WriteFile(b.path(id), file.Bytes(), fileMode); err != nil {
		return "", fmt.Errorf("store the message: %w", err)
	}
	return id, nil
}

func (b *box) path(id string) string {
	return filepath.Join(b.dir, id+suffix)
}

// list returns all messages without their bodies, the newest first.
func (b *box) list() ([]Message, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, fmt.Errorf("list the mail folder: %w", err)
	}
	messages := make([]Message, 0, len(entries))
	for _, entry := range entries {
		id, isMail := strings.CutSuffix(entry.Name(), suffix)
		if !isMail || !b.id.MatchString(id) {
			continue
		}
		message, err := b.read(id)
		if err != nil {
			return nil, err
		}
		message.Text, message.HTML = "", ""
		messages = append(messages, message)
	}
	slices.SortFunc(messages, func(x, y Message) int { return cmp.Compare(y.ID, x.ID) })
	return messages, nil
}

func (b *box) raw(id string) ([]byte, error) {
	if !b.id.MatchString(id) {
		return nil, errUnknown
	}
	content, err := os.ReadFile(b.path(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errUnknown
	}
	return content, err
}

func (b *box) read(id string) (Message, error) {
	content, err := b.raw(id)
	if err != nil {
		return Message{}, err
	}
	at, _ := time.Parse("20060102T150405.000000000", id[:len("20060102T150405.000000000")])
	message := Message{ID: id, At: at}
	parsed, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		message.Text = string(content)
		return message, nil
	}
	words := new(mime.WordDecoder)
	message.Subject = header(words, parsed.Header.Get("Subject"))
	message.From = header(words, cmp.Or(parsed.Header.Get("From"), parsed.Header.Get(envelopeFrom)))
	message.To = header(words, cmp.Or(parsed.Header.Get("To"), parsed.Header.Get(envelopeTo)))
	message.fill(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body, maxDepth)
	return message, nil
}

func header(words *mime.WordDecoder, value string) string {
	decoded, err := words.DecodeHeader(value)
	if err != nil {
		return value
	}
	return decoded
}

// fill takes the first plain and the first HTML part. A part that cannot be
// read is left out: the raw message remains to look at.
func (m *Message) fill(contentType, encoding string, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth > 0 {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			m.fill(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, depth-1)
		}
	}
	content, err := io.ReadAll(decoder(encoding, body))
	if err != nil {
		return
	}
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = string(content)
	case kind == "text/html" && m.HTML == "":
		m.HTML = string(content)
	}
}

func decoder(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	default:
		return body
	}
}

// clear deletes all messages.
func (b *box) clear() error {
	messages, err := b.list()
	if err != nil {
		return err
	}
	for _, message := range messages {
		if err := os.Remove(b.path(message.ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("delete a message: %w", err)
		}
	}
	return nil
}
