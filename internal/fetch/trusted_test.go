package fetch_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"longhaul/internal/fetch"
)

// An agent may be on a private network. A name that leads to where a cloud
// hands out credentials is refused when it is dialled, also one that led
// elsewhere before.
func TestAgentsNamesMayNotLeadToMetadata(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(srv.Close)
	home, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	get := func(c *http.Client, address string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(req)
		if err == nil {
			err = resp.Body.Close()
		}
		return err
	}
	const refused = "no agent may have"
	dns := startDNS(t, []string{"127.0.0.1"}, []string{"169.254.169.254"})
	c := fetch.NewForAgents(fetch.TrustedOptions{Resolver: dns.resolver()}.StayHome())
	t.Cleanup(c.CloseIdleConnections)
	if err := get(c, "http://agent.test.:"+home.Port()); err != nil {
		t.Errorf("an agent on a private address: %v", err)
	}
	c.CloseIdleConnections()
	if err := get(c, "http://agent.test.:"+home.Port()); err == nil || !strings.Contains(err.Error(), refused) {
		t.Errorf("the name leads elsewhere now: %v", err)
	}
	for _, addr := range []string{"169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0"} {
		dns := startDNS(t, []string{addr})
		c := fetch.NewForAgents(fetch.TrustedOptions{Resolver: dns.resolver()}.StayHome())
		if err := get(c, "http://agent.test./"); err == nil || !strings.Contains(err.Error(), refused) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, addr := range []string{"[fd00:ec2::254]", "[fd20:ce::254]", "[::ffff:169.254.169.254]"} {
		if err := get(c, "http://"+addr+"/"); err == nil || !strings.Contains(err.Error(), refused) {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
