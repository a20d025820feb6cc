package supervisor_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

const mib = agenttest.MiB

func TestEngineFaultsFailTheirOwnTransferAlone(t *testing.T) {
	for how, want := range map[string]string{
		"crash": "engine_crashed", "hang": "engine_hung", "oom": "engine_crashed",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := agenttest.NewControlPlane(t)
			a := agenttest.Start(t, agenttest.Config(t, c))
			content := agenttest.Noise(2, 20*mib)
			src := agenttest.NewFileServer(t, content)
			release := src.Hold(mib)
			defer release()
			bad, good := agenttest.NewID(), agenttest.NewID()
			c.AddJob(bad, 1, agenttest.OneFile(2*mib))
			c.AddJob(good, 1, agenttest.OneFile(20*mib))
			a.Transfer(bad, agenttest.Download(1, "test:"+how, agenttest.OneFile(2*mib)))
			a.Transfer(good, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(20*mib)))
			s := a.Until(bad, "the bad one's end", agenttest.Ended)
			if s.Phase != agentapi.PhaseFailed || s.Fault == nil || s.Fault.Problem != want {
				t.Fatalf("status %+v, fault %+v", s, s.Fault)
			}
			if s.BytesDone != mib {
				t.Errorf("%d bytes verified", s.BytesDone)
			}
			if strings.Contains(a.Log.String(), "passkey") {
				t.Error("a source got into the log")
			}
			release()
			if s := a.Until(good, "the good one's end", agenttest.Ended); s.Phase != agentapi.PhaseDone {
				t.Fatalf("status %+v, fault %+v", s, s.Fault)
			}
			if !bytes.Equal(c.Content(t, good, 0), content) {
				t.Error("storage has other bytes than the source")
			}
		})
	}
}

func TestEngineThatFailsOnceGoesOn(t *testing.T) {
	for _, how := range []string{"crash-once", "hang-once", "renew"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := agenttest.NewControlPlane(t)
			a := agenttest.Start(t, agenttest.Config(t, c))
			id := agenttest.NewID()
			c.AddJob(id, 1, agenttest.OneFile(mib))
			a.Transfer(id, agenttest.Download(1, "test:"+how, agenttest.OneFile(mib)))
			a.UntilDone(id)
			if !bytes.Equal(c.Content(t, id, 0), make([]byte, mib)) {
				t.Error("storage has other bytes than the source")
			}
		})
	}
}

// Only crashes without progress in between end a transfer.
func TestCrashesThatGetFurtherAreNoEnd(t *testing.T) {
	t.Parallel()
	const size = 8 * mib // as many crashes
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(size))
	a.Transfer(id, agenttest.Download(1, "test:crash-often", agenttest.OneFile(size)))
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), make([]byte, size)) {
		t.Error("storage has other bytes than the source")
	}
}

// An engine may take as long as it likes, as long as it says that it is there.
func TestAnEngineThatTalksIsNotHung(t *testing.T) {
	t.Parallel()
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(mib))
	a.Transfer(id, agenttest.Download(1, "test:talk", agenttest.OneFile(mib)))
	a.UntilDone(id)
}

func TestKilledEngineResumes(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	content := agenttest.Noise(3, 200*mib)
	src := agenttest.NewFileServer(t, content)
	release := src.Hold(100 * mib)
	defer release()
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(200*mib))
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(200*mib)))
	a.Until(id, "half of it", func(s agentapi.Status) bool { return s.BytesDone > 80*mib })
	kids := agenttest.Children(t, os.Getpid())
	if len(kids) != 1 {
		t.Fatalf("children %v", kids)
	}
	if err := syscall.Kill(kids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	release()
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	// What was under way is lost: a block and the socket's buffers per
	// connection.
	if got := src.Sent.Load(); got > 235*mib {
		t.Errorf("the source sent %d MiB for 200", got/mib)
	}
}

func TestKilledAgentResumesByItself(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.NewAgent(t, agenttest.Config(t, c))
	p := a.StartProcess()
	content := agenttest.Noise(4, 200*mib)
	src := agenttest.NewFileServer(t, content)
	release := src.Hold(120 * mib)
	defer release()
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(200*mib))
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(200*mib)))
	a.Until(id, "half of it", func(s agentapi.Status) bool { return s.BytesDone > 90*mib && s.BytesStored > 32*mib })
	kids := agenttest.Children(t, p.Pid)
	if len(kids) != 1 {
		t.Fatalf("children %v", kids)
	}
	_ = p.Kill()
	_, _ = p.Wait()
	agenttest.AwaitGone(t, kids[0])
	c.Lock()
	before := c.Puts
	// The control plane does not know the agent for a while; the transfer is
	// to continue without it.
	c.FaultCall = func(path string, w http.ResponseWriter) bool {
		if strings.HasSuffix(path, "/boot") && src.Sent.Load() < 150*mib {
			agenttest.Refuse(w, http.StatusServiceUnavailable, "unavailable")
			return true
		}
		return false
	}
	c.Unlock()
	release()
	a.StartProcess()
	s := a.Until(id, "the end", agenttest.Ended)
	if s.Phase != agentapi.PhaseDone || s.Epoch != 1 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.Sent.Load(); got > 235*mib {
		t.Errorf("the source sent %d MiB for 200", got/mib)
	}
	// Twelve and a half parts; some were on their way when it was killed.
	if n := c.Puts - before; n > 13 {
		t.Errorf("%d puts after the kill, %d before", n, before)
	}
}

func TestBytesThatGoBadOnDiskAreFetchedAgain(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	id := agenttest.NewID()
	data := filepath.Join(cfg.DataDir, "transfers", id, "data", "0")
	var flip sync.Once
	// Nothing may be uploaded before a byte is flipped in a part that is
	// verified and waits.
	c.FaultCall = func(path string, w http.ResponseWriter) bool {
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
	a := agenttest.Start(t, cfg)
	content := agenttest.Noise(6, 20*mib)
	src := agenttest.NewFileServer(t, content)
	c.AddJob(id, 1, agenttest.OneFile(20*mib))
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(20*mib)))
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.Sent.Load(); got <= 20*mib {
		t.Error("the bad bytes were not fetched again; was anything flipped?")
	}
}
