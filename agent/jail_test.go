package agent_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/internal/jail"
)

// onlyLandlock are the attempts that nothing else refuses to an engine that
// runs as its supervisor's user; one that has a user of its own gets less.
func onlyLandlock() []string {
	may := []string{"a file for everybody", "the list of users", "a link out", "a pipe to wait for", "a socket of another process"}
	if os.Geteuid() != 0 {
		may = append(may, "the credential", "the credential by a relative path", "a copy of the credential", "another transfer's directory",
			"another transfer's journal", "a file in another transfer", "a file outside", "a signal to the supervisor")
	}
	return may
}

// An engine in hostile hands reaches nothing but its own directory. What the
// kernel can't refuse, the agent says at its start.
func TestAnEngineReachesOnlyItsOwnDirectory(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.NewAgent(t, agenttest.Config(t, c))
	outside := t.TempDir()
	leaked := filepath.Join(outside, "leaked")
	if err := os.WriteFile(leaked, []byte(agenttest.LeakedWord), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(leaked)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	socket := fmt.Sprintf("longhaul-test-%d", os.Getpid())
	ln, err := net.Listen("unix", "@"+socket)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a.StartProcess(f)

	src := agenttest.NewFileServer(t, agenttest.Noise(30, 20*mib))
	release := src.Hold(10 * mib)
	defer release()
	transfers := filepath.Join(a.Config.DataDir, "transfers")
	other, hostile := agenttest.NewID(), agenttest.NewID()
	c.AddJob(other, 1, agenttest.OneFile(20*mib))
	a.Transfer(other, agenttest.Download(1, src.URL+"/file.bin", agenttest.OneFile(20*mib)))
	a.Until(other, "some bytes", func(s agentapi.Status) bool { return s.BytesDone > 0 })
	escape := agenttest.Escape{
		Credential: filepath.Join(a.Config.DataDir, "identity.json"), Other: filepath.Join(transfers, other), Outside: outside, Socket: socket,
	}
	c.AddJob(hostile, 1, agenttest.OneFile(mib))
	a.Transfer(hostile, agenttest.Download(1, escape.Source(), agenttest.OneFile(mib)))
	var attempts map[string]string
	agenttest.Poll(t, "the engine did not try", func() bool {
		attempts = agenttest.Attempts(filepath.Join(transfers, hostile))
		return attempts != nil
	})
	var may []string
	if gaps := jail.Gaps(); len(gaps) > 0 {
		if strings.Contains(gaps[0], "no Landlock") {
			may = onlyLandlock()
		}
		for _, gap := range gaps {
			if !strings.Contains(a.Log.String(), gap) {
				t.Errorf("the agent does not say that engines reach %s", gap)
			}
		}
	}
	if err := agenttest.Refused(attempts, may...); err != nil {
		t.Error(err)
	}
	for _, kept := range []string{filepath.Join(outside, "planted"), filepath.Join(transfers, other, "planted")} {
		if _, err := os.Stat(kept); err == nil && may == nil {
			t.Errorf("the engine left %s", kept)
		}
	}
	release()
	a.UntilDone(other)
	t.Log(len(attempts), "attempts were refused, but for", may)
}
