package supervisor_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
)

func TestEpochsFence(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	a := agenttest.Start(t, cfg)
	content := agenttest.Noise(12, 80*mib)
	src := agenttest.NewFileServer(t, content)
	release := src.Hold(50 * mib)
	defer release()
	id := agenttest.NewID()
	ctx := t.Context()
	c.AddJob(id, 5, agenttest.OneFile(80*mib))
	a.Transfer(id, agenttest.Download(5, src.URL+"/file.bin", agenttest.OneFile(80*mib)))
	a.Until(id, "a stored part", func(s agentapi.Status) bool { return s.BytesStored > 0 })
	if s, err := a.Client.Start(ctx, id, agenttest.Download(5, src.URL+"/file.bin", agenttest.OneFile(80*mib))); err != nil || s.BytesDone == 0 {
		t.Errorf("the same epoch again: %+v %v", s, err)
	}
	for name, err := range map[string]error{
		"start":  second(a.Client.Start(ctx, id, agenttest.Download(4, src.URL+"/file.bin", agenttest.OneFile(80*mib)))),
		"stop":   a.Client.Stop(ctx, id, agentapi.Stop{Epoch: 4}),
		"delete": a.Client.Delete(ctx, id, 4),
	} {
		if !agentapi.IsProblem(err, "superseded") {
			t.Errorf("%s with an old epoch: %v", name, err)
		}
	}
	if err := a.Client.Stop(ctx, id, agentapi.Stop{Epoch: 5}); err != nil {
		t.Fatal(err)
	}
	if s := a.Until(id, "the stop", agenttest.Ended); s.Phase != agentapi.PhaseStopped {
		t.Fatalf("status %+v", s)
	}
	before := src.Sent.Load()
	release()
	// A newer attempt uses what is there.
	file := agenttest.OneFile(80 * mib)
	c.Lock()
	c.Jobs[id].Epoch = 6
	for n := range c.Jobs[id].Files[0].Done {
		file.Stored = append(file.Stored, int64(n))
	}
	file.Validator = c.Jobs[id].Files[0].Validator
	c.Unlock()
	a.Transfer(id, agenttest.Download(6, src.URL+"/file.bin", file))
	if s := a.Until(id, "the end", agenttest.Ended); s.Phase != agentapi.PhaseDone || s.Epoch != 6 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if got := string(c.Content(t, id, 0)); got != string(content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.Sent.Load() - before; got > 54*mib {
		t.Errorf("the newer attempt fetched %d MiB", got/mib)
	}
	if err := a.Client.Delete(ctx, id, 6); err != nil {
		t.Fatal(err)
	}
	if err := a.Client.Delete(ctx, id, 6); err != nil {
		t.Errorf("deleting the unknown: %v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "transfers", id)); !os.IsNotExist(err) {
		t.Errorf("its directory is still there: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestFullAgentRefuses(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	cfg.Capacity = 1
	a := agenttest.Start(t, cfg)
	for range 1 + 2 { // two more than its capacity: the control plane's figures are seconds old
		a.Transfer(agenttest.NewID(), agenttest.Download(1, "test:hang", agenttest.OneFile(mib)))
	}
	_, err := a.Client.Start(t.Context(), agenttest.NewID(), agenttest.Download(1, "test:hang", agenttest.OneFile(mib)))
	if p, ok := errors.AsType[*agentapi.Problem](err); !ok || p.Status != http.StatusServiceUnavailable || p.Code != "no_agent" {
		t.Errorf("one too many: %v", err)
	}
}

func TestResolveAndInspect(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	src := agenttest.NewFileServer(t, agenttest.Noise(13, 3*mib))
	id := agenttest.NewID()
	spec := agentapi.StartTransfer{
		Epoch: 1, Kind: agentapi.KindResolve, Source: agentapi.Source{URL: src.URL + "/a%20film.mkv"},
		ResolveTimeoutSeconds: 10, StallTimeoutSeconds: 10,
	}
	a.Transfer(id, spec)
	a.UntilDone(id)
	m, err := a.Client.Manifest(t.Context(), id)
	if err != nil || m.Name != "a film.mkv" || m.Size != 3*mib || len(m.Files) != 1 {
		t.Errorf("manifest %+v %v", m, err)
	}
	m, err = a.Client.Inspect(t.Context(), agentapi.Inspect{Source: spec.Source, TimeoutSeconds: 10})
	if err != nil || m.Size != 3*mib {
		t.Errorf("inspection %+v %v", m, err)
	}
	for how, want := range map[string]string{"crash": "engine_crashed", "wait": "metadata_timeout"} {
		_, err = a.Client.Inspect(t.Context(), agentapi.Inspect{Source: agentapi.Source{URL: "test:" + how}, TimeoutSeconds: 1})
		if !agentapi.IsProblem(err, want) {
			t.Errorf("inspecting %s: %v", how, err)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(a.Config.DataDir, "inspect")); len(left) > 1 { // one keeps its answer
		t.Errorf("inspections left %d directories", len(left))
	}
}

// One account's dead sources, however many, leave room for what others ask.
func TestDeadSourcesHoldUpTheirOwnerOnly(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	src := agenttest.NewFileServer(t, agenttest.Noise(13, mib))
	dead, end := context.WithCancel(t.Context())
	var asked sync.WaitGroup
	defer asked.Wait()
	defer end()
	for range 25 {
		asked.Go(func() {
			_, _ = a.Client.Inspect(dead, agentapi.Inspect{Source: agentapi.Source{URL: "test:wait"}, Owner: "greedy", TimeoutSeconds: 60})
		})
	}
	inspecting := func() int {
		dirs, _ := os.ReadDir(filepath.Join(a.Config.DataDir, "inspect"))
		return len(dirs)
	}
	c.Until(t, "four of them are looked at", func() bool { return inspecting() == 4 })
	m, err := a.Client.Inspect(t.Context(), agentapi.Inspect{Source: agentapi.Source{URL: src.URL + "/a.mkv"}, Owner: "modest", TimeoutSeconds: 30})
	if err != nil || m.Size != mib {
		t.Errorf("inspection %+v %v", m, err)
	}
	if n := inspecting(); n != 5 {
		t.Errorf("%d directories, want 4 of one owner and one that keeps its answer", n)
	}
}

func TestDiskLimitHoldsTheEngineBack(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	cfg.DiskLimit = 40 * mib
	stop := make(chan struct{})
	c.FaultPut = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
		return false
	}
	a := agenttest.Start(t, cfg)
	content := agenttest.Noise(9, 160*mib)
	src := agenttest.NewFileServer(t, content)
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(160*mib))
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(160*mib)))
	s := a.Until(id, "a full disk", func(s agentapi.Status) bool { return s.BytesDone >= 40*mib })
	// While no part is whole there is nothing to store and release, so that the
	// connections fetch until one is.
	if s.BytesDone > (40+16)*mib {
		t.Errorf("%d MiB on disk at a limit of 40", s.BytesDone/mib)
	}
	close(stop)
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
}

func TestSourceThatChangesIsFetchedWhole(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	first, second := agenttest.Noise(10, 40*mib), agenttest.Noise(11, 40*mib)
	srv := agenttest.ChangingServer(t, first, second, 20*mib)
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(40*mib))
	a.Transfer(id, agenttest.Download(1, srv+"/file.bin", agenttest.OneFile(40*mib)))
	a.UntilDone(id)
	if !bytes.Equal(c.Content(t, id, 0), second) {
		t.Error("storage has not exactly the second version")
	}
}
