package jail_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/agent/agenttest"
	"longhaul/internal/jail"
)

// tryWithout makes the test binary an engine on a kernel without Landlock.
const tryWithout = "try-without-landlock"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == tryWithout {
		if err := jail.EnterWithoutLandlock(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		var e agenttest.Escape
		_ = json.Unmarshal([]byte(os.Args[2]), &e)
		_ = json.NewEncoder(os.Stdout).Encode(e.Try())
		return
	}
	os.Exit(m.Run())
}

// On a kernel without Landlock the other layers hold: a user of its own, the
// system call filter, and a supervisor that nobody of its user can inspect.
func TestWithoutLandlockTheOtherLayersHold(t *testing.T) {
	if err := jail.Guard(); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	credential, transfers := filepath.Join(data, "identity.json"), filepath.Join(data, "transfers")
	own, other := filepath.Join(transfers, "own"), filepath.Join(transfers, "other")
	for _, dir := range []string{own, other} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "journal"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := jail.HandOver(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(credential, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	what, err := json.Marshal(agenttest.Escape{Credential: credential, Other: other, Outside: data})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], tryWithout, string(what))
	cmd.Dir, cmd.Env, cmd.Stderr = own, []string{"GOGC=400"}, os.Stderr
	if err := jail.KeepFiles(); err != nil {
		t.Fatal(err)
	}
	said, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var attempts map[string]string
	if err := json.Unmarshal(said, &attempts); err != nil {
		t.Fatal(err)
	}
	// Limits on files and memory come with a supervisor's order.
	may := []string{
		"too many files", "a huge file", "a core dump",
		"a file for everybody", "the list of users", "a link out", "a pipe to wait for", "a socket of another process",
	}
	if !jail.MayChangeUser() {
		may = append(may, "the credential", "the credential by a relative path", "a copy of the credential", "another transfer's directory",
			"another transfer's journal", "a file in another transfer", "a file outside", "a signal to the supervisor")
	}
	if err := agenttest.Refused(attempts, may...); err != nil {
		t.Error(err)
	}
	_ = os.Remove(filepath.Join(os.TempDir(), fmt.Sprintf("planted-by-engine-%d", os.Getpid())))
}

// What a kernel can't refuse is named, and nothing else is.
func TestGapsAreNamed(t *testing.T) {
	for _, c := range []struct {
		abi             int
		filter, ownUser bool
		want            string
	}{
		{7, true, false, ""},
		{6, true, true, ""},
		{5, true, false, "signals, abstract sockets"},
		{5, true, true, "abstract sockets"},
		{0, true, false, "its credential among them (no Landlock), signals, abstract sockets"},
		{0, true, true, "every user may read or write (no Landlock), abstract sockets"},
		{7, false, false, "processes of its own"},
	} {
		got := jail.GapsOf(c.abi, c.filter, c.ownUser)
		want := strings.Split(c.want, ", ")
		if c.want == "" {
			want = nil
		}
		if len(got) != len(want) {
			t.Errorf("%+v: %q", c, got)
			continue
		}
		for i := range want {
			if !strings.Contains(got[i], want[i]) {
				t.Errorf("%+v: %q", c, got)
			}
		}
	}
}
