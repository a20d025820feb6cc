// Package storetest gives tests a store on a real Postgres. It is for tests
// only and takes no part in a program.
//
// The server is the one at TEST_DATABASE_URL. Without it, a throw-away server
// is started from the installed binaries once per test process; it ends and
// its data goes when the process does, however that ends.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// script runs the server until standard input ends, which it does with the
// test process, and then removes it.
const script = `"$1/postgres" -D "$2/data" -c config_file="$2/postgresql.conf" >"$2/log" 2>&1 &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$2"`

const settings = `
data_directory = '%[1]s/data'
hba_file = '%[1]s/data/pg_hba.conf'
ident_file = '%[1]s/data/pg_ident.conf'
listen_addresses = ''
unix_socket_directories = '%[1]s'
max_connections = 500
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
autovacuum_naptime = 10min
`

// startServer starts a throw-away server and returns the URL of its database
// for administration.
func startServer(ctx context.Context) (string, error) {
	bin, err := findBinaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "storetest-")
	if err != nil {
		return "", fmt.Errorf("make directory for postgres: %w", err)
	}
	attr, err := dropRoot(dir)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "postgresql.conf"), fmt.Appendf(nil, settings, dir), 0o644); err != nil {
		return "", fmt.Errorf("write postgres settings: %w", err)
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"),
		"-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("run initdb: %w: %s", err, out)
	}
	// The guard outlives ctx on purpose: it ends when this process does.
	guard := exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", script, "sh", bin, dir)
	guard.SysProcAttr, guard.Dir = attr, dir
	if _, err := guard.StdinPipe(); err != nil {
		return "", fmt.Errorf("make pipe for postgres: %w", err)
	}
	if err := guard.Start(); err != nil {
		return "", fmt.Errorf("start postgres: %w", err)
	}
	keepGuard(guard)
	dsn := "postgres://postgres@/postgres?host=" + url.QueryEscape(dir)
	return dsn, waitFor(ctx, dsn, filepath.Join(dir, "log"))
}

// dropRoot gives the directory to an unprivileged user and returns how to run
// a program as that user: Postgres refuses to run as root.
func dropRoot(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt from the terminal is for the tests, not for the server
	if os.Geteuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
			return nil, fmt.Errorf("give directory to %s: %w", name, err)
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, nil
	}
	return nil, errors.New("neither a user postgres nor nobody to run the server as")
}

// findBinaries returns the directory of the newest installed server.
func findBinaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", errors.New("no Postgres here: install it (apt-get install postgresql) or set TEST_DATABASE_URL")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

func version(path string) int {
	n, err := strconv.Atoi(strings.Split(path, "/")[4])
	if err != nil {
		return 0
	}
	return n
}

// waitFor waits until the server takes connections.
func waitFor(ctx context.Context, dsn, logFile string) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			said, _ := os.ReadFile(logFile) // best effort: it explains why
			return fmt.Errorf("postgres did not start: %w: %s", err, said)
		}
	}
}
