package agenttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"longhaul/agent/engine"
	"longhaul/models"
)

// LeakedWord is in a file that a test leaves open for the supervisor to inherit.
const LeakedWord = "a file that was left open"

// attemptsFile is where an engine that tries to escape says how that went.
const attemptsFile = "attempts.json"

// Escape is what an engine in hostile hands tries to reach.
type Escape struct {
	Credential string // a file of the supervisor
	Other      string // the directory of another transfer
	Outside    string // a directory of the supervisor's user
	Socket     string // an abstract socket of another process
}

// Source returns the source of a transfer whose engine tries to escape.
func (e Escape) Source() string {
	return "test:escape?" + url.Values{
		"credential": {e.Credential}, "other": {e.Other}, "outside": {e.Outside}, "socket": {e.Socket},
	}.Encode()
}

func escapeOf(query string) Escape {
	v, _ := url.ParseQuery(query)
	return Escape{Credential: v.Get("credential"), Other: v.Get("other"), Outside: v.Get("outside"), Socket: v.Get("socket")}
}

// run tries everything, says how it went and stays.
func (e Escape) run(report func(engine.Report)) error {
	b, err := json.Marshal(e.Try())
	if err == nil {
		err = os.WriteFile("attempts.new", b, 0o600)
	}
	if err == nil {
		err = os.Rename("attempts.new", attemptsFile)
	}
	for tick := time.NewTicker(50 * time.Millisecond); err == nil; <-tick.C {
		report(engine.Report{Phase: models.PhaseDownloading})
	}
	return err
}

// Attempts returns what the engine in the transfer's directory says, nil for
// nothing yet.
func Attempts(dir string) map[string]string {
	b, err := os.ReadFile(filepath.Join(dir, attemptsFile))
	var out map[string]string
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

// Try attempts everything in this process and returns, by attempt, why it was
// refused; an empty reason means that it succeeded.
func (e Escape) Try() map[string]string {
	parent := strconv.Itoa(os.Getppid())
	out := map[string]string{}
	try := func(name string, err error) {
		out[name] = ""
		if err != nil {
			out[name] = err.Error()
		}
	}
	try("variables", noVariables())
	try("an inherited file", readLeaked())
	try("the supervisor's environment", read("/proc/"+parent+"/environ"))
	try("the supervisor's memory", open("/proc/"+parent+"/mem", os.O_RDWR))
	try("the supervisor's files", list("/proc/"+parent+"/fd"))
	try("the credential", read(e.Credential))
	try("the credential by a relative path", read("../../identity.json"))
	try("a copy of the credential", os.Link(e.Credential, "linked"))
	try("another transfer's directory", list(e.Other))
	try("another transfer's journal", read(filepath.Join(e.Other, "journal")))
	try("a file in another transfer", os.WriteFile(filepath.Join(e.Other, "planted"), nil, 0o600))
	try("a file outside", os.WriteFile(filepath.Join(e.Outside, "planted"), nil, 0o600))
	try("a file for everybody", os.WriteFile(filepath.Join(os.TempDir(), "planted-by-engine-"+parent), nil, 0o600))
	try("the list of users", read("/etc/passwd"))
	try("a link out", os.Symlink(e.Credential, "symlinked"))
	try("a pipe to wait for", syscall.Mkfifo("pipe", 0o600))
	try("a signal to the supervisor", syscall.Kill(os.Getppid(), 0))
	try("tracing the supervisor", unix.PtraceAttach(os.Getppid()))
	try("a socket of another process", dial("\x00"+e.Socket))
	try("a program", program())
	try("a process", fork())
	try("a namespace", unix.Unshare(unix.CLONE_NEWUSER))
	try("too many files", openMany())
	signal.Ignore(syscall.SIGXFSZ)
	try("a huge file", truncate("huge", 1<<50))
	try("a core dump", hasLimit(unix.RLIMIT_CORE))
	try("new privileges", newPrivileges())
	return out
}

// Refused returns the attempts that succeeded, but for those that may.
func Refused(attempts map[string]string, may ...string) error {
	var got []string
	for name, why := range attempts {
		if why == "" && !slices.Contains(may, name) {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if len(attempts) == 0 {
		return errors.New("nothing was tried")
	}
	if len(got) > 0 {
		return fmt.Errorf("an engine can reach: %s", strings.Join(got, ", "))
	}
	return nil
}

func read(path string) error {
	_, err := os.ReadFile(path)
	return err
}

func list(path string) error {
	_, err := os.ReadDir(path)
	return err
}

func open(path string, how int) error {
	f, err := os.OpenFile(path, how, 0)
	if err == nil {
		f.Close()
	}
	return err
}

func truncate(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	defer f.Close()
	return f.Truncate(size)
}

func noVariables() error {
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if !slices.Contains([]string{"GOMEMLIMIT", "GOGC", "GOTRACEBACK", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ", "GODEBUG"}, name) {
			return nil
		}
	}
	return errors.New("there are none")
}

func readLeaked() error {
	for fd := 3; fd < 64; fd++ {
		b := make([]byte, len(LeakedWord))
		if n, _ := syscall.Pread(fd, b, 0); n > 0 && bytes.Equal(b[:n], []byte(LeakedWord)) {
			return nil
		}
	}
	return errors.New("there is none")
}

func dial(name string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "unix", "@"+strings.TrimPrefix(name, "\x00"))
	if err == nil {
		conn.Close()
	}
	return err
}

func program() error {
	pid, err := syscall.ForkExec("/bin/true", []string{"true"}, nil)
	if err == nil {
		_, err = syscall.Wait4(pid, nil, 0, nil)
	}
	return err
}

// fork starts a process the way a program without Go's runtime would, one that
// ends at once.
func fork() error {
	pid, _, errno := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD)|syscall.CLONE_VFORK, 0, 0)
	if errno != 0 {
		return errno
	}
	if pid == 0 {
		for {
			syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	_, err := syscall.Wait4(int(pid), nil, 0, nil)
	return err
}

func openMany() error {
	var fds []int
	defer func() {
		for _, fd := range fds {
			syscall.Close(fd)
		}
	}()
	for range 20_000 {
		fd, err := syscall.Open(".", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		fds = append(fds, fd)
	}
	return nil
}

func hasLimit(what int) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(what, &now); err != nil || now.Max > 0 {
		return err
	}
	return errors.New("the limit is 0")
}

func newPrivileges() error {
	if set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err != nil || set == 0 {
		return err
	}
	return errors.New("they were given up")
}
