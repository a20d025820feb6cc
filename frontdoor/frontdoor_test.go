package frontdoor_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/frontdoor"
)

// house is a server behind a front door.
type house struct {
	address string
	inside  chan struct{} // has an entry when a request to /wait is being answered
	free    chan struct{} // closed to let those go
	ended   chan error    // how reading a body ended
}

func open(t *testing.T, l frontdoor.Limits) *house {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{address: ln.Addr().String(), inside: make(chan struct{}, 100), free: make(chan struct{}), ended: make(chan error, 100)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.inside <- struct{}{}
		select {
		case <-h.free:
		case <-r.Context().Done():
			h.ended <- r.Context().Err()
		}
	})
	mux.HandleFunc("POST /read", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		_ = r.Body.Close() // as many handlers do
		h.ended <- err
		if err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
		fmt.Fprint(w, n)
	})
	mux.HandleFunc("POST /refuse", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	s := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	var wg sync.WaitGroup
	wg.Go(func() { _ = l.Serve(s, ln) })
	t.Cleanup(func() {
		_ = s.Close()
		wg.Wait()
	})
	return h
}

func (h *house) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// say dials and sends the text as it is.
func (h *house) say(t *testing.T, text string) net.Conn {
	t.Helper()
	c := h.dial(t)
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) healthy(t *testing.T) {
	t.Helper()
	c := h.say(t, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if got := answer(t, c); !strings.Contains(got, "204") {
		t.Fatalf("the health check got %q", got)
	}
	_ = c.Close()
}

// answer returns the first line of what comes, "" if the connection ends.
func answer(t *testing.T, c net.Conn) string {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	line, err := bufio.NewReader(c).ReadString('\n')
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the connection stayed open without an answer")
	}
	return strings.TrimSpace(line)
}

const post = " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"

// TestSilentConnectionsStarveNobody opens more than a process can have, all
// from the address of the health check.
func TestSilentConnectionsStarveNobody(t *testing.T) {
	h := open(t, frontdoor.Limits{Header: time.Hour, PerClient: 20})
	var silent []net.Conn
	for range 60 {
		silent = append(silent, h.dial(t))
	}
	h.healthy(t)
	for range 60 {
		silent = append(silent, h.say(t, "POST /read"+post+"half"))
	}
	h.healthy(t)
	for i, c := range silent[:90] {
		if got := answer(t, c); strings.HasPrefix(got, "HTTP/1.1 2") {
			t.Errorf("connection %d got %q", i, got)
		}
	}
}

// TestBusyConnectionsStay turns away who has all of them in use: what is being
// answered is not cut off.
func TestBusyConnectionsStay(t *testing.T) {
	h := open(t, frontdoor.Limits{PerClient: 3})
	var busy []net.Conn
	for range 3 {
		busy = append(busy, h.say(t, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"))
		<-h.inside
	}
	if got := answer(t, h.dial(t)); !strings.Contains(got, "503") {
		t.Errorf("one too many got %q", got)
	}
	close(h.free)
	for _, c := range busy {
		if got := answer(t, c); !strings.Contains(got, "200") {
			t.Errorf("a request that was being answered got %q", got)
		}
	}
	h.healthy(t)
}

// TestProxiesAreManyClients counts a proxy's connections only in the total.
func TestProxiesAreManyClients(t *testing.T) {
	h := open(t, frontdoor.Limits{PerClient: 1, Total: 5, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for range 5 {
		h.say(t, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
		<-h.inside
	}
	if got := answer(t, h.dial(t)); !strings.Contains(got, "503") {
		t.Errorf("one beyond the total got %q", got)
	}
	close(h.free)
}

// TestHeadersAreCutOff drips a header.
func TestHeadersAreCutOff(t *testing.T) {
	h := open(t, frontdoor.Limits{Header: 300 * time.Millisecond})
	for name, text := range map[string]string{"silent": "", "half": "GET /healthz HTTP/1.1\r\nHos"} {
		if got := answer(t, h.say(t, text)); strings.Contains(got, " 2") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestBodiesAreCutOff sends bodies that stop or drip, whether or not they are
// read.
func TestBodiesAreCutOff(t *testing.T) {
	h := open(t, frontdoor.Limits{Lag: 300 * time.Millisecond, Rate: 1_000})
	// An open connection would only end with the idle time, which is minutes.
	unread := h.say(t, "POST /refuse"+post+"half")
	if got := answer(t, unread); !strings.Contains(got, "401") {
		t.Errorf("a body that is not read got %q", got)
	}
	if rest, err := io.ReadAll(unread); err != nil {
		t.Errorf("it stayed open: %v after %q", err, rest)
	}
	_ = h.say(t, "POST /read"+post+"half").Close()
	if ne, ok := errors.AsType[net.Error](<-h.ended); !ok || !ne.Timeout() {
		t.Errorf("a client that hangs up is %v", ne)
	}
	stopped := h.say(t, "POST /read"+post+"half")
	if err := <-h.ended; err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("a body that stops: %v", err)
	}
	if rest, err := io.ReadAll(stopped); err != nil {
		t.Errorf("a body that stops leaves its connection open: %v after %q", err, rest)
	}
	dripping := h.say(t, "POST /read"+post)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for sent := 0; ; sent++ {
		select {
		case <-tick.C:
			_, _ = dripping.Write([]byte("d")) // 20 bytes a second
			continue
		case err := <-h.ended:
			if err == nil || sent > 500 {
				t.Errorf("a body that drips: %v after %d bytes", err, sent)
			}
		}
		break
	}
}

// TestSlowUploadsPass sends a body that takes many times the lag and keeps its
// rate, and then waits for its answer for longer than that.
func TestSlowUploadsPass(t *testing.T) {
	h := open(t, frontdoor.Limits{Lag: 500 * time.Millisecond, Rate: 100})
	slow := h.say(t, "POST /read"+post)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 20 {
		<-tick.C
		if _, err := slow.Write(make([]byte, 50)); err != nil {
			t.Fatal(err)
		}
	}
	if got := answer(t, slow); !strings.Contains(got, "200") || <-h.ended != nil {
		t.Errorf("got %q", got)
	}
	long := h.say(t, "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
	<-h.inside
	select {
	case err := <-h.ended:
		t.Errorf("a request that is answered slowly ended: %v", err)
	case <-time.After(time.Second): // twice the lag
	}
	close(h.free)
	if got := answer(t, long); !strings.Contains(got, "200") {
		t.Errorf("got %q", got)
	}
}

// TestOtherProtocols turns a client away in its own words.
func TestOtherProtocols(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := frontdoor.Limits{PerClient: 2}.Listener(inner, "421 Too many connections\r\n")
	defer ln.Close()
	h := &house{address: inner.Addr().String()}
	var first net.Conn
	for i := range 3 {
		c := h.dial(t)
		if _, err := ln.Accept(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = c
		}
	}
	if got := answer(t, first); got != "" {
		t.Errorf("the oldest silent connection got %q", got)
	}
}

func TestLocalOnly(t *testing.T) {
	h := frontdoor.LocalOnly(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	ask := func(host string) int {
		w := &status{}
		h.ServeHTTP(w, &http.Request{Host: host})
		return w.code
	}
	for _, host := range []string{"localhost", "localhost:8233", "LOCALHOST.:1", "127.0.0.1:80", "127.8.8.8", "[::1]:80", "::1"} {
		if got := ask(host); got != http.StatusNoContent {
			t.Errorf("%s got %d", host, got)
		}
	}
	for _, host := range []string{"", "evil.example", "evil.example:8233", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:80", "0.0.0.0"} {
		if got := ask(host); got != http.StatusForbidden {
			t.Errorf("%s got %d", host, got)
		}
	}
}

type status struct{ code int }

func (s *status) Header() http.Header         { return http.Header{} }
func (s *status) Write(p []byte) (int, error) { return len(p), nil }
func (s *status) WriteHeader(code int)        { s.code = code }
