package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// caller is someone who calls the API.
type caller struct {
	name   string
	cookie string // a session
	bearer string // an API token or an agent's credential
}

// call is one request.
type call struct {
	what   string // why it is made, if its place does not tell
	as     *caller
	method string
	path   string // on the app's origin, or a whole address
	header map[string]string
	body   string
	brief  bool // do not record the body: it has tests of its own
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// get returns a member of the answer, by its keys joined with dots.
func (a answer) get(path string) string {
	var v any
	if json.Unmarshal(a.body, &v) != nil {
		return ""
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(at) {
				return ""
			}
			v = at[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// raw returns a member of the answer as JSON.
func (a answer) raw(t *testing.T, key string) json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return m[key]
}

// cookie returns the value of a cookie that the answer sets.
func (a answer) cookie(name string) string {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// recorder makes requests and writes down their answers.
type recorder struct {
	*server
	normal
	t        *testing.T
	client   *http.Client
	chapters map[string]*chapter
	called   map[route]bool
}

// chapter is what becomes one file of the recording.
type chapter struct {
	text   strings.Builder
	common map[string]http.Header // by origin: headers of the first answer, told once
}

func newRecorder(t *testing.T) *recorder {
	s := start(t)
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	r := &recorder{
		server: s, t: t, chapters: map[string]*chapter{}, called: map[route]bool{},
		client: &http.Client{Transport: transport, Timeout: 5 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
	r.name(s.app, "app")
	r.name(s.files, "files")
	r.name(strings.TrimPrefix(s.app, "http://"), "app host")
	return r
}

func (r *recorder) request(c call) *http.Request {
	r.t.Helper()
	address := c.path
	if strings.HasPrefix(address, "/") {
		address = r.app + address
	}
	req, err := http.NewRequestWithContext(r.t.Context(), c.method, address, strings.NewReader(c.body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("User-Agent", "contract")
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.as != nil && c.as.cookie != "" {
		req.Header.Set("Cookie", "__Host-sid="+c.as.cookie)
	}
	if c.as != nil && c.as.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+c.as.bearer)
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	return req
}

// do makes a request and records the answer in a chapter.
func (r *recorder) do(in string, c call) answer {
	r.t.Helper()
	r.exec(`delete from rate_limits`) // limits have tests of their own
	req := r.request(c)
	resp, err := r.client.Do(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	r.settle()
	a := answer{resp.StatusCode, resp.Header, body}
	r.record(in, c, req, a)
	return a
}

// must is do for a request without whose success the rest makes no sense.
func (r *recorder) must(in string, c call) answer {
	r.t.Helper()
	a := r.do(in, c)
	if a.status >= http.StatusBadRequest {
		r.t.Fatalf("%s %s as %s: status %d: %s", c.method, c.path, nameOf(c.as), a.status, a.body)
	}
	return a
}

func nameOf(c *caller) string {
	if c == nil {
		return "anonymous"
	}
	return c.name
}

func (r *recorder) record(in string, c call, req *http.Request, a answer) {
	r.t.Helper()
	files := strings.HasPrefix(c.path, r.files)
	r.mark(files, req.Method, req.URL.Path)
	ch := r.chapters[in]
	if ch == nil {
		ch = &chapter{common: map[string]http.Header{}}
		r.chapters[in] = ch
	}
	fmt.Fprintf(&ch.text, "## %s %s as %s", c.method, r.asked(c.path), nameOf(c.as))
	if c.what != "" {
		fmt.Fprintf(&ch.text, " (%s)", c.what)
	}
	ch.text.WriteByte('\n')
	for _, k := range slices.Sorted(maps.Keys(c.header)) {
		if k != "Content-Type" || !strings.HasPrefix(c.header[k], "multipart/") {
			fmt.Fprintf(&ch.text, "> %s: %s\n", k, r.asked(c.header[k]))
		}
	}
	fmt.Fprintf(&ch.text, "%d\n", a.status)
	origin := "app"
	if files {
		origin = "files"
	}
	if c.brief {
		a.header.Del("Content-Length")
	}
	r.headers(ch, origin, a.header)
	if !c.brief {
		ch.text.WriteString(r.body(a))
	}
	ch.text.WriteByte('\n')
}

// headers writes the headers that are not those of the chapter's first answer
// from the origin.
func (r *recorder) headers(ch *chapter, origin string, h http.Header) {
	now := http.Header{}
	for k, v := range h {
		switch k {
		case "Date":
			continue
		case "X-Request-Id":
			now.Set(k, "<id>")
			continue
		case "Content-Length":
			if strings.Contains(h.Get("Content-Type"), "json") {
				continue // of words that are not part of the recording
			}
		}
		now.Set(k, r.text(strings.Join(v, " | ")))
	}
	before := ch.common[origin]
	if before == nil {
		ch.common[origin] = now
	}
	for _, k := range slices.Sorted(maps.Keys(now)) {
		if before.Get(k) != now.Get(k) {
			fmt.Fprintf(&ch.text, "%s: %s\n", k, now.Get(k))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(before)) {
		if now.Get(k) == "" && k != "Content-Length" {
			fmt.Fprintf(&ch.text, "%s is absent\n", k)
		}
	}
}

func (r *recorder) body(a answer) string {
	kind := a.header.Get("Content-Type")
	switch {
	case len(a.body) == 0:
		return ""
	case strings.Contains(kind, "json"):
		return r.json(a.body, strings.Contains(kind, "problem"))
	case strings.HasPrefix(kind, "text/plain"), strings.HasPrefix(kind, "application/octet-stream"):
		return r.text(string(a.body)) + "\n"
	default:
		return fmt.Sprintf("<%d bytes>\n", len(a.body))
	}
}

func (r *recorder) json(body []byte, short bool) string {
	r.t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		r.t.Fatalf("%v: %s", err, body)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if !short {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(r.value("", v)); err != nil {
		r.t.Fatal(err)
	}
	return out.String()
}

var (
	ginParam  = regexp.MustCompile(`[:*](\w+)`)
	openParam = regexp.MustCompile(`\\\{\w+\\\}`)
)

// braces writes a path's parameters as the OpenAPI document does.
func braces(path string) string { return ginParam.ReplaceAllString(path, "{$1}") }

// mark notes that a route was called: of several that fit, the one with the
// fewest parameters.
func (r *recorder) mark(files bool, method, path string) {
	var best *route
	for i, c := range r.routes {
		if c.files != files || c.method != method {
			continue
		}
		fits := regexp.MustCompile(`^` + openParam.ReplaceAllString(regexp.QuoteMeta(c.path), `[^/]+`) + `$`)
		if fits.MatchString(path) && (best == nil || strings.Count(c.path, "{") < strings.Count(best.path, "{")) {
			best = &r.routes[i]
		}
	}
	if best != nil {
		r.called[*best] = true
	}
}
