package seedr

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestPace holds up the calls that are sent until they all arrive at once.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		var sent atomic.Int64
		go func() {
			for range 2*mostPerSecond + 1 {
				if err := p.send(t.Context()); err != nil {
					t.Error(err)
				}
				sent.Add(1)
			}
		}()
		expect := func(want int64, when string) {
			t.Helper()
			synctest.Wait()
			if got := sent.Load(); got != want {
				t.Errorf("%s %d calls were sent, want %d", when, got, want)
			}
		}
		<-time.After(time.Minute)
		expect(mostPerSecond, "without an answer")
		for range mostPerSecond {
			p.answered()
		}
		<-time.After(time.Second - 1)
		expect(mostPerSecond, "within a second of the answers")
		<-time.After(1)
		expect(2*mostPerSecond, "a second after the answers")
		p.answered()
		<-time.After(time.Second)
		expect(2*mostPerSecond+1, "a second after one more answer")
	})
}

// TestPaceOfWhatIsSentAgain breaks the connection that the client kept. net/http
// sends the request once more, which must wait for a place like any other.
func TestPaceOfWhatIsSentAgain(t *testing.T) {
	arrived := make(chan time.Time, 3)
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- time.Now()
		if n.Add(1) == 2 {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{URL: base, Email: "a@b.example", Password: "secret", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	get := func() {
		t.Helper()
		if err := c.exchange(t.Context(), call{name: "test", method: http.MethodGet, path: "/"}, func(answer) *Error { return nil }); err != nil {
			t.Error(err)
		}
	}
	get()
	for range mostPerSecond - 2 {
		if err := c.pace.send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	get() // takes the last place
	first, _, again := <-arrived, <-arrived, <-arrived
	if after := again.Sub(first); after < time.Second {
		t.Errorf("the request was sent again %s after the first, while that one had its place", after)
	}
}
