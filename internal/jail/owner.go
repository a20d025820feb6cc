package jail

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// needed are the capabilities for engines of another user: to start them, to
// end them and to read what they wrote.
const needed = 1<<unix.CAP_CHOWN | 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_KILL | 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID

// mayChangeUser reports whether this process is a root that may do what root
// may, in a place where there is another user.
func mayChangeUser() bool {
	if os.Geteuid() != 0 {
		return false
	}
	var data [2]unix.CapUserData
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if err := unix.Capget(&header, &data[0]); err != nil || data[0].Effective&needed != needed {
		return false
	}
	return mapped(nobody)
}

// mapped reports whether the user exists in this process's user namespace.
func mapped(uid uint64) bool {
	f, err := os.Open("/proc/self/uid_map")
	if err != nil {
		return false
	}
	defer f.Close()
	for {
		var first, outside, count uint64
		if _, err := fmt.Fscan(f, &first, &outside, &count); err != nil {
			return false
		}
		if uid >= first && uid-first < count {
			return true
		}
	}
}

// becomeOwner makes a process of root one of the directory's owner, without
// any capability.
func becomeOwner(dir string) error {
	var st syscall.Stat_t
	if err := syscall.Stat(dir, &st); err != nil {
		return err
	}
	if os.Geteuid() != 0 || st.Uid == 0 {
		return nil
	}
	return becomeUser(int(st.Uid), int(st.Gid))
}

// becomeUser makes a process of root another user's, without any capability.
func becomeUser(uid, gid int) error {
	parent := os.Getppid()
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
		return err
	}
	// The kernel forgets with the user that this process ends with its parent.
	if err := ll.AllThreadsPrctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return err
	}
	if os.Getppid() != parent {
		return errors.New("the process that started this one is gone")
	}
	return nil
}
