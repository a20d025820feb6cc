package supervisor

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
)

// Supervisor owns a set of child processes.
type Supervisor struct {
	logs     *Logs
	onChange func()
	spawns   chan spawnRequest
	hurry    chan struct{}
	hurryUp  sync.Once
}

type spawnRequest struct {
	cmd    *exec.Cmd
	result chan error
}

// New returns a supervisor that writes its children's output to logs. It calls
// onChange, which may be nil, after any child has got another process id.
func New(logs *Logs, onChange func()) *Supervisor {
	s := &Supervisor{
		logs:     logs,
		onChange: onChange,
		spawns:   make(chan spawnRequest),
		hurry:    make(chan struct{}),
	}
	go s.spawner()
	return s
}

// Close releases the supervisor once all its processes are stopped.
func (s *Supervisor) Close() {
	close(s.spawns)
}

// Start begins to supervise a child. The context ends the supervision without
// the orderly stop that Process.Stop gives.
func (s *Supervisor) Start(ctx context.Context, spec Spec) *Process {
	p := &Process{
		spec:     spec,
		sup:      s,
		stopping: make(chan struct{}),
		ended:    make(chan struct{}),
		ready:    make(chan struct{}),
		failed:   make(chan error, 1),
	}
	go p.loop(ctx)
	return p
}

// Hurry makes every stop, running or to come, kill its child at once.
func (s *Supervisor) Hurry() {
	s.hurryUp.Do(func() { close(s.hurry) })
}

// spawner starts all children from one thread that lives as long as the
// process: the kernel sends the death signal when the starting thread ends.
func (s *Supervisor) spawner() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for request := range s.spawns {
		request.result <- request.cmd.Start()
	}
}

func (s *Supervisor) spawn(cmd *exec.Cmd) error {
	request := spawnRequest{cmd: cmd, result: make(chan error, 1)}
	s.spawns <- request
	if err := <-request.result; err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return nil
}

func (s *Supervisor) changed() {
	if s.onChange != nil {
		s.onChange()
	}
}
