package fetch_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// session returns a session of a new client for the address.
func session(t *testing.T, address string, login *models.Login) *http.Client {
	t.Helper()
	first, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return fetch.Session(client(t, fetch.ClientOptions{}), first, login)
}

func TestLocationsAreFollowedAsServersWriteThem(t *testing.T) {
	t.Parallel()
	var target atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/dir/start" {
			w.Header()["Location"] = []string{target.Load().(string)}
			w.WriteHeader(http.StatusFound)
			return
		}
		fmt.Fprint(w, r.RequestURI)
	}))
	t.Cleanup(srv.Close)
	for location, want := range map[string]string{
		"my file.bin":                   "/dir/my%20file.bin",
		"/grün/日本.zip":                  "/gr%C3%BCn/%E6%97%A5%E6%9C%AC.zip",
		"/caf\xe9.txt":                  "/caf%E9.txt",
		"/100% legal/a%2Fb c":           "/100%25%20legal/a%2Fb%20c",
		`\back\slash`:                   "/back/slash",
		"../up?q=a b":                   "/up?q=a%20b",
		srv.URL + "/whole address":      "/whole%20address",
		"//" + srv.URL[len("http://"):]: "/",
		"?only=query":                   "",
		"/x#fragment with space":        "/x",
		strings.ToUpper(srv.URL[:4]) + srv.URL[4:] + "/case": "/case",
	} {
		target.Store(location)
		resp, err := get(t, session(t, srv.URL, nil), srv.URL+"/dir/start")
		if want == "" { // leads to itself without end
			if f := fetch.Fault(err); f.Params["cause"] != models.CauseRedirectLoop {
				t.Errorf("%q: %v", location, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", location, err)
			continue
		}
		if got := resp.Request.URL.RequestURI(); got != want {
			t.Errorf("%q leads to %s, want %s", location, got, want)
		}
	}
}

func TestRedirectsThatLeadNowhereSaySo(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = []string{r.URL.Query().Get("to")}
		w.WriteHeader(http.StatusMovedPermanently)
	}))
	t.Cleanup(srv.Close)
	for location, want := range map[string]struct {
		problem models.Problem
		says    string
	}{
		"http://bad host.test/":              {models.ProblemSourceFailing, "can't be read"},
		"http://":                            {models.ProblemSourceFailing, "can't be read"},
		"http://h.test:99999/":               {models.ProblemSourceFailing, "can't be read"},
		"ftp://h.test/x":                     {models.ProblemBlockedAddress, "neither http nor https"},
		"data:text/plain,x":                  {models.ProblemBlockedAddress, "neither http nor https"},
		"http://user:pw@127.0.0.1/x":         {models.ProblemBlockedAddress, "user name or password"},
		"http://[fe80::1%25lo]/":             {models.ProblemBlockedAddress, "not on the public internet"},
		"  MAGNET:?xt=urn:btih:s3cret&dn=x ": {models.ProblemSourceChanged, "magnet link"},
	} {
		_, err := get(t, session(t, srv.URL, nil), srv.URL+"/?to="+url.QueryEscape(location))
		f := fetch.Fault(err)
		if f.Problem != want.problem || !strings.Contains(f.Message, want.says) {
			t.Errorf("%q: %v", location, f)
		}
		if strings.Contains(f.Error(), "s3cret") || strings.Contains(f.Error(), "pw") {
			t.Errorf("%q: the fault quotes it: %v", location, f)
		}
		if m, ok := errors.AsType[*fetch.MagnetError](err); ok != strings.Contains(location, "xt=") || ok && m.Link != strings.TrimSpace(location) {
			t.Errorf("%q: as a magnet link %v", location, err)
		}
	}
}

func TestCookiesStayWithTheirHost(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	var other *httptest.Server
	handle := func(w http.ResponseWriter, r *http.Request) {
		got[r.Host+r.URL.Path] = r.Header.Get("Cookie")
		switch r.URL.Path {
		case "/start":
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
			http.SetCookie(w, &http.Cookie{Name: "wide", Value: "1", Domain: "test"})    // a public suffix
			http.SetCookie(w, &http.Cookie{Name: "their", Value: "1", Domain: "b.test"}) // another host's
			http.SetCookie(w, &http.Cookie{Name: "safe", Value: "1", Secure: true})
			http.SetCookie(w, &http.Cookie{Name: "deep", Value: "1", Path: "/deep"})
			http.SetCookie(w, &http.Cookie{Name: "huge", Value: strings.Repeat("x", 5000)})
			http.Redirect(w, r, "/deep/gate", http.StatusFound)
		case "/deep/gate":
			_, port, _ := net.SplitHostPort(other.Listener.Addr().String())
			http.Redirect(w, r, "http://b.test:"+port+"/other", http.StatusFound)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(handle))
	t.Cleanup(srv.Close)
	other = httptest.NewServer(http.HandlerFunc(handle))
	t.Cleanup(other.Close)
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	_, otherPort, _ := net.SplitHostPort(other.Listener.Addr().String())
	dns := startDNS(t, []string{"127.0.0.1"})
	c := fetch.NewClient(fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(loopback4), Resolver: dns.resolver()}).StayHome(), fetch.ClientOptions{})
	t.Cleanup(c.CloseIdleConnections)
	start := "http://a.test:" + port + "/start"
	first, _ := url.Parse(start)
	run := fetch.Session(c, first, nil)
	if _, err := get(t, run, start); err != nil {
		t.Fatal(err)
	}
	if h := got["a.test:"+port+"/deep/gate"]; h != "deep=1; seen=1" && h != "seen=1; deep=1" {
		t.Errorf("the host itself got %q back", h)
	}
	if h, asked := got["b.test:"+otherPort+"/other"]; !asked || h != "" {
		t.Errorf("another host got %q", h)
	}
	if _, err := get(t, run, start); err != nil || got["a.test:"+port+"/start"] != "seen=1" {
		t.Errorf("the same run brought %q, %v", got["a.test:"+port+"/start"], err)
	}
	if _, err := get(t, fetch.Session(c, first, nil), start); err != nil || got["a.test:"+port+"/start"] != "" {
		t.Errorf("another run brought %q, %v", got["a.test:"+port+"/start"], err)
	}
}

func TestCookiesAreBounded(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	var largest atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		largest.Store(max(largest.Load(), int64(len(r.Header.Get("Cookie")))))
		for range 10 {
			http.SetCookie(w, &http.Cookie{Name: fmt.Sprintf("c%d", n.Add(1)), Value: strings.Repeat("x", 1000)})
		}
		http.SetCookie(w, &http.Cookie{Name: "c1", Value: fmt.Sprint("fresh", n.Load())})
		http.Redirect(w, r, fmt.Sprintf("/%d", n.Load()), http.StatusFound)
	}))
	t.Cleanup(srv.Close)
	run := session(t, srv.URL, nil)
	u, _ := url.Parse(srv.URL)
	for range 2 {
		_, err := get(t, run, srv.URL)
		if f := fetch.Fault(err); f.Params["cause"] != models.CauseRedirects {
			t.Fatal(err)
		}
	}
	if got := largest.Load(); got == 0 || got > 17<<10 {
		t.Errorf("a request carried %d bytes of cookies", got)
	}
	small := session(t, srv.URL, nil).Jar
	for i := range 500 {
		small.SetCookies(u, []*http.Cookie{{Name: fmt.Sprintf("s%d", i), Value: "x"}})
	}
	if kept := len(small.Cookies(u)); kept != 100 {
		t.Errorf("%d cookies were kept", kept)
	}
	if c := run.Jar.Cookies(u); c[0].Value != fmt.Sprint("fresh", n.Load()) {
		t.Errorf("a cookie that is known was not refreshed: %s", c[0].Value)
	}
}

// TestLoginsGoToTheirOriginAlone leads away and back by redirects, to other hosts,
// to another port of the same one, and to addresses that the guard refuses.
func TestLoginsGoToTheirOriginAlone(t *testing.T) {
	t.Parallel()
	canaryAddr, hits := canary(t)
	_, canaryPort, _ := net.SplitHostPort(canaryAddr)
	var asked []string
	note := func(r *http.Request) {
		user, password, ok := r.BasicAuth()
		asked = append(asked, fmt.Sprintf("%s %v %s:%s", r.URL.Path, ok, user, password))
	}
	var home *httptest.Server
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r)
		http.Redirect(w, r, home.URL+"/back", http.StatusFound)
	}))
	t.Cleanup(away.Close)
	home = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r)
		switch r.URL.Path {
		case "/start":
			http.Redirect(w, r, away.URL+"/away", http.StatusTemporaryRedirect)
		case "/in":
			http.SetCookie(w, &http.Cookie{Name: "s", Value: "s3cret"})
			http.Redirect(w, r, "http://0x7f.2:"+canaryPort+"/", http.StatusFound)
		}
	}))
	t.Cleanup(home.Close)
	login := &models.Login{User: "ann", Password: "s3cret ü"}
	run := session(t, home.URL, login)
	if _, err := get(t, run, home.URL+"/start"); err != nil {
		t.Fatal(err)
	}
	want := "/start true ann:s3cret ü, /away false :, /back true ann:s3cret ü"
	if got := strings.Join(asked, ", "); got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	for _, host := range []string{"0x7f.2", "2130706434", "127.0.0.2", "[::ffff:7f00:2]"} {
		if _, err := get(t, session(t, "http://"+host+":"+canaryPort, login), "http://"+host+":"+canaryPort+"/"); !isBlocked(err) {
			t.Errorf("%s: %v", host, err)
		}
	}
	_, err := get(t, run, home.URL+"/in")
	if !isBlocked(err) || hits.Load() != 0 {
		t.Errorf("a redirect with cookie and login: %v, the canary was reached %d times", err, hits.Load())
	}
	if strings.Contains(fmt.Sprint(err, fetch.Fault(err)), "s3cret") {
		t.Errorf("the fault tells the secret: %v", err)
	}
}
