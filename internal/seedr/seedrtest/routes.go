package seedrtest

import (
	"context"
	"crypto/subtle"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"longhaul/internal/wait"
)

// maxUpload bounds a .torrent file.
const maxUpload = 10 << 20

// request is an API call with its parameters read.
type request struct {
	*http.Request
	route string
	id    int64
	form  map[string]string
	file  []byte // of a multipart upload
}

// reply is what a call answers with.
type reply struct {
	status   int
	body     object
	location string // of a redirect instead of a body
}

// endpoint is one row of the API.
type endpoint struct {
	method, path, route string
	params              []string // form parameters that it knows; all others are refused
	upload              bool     // takes a multipart file
	act                 func(*Sim, request) reply
}

// endpoints are the documented calls that a client of ours may use, and their
// old aliases.
var endpoints = []endpoint{
	{method: "GET", path: "/rest/user", route: "account", act: (*Sim).getUser},
	{method: "GET", path: "/rest/folder", route: "root", act: (*Sim).getRoot},
	{method: "GET", path: "/rest/folder/{id}", route: "folder", act: (*Sim).getFolder},
	{method: "DELETE", path: "/rest/folder/{id}", route: "delete folder", act: (*Sim).deleteFolder},
	{method: "GET", path: "/rest/file/{id}", route: "link", act: (*Sim).getFile},
	{method: "DELETE", path: "/rest/file/{id}", route: "delete file", act: (*Sim).deleteFile},
	{method: "POST", path: "/rest/transfer/magnet", route: "add", params: []string{"magnet"}, act: (*Sim).addMagnet},
	{method: "POST", path: "/rest/transfer/file", route: "add", upload: true, act: (*Sim).addFile},
	{method: "GET", path: "/rest/transfer/{id}", route: "transfer", act: (*Sim).getTransfer},
	{method: "DELETE", path: "/rest/transfer/{id}", route: "delete transfer", act: (*Sim).deleteTransfer},
	{method: "POST", path: "/rest/torrent/magnet", route: "add", params: []string{"magnet"}, act: (*Sim).addMagnet},
	{method: "GET", path: "/rest/torrent/{id}", route: "transfer", act: (*Sim).getTransfer},
	{method: "DELETE", path: "/rest/torrent/{id}", route: "delete transfer", act: (*Sim).deleteTransfer},
}

// api is the API's handler: endpoints, the OAuth twin for the wishlist, and
// the simulator's own page.
func (s *Sim) api() http.Handler {
	mux := http.NewServeMux()
	for _, e := range endpoints {
		mux.HandleFunc(e.method+" "+e.path, s.call(e))
	}
	mux.HandleFunc("POST /oauth_test/token.php", s.token)
	mux.HandleFunc("POST /oauth_test/resource.php", s.resource)
	mux.HandleFunc("GET /_simulator", s.control)
	mux.HandleFunc("PATCH /_simulator", s.control)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			s.violate("%s %s is not a documented call", r.Method, r.URL.Path)
		}
		mux.ServeHTTP(w, r)
	})
}

// call wraps an endpoint: counting, faults, credentials, parameters.
func (s *Sim) call(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.count(e.route) {
			s.violate("more than %d calls in a second", s.Switches().CallsPerSecond)
			w.Header().Set("Retry-After", "1")
			s.turnDown(w, http.StatusTooManyRequests, "too_many_requests")
			return
		}
		if !s.authorized(r) {
			page(w, http.StatusUnauthorized)
			return
		}
		req, fault := s.read(e, r)
		if fault != "" {
			s.violate("%s: %s", e.route, fault)
			s.turnDown(w, http.StatusBadRequest, "no_torrent_passed")
			return
		}
		injected := s.fault(e.route, false)
		if injected != FaultLostAnswer && injected != "" {
			s.fail(w, r, injected)
			return
		}
		if status := s.Switches().NoREST; status != 0 {
			s.turnDown(w, status, "premium_required")
			return
		}
		s.mu.Lock()
		out := e.act(s, req)
		s.mu.Unlock()
		if injected == FaultLostAnswer {
			panic(http.ErrAbortHandler)
		}
		s.write(w, out)
	}
}

// turnDown answers with a refusal before the act.
func (s *Sim) turnDown(w http.ResponseWriter, status int, word string) {
	s.mu.Lock()
	out := s.refuse(status, word)
	s.mu.Unlock()
	s.write(w, out)
}

// count counts a call and reports whether the rate admits it.
func (s *Sim) count(route string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.stats.Calls[route]++
	s.stats.at = append(s.stats.at, now)
	for len(s.recent) > 0 && now.Sub(s.recent[0]) >= time.Second {
		s.recent = s.recent[1:]
	}
	s.recent = append(s.recent, now)
	return s.sw.CallsPerSecond == 0 || len(s.recent) <= s.sw.CallsPerSecond
}

func (s *Sim) authorized(r *http.Request) bool {
	email, password, ok := r.BasicAuth()
	return ok && subtle.ConstantTimeCompare([]byte(email), []byte(s.email)) == 1 &&
		subtle.ConstantTimeCompare([]byte(password), []byte(s.password)) == 1
}

// read reads the parameters of a call and says what a strict server would not
// accept.
func (s *Sim) read(e endpoint, r *http.Request) (request, string) {
	req := request{Request: r, route: e.route, form: make(map[string]string)}
	if strings.Contains(e.path, "{id}") {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil || id <= 0 {
			return req, "the id is not a number"
		}
		req.id = id
	}
	if r.URL.RawQuery != "" {
		return req, "parameters in the address"
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxUpload)
	switch media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case e.upload:
		if media != "multipart/form-data" {
			return req, "not a multipart upload"
		}
		f, _, err := r.FormFile("file")
		if err != nil || len(r.MultipartForm.File) != 1 || len(r.MultipartForm.Value) != 0 {
			return req, "not exactly one field, named file"
		}
		defer f.Close()
		if req.file, err = io.ReadAll(f); err != nil || len(req.file) == 0 {
			return req, "an empty file"
		}
	case len(e.params) > 0:
		if media != "application/x-www-form-urlencoded" {
			return req, "no form"
		}
		if err := r.ParseForm(); err != nil || len(r.PostForm) != len(e.params) {
			return req, "unknown or missing parameters"
		}
		for _, p := range e.params {
			if req.form[p] = r.PostForm.Get(p); req.form[p] == "" {
				return req, p + " is missing"
			}
		}
	default:
		if n, _ := io.Copy(io.Discard, r.Body); n > 0 {
			return req, "a body where none belongs"
		}
	}
	return req, ""
}

// fail answers with an injected fault.
func (s *Sim) fail(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f {
	case FaultHTML500:
		page(w, http.StatusBadGateway)
	case FaultJSON500:
		s.write(w, reply{status: http.StatusInternalServerError, body: object{"reason_phrase": "internal_error"}})
	case FaultHTML200:
		page(w, http.StatusOK)
	case FaultGarbage:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"result":true,"space_max":[}`)
	case FaultHang:
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	case FaultLimitJSON:
		w.Header().Set("Retry-After", "1")
		s.write(w, reply{status: http.StatusTooManyRequests, body: object{"reason_phrase": "too_many_requests"}})
	case FaultLimitHTML:
		busy(w)
	case FaultLimit403:
		w.Header().Set("Retry-After", "1")
		s.write(w, reply{status: http.StatusForbidden, body: object{"error": "Rate limit exceeded. Please try again later."}})
	case FaultAuth:
		page(w, http.StatusUnauthorized)
	default:
		panic(http.ErrAbortHandler)
	}
}

// Wait waits until cond holds, or ctx ends; for tests.
func (s *Sim) Wait(ctx context.Context, cond func(*Sim) bool) error {
	for !cond(s) {
		if err := wait.For(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
