package supervisor_test

import (
	"os"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/models"
)

// A transfer that leaves takes nothing with it that is not in storage.
func TestFlushStoresWhatIsStarted(t *testing.T) {
	const size, held = 60 * mib, 25 * mib
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	src := agenttest.NewFileServer(t, agenttest.Noise(8, size))
	release := src.Hold(held)
	defer release()
	id := agenttest.NewID()
	file := agenttest.OneFile(size)
	file.PartSize = models.PartSize(size, size)
	c.AddJob(id, 1, file)
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", file))
	a.Until(id, "all that comes", func(st agentapi.Status) bool { return st.BytesDone >= held-4*mib })
	for range 2 { // the call may be repeated
		if err := a.Client.Stop(t.Context(), id, agentapi.Stop{Epoch: 1, Flush: true}); err != nil {
			t.Fatal(err)
		}
	}
	release()
	st := a.Until(id, "its end", agenttest.Ended)
	sent := src.Sent.Load()
	t.Logf("%d bytes were sent, %d are verified, %d in storage", sent, st.BytesDone, st.BytesStored)
	if st.Phase != agentapi.PhaseStopped || st.BytesDone < held-4*mib || st.BytesStored != st.BytesDone {
		t.Errorf("status %+v", st)
	}
	if lost := float64(sent-st.BytesStored) / size; lost > 0.05 {
		t.Errorf("%.3f of the size was sent and is lost", lost)
	}
	if n := len(agenttest.Children(t, os.Getpid())); n != 0 {
		t.Errorf("%d engine processes are left", n)
	}
}

// A file that is done when it is to leave is done.
func TestFlushOfAFinishedTransfer(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	src := agenttest.NewFileServer(t, agenttest.Noise(9, mib))
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(mib))
	a.Transfer(id, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(mib)))
	a.UntilDone(id)
	if err := a.Client.Stop(t.Context(), id, agentapi.Stop{Epoch: 1, Flush: true}); err != nil {
		t.Fatal(err)
	}
	if st, err := a.Client.Transfer(t.Context(), id); err != nil || st.Phase != agentapi.PhaseDone {
		t.Errorf("status %+v, %v", st, err)
	}
}
