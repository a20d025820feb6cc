package agent

import (
	"bytes"
	"testing"

	"longhaul/agent/agentapi"
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
