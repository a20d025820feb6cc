package supervisor_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/agent/engine/enginetest"
	"longhaul/internal/config"
)

// forgotten makes the control plane forget the parts of a file, as it does when its
// object turns out to be truncated, and returns the file for the next attempt.
func forgotten(c *agenttest.ControlPlane, id string, epoch int64, file agentapi.FileJob) agentapi.FileJob {
	c.Lock()
	clear(c.Jobs[id].Files[file.Index].Done)
	c.Unlock()
	return c.Resumed(id, epoch, file)
}

// allocated returns how many bytes of disk the data of a transfer takes.
func allocated(t *testing.T, cfg config.Agent, id string) (sum int64) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(cfg.DataDir, "transfers", id, "data", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Sys().(*syscall.Stat_t).Blocks * 512
	}
	return sum
}

func flip(t *testing.T, name string, off int64) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, off); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b, off); err != nil {
		t.Fatal(err)
	}
}

// fetched has the agent fetch and store a file of the content.
func fetched(t *testing.T, c *agenttest.ControlPlane, a *agenttest.Agent, content []byte) (
	id string, file agentapi.FileJob, src *agenttest.FileServer,
) {
	t.Helper()
	src = agenttest.NewFileServer(t, content)
	id, file = agenttest.NewID(), agenttest.OneFile(int64(len(content)))
	c.AddJob(id, 1, file)
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", file))
	a.UntilDone(id)
	return id, file, src
}

func TestAFileThatStorageLostIsUploadedAgain(t *testing.T) {
	const size = 40 * mib
	for how, most := range map[string]float64{
		"at once": 1.05, "after a restart": 1.05, "when its source is gone": 1.05, "with a bad byte on disk": 1.25,
	} {
		t.Run(how, func(t *testing.T) {
			c := agenttest.NewControlPlane(t)
			a := agenttest.Start(t, agenttest.Config(t, c))
			content := agenttest.Noise(31, size)
			id, file, src := fetched(t, c, a, content)
			switch how {
			case "after a restart":
				if err := a.Stop(); err != nil {
					t.Fatal(err)
				}
				a = agenttest.Start(t, a.Config)
			case "when its source is gone":
				src.Close()
			case "with a bad byte on disk":
				flip(t, filepath.Join(a.Config.DataDir, "transfers", id, "data", "0"), 17*mib)
			}
			c.Lock()
			before := c.Puts
			c.Unlock()
			a.Transfer(id, agenttest.Download(2, src.URL+"/file.bin", forgotten(c, id, 2, file)))
			if st := a.UntilDone(id); st.Epoch != 2 || st.BytesStored != size {
				t.Errorf("status %+v", st)
			}
			if !bytes.Equal(c.Content(t, id, 0), content) {
				t.Error("storage has other bytes than the source")
			}
			ratio := float64(src.Sent.Load()) / size
			t.Logf("the source sent %.3f of the size", ratio)
			if ratio > most {
				t.Errorf("the source sent %.3f of the size", ratio)
			}
			c.Lock()
			defer c.Unlock()
			if n := c.Puts - before; n < 3 || n > 4 { // the upload of a bad part is broken off
				t.Errorf("%d parts were uploaded again, want 3", n)
			}
		})
	}
}

// A source without a length, ranges or a validator can't be resumed; what was
// fetched of it can be uploaded again all the same.
func TestAStreamThatStorageLostIsUploadedAgain(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	content := agenttest.Noise(36, 20*mib)
	stream, asked := agenttest.StreamServer(t, content), atomic.Int64{}
	target, err := url.Parse(stream)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	src := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(src.Close)
	id, file := agenttest.NewID(), agenttest.OneFile(-1)
	c.AddJob(id, 1, file)
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", file))
	a.UntilDone(id)
	before := asked.Load()
	file.Size = 20 * mib
	a.Transfer(id, agenttest.Download(2, src.URL+"/file.bin", forgotten(c, id, 2, file)))
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if n := asked.Load() - before; n != 0 {
		t.Errorf("the source was asked %d times again", n)
	}
}

func TestOneOfManyFilesThatStorageLost(t *testing.T) {
	for _, how := range []string{"at once", "after a restart"} {
		t.Run(how, func(t *testing.T) {
			c := agenttest.NewControlPlane(t)
			a := agenttest.Start(t, agenttest.Config(t, c))
			tracker := enginetest.NewTracker(t)
			spec := enginetest.TorrentSpec{Name: "many", PieceLength: 256 << 10, Trackers: []string{tracker.URL}}
			for i := range 20 {
				spec.Files = append(spec.Files, enginetest.File{Path: fmt.Sprint(i), Data: agenttest.Noise(uint64(40+i), mib+i)})
			}
			made := enginetest.NewTorrent(spec)
			seeder := enginetest.NewSeeder(t, made, false)
			tracker.Add("", seeder.Peer)
			id := agenttest.NewID()
			start := agenttest.Download(1, "")
			start.Source = agentapi.Source{Metainfo: made.Metainfo}
			var size int64
			for i, f := range made.Files {
				size += int64(len(f.Data))
				start.Files = append(start.Files, agentapi.FileJob{Index: i, Size: int64(len(f.Data)), PartSize: 16 * mib})
			}
			c.AddJob(id, 1, start.Files...)
			a.Transfer(id, start)
			a.UntilDone(id)
			if how != "at once" {
				if err := a.Stop(); err != nil {
					t.Fatal(err)
				}
				a = agenttest.Start(t, a.Config)
			}
			start.Epoch = 2
			for i, f := range start.Files {
				if i == 7 {
					start.Files[i] = forgotten(c, id, 2, f)
				} else {
					start.Files[i] = c.Resumed(id, 2, f)
				}
			}
			c.Lock()
			before := c.Puts
			c.Unlock()
			a.Transfer(id, start)
			if st := a.UntilDone(id); st.Epoch != 2 {
				t.Errorf("status %+v", st)
			}
			for i, f := range made.Files {
				if !bytes.Equal(c.Content(t, id, i), f.Data) {
					t.Errorf("file %d: storage has other bytes than the source", i)
				}
			}
			ratio := float64(seeder.Served()) / float64(size)
			t.Logf("the seeder sent %.3f of the size", ratio)
			if ratio > 1.05 {
				t.Errorf("the seeder sent %.3f of the size", ratio)
			}
			c.Lock()
			defer c.Unlock()
			if n := c.Puts - before; n != 1 {
				t.Errorf("%d parts were uploaded again, want 1", n)
			}
		})
	}
}

// With a small disk nothing stays of what is stored, and what storage lost is
// fetched again; the rest of it is not.
func TestASmallDiskKeepsNothingThatIsStored(t *testing.T) {
	const size = 160 * mib
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	cfg.DiskLimit = 40 * mib
	a := agenttest.Start(t, cfg)
	content := agenttest.Noise(32, size)
	id, file, src := fetched(t, c, a, content)
	if n := allocated(t, cfg, id); n > cfg.DiskLimit+mib {
		t.Errorf("%d MiB are on disk with a limit of 40", n/mib)
	}
	first := src.Sent.Load()
	a.Transfer(id, agenttest.Download(2, src.URL+"/file.bin", forgotten(c, id, 2, file)))
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	again := src.Sent.Load() - first
	t.Logf("the source sent %d MiB again of 160", again/mib)
	if again < size-cfg.DiskLimit || again > size*105/100 {
		t.Errorf("the source sent %d MiB again", again/mib)
	}
}

// What is kept of stored parts goes as soon as another transfer needs the room.
func TestStoredBytesMakeRoom(t *testing.T) {
	const size = 64 * mib
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	cfg.DiskLimit = 96 * mib
	a := agenttest.Start(t, cfg)
	first, second := agenttest.NewID(), agenttest.NewID()
	for seed, id := range map[uint64]string{33: first, 34: second} {
		content := agenttest.Noise(seed, size)
		src := agenttest.NewFileServer(t, content)
		c.AddJob(id, 1, agenttest.OneFile(size))
		a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(size)))
		a.UntilDone(id)
		if !bytes.Equal(c.Content(t, id, 0), content) {
			t.Error("storage has other bytes than the source")
		}
	}
	agenttest.Poll(t, "the disk's limit does not hold", func() bool {
		return allocated(t, cfg, first)+allocated(t, cfg, second) <= cfg.DiskLimit+mib
	})
	if n := allocated(t, cfg, first) + allocated(t, cfg, second); n < size/2 {
		t.Errorf("only %d MiB are kept", n/mib)
	}
}

func TestStoredBytesGoAfterAWhile(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	cfg.KeepFor = 50 * time.Millisecond
	a := agenttest.Start(t, cfg)
	id, _, _ := fetched(t, c, a, agenttest.Noise(35, 20*mib))
	agenttest.Poll(t, "the bytes are still there", func() bool { return allocated(t, cfg, id) < mib })
	if st, err := a.Client.Transfer(t.Context(), id); err != nil || st.Phase != agentapi.PhaseDone {
		t.Errorf("the transfer is %+v, %v", st, err)
	}
}
