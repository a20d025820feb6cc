package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	orphanGrace    = 8 * time.Second
	orphanInterval = 50 * time.Millisecond

	effectiveSet = "CapEff:"
)

// clearStale removes what a killed server left behind: a server that still
// winds down is waited for, and a lock file of a process that is not this
// cluster's server is deleted. The caller must be the only user of the data.
func (c *Cluster) clearStale(ctx context.Context) error {
	lock := filepath.Join(c.data(), "postmaster.pid")
	pid, err := lockedBy(lock)
	if err != nil {
		return err
	}
	if pid == 0 {
		return nil
	}
	if !c.serves(pid) {
		if err := os.Remove(lock); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove the stale postgres lock: %w", err)
		}
		return nil
	}
	_ = syscall.Kill(pid, syscall.SIGINT)
	ctx, cancel := context.WithTimeout(ctx, orphanGrace)
	defer cancel()
	ticker := time.NewTicker(orphanInterval)
	defer ticker.Stop()
	for c.serves(pid) {
		select {
		case <-ctx.Done():
			_ = syscall.Kill(pid, syscall.SIGQUIT)
			return fmt.Errorf("an earlier Postgres (process %d) still uses the data", pid)
		case <-ticker.C:
		}
	}
	return nil
}

// lockedBy returns the process id in the lock file, zero without a lock.
func lockedBy(lock string) (int, error) {
	content, err := os.ReadFile(lock)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the postgres lock: %w", err)
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		// A torn lock names no process; negative one stands for a process that
		// cannot exist.
		return -1, nil // The caller treats it as stale.
	}
	return pid, nil
}

// serves reports whether the process is a Postgres server on this data: such a
// server has the data directory as its working directory.
func (c *Cluster) serves(pid int) bool {
	if pid <= 1 {
		return false
	}
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && cwd == c.data()
}

// permitted reports whether this process has the capability.
func permitted(capability uintptr) bool {
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return false
	}
	defer func() { _ = status.Close() }()
	lines := bufio.NewScanner(status)
	for lines.Scan() {
		hex, found := strings.CutPrefix(lines.Text(), effectiveSet)
		if !found {
			continue
		}
		set, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
		return err == nil && set&(1<<capability) != 0
	}
	return false
}
