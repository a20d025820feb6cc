package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// QBittorrent is an independent BitTorrent client (qbittorrent-nox from
// Debian) that tests seed from and benchmarks compare with.
type QBittorrent struct {
	cmd  *exec.Cmd
	base string
	http *http.Client
}

const qbittorrentConfig = `[LegalNotice]
Accepted=true

[BitTorrent]
Session\BTProtocol=TCP
Session\DHTEnabled=false
Session\PeXEnabled=false
Session\LSDEnabled=false
Session\MultiConnectionsPerIp=true
Session\Port=%d
Session\QueueingSystemEnabled=false
Session\MaxConnections=-1
Session\MaxConnectionsPerTorrent=-1
Session\MaxUploads=-1
Session\MaxUploadsPerTorrent=-1
Session\IgnoreLimitsOnLAN=false
Session\RefreshInterval=100

[Network]
PortForwardingEnabled=false

[Preferences]
WebUI\Address=127.0.0.1
WebUI\LocalHostAuth=false
WebUI\CSRFProtection=false
WebUI\HostHeaderValidation=false
`

// StartQBittorrent starts a client with a profile of its own; it ends with the
// test.
func StartQBittorrent(tb testing.TB) *QBittorrent {
	tb.Helper()
	profile := tb.TempDir()
	dir := filepath.Join(profile, "qBittorrent", "config")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	ports := FreePorts(tb, 2)
	conf := fmt.Sprintf(qbittorrentConfig, ports[0])
	if err := os.WriteFile(filepath.Join(dir, "qBittorrent.conf"), []byte(conf), 0o644); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command("qbittorrent-nox", "--profile="+profile, fmt.Sprintf("--webui-port=%d", ports[1]))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start qbittorrent-nox (Debian package qbittorrent-nox): %v", err)
	}
	q := &QBittorrent{cmd: cmd, base: fmt.Sprintf("http://127.0.0.1:%d/api/v2/", ports[1]), http: &http.Client{Timeout: 20 * time.Second}}
	tb.Cleanup(q.Stop)
	Eventually(tb, 2*time.Minute, "qbittorrent-nox answers", func() error {
		_, err := q.get("app/version", nil)
		return err
	})
	return q
}

// Stop kills the client and waits for its end.
func (q *QBittorrent) Stop() {
	_ = q.cmd.Process.Kill()
	_ = q.cmd.Wait()
}

// PID returns the client's process id.
func (q *QBittorrent) PID() int { return q.cmd.Process.Pid }

// Add adds a torrent with its content in dir. A seeder skips the check of
// content that is known to be there.
func (q *QBittorrent) Add(metainfo []byte, dir string, seed bool) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("torrents", "t.torrent")
	if err != nil {
		return err
	}
	_, _ = part.Write(metainfo)
	_ = form.WriteField("savepath", dir)
	if seed {
		_ = form.WriteField("skip_checking", "true")
	}
	_ = form.WriteField("contentLayout", "Original")
	_ = form.Close()
	res, err := q.http.Post(q.base+"torrents/add", form.FormDataContentType(), &body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || string(text) != "Ok." {
		return fmt.Errorf("add torrent: %s: %s", res.Status, text)
	}
	return nil
}

// Seeding is what the client says of one torrent.
type Seeding struct {
	Hash     string  `json:"hash"`
	State    string  `json:"state"`
	Progress float64 `json:"progress"`
	Uploaded int64   `json:"uploaded"`
}

// Torrents lists the client's torrents.
func (q *QBittorrent) Torrents() ([]Seeding, error) {
	text, err := q.get("torrents/info", nil)
	if err != nil {
		return nil, err
	}
	var out []Seeding
	return out, json.Unmarshal(text, &out)
}

// Uploaded returns the payload bytes sent for all torrents.
func (q *QBittorrent) Uploaded(tb testing.TB) int64 {
	tb.Helper()
	list, err := q.Torrents()
	if err != nil {
		tb.Fatal(err)
	}
	var n int64
	for _, t := range list {
		n += t.Uploaded
	}
	return n
}

// UploadedInAll waits until at least so many payload bytes were sent and no more
// are being sent, and returns how many. The client counts them a moment late.
func (q *QBittorrent) UploadedInAll(tb testing.TB, least int64) int64 {
	tb.Helper()
	var last int64
	same := 0
	Eventually(tb, 2*time.Minute, "the seeder has ended sending", func() error {
		n := q.Uploaded(tb)
		if n != last || n < least {
			last, same = n, 0
		}
		if same++; same < 6 {
			return fmt.Errorf("sent %d bytes, want %d or more, seen %d times", n, least, same)
		}
		return nil
	})
	return last
}

// AddPeer tells the client of a peer of a torrent.
func (q *QBittorrent) AddPeer(hash, addr string) error {
	_, err := q.post("torrents/addPeers", url.Values{"hashes": {hash}, "peers": {addr}})
	return err
}

// LimitUpload bounds the client's upload rate in bytes per second; 0 lifts it.
func (q *QBittorrent) LimitUpload(rate int64) error {
	_, err := q.post("transfer/setUploadLimit", url.Values{"limit": {fmt.Sprint(rate)}})
	return err
}

func (q *QBittorrent) get(path string, query url.Values) ([]byte, error) {
	return read(q.http.Get(q.base + path + "?" + query.Encode()))
}

func (q *QBittorrent) post(path string, form url.Values) ([]byte, error) {
	return read(q.http.PostForm(q.base+path, form))
}

func read(res *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", res.Request.Method, res.Request.URL.Path, res.Status, body)
	}
	return body, err
}

// FreePorts returns ports of the loopback interface that were free just now.
func FreePorts(tb testing.TB, n int) []int {
	tb.Helper()
	var ports []int
	for range n {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// Eventually tries until the check passes, ten times a second, and fails the
// test with the last error when the time is up.
func Eventually(tb testing.TB, limit time.Duration, what string, check func() error) {
	tb.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.Fatalf("%s: not within %s: %v", what, limit, err)
		}
	}
}
