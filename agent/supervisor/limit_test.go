package supervisor_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
)

// Two transfers share the speed limit that the control plane sets, and it holds
// after a restart while the control plane does not answer.
func TestSpeedLimitHoldsTransfersBack(t *testing.T) {
	const limit, size, most = 2 * mib, 5 * mib, mib // most is how much may come at once
	c := agenttest.NewControlPlane(t)
	c.RateLimit = limit
	cfg := agenttest.Config(t, c)
	a := agenttest.Start(t, cfg)
	saved := func() bool {
		b, err := os.ReadFile(filepath.Join(cfg.DataDir, "pace.json"))
		return err == nil && bytes.Contains(b, []byte("2097152"))
	}
	c.Until(t, "the agent knows its limit", saved)
	src := agenttest.NewFileServer(t, agenttest.Noise(21, size))
	fetch := func(n int) (took time.Duration) {
		began := time.Now()
		ids := make([]string, n)
		for i := range ids {
			ids[i] = agenttest.NewID()
			c.AddJob(ids[i], 1, agenttest.OneFile(size))
			a.Transfer(ids[i], agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(size)))
		}
		for _, id := range ids {
			a.Until(id, "all bytes", func(s agentapi.Status) bool { return s.BytesDone == size })
		}
		return time.Since(began)
	}
	least := func(bytes int) time.Duration { return time.Duration(bytes) * time.Second / limit }
	if took, want := fetch(2), least(2*size-2*most); took < want {
		t.Errorf("two transfers took %s together, want %s at least", took, want)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	c.Lock()
	c.FaultCall = func(path string, w http.ResponseWriter) bool {
		if path != "/agent/v1/heartbeat" {
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	c.Unlock()
	a = agenttest.Start(t, cfg)
	if took, want := fetch(1), least(size-most); took < want {
		t.Errorf("after a restart a transfer took %s, want %s at least", took, want)
	}
}

// A transfer fetches no faster than its own limit, also on an agent without one and
// after a restart, while one beside it is not held back.
func TestATransferKeepsItsOwnSpeed(t *testing.T) {
	const limit, size, part, most = mib, 32 * mib, 8 * mib, 3 * mib / 2 // most is how much may come at once
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	a := agenttest.Start(t, cfg)
	src := agenttest.NewFileServer(t, agenttest.Noise(22, size))
	began := time.Now()
	fetch := func(bytesPerSecond int64) (id string) {
		id = agenttest.NewID()
		c.AddJob(id, 1, agenttest.OneFile(size))
		spec := agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(size))
		spec.BytesPerSecond = bytesPerSecond
		a.Transfer(id, spec)
		return id
	}
	reach := func(id string, bytes int64) agentapi.Status {
		return a.Until(id, "so many bytes", func(s agentapi.Status) bool { return s.BytesDone >= bytes })
	}
	slow := fetch(limit)
	reach(slow, 1)
	reach(fetch(0), size)
	if s := reach(slow, 1); s.BytesDone == size {
		t.Error("the slow one was as fast as the one without a limit")
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	a = agenttest.Start(t, cfg)
	reach(slow, part)
	if took, want := time.Since(began), (part-2*most)*time.Second/limit; took < want {
		t.Errorf("it took %s, want %s at least", took, want)
	}
}
