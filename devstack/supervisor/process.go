package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// errEnded says that a child exited without an error.
var errEnded = errors.New("exit status 0")

// Process is a supervised child. It lives until Stop.
type Process struct {
	spec     Spec
	sup      *Supervisor
	stopping chan struct{}
	stopOnce sync.Once
	ended    chan struct{}
	ready    chan struct{}
	failed   chan error

	mu       sync.Mutex
	pid      int
	restarts int
	isReady  bool
}

// Name returns the name from the Spec.
func (p *Process) Name() string {
	return p.spec.Name
}

// PID returns the process id of the running child, zero between two runs.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Restarts returns how often the child was started again.
func (p *Process) Restarts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restarts
}

// WaitReady blocks until the child was ready once, or dies too often before that.
func (p *Process) WaitReady(ctx context.Context) error {
	select {
	case <-p.ready:
		return nil
	case err := <-p.failed:
		p.failed <- err
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for %s: %w", p.spec.Name, context.Cause(ctx))
	}
}

// Stop ends the child and returns when it is gone. It is safe to call twice.
func (p *Process) Stop() {
	p.stopOnce.Do(func() { close(p.stopping) })
	<-p.ended
}

func (p *Process) isStopping() bool {
	select {
	case <-p.stopping:
		return true
	default:
		return false
	}
}

// loop runs the child again and again until Stop.
func (p *Process) loop(ctx context.Context) {
	defer close(p.ended)
	pause := firstPause
	for failures := 1; ; failures++ {
		started := time.Now()
		err := p.runOnce(ctx)
		if p.isStopping() || ctx.Err() != nil {
			return
		}
		if time.Since(started) > healthyAfter {
			pause = firstPause
		}
		if !p.wasReady() && failures >= startAttempts {
			p.failed <- fmt.Errorf("%s failed to start: %w", p.spec.Name, err)
			return
		}
		p.sup.logs.Note("%s exited (%v); restarting in %s", p.spec.Name, err, pause)
		select {
		case <-time.After(pause):
		case <-p.stopping:
			return
		}
		pause = min(2*pause, longestPause)
		p.mu.Lock()
		p.restarts++
		p.mu.Unlock()
	}
}

func (p *Process) wasReady() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.isReady
}

func (p *Process) runOnce(ctx context.Context) error {
	if p.spec.Before != nil {
		if err := p.spec.Before(ctx); err != nil {
			return err
		}
	}
	cmd := p.spec.command()
	output := p.sup.logs.open(p.spec.Name, p.spec.Quiet)
	defer output.flush()
	cmd.Stdout, cmd.Stderr = output, output
	if err := p.sup.spawn(cmd); err != nil {
		return err
	}
	p.setPID(cmd.Process.Pid)
	defer p.setPID(0)

	var exit error
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		exit = cmd.Wait()
	}()
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	go p.watchReady(runCtx)

	select {
	case <-exited:
		p.killGroup(cmd)
		return p.describeExit(exit, output)
	case <-p.stopping:
		cancel()
		p.end(cmd, exited)
		return nil
	}
}

// describeExit adds the child's last line where the child itself chose to fail:
// a line before a kill explains nothing.
func (p *Process) describeExit(err error, output *childLog) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return fmt.Errorf("%w: %s", err, output.lastLine())
	}
	if err == nil {
		return errEnded
	}
	return err
}

// end asks the child to stop and kills it when it takes too long.
func (p *Process) end(cmd *exec.Cmd, exited <-chan struct{}) {
	_ = cmd.Process.Signal(p.spec.stopSignal())
	select {
	case <-exited:
	case <-time.After(p.spec.grace()):
		p.sup.logs.Note("%s did not stop within %s; killing it", p.spec.Name, p.spec.grace())
		p.killGroup(cmd)
		<-exited
	case <-p.sup.hurry:
		p.killGroup(cmd)
		<-exited
	}
	p.killGroup(cmd)
}

// killGroup leaves none of the child's own children behind.
func (p *Process) killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

func (p *Process) setPID(pid int) {
	p.mu.Lock()
	p.pid = pid
	p.mu.Unlock()
	p.sup.changed()
}

func (p *Process) watchReady(ctx context.Context) {
	ticker := time.NewTicker(readyInterval)
	defer ticker.Stop()
	for p.spec.Ready != nil {
		attempt, cancel := context.WithTimeout(ctx, readyAttempt)
		err := p.spec.Ready(attempt)
		cancel()
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
	p.mu.Lock()
	first := !p.isReady
	p.isReady = true
	p.mu.Unlock()
	if first {
		close(p.ready)
		return
	}
	p.sup.logs.Note("%s is back", p.spec.Name)
}
