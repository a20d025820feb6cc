package agent

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"longhaul/agent/agentapi"
)

func TestStorageFaultsLoseNothing(t *testing.T) {
	faults := map[string]func(w http.ResponseWriter, r *http.Request){
		"500": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusInternalServerError) },
		"403": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<Code>AccessDenied</Code>", http.StatusForbidden)
		},
		"reset": func(w http.ResponseWriter, r *http.Request) {
			_, _ = r.Body.Read(make([]byte, 1000))
			panic(http.ErrAbortHandler)
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newControlPlane(t)
			c.faultPut = func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n%3 == 0 {
					return false
				}
				fault(w, r)
				return true
			}
			a := startAgent(t, testConfig(t, c))
			content := noise(5, 50*mib)
			src := newFileServer(t, content)
			id := newID()
			c.addJob(id, 1, oneFile(50*mib))
			a.start(id, download(1, src.URL+"/file.bin", oneFile(50*mib)))
			if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
				t.Fatalf("status %+v, fault %+v", s, s.Fault)
			}
			if !bytes.Equal(c.content(t, id, 0), content) {
				t.Error("storage has other bytes than the source")
			}
		})
	}
}

func TestBytesThatGoBadOnDiskAreFetchedAgain(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	id := newID()
	data := filepath.Join(cfg.DataDir, "transfers", id, "data", "0")
	var flip sync.Once
	// Nothing may be uploaded before a byte is flipped in a part that is
	// verified and waits.
	c.faultCall = func(path string, w http.ResponseWriter) bool {
		if path != "/agent/v1/uploads" {
			return false
		}
		flip.Do(func() {
			f, err := os.OpenFile(data, os.O_RDWR, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			b := make([]byte, 1)
			_, _ = f.ReadAt(b, 5)
			b[0] ^= 1
			_, _ = f.WriteAt(b, 5)
		})
		return false
	}
	a := startAgent(t, cfg)
	content := noise(6, 20*mib)
	src := newFileServer(t, content)
	c.addJob(id, 1, oneFile(20*mib))
	a.start(id, download(1, src.URL+"/file.bin", oneFile(20*mib)))
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.sent.Load(); got <= 20*mib {
		t.Error("the bad bytes were not fetched again; was anything flipped?")
	}
}

func TestSupersededTransferIsPurged(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	a := startAgent(t, cfg)
	src := newFileServer(t, noise(7, 80*mib))
	release := src.hold(50 * mib)
	defer release()
	id := newID()
	c.addJob(id, 1, oneFile(80*mib))
	a.start(id, download(1, src.URL+"/file.bin", oneFile(80*mib)))
	a.until(id, "a stored part", func(s agentapi.Status) bool { return s.BytesStored > 0 })
	c.mu.Lock()
	c.jobs[id].epoch = 2
	c.mu.Unlock()
	release()
	a.untilUnknown(id)
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "transfers", id)); !os.IsNotExist(err) {
		t.Errorf("its directory is still there: %v", err)
	}
	if n := len(children(t, os.Getpid())); n != 0 {
		t.Errorf("%d engine processes are left", n)
	}
}

func TestUnknownSizeIsToldBeforeTheEnd(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	content := noise(8, 70*mib)
	srv := streamServer(t, content)
	id := newID()
	file := agentapi.FileJob{Index: 0, Size: -1, PartSize: 64 * mib}
	c.addJob(id, 1, file)
	a.start(id, download(1, srv+"/stream.bin", file))
	s := a.until(id, "the end", ended)
	if s.Phase != agentapi.PhaseDone || s.BytesTotal != 70*mib {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := c.jobs[id].files[0].size; got != 70*mib {
		t.Errorf("the control plane knows the size %d", got)
	}
}

func TestEmptyFileNeedsNoPart(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	src := newFileServer(t, nil)
	id := newID()
	c.addJob(id, 1, oneFile(0))
	a.start(id, download(1, src.URL+"/empty.bin", oneFile(0)))
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone || s.BytesTotal != 0 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if c.puts != 0 {
		t.Errorf("%d parts were sent", c.puts)
	}
}

func TestManySmallFilesShareRequests(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	id := newID()
	var files []agentapi.FileJob
	for i := range 300 {
		files = append(files, agentapi.FileJob{Index: i, Size: 1000, PartSize: 16 * mib})
	}
	c.addJob(id, 1, files...)
	a.start(id, download(1, "test:zeros", files...))
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone || s.BytesStored != 300_000 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	for i := range files {
		if got := c.content(t, id, i); !bytes.Equal(got, make([]byte, 1000)) {
			t.Fatalf("file %d has %d bytes", i, len(got))
		}
	}
	if c.uploads > 60 {
		t.Errorf("%d questions for 300 parts", c.uploads)
	}
}

func TestDiskLimitHoldsTheEngineBack(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	cfg.DiskLimit = 40 * mib
	stop := make(chan struct{})
	c.faultPut = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
		return false
	}
	a := startAgent(t, cfg)
	content := noise(9, 160*mib)
	src := newFileServer(t, content)
	id := newID()
	c.addJob(id, 1, oneFile(160*mib))
	a.start(id, download(1, src.URL+"/file.bin", oneFile(160*mib)))
	s := a.until(id, "a full disk", func(s agentapi.Status) bool { return s.BytesDone >= 40*mib })
	// While no part is whole there is nothing to store and release, so that the
	// connections go on until one is.
	if s.BytesDone > (40+16)*mib {
		t.Errorf("%d MiB on disk at a limit of 40", s.BytesDone/mib)
	}
	close(stop)
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
}

func TestSourceThatChangesIsFetchedWhole(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	first, second := noise(10, 40*mib), noise(11, 40*mib)
	srv := changingServer(t, first, second, 20*mib)
	id := newID()
	c.addJob(id, 1, oneFile(40*mib))
	a.start(id, download(1, srv+"/file.bin", oneFile(40*mib)))
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.content(t, id, 0), second) {
		t.Error("storage has not exactly the second version")
	}
}
