package temporald

import (
	"context"
	"net/http"
	"testing"

	"longhaul/devstack/port"
)

// TestUIAnswersItsOwnHostOnly asks for pages, calls and acts as a web site would
// that points its own name at this machine.
func TestUIAnswersItsOwnHostOnly(t *testing.T) {
	ports, err := port.FreeN(2)
	if err != nil {
		t.Fatal(err)
	}
	u, err := startUI(t.Context(), ports[0], port.Address(ports[1]), "longhaul")
	if err != nil {
		t.Fatal(err)
	}
	defer u.stop()
	ask := func(method, path, host string) int {
		r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, "http://"+port.Address(ports[0])+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	for _, host := range []string{"localhost:8233", port.Address(ports[0])} {
		for _, path := range []string{"/", "/healthz", "/api/v1/settings"} {
			if got := ask(http.MethodGet, path, host); got != http.StatusOK {
				t.Errorf("%s of %s is %d", path, host, got)
			}
		}
	}
	for _, path := range []string{"/", "/api/v1/settings", "/api/v1/namespaces/longhaul/workflows/job/terminate"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if got := ask(method, path, "evil.example:8233"); got != http.StatusForbidden {
				t.Errorf("%s %s of another host is %d", method, path, got)
			}
		}
	}
}
