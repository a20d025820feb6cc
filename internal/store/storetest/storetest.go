package storetest

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store"
)

// server is the test process's one server. It has to be shared by all tests.
var server struct {
	mu       sync.Mutex
	guard    *exec.Cmd // referenced so that its pipe stays open
	admin    string
	template string
	err      error
	perTest  map[testing.TB]string
}

// New returns a store on a fresh database with the newest schema, which goes
// away with the test. A second call in one test opens the same database.
func New(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), DSN(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.DB.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return s
}

// DSN returns the URL of the test's database, which is made on the first call
// as New says.
func DSN(t testing.TB) string {
	t.Helper()
	admin, template := setup(t)
	server.mu.Lock()
	dsn, ok := server.perTest[t]
	server.mu.Unlock()
	if ok {
		return dsn
	}
	dsn = create(t, admin, "template "+template)
	server.mu.Lock()
	server.perTest[t] = dsn
	server.mu.Unlock()
	t.Cleanup(func() {
		server.mu.Lock()
		delete(server.perTest, t)
		server.mu.Unlock()
	})
	return dsn
}

// Empty returns the URL of a fresh database without any schema.
func Empty(t testing.TB) string {
	t.Helper()
	admin, _ := setup(t)
	return create(t, admin, "")
}

func create(t testing.TB, admin, options string) string {
	t.Helper()
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if err := execute(t.Context(), admin, "create database "+name+" "+options); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := execute(context.Background(), admin, "drop database "+name+" with (force)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return onDatabase(admin, name)
}

// setup finds or starts the server and makes the template, once per process.
func setup(t testing.TB) (admin, template string) {
	t.Helper()
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.admin == "" && server.err == nil {
		server.perTest = make(map[testing.TB]string)
		server.admin, server.err = os.Getenv("TEST_DATABASE_URL"), nil
		if server.admin == "" {
			server.admin, server.err = startServer(t.Context())
		}
		if server.err == nil {
			server.template, server.err = makeTemplate(t.Context(), server.admin)
		}
	}
	if server.err != nil {
		t.Fatalf("postgres for tests: %v", server.err)
	}
	return server.admin, server.template
}

// makeTemplate makes a migrated database to clone, named after the migrations.
func makeTemplate(ctx context.Context, admin string) (string, error) {
	name, err := templateName()
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	// Other test processes may be at it on a shared server.
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(hashtext($1))", name); err != nil {
		return "", fmt.Errorf("lock template: %w", err)
	}
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there); err != nil {
		return "", fmt.Errorf("look for template: %w", err)
	}
	if there {
		return name, nil
	}
	raw := name + "_raw" // renamed when complete, so that a template is never half made
	for _, sql := range []string{"drop database if exists " + raw, "create database " + raw} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("create template: %w", err)
		}
	}
	if err := store.Migrate(ctx, onDatabase(admin, raw), slog.New(slog.DiscardHandler)); err != nil {
		return "", fmt.Errorf("migrate template: %w", err)
	}
	if _, err := conn.Exec(ctx, "alter database "+raw+" rename to "+name); err != nil {
		return "", fmt.Errorf("finish template: %w", err)
	}
	return name, nil
}

func templateName() (string, error) {
	h := fnv.New64a()
	files, err := fs.Glob(store.Migrations(), "*.sql")
	if err != nil {
		return "", fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range files {
		b, err := fs.ReadFile(store.Migrations(), name)
		if err != nil {
			return "", fmt.Errorf("read migration: %w", err)
		}
		_, _ = h.Write(b) // a hash takes everything
	}
	return fmt.Sprintf("longhaul_template_%x", h.Sum64()), nil
}

func execute(ctx context.Context, dsn, sql string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

func onDatabase(admin, name string) string {
	u, err := url.Parse(admin)
	if err != nil {
		return admin
	}
	u.Path = "/" + name
	return u.String()
}

func keepGuard(c *exec.Cmd) { server.guard = c }
