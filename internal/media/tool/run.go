package tool

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"longhaul/internal/jail"
)

const maxWords = 4 << 10 // bytes of a program's last words that are kept

// addresses finds what a program says of where it read.
var addresses = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s'"]*`)

// run runs a program in a process of its own until it ends or the context does.
func (r *Runner) run(ctx context.Context, path string, src Source, limits Limits, args func(string) []string, out io.Writer) error {
	caller := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeoutCause(ctx, limits.Time, fmt.Errorf("%w: time", ErrLimit))
	defer stop()
	p, err := r.start(ctx, out, cancel)
	if err != nil {
		return err
	}
	secret := "/" + rand.Text()
	ended := make(chan error, 1)
	go func() {
		err := p.cmd.Wait()
		_ = p.conn.Close() // whoever waits for the program's word waits in vain
		ended <- err
	}()
	h, err := p.order(ctx, r.network, path, secret, src, limits, args, cancel)
	if err != nil {
		cancel(err)
	}
	failed := <-ended
	cause := context.Cause(ctx) // before the handle's end makes requests fail that were under way
	_ = p.conn.Close()          // closed already
	var fault error
	if h != nil {
		fault = h.close()
	}
	return verdict(caller, cause, fault, failed, words(p.said.String(), secret))
}

// verdict says how a run ended, by the first cause that there is.
func verdict(caller context.Context, cause, fault, failed error, said string) error {
	switch {
	case caller.Err() != nil:
		return caller.Err()
	case errors.Is(fault, errGreedy):
		return fmt.Errorf("%w: bytes", ErrLimit)
	case fault != nil:
		return &SourceError{Err: fault}
	case cause != nil:
		return cause
	}
	var exit *exec.ExitError
	switch {
	case failed == nil:
		return nil
	case !errors.As(failed, &exit):
		return fmt.Errorf("wait for the program: %w", failed)
	}
	if strings.Contains(said, "Cannot allocate memory") {
		return fmt.Errorf("%w: memory", ErrLimit)
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() && (status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL) {
		return fmt.Errorf("%w: processor time", ErrLimit)
	}
	return &FailedError{Said: said, code: exit.String()}
}

// process is a child.
type process struct {
	cmd  *exec.Cmd
	conn *net.UnixConn
	said *tail
}

// start starts a child, which waits for its order. It gets SIGKILL with this
// process's end, and with the context's.
func (r *Runner) start(ctx context.Context, out io.Writer, cancel context.CancelCauseFunc) (*process, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the program's socket: %w", err)
	}
	mine, its := os.NewFile(uintptr(fds[0]), "control"), os.NewFile(uintptr(fds[1]), "control")
	defer mine.Close()
	defer its.Close()
	conn, err := net.FileConn(mine)
	if err != nil {
		return nil, fmt.Errorf("open the program's socket: %w", err)
	}
	p := &process{said: &tail{}}
	p.conn, _ = conn.(*net.UnixConn)
	p.cmd = exec.CommandContext(ctx, "/proc/self/exe", command, string(r.network))
	p.cmd.Env, p.cmd.Dir, p.cmd.ExtraFiles = []string{"GOMAXPROCS=1"}, "/", []*os.File{its}
	p.cmd.Stdout, p.cmd.Stderr = &taker{out: out, cancel: cancel}, p.said
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = r.network.attributes()
	if err := p.cmd.Start(); err != nil {
		_ = conn.Close() // the fault is the other
		return nil, fmt.Errorf("start the program's process: %w", err)
	}
	return p, nil
}

// attributes are how a child is started into the network.
func (n network) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	switch n {
	case networkOwn:
		a.Cloneflags = syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
	case networkUser:
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	case networkShared:
	}
	return a
}

// order opens the handle and tells the child what to become.
func (p *process) order(
	ctx context.Context, n network, path, secret string, src Source, limits Limits, args func(string) []string, cancel context.CancelCauseFunc,
) (*handle, error) {
	l, err := p.listen(ctx, n)
	if err != nil {
		return nil, err
	}
	h := serve(l, secret, newReader(ctx, src, limits.Bytes), cancel)
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return h, errors.New("the listener is of another kind")
	}
	input := "http://127.0.0.1:" + strconv.Itoa(addr.Port) + secret
	err = json.NewEncoder(p.conn).Encode(order{Program: jail.Program{
		Path: path, Args: args(input), Env: []string{"MALLOC_ARENA_MAX=2"}, Port: addr.Port, Files: openFiles, Nice: limits.Nice,
		Memory: uint64(limits.Memory), CPU: uint64(max(1, limits.CPU/time.Second)),
	}})
	if err != nil {
		return h, fmt.Errorf("tell the program's process what to do: %w", err)
	}
	return h, nil
}

// listen returns where the program finds its handle.
func (p *process) listen(ctx context.Context, n network) (net.Listener, error) {
	if n != networkShared {
		return takeOver(p.conn)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// taker passes a program's output on, and ends the program when nobody takes it.
type taker struct {
	out    io.Writer
	cancel context.CancelCauseFunc
}

// Write implements io.Writer.
func (t *taker) Write(b []byte) (int, error) {
	n, err := t.out.Write(b)
	if err != nil {
		t.cancel(err)
	}
	return n, err
}

// tail keeps the last bytes that were written to it.
type tail struct{ b []byte }

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.b = append(t.b, b...)
	if len(t.b) > maxWords {
		t.b = append(t.b[:0], t.b[len(t.b)-maxWords:]...)
	}
	return len(b), nil
}

// String returns what was kept.
func (t *tail) String() string { return string(t.b) }
