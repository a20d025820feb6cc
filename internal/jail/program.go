package jail

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// Program is a program that reads what strangers send.
type Program struct {
	Path   string   // of its file
	Args   []string // without the program's name
	Env    []string
	Port   int    // the only one that it may connect to
	Memory uint64 // bytes of address space
	CPU    uint64 // seconds of processor time
	Files  uint64 // that it may have open
	Nice   int
}

// abiTCP is the Landlock version that knows TCP ports.
const abiTCP = 4

// Where programs find their libraries. None of it is secret.
var (
	libraryDirs  = []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"}
	libraryFiles = []string{"/etc/ld.so.cache", "/dev/urandom", "/dev/null"}
)

// Become makes this process the program, confined for good: it keeps its
// standard streams and nothing else that is open, reads libraries and no other
// file, writes none, starts no process, and connects to one TCP port. It
// returns only if that can't be.
func Become(p Program) error {
	runtime.LockOSThread() // capabilities and niceness are a thread's
	debug.SetGCPercent(-1)
	argv, err := syscall.SlicePtrFromStrings(append([]string{filepath.Base(p.Path)}, p.Args...))
	if err != nil {
		return fmt.Errorf("read the program's arguments: %w", err)
	}
	envv, err := syscall.SlicePtrFromStrings(p.Env)
	if err != nil {
		return fmt.Errorf("read the program's environment: %w", err)
	}
	path, err := syscall.BytePtrFromString(p.Path)
	if err != nil {
		return fmt.Errorf("read the program's path: %w", err)
	}
	rules := programFilter(uint64(uintptr(unsafe.Pointer(path))))
	if err := p.confine(); err != nil {
		return err
	}
	if err := install(rules); err != nil {
		return fmt.Errorf("forbid other processes: %w", err)
	}
	// last, because this runtime reserves more than most programs may
	if err := bound(unix.RLIMIT_AS, p.Memory); err != nil {
		return err
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_EXECVE,
		uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&envv[0])))
	runtime.KeepAlive(path)
	return fmt.Errorf("start the program: %w", errno)
}

// confine applies all that the program needs no more than this process does.
func (p Program) confine() error {
	if err := ll.AllThreadsPrctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	// Where memory runs out, this process ends and no other.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // without /proc it is as before
	if err := KeepFiles(); err != nil {
		return err
	}
	if err := p.lock(); err != nil {
		return fmt.Errorf("confine the program: %w", err)
	}
	err := errors.Join(
		unix.Setpriority(unix.PRIO_PROCESS, 0, p.Nice), bound(unix.RLIMIT_CORE, 0), bound(unix.RLIMIT_FSIZE, 0),
		bound(unix.RLIMIT_NOFILE, p.Files), bound(unix.RLIMIT_CPU, p.CPU),
	)
	if err != nil {
		return fmt.Errorf("limit the program: %w", err)
	}
	if mayChangeUser() {
		if err := becomeUser(nobody, nobody); err != nil {
			return fmt.Errorf("become another user: %w", err)
		}
	}
	var none [2]unix.CapUserData
	if err := unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0]); err != nil {
		return fmt.Errorf("give up capabilities: %w", err)
	}
	return nil
}

// lock applies what the kernel has of Landlock.
func (p Program) lock() error {
	all := landlock.V11
	return landlock.Config{HandledAccessFS: all.HandledAccessFS, HandledAccessNet: all.HandledAccessNet, Scoped: all.Scoped}.BestEffort().Restrict(
		landlock.PathAccess(ll.AccessFSExecute|ll.AccessFSReadFile, p.Path),
		landlock.PathAccess(ll.AccessFSReadFile, libraryFiles...).IgnoreIfMissing(),
		landlock.PathAccess(ll.AccessFSExecute|ll.AccessFSReadFile|ll.AccessFSReadDir, libraryDirs...).IgnoreIfMissing(),
		landlock.ConnectTCP(uint16(p.Port)),
	)
}

// bound sets a limit on this process that it can't raise.
func bound(what int, n uint64) error {
	if err := unix.Setrlimit(what, &unix.Rlimit{Cur: n, Max: n}); err != nil {
		return fmt.Errorf("set a limit: %w", err)
	}
	return nil
}

// ProgramGaps names what this kernel can't keep a program from, given whether
// it has a network of its own; none is best.
func ProgramGaps(ownNetwork bool) []string {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil {
		abi = 0
	}
	return programGaps(abi, canFilter(), ownNetwork)
}

func programGaps(abi int, filter, ownNetwork bool) []string {
	var out []string
	if abi < abiFiles {
		out = append(out, "files that its user may read (no Landlock)")
	}
	if abi < abiTCP && !ownNetwork {
		out = append(out, "addresses that this machine reaches (no network namespace, and Landlock before version 4)")
	}
	if abi < abiScopes && !ownNetwork {
		out = append(out, "abstract sockets of this machine (no network namespace, and Landlock before version 6)")
	}
	if !filter {
		out = append(out, "processes of its own (no system call filter)")
	}
	return out
}

// Where a filter finds the arguments of a call: the low halves come first.
func offArg(n uint32) uint32 { return offFirstArg + 8*n }

// programFilter refuses what filter does, all sockets but those of TCP, data
// along with a connection, and every program but the one whose path is at the
// address: in the program's own memory there is nothing at it.
func programFilter(path uint64) []bpf.Instruction {
	calls := slices.DeleteFunc(slices.Clone(forbidden), func(c uint32) bool { return c == unix.SYS_EXECVE })
	calls = append(calls, unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_SOCKETPAIR, unix.SYS_PIDFD_OPEN,
		unix.SYS_MEMFD_CREATE)
	prog := append(ourCalls(), denied(calls)...)
	prog = append(prog,
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_EXECVE, SkipTrue: 6},
		bpf.LoadAbsolute{Off: offArg(0), Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(path), SkipTrue: 3},
		bpf.LoadAbsolute{Off: offArg(0) + 4, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(path >> 32), SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW},
		deny(unix.EPERM),

		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_SENDTO, SkipTrue: 4},
		bpf.LoadAbsolute{Off: offArg(3), Size: 4},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.MSG_FASTOPEN, SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW},
		deny(unix.EPERM),

		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_SOCKET, SkipTrue: 10},
		bpf.LoadAbsolute{Off: offArg(0), Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.AF_INET, SkipTrue: 7},
		bpf.LoadAbsolute{Off: offArg(1), Size: 4},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xf},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SOCK_STREAM, SkipTrue: 4},
		bpf.LoadAbsolute{Off: offArg(2), Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_TCP, SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW},
		deny(unix.EPERM),
	)
	return append(prog, onlyThreads()...)
}

// Alone makes a network that only this process is in usable: it has one
// interface, which reaches the process itself.
func Alone() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("make a socket: %w", err)
	}
	defer func() { _ = unix.Close(fd) }() // it carries nothing
	ifr, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("name the interface: %w", err)
	}
	ifr.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr); err != nil {
		return fmt.Errorf("start the interface: %w", os.NewSyscallError("ioctl", err))
	}
	return nil
}
