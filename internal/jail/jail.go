// Package jail keeps an engine's process, which reads what strangers send, away
// from everything but its transfer's directory: files, credentials, other
// processes. The supervisor guards itself with Guard and hands each directory
// over with HandOver; the engine's process calls Enter before it reads
// anything. How much memory and how many files a process may have are limits of
// package child; which addresses it may contact is the guard of internal/fetch.
//
// Four layers, because none of them is everywhere:
//
//   - Landlock allows only the transfer's directory, and to read what names and
//     certificates need. No signals, no sockets and no tracing beyond the process.
//   - A supervisor that may do so starts engines as another user, who owns
//     nothing but the directories of transfers.
//   - A system call filter allows threads, but no other processes or programs.
//   - Nothing is inherited, no privilege can be gained, and neither the
//     supervisor's memory and environment nor the engine's can be read by others
//     of its user.
//
// Become does likewise for a program that is not ours and reads what strangers
// send: it has no directory, and one TCP port to connect to.
package jail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// nobody is the user and the group of engines whose supervisor may choose.
const nobody = 65534

// The Landlock versions that matter here.
const (
	abiFiles  = 1
	abiScopes = 6
)

// What engines need of the system to resolve names and check certificates.
// None of it is secret; /etc/ssl/private and its like are not among it.
var (
	readableFiles = []string{
		"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols",
		"/etc/localtime", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	}
	readableDirs = []string{
		"/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/usr/share/ca-certificates",
		"/usr/local/share/ca-certificates", "/usr/share/zoneinfo", "/run/systemd/resolve", "/run/resolvconf",
	}
)

// NamesReadable reports whether this process can read which name servers the
// machine has. Landlock allows a file, not a name, so one that takes the file's
// place can't be read.
func NamesReadable() bool {
	f, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return f.Close() == nil
}

// ownDir is what an engine may do in its directory: no links, devices or pipes
// that the supervisor could follow or wait for, and nothing to execute.
const ownDir = ll.AccessFSReadFile | ll.AccessFSWriteFile | ll.AccessFSTruncate | ll.AccessFSReadDir |
	ll.AccessFSMakeReg | ll.AccessFSMakeDir | ll.AccessFSRemoveFile | ll.AccessFSRemoveDir

// Guard protects the supervisor's process from engines of its user: its
// environment, memory and files can't be read through /proc or by tracing.
func Guard() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("protect this process from its user's others: %w", err)
	}
	return nil
}

// KeepFiles keeps what this process has open, and what it inherited itself,
// from the processes that it starts.
func KeepFiles() error {
	if err := unix.CloseRange(3, 1<<31-1, unix.CLOSE_RANGE_CLOEXEC); err == nil {
		return nil
	}
	open, err := os.ReadDir("/proc/self/fd") // before Linux 5.11
	if err != nil {
		return fmt.Errorf("list the open files: %w", err)
	}
	for _, f := range open {
		var fd int
		if _, err := fmt.Sscan(f.Name(), &fd); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}

// HandOver gives the directory to the user that engines run as, if this process
// may have such a user.
func HandOver(dir string) error {
	if !mayChangeUser() {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = root.Lchown(path, nobody, nobody)
		}
		if errors.Is(err, fs.ErrNotExist) { // the supervisor replaces files of its own
			return nil
		}
		return err
	})
}

// Enter confines this process, for good, to the directory that it works in. It
// has to come before anything from outside is read.
func Enter() error { return enter(lockFiles) }

func enter(lock func(dir string) error) error {
	if err := ll.AllThreadsPrctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if err := lock("."); err != nil {
		return fmt.Errorf("confine the process to its directory: %w", err)
	}
	if err := becomeOwner("."); err != nil {
		return fmt.Errorf("become the directory's owner: %w", err)
	}
	if err := Guard(); err != nil {
		return err
	}
	if err := forbidProcesses(); err != nil {
		return fmt.Errorf("forbid other processes: %w", err)
	}
	return nil
}

// lockFiles applies what the kernel has of Landlock. TCP ports are not limited:
// peers, trackers and web servers use any.
func lockFiles(dir string) error {
	files, dirs := readableFiles, readableDirs
	if f := os.Getenv("SSL_CERT_FILE"); f != "" { //nolint:forbidigo // crypto/x509 reads it itself
		files = append(files[:len(files):len(files)], f)
	}
	if d := os.Getenv("SSL_CERT_DIR"); d != "" { //nolint:forbidigo // crypto/x509 reads it itself
		dirs = append(dirs[:len(dirs):len(dirs)], filepath.SplitList(d)...)
	}
	all := landlock.V11
	return landlock.Config{HandledAccessFS: all.HandledAccessFS, Scoped: all.Scoped}.BestEffort().Restrict(
		landlock.PathAccess(ownDir, dir),
		landlock.PathAccess(ll.AccessFSReadFile, files...).IgnoreIfMissing(),
		landlock.PathAccess(ll.AccessFSReadFile|ll.AccessFSReadDir, dirs...).IgnoreIfMissing(),
	)
}

// Gaps names what this kernel can't keep an engine from; none is best.
func Gaps() []string {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil {
		abi = 0
	}
	return gaps(abi, canFilter(), mayChangeUser())
}

func gaps(abi int, filter, ownUser bool) []string {
	var out []string
	switch {
	case abi < abiFiles && ownUser:
		out = append(out, "files that every user may read or write (no Landlock)")
	case abi < abiFiles:
		out = append(out, "files of the agent's user, its credential among them (no Landlock)")
	}
	if abi < abiScopes && !ownUser {
		out = append(out, "signals to processes of the agent's user (Landlock before version 6)")
	}
	if abi < abiScopes {
		out = append(out, "abstract sockets of this machine (Landlock before version 6)")
	}
	if !filter {
		out = append(out, "processes of its own (no system call filter)")
	}
	return out
}
