package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"

	"golang.org/x/net/publicsuffix"

	"longhaul/models"
)

// Limits of the cookies of a session.
const (
	maxCookies      = 100
	maxCookieBytes  = 4 << 10  // of one, with its attributes
	maxCookieHeader = 16 << 10 // of those that are sent together
)

// Session returns the guarded client for one run of one source. It keeps the
// cookies that servers set, for the hosts that they may set them for, and forgets
// them with the session. A login goes to the origin of the first address and
// nowhere else, however often redirects lead away and back.
func Session(c *http.Client, first *url.URL, login *models.Login) *http.Client {
	run := *c
	run.Jar = newJar()
	run.Transport = &cookieTransport{next: c.Transport}
	if login != nil {
		run.Transport = &loginTransport{next: run.Transport, origin: first, login: *login}
	}
	return &run
}

// loginTransport signs in where the login belongs.
type loginTransport struct {
	next   http.RoundTripper
	origin *url.URL
	login  models.Login
}

// RoundTrip implements http.RoundTripper.
func (t *loginTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if sameOrigin(t.origin, req.URL) && req.Header.Get("Authorization") == "" {
		req = req.Clone(req.Context())
		req.SetBasicAuth(t.login.User, t.login.Password)
	}
	return t.next.RoundTrip(req)
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (t *loginTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// jar is a cookie jar of bounded size: a server may set as many cookies as it
// likes, for as long as a download takes.
type jar struct {
	jar http.CookieJar

	mu    sync.Mutex
	known map[string]bool // the cookies that were taken, by host, domain, path and name
}

func newJar() *jar {
	inner, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // it never fails
	return &jar{jar: inner, known: map[string]bool{}}
}

// SetCookies implements http.CookieJar.
func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	var taken []*http.Cookie
	j.mu.Lock()
	for _, c := range cookies {
		key := u.Hostname() + "\x00" + c.Domain + "\x00" + c.Path + "\x00" + c.Name
		if len(key)+len(c.Value) > maxCookieBytes || !j.known[key] && len(j.known) == maxCookies {
			continue
		}
		j.known[key] = true
		taken = append(taken, c)
	}
	j.mu.Unlock()
	j.jar.SetCookies(u, taken)
}

// Cookies implements http.CookieJar.
func (j *jar) Cookies(u *url.URL) []*http.Cookie {
	all := j.jar.Cookies(u)
	size := 0
	for i, c := range all {
		if size += len(c.Name) + len(c.Value) + len("=; "); size > maxCookieHeader {
			return all[:i]
		}
	}
	return all
}
