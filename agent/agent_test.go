package agent_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"longhaul/agent"
	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/agent/engine/enginetest"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

const mib = agenttest.MiB

func TestURLDownloadReachesStorage(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	content := agenttest.Noise(1, 40<<20+12345)
	src := agenttest.NewFileServer(t, content)
	id := agenttest.NewID()
	file := agentapi.FileJob{Index: 0, Size: int64(len(content)), PartSize: 16 << 20}
	c.AddJob(id, 1, file)
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", file))
	s := a.UntilDone(id)
	if s.BytesStored != file.Size || s.BytesDone != file.Size || s.VerifiedAt == nil {
		t.Errorf("status %+v", s)
	}
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.Sent.Load(); got > file.Size*105/100 {
		t.Errorf("the source sent %d bytes for %d", got, file.Size)
	}
}

func TestMagnetIsResolvedAndItsFilesReachStorage(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "collection", PieceLength: 256 << 10, Files: []enginetest.File{
			{Path: "a/first", Data: agenttest.Noise(20, 3*mib+17)},
			{Path: "empty"},
			{Path: "b/second", Data: agenttest.Noise(21, 20*mib+5)},
			{Path: "skipped", Data: agenttest.Noise(22, mib)},
		},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	magnet := agentapi.Source{Magnet: made.Magnet(tracker.URL)}
	id := agenttest.NewID()
	a.Transfer(id, agentapi.StartTransfer{
		Epoch: 1, Kind: agentapi.KindResolve, Source: magnet, ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 30,
	})
	if s := a.Until(id, "the metadata", agenttest.Ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	m, err := a.Client.Manifest(t.Context(), id)
	if err != nil || m.Name != "collection" || len(m.Files) != 4 || len(m.Metainfo) == 0 || m.InfoHashV1 != made.InfoHashV1 {
		t.Fatalf("manifest %+v %v", m, err)
	}
	spec := agenttest.Download(2, "")
	spec.Source = agentapi.Source{Metainfo: m.Metainfo}
	for _, f := range m.Files[:3] {
		spec.Files = append(spec.Files, agentapi.FileJob{Index: f.Index, Size: f.Size, PartSize: 16 * mib})
	}
	c.AddJob(id, 2, spec.Files...)
	a.Transfer(id, spec)
	s := a.Until(id, "the end", func(s agentapi.Status) bool { return s.Epoch == 2 && agenttest.Ended(s) })
	if s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	for i := range spec.Files {
		if !bytes.Equal(c.Content(t, id, i), made.Files[i].Data) {
			t.Errorf("file %d: storage has other bytes than the source", i)
		}
	}
}

func TestSeedingKeepsTheBytesUntilItEnds(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	cfg.SeedTime = time.Second
	a := agenttest.Start(t, cfg)
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "one", PieceLength: 256 << 10, Trackers: []string{tracker.URL},
		Files: []enginetest.File{{Path: "one", Data: agenttest.Noise(23, 3*mib)}},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(3*mib))
	spec := agenttest.Download(1, "", agenttest.OneFile(3*mib))
	spec.Source = agentapi.Source{Metainfo: made.Metainfo}
	a.Transfer(id, spec)
	if s := a.Until(id, "seeding", agenttest.Ended); s.Phase != agentapi.PhaseSeeding || s.BytesStored != 3*mib {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	kept, err := os.ReadFile(filepath.Join(cfg.DataDir, "transfers", id, "data", "0"))
	if err != nil || !bytes.Equal(kept, made.Files[0].Data) {
		t.Errorf("the bytes are gone: %v", err)
	}
	s := a.Until(id, "the end of seeding", func(s agentapi.Status) bool { return s.Phase != agentapi.PhaseSeeding && agenttest.Ended(s) })
	if s.Phase != agentapi.PhaseDone {
		t.Errorf("status %+v, fault %+v", s, s.Fault)
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	before := runtime.NumGoroutine()
	cfg := agenttest.Config(t, c)
	a := agenttest.Start(t, cfg)
	src := agenttest.NewFileServer(t, agenttest.Noise(14, 20*mib))
	release := src.Hold(10 * mib)
	defer release()
	done, half := agenttest.NewID(), agenttest.NewID()
	c.AddJob(done, 1, agenttest.OneFile(mib))
	c.AddJob(half, 1, agenttest.OneFile(20*mib))
	a.Transfer(done, agenttest.Download(1, "test:crash-once", agenttest.OneFile(mib)))
	a.Transfer(half, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(20*mib)))
	a.Until(done, "the end", agenttest.Ended)
	a.Until(half, "some bytes", func(s agentapi.Status) bool { return s.BytesDone > 0 })
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if kids := agenttest.Children(t, os.Getpid()); len(kids) > 0 {
		t.Errorf("engine processes are left: %v", kids)
	}
	release()
	src.CloseClientConnections()
	c.CloseClientConnections()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	defer func() {
		if t.Failed() {
			buf := make([]byte, 1<<20)
			t.Logf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}()
	agenttest.Poll(t, "goroutines are left", func() bool { return runtime.NumGoroutine() <= before+2 })
}

func TestShutdownWithoutControlPlane(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- agent.Run(ctx, agenttest.Options(cfg, slog.New(slog.DiscardHandler))) }()
	cancel()
	select {
	case err := <-end:
		if err != nil {
			t.Error(err)
		}
	case <-agenttest.Late():
		t.Fatal("it does not end")
	}
}
