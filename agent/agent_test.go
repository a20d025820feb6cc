package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/engine/enginetest"
)

func TestURLDownloadReachesStorage(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	content := noise(1, 40<<20+12345)
	src := newFileServer(t, content)
	id := newID()
	file := agentapi.FileJob{Index: 0, Size: int64(len(content)), PartSize: 16 << 20}
	c.addJob(id, 1, file)
	a.start(id, download(1, src.URL+"/file.bin", file))
	s := a.until(id, "the end", ended)
	if s.Phase != agentapi.PhaseDone {
		t.Fatalf("phase %s, fault %+v", s.Phase, s.Fault)
	}
	if s.BytesStored != file.Size || s.BytesDone != file.Size || s.VerifiedAt == nil {
		t.Errorf("status %+v", s)
	}
	if !bytes.Equal(c.content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.sent.Load(); got > file.Size*105/100 {
		t.Errorf("the source sent %d bytes for %d", got, file.Size)
	}
}

func TestMagnetIsResolvedAndItsFilesReachStorage(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "collection", PieceLength: 256 << 10, Files: []enginetest.File{
			{Path: "a/first", Data: noise(20, 3*mib+17)},
			{Path: "empty"},
			{Path: "b/second", Data: noise(21, 20*mib+5)},
			{Path: "skipped", Data: noise(22, mib)},
		},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	magnet := agentapi.Source{Magnet: made.Magnet(tracker.URL)}
	id := newID()
	a.start(id, agentapi.StartTransfer{
		Epoch: 1, Kind: agentapi.KindResolve, Source: magnet, ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 30,
	})
	if s := a.until(id, "the metadata", ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	m, err := a.client.Manifest(t.Context(), id)
	if err != nil || m.Name != "collection" || len(m.Files) != 4 || len(m.Metainfo) == 0 || m.InfoHashV1 != made.InfoHashV1 {
		t.Fatalf("manifest %+v %v", m, err)
	}
	spec := download(2, "")
	spec.Source = agentapi.Source{Metainfo: m.Metainfo}
	for _, f := range m.Files[:3] {
		spec.Files = append(spec.Files, agentapi.FileJob{Index: f.Index, Size: f.Size, PartSize: 16 * mib})
	}
	c.addJob(id, 2, spec.Files...)
	a.start(id, spec)
	s := a.until(id, "the end", func(s agentapi.Status) bool { return s.Epoch == 2 && ended(s) })
	if s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	for i := range spec.Files {
		if !bytes.Equal(c.content(t, id, i), made.Files[i].Data) {
			t.Errorf("file %d: storage has other bytes than the source", i)
		}
	}
}

func TestSeedingKeepsTheBytesUntilItEnds(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	cfg.SeedTime = time.Second
	a := startAgent(t, cfg)
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "one", PieceLength: 256 << 10, Trackers: []string{tracker.URL},
		Files: []enginetest.File{{Path: "one", Data: noise(23, 3*mib)}},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	id := newID()
	c.addJob(id, 1, oneFile(3*mib))
	spec := download(1, "", oneFile(3*mib))
	spec.Source = agentapi.Source{Metainfo: made.Metainfo}
	a.start(id, spec)
	if s := a.until(id, "seeding", ended); s.Phase != agentapi.PhaseSeeding || s.BytesStored != 3*mib {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	kept, err := os.ReadFile(filepath.Join(cfg.DataDir, "transfers", id, "data", "0"))
	if err != nil || !bytes.Equal(kept, made.Files[0].Data) {
		t.Errorf("the bytes are not there any more: %v", err)
	}
	s := a.until(id, "the end of seeding", func(s agentapi.Status) bool { return s.Phase != agentapi.PhaseSeeding && ended(s) })
	if s.Phase != agentapi.PhaseDone {
		t.Errorf("status %+v, fault %+v", s, s.Fault)
	}
}
