package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/internal/fetch"
	"longhaul/models"
)

var loopback4 = netip.MustParsePrefix("127.0.0.1/32")

// client returns a guarded client that may reach 127.0.0.1 only, so that
// 127.0.0.2 stands for a private network. It knows no names.
func client(t *testing.T, o fetch.ClientOptions) *http.Client {
	t.Helper()
	d := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(loopback4), Resolver: startDNS(t, nil).resolver()}).StayHome()
	c := fetch.NewClient(d, o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func get(t *testing.T, c *http.Client, rawURL string, header ...string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rawURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	return resp, err
}

// canary listens where nothing may arrive and counts what does.
func canary(t *testing.T) (addr string, hits *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	hits = new(atomic.Int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String(), hits
}

func TestRedirectsToPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	addr, hits := canary(t)
	_, port, _ := net.SplitHostPort(addr)
	var next atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/first" {
			http.Redirect(w, r, "/second", http.StatusFound)
			return
		}
		w.Header().Set("Location", next.Load().(string))
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	t.Cleanup(srv.Close)
	c := client(t, fetch.ClientOptions{})
	targets := []string{
		"http://" + addr + "/", "http://127.0.0.2.:" + port + "/", "http://2130706434:" + port + "/",
		"http://0x7f000002:" + port + "/", "http://127.2:" + port + "/", "http://[::ffff:127.0.0.2]:" + port + "/",
		"http://0x7f.2:" + port + "/", "http://0177.0.0.02:" + port + "/", "http:\\\\127.0.0.2:" + port + "\\", "http://１２７.0.0.2:" + port + "/",
		"http://127.0.0.2%2E:" + port + "/", "//127.0.0.2:" + port + "/", "http://x@127.0.0.2:" + port + "/",
		"http://[::1]:" + port + "/", "http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
		"http://127.0.0.1:22/", "http://user:pass@" + strings.TrimPrefix(srv.URL, "http://") + "/",
		"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/_x",
	}
	for _, target := range targets {
		next.Store(target)
		if _, err := get(t, c, srv.URL+"/first"); !isBlocked(err) {
			t.Errorf("redirect to %s: %v", target, err)
		}
		if u, err := url.Parse(target); err != nil || u.Host == "" {
			continue // only a Location may be written so
		}
		if _, err := get(t, c, target); err == nil {
			t.Errorf("%s was opened directly", target)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the canary was reached %d times", hits.Load())
	}
}

func TestRebindingIsRefused(t *testing.T) {
	t.Parallel()
	addr, hits := canary(t)
	_, port, _ := net.SplitHostPort(addr)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprint(w, "fine")
	}))
	t.Cleanup(srv.Close)
	// The name is harmless when it is asked for the first time only.
	dns := startDNS(t, []string{"127.0.0.1"}, []string{"127.0.0.2"})
	d := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(loopback4), Resolver: dns.resolver()}).StayHome()
	c := fetch.NewClient(d, fetch.ClientOptions{})
	u, _ := url.Parse(srv.URL)
	if _, err := get(t, c, "http://rebind.test:"+u.Port()+"/"); err != nil {
		t.Fatalf("the first time: %v", err)
	}
	if _, err := get(t, c, "http://rebind.test:"+port+"/"); !isBlocked(err) {
		t.Errorf("the second time: %v", err)
	}
	if dns.asked.Load() < 2 || hits.Load() != 0 {
		t.Errorf("%d lookups, canary reached %d times", dns.asked.Load(), hits.Load())
	}
}

func TestRedirectLimitAndDowngrade(t *testing.T) {
	t.Parallel()
	var hops atomic.Int64
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 0
		fmt.Sscan(strings.TrimPrefix(r.URL.Path, "/"), &n)
		hops.Add(1)
		if n == 0 {
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
	}))
	t.Cleanup(plain.Close)
	c := client(t, fetch.ClientOptions{})
	if _, err := get(t, c, plain.URL+"/20"); err != nil || hops.Load() != 21 {
		t.Errorf("20 redirects: %v after %d requests", err, hops.Load())
	}
	hops.Store(0)
	if _, err := get(t, c, plain.URL+"/21"); fetch.Fault(err).Params["cause"] != models.CauseRedirects || hops.Load() != 21 {
		t.Errorf("21 redirects: %v after %d requests", err, hops.Load())
	}

	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL+"/0", http.StatusFound))
	t.Cleanup(secure.Close)
	hops.Store(0)
	sc := client(t, fetch.ClientOptions{})
	trust(sc, secure)
	if _, err := get(t, sc, secure.URL); !isBlocked(err) || hops.Load() != 0 {
		t.Errorf("https to http: %v, %d requests", err, hops.Load())
	}
	if _, err := get(t, c, secure.URL); fetch.Fault(err).Problem != models.ProblemSourceFailing {
		t.Errorf("unknown certificate: %v", err)
	}
}

// trust makes the client accept the test server's certificate by the one way
// there is: its own transport stays, wrapped around the server's roots.
func trust(c *http.Client, srv *httptest.Server) {
	fetch.TrustForTest(c, srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs)
}

func TestCredentialsStayWithTheirOrigin(t *testing.T) {
	t.Parallel()
	got := make(chan http.Header, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Clone() }))
	t.Cleanup(other.Close)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/same" {
			if r.Header.Get("X-Api-Key") == "" && r.URL.Query().Get("hop") == "1" {
				t.Error("a redirect within the origin dropped the header")
			}
			http.Redirect(w, r, other.URL+"/file?x=1", http.StatusFound)
			return
		}
		http.Redirect(w, r, "/same?hop=1", http.StatusFound)
	}))
	t.Cleanup(first.Close)
	_, err := get(t, client(t, fetch.ClientOptions{}), first.URL+"/start",
		"Authorization", "Bearer s3cret", "Cookie", "sid=s3cret", "X-Api-Key", "s3cret", "Range", "bytes=5-", "If-Range", `"v1"`)
	if err != nil {
		t.Fatal(err)
	}
	h := <-got
	if h.Get("Range") != "bytes=5-" || h.Get("If-Range") != `"v1"` || h.Get("User-Agent") != "Longhaul" {
		t.Errorf("the request lost what it needs: %v", h)
	}
	for name, values := range h {
		for _, v := range values {
			if strings.Contains(v, "s3cret") || name == "Referer" {
				t.Errorf("%s: %s arrived at another origin", name, v)
			}
		}
	}
}

func TestBodiesComeAsSent(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	zw := gzip.NewWriter(&bomb)
	_, _ = zw.Write(make([]byte, 8<<20))
	_ = zw.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if enc := r.Header.Get("Accept-Encoding"); enc != "" {
			t.Errorf("asked for the encoding %q", enc)
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	}))
	t.Cleanup(srv.Close)
	resp, err := get(t, client(t, fetch.ClientOptions{}), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Equal(b, bomb.Bytes()) {
		t.Errorf("%d bytes of %d, %v", len(b), bomb.Len(), err)
	}
}

func TestHeaderBombIsRefused(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Filler", strings.Repeat("x", 300<<10))
	}))
	t.Cleanup(srv.Close)
	if _, err := get(t, client(t, fetch.ClientOptions{}), srv.URL); fetch.Fault(err).Problem != models.ProblemSourceFailing {
		t.Errorf("got %v", err)
	}
}

func TestStalledAndSlowBodiesAreCut(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		rc := http.NewResponseController(w)
		switch r.URL.Path {
		case "/header":
			<-release
		case "/stall":
			fmt.Fprint(w, "begin")
			_ = rc.Flush()
			<-release
		case "/slow":
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for {
				if _, err := w.Write([]byte("x")); err != nil || rc.Flush() != nil {
					return
				}
				select {
				case <-tick.C:
				case <-release:
					return
				case <-r.Context().Done():
					return
				}
			}
		}
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(release) })
	c := client(t, fetch.ClientOptions{IdleTimeout: time.Second, MinBytes: 10_000, HeaderTimeout: 100 * time.Millisecond})
	for path, message := range map[string]string{"/stall": "stopped sending", "/slow": "too slowly"} {
		resp, err := get(t, c, srv.URL+path)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if f := fetch.Fault(err); f.Problem != models.ProblemSourceFailing || !strings.Contains(f.Message, message) || n == 0 || n > 1000 {
			t.Errorf("%s: %v after %d bytes", path, err, n)
		}
	}
	_, err := get(t, c, srv.URL+"/header")
	if f := fetch.Fault(err); f.Problem != models.ProblemSourceFailing || !strings.Contains(f.Message, "in time") {
		t.Errorf("no answer at all: %v", err)
	}
}

// TestWaitingReaderIsNoStall reads, pauses for longer than the idle time and
// reads on: the pause is the caller's.
func TestWaitingReaderIsNoStall(t *testing.T) {
	t.Parallel()
	payload := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(payload) }))
	t.Cleanup(srv.Close)
	resp, err := get(t, client(t, fetch.ClientOptions{IdleTimeout: 50 * time.Millisecond}), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 10)
	if _, err := io.ReadFull(resp.Body, head); err != nil {
		t.Fatal(err)
	}
	<-time.After(200 * time.Millisecond)
	rest, err := io.ReadAll(resp.Body)
	if err != nil || len(rest) != len(payload)-10 {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
}

func TestFaultTellsNoAddress(t *testing.T) {
	t.Parallel()
	dns := startDNS(t, nil)
	d := fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(loopback4), Resolver: dns.resolver()}).StayHome()
	c := fetch.NewClient(d, fetch.ClientOptions{})
	_, err := get(t, c, "http://secret-host.test/secret-path?passkey=s3cret")
	f := fetch.Fault(err)
	if f.Problem != models.ProblemSourceFailing || strings.Contains(f.Error(), "secret") || strings.Contains(f.Error(), "s3cret") {
		t.Errorf("fault: %v", f)
	}
	if f := fetch.Fault(context.Canceled); !errors.Is(f, context.Canceled) {
		t.Errorf("the cause is lost: %v", f)
	}
}

func TestTrustedClient(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.test/", http.StatusFound)
	}))
	t.Cleanup(srv.Close)
	c := fetch.NewTrusted(fetch.TrustedOptions{Timeout: 5 * time.Second, Resolver: startDNS(t, nil).resolver()}.StayHome())
	t.Cleanup(c.CloseIdleConnections)
	resp, err := get(t, c, srv.URL, "Authorization", "Bearer s3cret")
	if err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("got %v, %v; want the redirect itself", resp, err)
	}
}
