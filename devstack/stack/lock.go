package stack

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// lock keeps a second devstack off the same data. The kernel lets go of it when
// the process dies, however it dies.
type lock struct {
	file *os.File
	// afterCrash says that the previous owner did not release the lock.
	afterCrash bool
}

func takeLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, secretMode)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("read the lock file: %w", err)
	}
	owner := strings.TrimSpace(string(content))
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another devstack (process %s) already runs on this data folder; stop it or choose another with --data", owner)
		}
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	l := &lock{file: f, afterCrash: owner != ""}
	return l, l.write(strconv.Itoa(os.Getpid()))
}

func (l *lock) write(owner string) error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("write the lock file: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(owner), 0); err != nil {
		return fmt.Errorf("write the lock file: %w", err)
	}
	return nil
}

// release says that everything was stopped in order and lets go.
func (l *lock) release() error {
	return errors.Join(l.write(""), l.file.Close())
}
