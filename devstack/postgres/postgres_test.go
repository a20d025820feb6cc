package postgres

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"longhaul/devstack/port"
	"longhaul/devstack/supervisor"
)

func testCluster(t *testing.T) (*Cluster, *supervisor.Supervisor) {
	t.Helper()
	// The folder above belongs to the own user alone, as /root does.
	dir := filepath.Join(t.TempDir(), "data", "postgres")
	number, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir, number, "it's a :/@ password")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Initialise(t.Context()); err != nil {
		t.Fatal(err)
	}
	logs, err := supervisor.NewLogs(t.TempDir(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	sup := supervisor.New(logs, nil)
	t.Cleanup(func() {
		sup.Close()
		logs.Close()
	})
	return c, sup
}

func serve(t *testing.T, c *Cluster, sup *supervisor.Supervisor) *supervisor.Process {
	t.Helper()
	spec := c.Spec()
	p := sup.Start(t.Context(), spec)
	t.Cleanup(p.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := p.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestServesBelowAFolderOfItsOwner(t *testing.T) {
	c, sup := testCluster(t)
	serve(t, c, sup)
	for range 2 {
		if err := c.EnsureDatabase(t.Context(), "odd \"name"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(c.Dir, "password.new")); !os.IsNotExist(err) {
		t.Errorf("the password file is left: %v", err)
	}
}

func TestForgetsAnUnfinishedInitialisation(t *testing.T) {
	c, err := Open(filepath.Join(t.TempDir(), "postgres"), 1, "secret")
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(c.data()+".new", "base")
	if err := os.MkdirAll(half, dirMode); err != nil {
		t.Fatal(err)
	}
	if err := c.Initialise(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.dataVersion() == "" {
		t.Error("there is no cluster")
	}
}

// TestStartsOverAStaleLock writes the lock that a killed server leaves, with the
// id of a living process of the same user that is no server.
func TestStartsOverAStaleLock(t *testing.T) {
	c, sup := testCluster(t)
	bystander := exec.Command("/bin/sleep", "100")
	if c.runAs != nil {
		bystander.SysProcAttr = &syscall.SysProcAttr{Credential: c.runAs.credential}
	}
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bystander.Process.Kill()
		_ = bystander.Wait()
	})
	lock := filepath.Join(c.data(), "postmaster.pid")
	for _, content := range []string{strconv.Itoa(bystander.Process.Pid) + "\n" + c.data() + "\n", "", "torn"} {
		if err := os.WriteFile(lock, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.runAs.own(lock); err != nil {
			t.Fatal(err)
		}
		serve(t, c, sup).Stop()
	}
	if err := bystander.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the bystander was ended: %v", err)
	}
}

// TestEndsAnOrphan starts a server outside the supervisor, as a killed devstack
// may leave one behind for a moment.
func TestEndsAnOrphan(t *testing.T) {
	c, sup := testCluster(t)
	orphan := serve(t, c, sup)
	pid := orphan.PID()
	if !c.serves(pid) {
		t.Fatal("the server is not recognised")
	}
	if err := c.clearStale(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.serves(pid) {
		t.Error("the orphan is left")
	}
}

func TestFindsTheVersionThatWroteTheData(t *testing.T) {
	newest, err := findBinaries("")
	if err != nil {
		t.Fatal(err)
	}
	if !complete(newest) {
		t.Errorf("%s is incomplete", newest)
	}
	if _, err := findBinaries("7"); err == nil {
		t.Error("there are binaries of Postgres 7")
	}
}
