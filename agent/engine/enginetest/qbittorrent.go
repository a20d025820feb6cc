package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// QBittorrent is a qbittorrent-nox on loopback, an independent peer.
type QBittorrent struct {
	Peer netip.AddrPort // where it takes connections of peers

	base    string
	process *os.Process
}

const qbittorrentConf = `[BitTorrent]
Session\DHTEnabled=false
Session\Encryption=2
Session\PeXEnabled=false
Session\LSDEnabled=false
Session\BTProtocol=TCP
Session\Interface=lo
Session\InterfaceAddress=127.0.0.1
Session\Port=%d
Session\MultiConnectionsPerIp=true
Session\Preallocation=false
Session\QueueingSystemEnabled=false
[LegalNotice]
Accepted=true
[Preferences]
WebUI\Address=127.0.0.1
WebUI\LocalHostAuth=false
WebUI\Port=%d
`

// NewQBittorrent starts a qbittorrent-nox with a profile of its own. It is
// stopped with the test.
func NewQBittorrent(t testing.TB) *QBittorrent {
	t.Helper()
	exe, err := exec.LookPath("qbittorrent-nox")
	if err != nil {
		t.Fatal("this test needs qbittorrent-nox: apt-get install qbittorrent-nox")
	}
	profile := t.TempDir()
	conf := filepath.Join(profile, "qBittorrent", "config")
	if err := os.MkdirAll(conf, 0o700); err != nil {
		t.Fatal(err)
	}
	peer, web := freePort(t), freePort(t)
	text := fmt.Sprintf(qbittorrentConf, peer, web)
	if err := os.WriteFile(filepath.Join(conf, "qBittorrent.conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "--profile="+profile)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	q := &QBittorrent{
		Peer: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), peer),
		base: fmt.Sprintf("http://127.0.0.1:%d/api/v2/", web), process: cmd.Process,
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	q.eventually(t, "qbittorrent-nox to start", func() bool {
		_, err := q.get("app/version")
		return err == nil
	})
	return q
}

func freePort(t testing.TB) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort().Port()
}

func (q *QBittorrent) eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("timed out waiting for %s", what)
		case <-tick.C:
		}
	}
}

func (q *QBittorrent) get(path string) ([]byte, error) {
	resp, err := http.Get(q.base + path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, resp.Status)
	}
	return io.ReadAll(resp.Body)
}

// Add adds a torrent whose content is, or is to be put, below dir.
func (q *QBittorrent) Add(t testing.TB, metainfo []byte, dir string, seed bool) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("torrents", "t.torrent")
	if err == nil {
		_, err = part.Write(metainfo)
	}
	for _, f := range [][2]string{{"savepath", dir}, {"skip_checking", strconv.FormatBool(seed)}, {"contentLayout", "Original"}} {
		if err == nil {
			err = w.WriteField(f[0], f[1])
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(q.base+"torrents/add", w.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || !strings.HasPrefix(string(b), "Ok") {
		t.Fatalf("add torrent: %s %s", resp.Status, b)
	}
}

// qbittorrentInfo is what is used of a torrent's state.
type qbittorrentInfo struct {
	Progress float64 `json:"progress"`
	State    string  `json:"state"`
	Uploaded int64   `json:"uploaded"`
}

// AwaitComplete waits until the only torrent is complete.
func (q *QBittorrent) AwaitComplete(t testing.TB) {
	t.Helper()
	q.eventually(t, "qbittorrent-nox to be complete", func() bool {
		i, err := q.info()
		return err == nil && i.Progress == 1 && !strings.HasPrefix(i.State, "checking")
	})
}

// Uploaded returns how many bytes of content it sent.
func (q *QBittorrent) Uploaded(t testing.TB) int64 {
	t.Helper()
	i, err := q.info()
	if err != nil {
		t.Fatal(err)
	}
	return i.Uploaded
}

// AddPeer tells it of a peer once it knows the torrent.
func (q *QBittorrent) AddPeer(t testing.TB, infoHash string, p netip.AddrPort) {
	t.Helper()
	q.eventually(t, "qbittorrent-nox to take a peer", func() bool {
		if i, err := q.info(); err != nil || strings.HasPrefix(i.State, "checking") {
			return false
		}
		resp, err := http.PostForm(q.base+"torrents/addPeers", map[string][]string{"hashes": {infoHash}, "peers": {p.String()}})
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func (q *QBittorrent) info() (qbittorrentInfo, error) {
	b, err := q.get("torrents/info")
	if err != nil {
		return qbittorrentInfo{}, err
	}
	var list []qbittorrentInfo
	if err := json.Unmarshal(b, &list); err != nil {
		return qbittorrentInfo{}, err
	}
	if len(list) != 1 {
		return qbittorrentInfo{}, fmt.Errorf("%d torrents", len(list))
	}
	return list[0], nil
}

// CPU returns the processor time that it used.
func (q *QBittorrent) CPU(t testing.TB) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", q.process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond // the kernel's tick for programs is 100 Hz
}
