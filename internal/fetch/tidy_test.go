package fetch_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"longhaul/internal/fetch"
	"longhaul/models"
)

// raw answers each connection with the bytes and closes it.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
					return
				}
				_, _ = io.WriteString(c, answer)
				_ = c.(*net.TCPConn).CloseWrite()
				_, _ = io.Copy(io.Discard, c)
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/f.bin"
}

// TestAnswersThatAreNotQuiteHTTP fetches what other programs fetch although the
// head of the answer is not as it should be.
func TestAnswersThatAreNotQuiteHTTP(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("the right bytes\r\n\r\n", 10_000)
	n := fmt.Sprint(len(body))
	good := "Content-Length: " + n + "\r\n"
	for name, c := range map[string]struct {
		head   string
		cannot []string // programs that do not fetch it
	}{
		"as it should be":            {head: "HTTP/1.1 200 OK\r\n" + good},
		"identity as an encoding":    {head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n" + good, cannot: []string{"aria2c"}},
		"identity and no length":     {head: "HTTP/1.1 200 OK\r\ntransfer-encoding: Identity\r\n", cannot: []string{"aria2c"}},
		"a length twice in a line":   {head: "HTTP/1.1 200 OK\r\nContent-Length: " + n + ", " + n + "\r\n", cannot: []string{"aria2c"}},
		"a length with a sign":       {head: "HTTP/1.1 200 OK\r\nContent-Length: +" + n + "\r\n"},
		"a length below nothing":     {head: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", cannot: []string{"curl", "aria2c"}},
		"no length where one is":     {head: "HTTP/1.1 200 OK\r\nContent-Length:\r\n", cannot: []string{"curl", "wget", "aria2c"}},
		"a line without a colon":     {head: "HTTP/1.1 200 OK\r\ngarbage\r\n continued\r\n" + good, cannot: []string{"curl", "aria2c"}},
		"a line without a name":      {head: "HTTP/1.1 200 OK\r\n: x\r\n" + good, cannot: []string{"aria2c"}},
		"a protocol in lower case":   {head: "http/1.1 200 OK\r\n" + good, cannot: []string{"wget"}},
		"the protocol of radio":      {head: "ICY 200 OK\r\n" + good, cannot: []string{"curl", "wget"}},
		"a line that continues none": {head: "HTTP/1.1 200 OK\r\n\tx: y\r\n" + good, cannot: []string{"curl", "wget", "aria2c"}},
		"an interim answer before":   {head: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n: x\r\n" + good, cannot: []string{"aria2c"}},
		"line feeds alone":           {head: "HTTP/1.1 200 OK\n: x\n" + strings.ReplaceAll(good, "\r", ""), cannot: []string{"aria2c"}},
		"a head of 100 KiB":          {head: "HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("x", 100<<10-20) + "\r\n" + good, cannot: []string{"curl", "wget"}},
		"a fault beside a long one":  {head: "HTTP/1.1 200 OK\r\n: x\r\nX-A: " + strings.Repeat("x", 30<<10) + "\r\n" + good, cannot: []string{"aria2c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := raw(t, c.head+"\r\n"+body)
			resp, err := get(t, client(t, fetch.ClientOptions{}), address)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK || string(got) != body {
				t.Errorf("status %d, %d bytes of %d, %v", resp.StatusCode, len(got), len(body), err)
			}
			for _, p := range []string{"curl", "wget", "aria2c"} {
				if !slices.Contains(c.cannot, p) {
					compare(t, p, address, body)
				}
			}
		})
	}
}

// compare fetches by another program.
func compare(t *testing.T, program, address, want string) {
	t.Helper()
	dir := t.TempDir()
	args := map[string][]string{
		"curl":   {"-sSf", "--noproxy", "*", "-o", "out", address},
		"wget":   {"-q", "--no-config", "--no-proxy", "--tries=1", "-O", "out", address},
		"aria2c": {"-q", "--no-conf", "--all-proxy=", "--file-allocation=none", "--max-tries=1", "-o", "out", address},
	}[program]
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", program, err, out)
		return
	}
	if got, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || string(got) != want {
		t.Errorf("%s got %d bytes of %d, %v", program, len(got), len(want), err)
	}
}

// TestAnswersThatAreNoHTTP refuses what can't be read, and says so.
func TestAnswersThatAreNoHTTP(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"another protocol":   "220 ftp.test ready\r\n",
		"bytes":              "\x00\x01\x02\r\n\r\n",
		"no number":          "HTTP/1.1 OK\r\n\r\n",
		"two lengths":        "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"an unknown coding":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nab",
		"a head without end": "HTTP/1.1 200 OK\r\n: x\r\n" + strings.Repeat("X-A: b\r\n", 60_000),
	} {
		resp, err := get(t, client(t, fetch.ClientOptions{}), raw(t, answer))
		if err == nil {
			t.Errorf("%s: status %d", name, resp.StatusCode)
			continue
		}
		if f := fetch.Fault(err); f.Problem != models.ProblemSourceFailing || name != "a head without end" && f.Message != "The server's answer can't be read." {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// TestTidyAnswersAreEncrypted asks again by TLS, where the certificate is checked.
func TestTidyAnswersAreEncrypted(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok")
	}))
	t.Cleanup(srv.Close)
	c := client(t, fetch.ClientOptions{})
	if _, err := get(t, c, srv.URL); err == nil {
		t.Error("a certificate of nobody is taken")
	}
	trust(c, srv)
	resp, err := get(t, c, srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "ok" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestTidyAnswersKeepToTheGuard asks again through the same guard.
func TestTidyAnswersKeepToTheGuard(t *testing.T) {
	t.Parallel()
	address := raw(t, "HTTP/1.1 302 Found\r\n: x\r\nContent-Length: 0\r\nLocation: http://127.0.0.2:1/\r\n\r\n")
	resp, err := get(t, client(t, fetch.ClientOptions{}), address)
	if err == nil {
		t.Fatalf("status %d", resp.StatusCode)
	}
	if f := fetch.Fault(err); f.Problem != models.ProblemBlockedAddress {
		t.Errorf("got %v", f)
	}
}

// FuzzTidyHead corrects the head of any answer: a corrected one stays as it is, and
// nothing of the body is touched.
func FuzzTidyHead(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "icy 200 OK\n\n", "http/1.0 100 x\r\n a\r\n\r\nHTTP/1.1 200\r\n: x\r\n b\r\nTransfer-Encoding: identity\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\ngarbage\r\n\r\n", "\r\n\r\n", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		head, rest, err := fetch.TidyHead(answer)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasSuffix(answer, rest) {
			t.Errorf("%q: the body is %q", answer, rest)
		}
		again, more, err := fetch.TidyHead(append(bytes.Clone(head), rest...))
		if err != nil || !bytes.Equal(append(again, more...), append(bytes.Clone(head), rest...)) {
			t.Errorf("%q becomes %q, and then %q", answer, head, again)
		}
	})
}
