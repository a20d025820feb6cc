//go:build compose

package compose

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"longhaul/test/harness"
)

// The names under which the proxy serves, and its port.
const (
	appHost   = "app.longhaul.test"
	filesHost = "files.longhaul.test"
	proxyPort = "8443"
	appURL    = "https://" + appHost + ":" + proxyPort
)

// replicated says how many containers of each service run behind the proxy.
func replicated() map[string]int {
	want := each(services)
	want["api"], want["worker"], want["proxy"] = 2, 2, 1
	return want
}

func (s *scene) replicas(t *testing.T) {
	roots := certificate(t, filepath.Join(s.dir, "secrets"))
	s.files = append(s.files, "deploy/replicas.yml")
	s.env = append(s.env, "APP_HOST="+appHost, "FILES_HOST="+filesHost, "BASE_URL="+appURL, "FILES_URL=https://"+filesHost+":"+proxyPort)
	s.compose(t, "--profile", "agent", "up", "-d", "--no-build")
	waitHealthy(t, replicated())
	s.transport = &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+proxyPort)
		},
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
	}
	s.client = harness.NewClientOver(appURL, s.transport)
	body := map[string]string{"email": harness.AdminEmail, "password": harness.AdminPassword}
	if err := s.client.Do(t.Context(), http.MethodPost, "/api/v1/auth/login", body, nil); err != nil {
		t.Fatal(err)
	}
	s.waitAlive(t, "local")
	s.waitAlive(t, "second")
	s.whole(t, s.client, s.kept)
	s.seeding(t)
	s.refused(t)
}

// refused checks that the proxy serves no other name.
func (s *scene) refused(t *testing.T) {
	t.Helper()
	config := s.transport.TLSClientConfig.Clone()
	config.ServerName = "other.longhaul.test"
	conn, err := (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", "127.0.0.1:"+proxyPort)
	if err == nil {
		_ = conn.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("under another name the proxy answers: %v", err)
	}
}

// certificate makes an authority and a certificate of it for both names.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	make := func(serial int64, set func(*x509.Certificate), parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: fmt.Sprintf("Longhaul's test %d", serial)},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		}
		set(c)
		if parent == nil {
			parent, signer = c, key
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der, c, key
	}
	authorityDER, authority, authorityKey := make(1, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}, nil, nil)
	der, _, key := make(2, func(c *x509.Certificate) { c.DNSNames = []string{appHost, filesHost} }, authority, authorityKey)
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"tls_certificate": {Type: "CERTIFICATE", Bytes: der}, "tls_key": {Type: "EC PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	root, err := x509.ParseCertificate(authorityDER)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(root)
	return roots
}

// listener follows an event stream.
type listener struct {
	name  string
	mu    sync.Mutex
	seen  map[string]time.Time // text of an event and when it came
	ended error
}

// listen opens the stream; transport says at which API, or through the proxy.
func (s *scene) listen(t *testing.T, name string, transport http.RoundTripper) *listener {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, appURL+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", "__Host-sid="+s.client.Cookie)
	res, err := transport.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("open the events of %s: %+v %v", name, res, err)
	}
	l := &listener{name: name, seen: map[string]time.Time{}}
	go func() {
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, mib)
		for lines.Scan() {
			l.mu.Lock()
			l.seen[lines.Text()] = time.Now()
			l.mu.Unlock()
		}
		l.mu.Lock()
		l.ended = errors.Join(io.EOF, lines.Err())
		l.mu.Unlock()
	}()
	return l
}

// shows returns when the listener saw a job in a state, or why it did not.
func (l *listener) shows(id, state string) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended != nil {
		return time.Time{}, fmt.Errorf("the stream of %s ended: %w", l.name, l.ended)
	}
	for text, at := range l.seen {
		if strings.HasPrefix(text, "data:") && strings.Contains(text, `"id":"`+id+`"`) && strings.Contains(text, `"state":"`+state+`"`) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s has not shown job %s as %s", l.name, id, state)
}

// direct reaches one API, past the proxy, at its address on the proxy's network.
func direct(t *testing.T, c container) http.RoundTripper {
	t.Helper()
	ip := c.NetworkSettings.Networks["longhaul_front"].IPAddress
	if ip == "" {
		t.Fatalf("%s has no address on the proxy's network: %+v", c.Name, c.NetworkSettings.Networks)
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(ip, "8080"))
	}
	// A plain connection where the address says https: there is no TLS behind
	// the proxy.
	return &http.Transport{DialContext: dial, DialTLSContext: dial}
}

func (s *scene) events(t *testing.T) {
	var listeners []*listener
	for _, c := range of(t, "api") {
		listeners = append(listeners, s.listen(t, c.Name, direct(t, c)))
	}
	listeners = append(listeners, s.listen(t, "the proxy", s.transport))
	quickly := s.slowly(t, 512<<10)
	jobs := s.submit(t, 4, 8*mib)
	s.running(t, jobs...)
	for _, l := range listeners {
		for _, j := range jobs {
			harness.Eventually(t, 2*time.Minute, l.name+" shows what runs", func() error {
				_, err := l.shows(j.id, "downloading")
				return err
			})
		}
	}
	quickly()
	s.whole(t, s.client, jobs...)
	for _, l := range listeners {
		for _, j := range jobs {
			harness.Eventually(t, 2*time.Minute, l.name+" shows what is ready", func() error {
				_, err := l.shows(j.id, "ready")
				return err
			})
		}
	}
}

// load starts so many jobs of the size, which stay open until the returned function
// has them finish, and then checks all of them.
func (s *scene) load(t *testing.T, count int, size int64) (finish func()) {
	t.Helper()
	quickly := s.slowly(t, 768<<10)
	jobs := s.submit(t, count, size)
	s.running(t, jobs[:4]...)
	return func() {
		t.Helper()
		quickly()
		s.whole(t, s.client, jobs...)
		logs := s.compose(t, "--profile", "agent", "logs", "--no-color", "worker")
		for _, sign := range []string{"TMPRL1100", "ondeterminis"} {
			if strings.Contains(logs, sign) {
				t.Errorf("a worker's log has %q", sign)
			}
		}
	}
}

func (s *scene) kills(t *testing.T) {
	finish := s.load(t, 12, 8*mib)
	for _, service := range []string{"api", "worker"} {
		victim := of(t, service)[0]
		if err := syscall.Kill(victim.State.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	finish()
	waitHealthy(t, replicated())
}

func (s *scene) rolling(t *testing.T) {
	finish := s.load(t, 100, 2*mib)
	list := all(t)
	slices.SortFunc(list, func(a, b container) int {
		return slices.Index(services, a.service()) - slices.Index(services, b.service())
	})
	restarted := map[string]int{}
	for _, c := range list {
		run(t, nil, "podman", "restart", "--time", "40", c.ID)
		restarted[c.service()]++
		waitHealthy(t, replicated())
	}
	if want := replicated(); !maps.Equal(restarted, want) {
		t.Errorf("restarted %v, want %v", restarted, want)
	}
	finish()
}
