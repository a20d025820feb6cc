package backup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Postgres's own tools.
const (
	dumper   = "pg_dump"
	restorer = "pg_restore"
)

const (
	lockWait  = "60s"            // for a table that a migration changes
	lastWords = 4 << 10          // of what a tool says, which is shown when it fails
	endTime   = 10 * time.Second // for a tool that is stopped
)

// dump writes the snapshot to the file, in Postgres's custom format.
func dump(ctx context.Context, dsn, snapshot, path string) error {
	if err := os.WriteFile(path, nil, privateFile); err != nil { // it would be made for all to read
		return fmt.Errorf("create the dump: %w", err)
	}
	return run(ctx, dsn, dumper, "--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout="+lockWait,
		"--snapshot="+snapshot, "--file="+path)
}

// restore runs the dump in one transaction: all of it is there afterwards, or
// nothing.
func restore(ctx context.Context, dsn, path string) error {
	return run(ctx, dsn, restorer, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", path)
}

// readable checks that the restoring tool knows the format of the dump.
func readable(ctx context.Context, path string) error {
	return start(ctx, nil, restorer, "--list", "--file="+os.DevNull, path)
}

// run runs a tool on the database.
func run(ctx context.Context, dsn, tool string, args ...string) error {
	address, password, err := split(dsn)
	if err != nil {
		return err
	}
	var env []string
	if password != "" {
		env = append(env, "PGPASSWORD="+password)
	}
	return start(ctx, env, tool, append([]string{"--no-password", "--dbname=" + address}, args...)...)
}

func start(ctx context.Context, env []string, tool string, args ...string) error {
	cmd := exec.CommandContext(ctx, tool, args...)
	var said tail
	cmd.Stderr = &said
	cmd.Env = append(surroundings(os.Environ()), env...)
	cmd.WaitDelay = endTime
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%s is missing: install Postgres's client programs (apt-get install postgresql-client)", tool)
	default:
		return fmt.Errorf("%s: %w: %s", tool, err, strings.TrimSpace(string(said)))
	}
}

// tail keeps the end of what is written to it.
type tail []byte

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if over := len(*t) - lastWords; over > 0 {
		*t = slices.Clone((*t)[over:])
	}
	return len(p), nil
}

// surroundings returns the variables that a tool may see: no secret of ours.
func surroundings(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains([]string{"PATH", "HOME", "LANG", "TZ", "TMPDIR"}, name) &&
			!strings.HasPrefix(name, "LC_") && !strings.HasPrefix(name, "PG")
	})
}

// split takes the password out of a database's URL, because anyone on the
// machine can read a program's arguments, and the settings that libpq does not
// know.
func split(dsn string) (address, password string, err error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", "", errors.New("DATABASE_URL is not a URL") // the error would show the password
	}
	q := u.Query()
	password = q.Get("password")
	if u.User != nil {
		if p, ok := u.User.Password(); ok {
			password = p
		}
		u.User = url.User(u.User.Username())
	}
	for name := range q {
		if !slices.Contains(libpq(), name) {
			q.Del(name)
		}
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq reads a plus as one
	return u.String(), password, nil
}

// libpq are the settings in a URL that lead to the server.
func libpq() []string {
	return []string{
		"host", "hostaddr", "port", "user", "dbname", "passfile", "connect_timeout", "options", "application_name", "sslmode", "sslcert",
		"sslkey", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "ssl_min_protocol_version", "ssl_max_protocol_version", "channel_binding",
		"gssencmode", "krbsrvname", "gsslib", "target_session_attrs", "keepalives", "keepalives_idle", "keepalives_interval",
		"keepalives_count", "tcp_user_timeout",
	}
}
