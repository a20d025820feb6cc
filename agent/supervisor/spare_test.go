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
	"longhaul/internal/config"
)

// superseded is a transfer whose agent was refused the report of its first part
// when it had most of 50 of 80 MiB, or a little with a small disk.
type superseded struct {
	control *agenttest.ControlPlane
	agent   *agenttest.Agent
	source  *agenttest.FileServer
	content []byte
	id      string
	release func() // lets the source send the rest
}

const (
	spareSize = 80 * mib
	spareHeld = 50 * mib
	spareFew  = 20 * mib
)

func supersede(t *testing.T, configure func(*config.Agent), how func(c *agenttest.ControlPlane, id string)) *superseded {
	t.Helper()
	s := &superseded{control: agenttest.NewControlPlane(t), content: agenttest.Noise(7, spareSize), id: agenttest.NewID()}
	cfg := agenttest.Config(t, s.control)
	configure(&cfg)
	s.agent = agenttest.Start(t, cfg)
	s.source = agenttest.NewFileServer(t, s.content)
	s.release = s.source.Hold(spareHeld)
	t.Cleanup(s.release)
	least := int64(spareHeld - 8*mib)
	if cfg.DiskLimit > 0 {
		least = spareFew
	}
	putting, refused := make(chan struct{}, spareSize/mib), make(chan struct{})
	s.control.FaultPut = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		putting <- struct{}{}
		select {
		case <-refused:
		case <-r.Context().Done():
		}
		return false
	}
	s.control.AddJob(s.id, 1, agenttest.OneFile(spareSize))
	s.agent.Transfer(s.id, agenttest.Download(1, s.source.URL+"/file.bin", agenttest.OneFile(spareSize)))
	s.agent.Until(s.id, "what it may have", func(st agentapi.Status) bool { return st.BytesDone >= least })
	select {
	case <-putting: // its report will be refused
	case <-agenttest.Late():
		t.Fatal("no part is whole")
	}
	s.control.Lock()
	how(s.control, s.id)
	s.control.Unlock()
	close(refused)
	return s
}

func newerAttempt(c *agenttest.ControlPlane, id string) { c.Jobs[id].Epoch = 2 }

func noJob(c *agenttest.ControlPlane, id string) { delete(c.Jobs, id) }

func unchanged(*config.Agent) {}

// Bytes of a job that another attempt got are of use if it comes back.
func TestASupersededTransferKeepsItsBytes(t *testing.T) {
	for _, how := range []string{"at once", "after a restart"} {
		t.Run(how, func(t *testing.T) {
			s := supersede(t, unchanged, newerAttempt)
			st := s.agent.Until(s.id, "its end", agenttest.Ended)
			if st.Phase != agentapi.PhaseStopped || st.BytesDone < spareHeld-8*mib {
				t.Fatalf("status %+v", st)
			}
			if n := len(agenttest.Children(t, os.Getpid())); n != 0 {
				t.Errorf("%d engine processes are left", n)
			}
			if how != "at once" {
				if err := s.agent.Stop(); err != nil {
					t.Fatal(err)
				}
				s.agent = agenttest.Start(t, s.agent.Config)
			}
			s.release()
			file := s.control.Resumed(s.id, 3, agenttest.OneFile(spareSize))
			s.agent.Transfer(s.id, agenttest.Download(3, s.source.URL+"/file.bin", file))
			if st := s.agent.UntilDone(s.id); st.Epoch != 3 {
				t.Errorf("status %+v", st)
			}
			if !bytes.Equal(s.control.Content(t, s.id, 0), s.content) {
				t.Error("storage has other bytes than the source")
			}
			ratio := float64(s.source.Sent.Load()) / spareSize
			t.Logf("the source sent %.3f of the size", ratio)
			if ratio > 1.05 {
				t.Errorf("the source sent %.3f of the size", ratio)
			}
		})
	}
}

func TestKeptBytesGo(t *testing.T) {
	for why, configure := range map[string]func(*config.Agent){
		"when their time is over":    func(c *config.Agent) { c.KeepFor = 50 * time.Millisecond },
		"when their space is needed": func(c *config.Agent) { c.KeepFor, c.DiskLimit = time.Hour, mib },
	} {
		t.Run(why, func(t *testing.T) {
			s := supersede(t, configure, newerAttempt)
			s.agent.UntilUnknown(s.id)
			s.gone(t)
		})
	}
}

func TestBytesOfAnEndedJobGoAtOnce(t *testing.T) {
	s := supersede(t, unchanged, noJob)
	s.agent.UntilUnknown(s.id)
	s.gone(t)
}

func (s *superseded) gone(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(s.agent.Config.DataDir, "transfers", s.id)); !os.IsNotExist(err) {
		t.Errorf("its directory is still there: %v", err)
	}
	if n := len(agenttest.Children(t, os.Getpid())); n != 0 {
		t.Errorf("%d engine processes are left", n)
	}
}
