package mailbox

import (
	_ "embed" // embeds the page template
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"longhaul/frontdoor"
)

//go:embed page.gohtml
var pageSource string

// pages serves the stored mail to a browser and, as JSON, to tests.
type pages struct {
	box  *box
	page *template.Template
}

// view is what the template shows: the list, and one message when it is open.
type view struct {
	Messages []Message
	Open     *Message
}

func newPages(b *box, key string) http.Handler {
	p := &pages{box: b, page: template.Must(template.New("page").Parse(pageSource))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("GET /messages/{id}", p.message)
	mux.HandleFunc("GET /messages/{id}/html", p.html)
	mux.HandleFunc("GET /messages/{id}/raw", p.raw)
	mux.HandleFunc("GET /api/messages", p.listJSON)
	mux.HandleFunc("GET /api/messages/{id}", p.messageJSON)
	mux.HandleFunc("DELETE /api/messages", p.clear)
	mux.HandleFunc("POST /emails", (&receiver{box: b, key: key}).send)
	return http.NewCrossOriginProtection().Handler(frontdoor.LocalOnly(locked(mux)))
}

// locked keeps a browser from running or sending what a mail holds.
func locked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (p *pages) index(w http.ResponseWriter, _ *http.Request) {
	p.render(w, nil)
}

func (p *pages) message(w http.ResponseWriter, r *http.Request) {
	message, err := p.box.read(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	p.render(w, &message)
}

func (p *pages) render(w http.ResponseWriter, open *Message) {
	messages, err := p.box.list()
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The status has been sent by the time a write fails, so the error can't be
	// reported.
	_ = p.page.Execute(w, view{Messages: messages, Open: open})
}

// html serves a message's own markup, which the page shows in a frame without
// any rights.
func (p *pages) html(w http.ResponseWriter, r *http.Request) {
	message, err := p.box.read(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Security-Policy", "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Links open outside the frame.
	_, _ = w.Write([]byte(`<base target="_blank">` + message.HTML))
}

func (p *pages) raw(w http.ResponseWriter, r *http.Request) {
	content, err := p.box.raw(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(content)
}

// listJSON lists all messages, or with ?to= those of one recipient.
func (p *pages) listJSON(w http.ResponseWriter, r *http.Request) {
	messages, err := p.box.list()
	if err != nil {
		fail(w, err)
		return
	}
	if to := strings.ToLower(r.URL.Query().Get("to")); to != "" {
		messages = slices.DeleteFunc(messages, func(m Message) bool { return !strings.Contains(strings.ToLower(m.To), to) })
	}
	writeJSON(w, map[string]any{"messages": messages})
}

func (p *pages) messageJSON(w http.ResponseWriter, r *http.Request) {
	message, err := p.box.read(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	writeJSON(w, message)
}

func (p *pages) clear(w http.ResponseWriter, _ *http.Request) {
	if err := p.box.clear(); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func fail(w http.ResponseWriter, err error) {
	if errors.Is(err, errUnknown) {
		http.Error(w, errUnknown.Error(), http.StatusNotFound)
		return
	}
	http.Error(w, "could not read the mail folder", http.StatusInternalServerError)
}
