// Package postgres prepares and describes one Postgres cluster that is run from
// the binaries installed on this machine. It never runs Postgres as root. It
// installs nothing and does not keep the server running; the supervisor does.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"longhaul/devstack/port"
	"longhaul/devstack/supervisor"
)

const (
	// Role is the superuser of the cluster.
	Role = "longhaul"
	// maintenance is a database that every cluster has.
	maintenance = "postgres"

	dirMode = 0o700
	// maxSocketPath is the longest path the kernel takes for a unix socket.
	maxSocketPath = 107
	stopGrace     = 10 * time.Second

	// anywhere is a working directory that every user may enter. Capabilities
	// take effect after it is entered, so it cannot be a folder below /root.
	anywhere = "/"
)

// Cluster is one Postgres data directory with its server.
type Cluster struct {
	// Dir holds the data and the socket.
	Dir string
	// Port is the loopback port.
	Port int
	// Password is that of Role.
	Password string

	binaries string
	runAs    *identity
}

// Open finds binaries that fit the data below dir and the user to run them as.
func Open(dir string, number int, password string) (*Cluster, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("locate the postgres folder: %w", err)
	}
	c := &Cluster{Dir: absolute, Port: number, Password: password}
	if c.binaries, err = findBinaries(c.dataVersion()); err != nil {
		return nil, err
	}
	if c.runAs, err = unprivileged(absolute); err != nil {
		return nil, err
	}
	return c, nil
}

// URL returns the connection URL of a database in the cluster.
func (c *Cluster) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(Role, c.Password),
		Host:     port.Address(c.Port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// MaintenanceURL returns the connection URL of the database that always exists.
func (c *Cluster) MaintenanceURL() string {
	return c.URL(maintenance)
}

// Initialise creates the data directory unless it exists. A crash halfway
// leaves nothing that a later call would take for a finished cluster.
func (c *Cluster) Initialise(ctx context.Context) error {
	if c.dataVersion() != "" {
		return nil
	}
	fresh := c.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove an unfinished postgres folder: %w", err)
	}
	if err := os.MkdirAll(c.Dir, dirMode); err != nil {
		return fmt.Errorf("create the postgres folder: %w", err)
	}
	if err := c.runAs.own(c.Dir); err != nil {
		return err
	}
	passwordFile := filepath.Join(c.Dir, "password.new")
	if err := os.WriteFile(passwordFile, []byte(c.Password), 0o600); err != nil {
		return fmt.Errorf("pass the password to initdb: %w", err)
	}
	defer func() { _ = os.Remove(passwordFile) }()
	if err := c.runAs.own(passwordFile); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.binaries, "initdb"),
		"--pgdata="+fresh, "--username="+Role, "--pwfile="+passwordFile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")
	cmd.Dir = anywhere
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if c.runAs != nil {
		cmd.SysProcAttr.Credential, cmd.SysProcAttr.AmbientCaps = c.runAs.credential, c.runAs.capabilities
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("create the postgres cluster: %w: %s", err, strings.TrimSpace(string(output)))
	}
	if err := os.Rename(fresh, c.data()); err != nil {
		return fmt.Errorf("finish the postgres cluster: %w", err)
	}
	return nil
}

// Spec describes the server process.
func (c *Cluster) Spec() supervisor.Spec {
	spec := supervisor.Spec{
		Name: "postgres",
		Path: filepath.Join(c.binaries, "postgres"),
		Args: []string{
			"-D", c.data(), "-p", strconv.Itoa(c.Port),
			"-c", "listen_addresses=" + port.Host,
			"-c", "unix_socket_directories=" + c.socketDir(),
			"-c", "unix_socket_permissions=0700",
			"-c", "max_connections=200",
			"-c", "jit=off",
			"-c", "logging_collector=off",
			"-c", "log_min_messages=warning",
		},
		Env: []string{"LC_ALL=C"},
		Dir: anywhere,
		// The fast shutdown ends open connections; SIGTERM would wait for them.
		StopSignal:  syscall.SIGINT,
		Grace:       stopGrace,
		DeathSignal: syscall.SIGINT,
		Before:      c.clearStale,
		Ready:       c.ping,
		Quiet:       true,
	}
	if c.runAs != nil {
		spec.Credential, spec.Capabilities = c.runAs.credential, c.runAs.capabilities
	}
	return spec
}

// EnsureDatabase creates the database unless it exists.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.MaintenanceURL())
	if err != nil {
		return fmt.Errorf("connect to postgres: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	row := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name)
	if err := row.Scan(&exists); err != nil {
		return fmt.Errorf("look for database %s: %w", name, err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

func (c *Cluster) data() string {
	return filepath.Join(c.Dir, "data")
}

// socketDir is empty, which turns the socket off, where its path would be too long.
func (c *Cluster) socketDir() string {
	if len(filepath.Join(c.Dir, ".s.PGSQL.65535.lock")) > maxSocketPath {
		return ""
	}
	return c.Dir
}

// dataVersion returns the major version that wrote the data, empty without data.
func (c *Cluster) dataVersion() string {
	version, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(version))
}

func (c *Cluster) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.MaintenanceURL())
	if err != nil {
		return err
	}
	return errors.Join(conn.Ping(ctx), conn.Close(ctx))
}
