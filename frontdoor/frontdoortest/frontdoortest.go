// Package frontdoortest checks in tests that a server takes its connections
// through the front door.
package frontdoortest

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a server may take to cut clients off: its limits, and a
// busy machine.
const patience = 45 * time.Second

// CutsOff opens connections to the HTTP server at the address that say nothing,
// send half of a header, or half of a body to each path. It fails unless the
// server closes all of them while works, which uses the server, does not fail.
func CutsOff(t *testing.T, address string, paths []string, works func()) {
	t.Helper()
	half := []string{"", "GET / HTTP/1.1\r\nHost: local"}
	for _, path := range paths {
		half = append(half, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", path))
	}
	var wg sync.WaitGroup
	for _, text := range half {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			defer c.Close()
			_ = c.SetReadDeadline(time.Now().Add(patience))
			if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("the connection that sent %q was not closed within %s", text, patience)
			}
		})
	}
	works()
	wg.Wait()
	works()
}
