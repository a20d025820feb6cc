package upload_test

import (
	"bytes"
	"net/http"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/models"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

const mib = agenttest.MiB

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
			c := agenttest.NewControlPlane(t)
			c.FaultPut = func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n%3 == 0 {
					return false
				}
				fault(w, r)
				return true
			}
			a := agenttest.Start(t, agenttest.Config(t, c))
			content := agenttest.Noise(5, 50*mib)
			src := agenttest.NewFileServer(t, content)
			id := agenttest.NewID()
			c.AddJob(id, 1, agenttest.OneFile(50*mib))
			a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(50*mib)))
			a.UntilDone(id)
			if !bytes.Equal(c.Content(t, id, 0), content) {
				t.Error("storage has other bytes than the source")
			}
		})
	}
}

// While the control plane can't reach storage, the transfer says that it waits for
// storage, and not for the control plane, which answers.
func TestTheControlPlaneCannotReachStorage(t *testing.T) {
	t.Parallel()
	c := agenttest.NewControlPlane(t)
	away := true
	c.FaultCall = func(path string, w http.ResponseWriter) bool {
		if path != "/agent/v1/uploads" || !away {
			return false
		}
		agenttest.Refuse(w, http.StatusServiceUnavailable, string(models.ProblemStorageFailing))
		return true
	}
	a := agenttest.Start(t, agenttest.Config(t, c))
	content := agenttest.Noise(5, mib)
	src := agenttest.NewFileServer(t, content)
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(mib))
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(mib)))
	s := a.Until(id, "that it waits to upload", func(s agentapi.Status) bool {
		return s.Waiting != nil && (s.Waiting.Code == string(models.ProblemStorageFailing) || s.Waiting.Code == string(models.ReasonWaitsForControlPlane))
	})
	if s.Waiting.Code != string(models.ProblemStorageFailing) {
		t.Errorf("it says %s", s.Waiting.Code)
	}
	c.Lock()
	away = false
	c.Unlock()
	a.UntilDone(id)
}

func TestUnknownSizeIsToldBeforeTheEnd(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	content := agenttest.Noise(8, 70*mib)
	srv := agenttest.StreamServer(t, content)
	id := agenttest.NewID()
	file := agentapi.FileJob{Index: 0, Size: -1, PartSize: 64 * mib}
	c.AddJob(id, 1, file)
	a.Transfer(id, agenttest.Download(1, srv+"/stream.bin", file))
	s := a.Until(id, "the end", agenttest.Ended)
	if s.Phase != agentapi.PhaseDone || s.BytesTotal != 70*mib {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if got := c.Jobs[id].Files[0].Size; got != 70*mib {
		t.Errorf("the control plane knows the size %d", got)
	}
}

func TestEmptyFileNeedsNoPart(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	src := agenttest.NewFileServer(t, nil)
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(0))
	a.Transfer(id, agenttest.Download(1, src.URL+"/empty.bin", agenttest.OneFile(0)))
	if s := a.Until(id, "the end", agenttest.Ended); s.Phase != agentapi.PhaseDone || s.BytesTotal != 0 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if c.Puts != 0 {
		t.Errorf("%d parts were sent", c.Puts)
	}
}

func TestManySmallFilesShareRequests(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	id := agenttest.NewID()
	var files []agentapi.FileJob
	for i := range 300 {
		files = append(files, agentapi.FileJob{Index: i, Size: 1000, PartSize: 16 * mib})
	}
	c.AddJob(id, 1, files...)
	a.Transfer(id, agenttest.Download(1, "test:zeros", files...))
	if s := a.Until(id, "the end", agenttest.Ended); s.Phase != agentapi.PhaseDone || s.BytesStored != 300_000 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	for i := range files {
		if got := c.Content(t, id, i); !bytes.Equal(got, make([]byte, 1000)) {
			t.Fatalf("file %d has %d bytes", i, len(got))
		}
	}
	if c.Uploads > 60 {
		t.Errorf("%d questions for 300 parts", c.Uploads)
	}
}
