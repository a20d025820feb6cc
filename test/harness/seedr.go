package harness

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"longhaul/internal/seedr/seedrtest"
)

// The simulated account. The password is a canary: it must be found nowhere.
const (
	SeedrEmail    = "seedr-account@longhaul.test"
	SeedrPassword = "CanaryHaulPassword-7f3e9ab1"
)

// Seedr is a simulated account next to a stack, with given content or that of
// real swarms.
type Seedr struct {
	*seedrtest.Sim
	Library *seedrtest.Library

	dir string
}

// StartSeedr starts a simulator. Content that is not put into its library is
// downloaded from the test's swarms.
func StartSeedr() (*Seedr, error) {
	dir, err := os.MkdirTemp("", "longhaul-seedrsim-")
	if err != nil {
		return nil, err
	}
	s := &Seedr{dir: dir}
	s.Library = &seedrtest.Library{Else: seedrtest.NewSwarm(dir)}
	s.Sim, err = seedrtest.Start(seedrtest.Options{Email: SeedrEmail, Password: SeedrPassword, Fetcher: s.Library})
	return s, err
}

// Stop ends it and removes what it downloaded.
func (s *Seedr) Stop() {
	s.Close()
	_ = os.RemoveAll(s.dir)
}

// Env is what makes a stack use it.
func (s *Seedr) Env() []string {
	return []string{
		"SEEDR_URL=" + s.URL().String(), "SEEDR_EMAIL=" + SeedrEmail, "SEEDR_PASSWORD=" + SeedrPassword,
		"SEEDR_ALLOW_CIDRS=127.0.0.0/8",
	}
}

// Put puts a torrent's content into the library.
func (s *Seedr) Put(sw *Swarm) {
	c := seedrtest.Content{Name: sw.Name}
	for _, f := range sw.Files {
		path := strings.Join(f.Path, "/")
		if path == "" {
			path = sw.Name
		}
		c.Files = append(c.Files, seedrtest.ContentFile{
			Path: path, Size: f.Content.Size,
			Open: func(offset int64) io.ReadCloser { return io.NopCloser(f.Content.Reader(offset)) },
		})
	}
	s.Library.Put(sw.InfoHash, c)
}

// CheckClean waits until the account is empty, and fails the test when the
// client did what it must not, or had too many readers of one link.
func (s *Seedr) CheckClean(tb testing.TB, limit time.Duration) {
	tb.Helper()
	Eventually(tb, limit, "the Seedr account is empty", s.Empty)
	st := s.Stats()
	if len(st.Violations) > 0 {
		tb.Errorf("the client broke Seedr's rules: %q", st.Violations)
	}
	if st.MaxReaders > 2 || st.Refused > 0 {
		tb.Errorf("a link had %d readers at once, %d were refused", st.MaxReaders, st.Refused)
	}
}

// UseProvider sends new jobs to a provider and lets users choose another one.
func (s *Stack) UseProvider(ctx context.Context, provider, failover string) error {
	return s.Administer(ctx, http.MethodPost, "/api/v1/admin/providers/switch", map[string]any{
		"provider": provider, "confirm": provider, "options": map[string]any{"failover": failover, "userChoice": true},
	}, nil)
}

// CheckFiles fails the test unless the job's stored files are the torrent's,
// byte for byte.
func (s *Stack) CheckFiles(tb testing.TB, jobID string, sw *Swarm) {
	tb.Helper()
	files := s.Client.Files(tb, jobID)
	got := make(map[string]File, len(files))
	for _, f := range files {
		got[f.Path] = f
	}
	for _, want := range sw.Files {
		path := strings.Join(want.Path, "/")
		if path == "" {
			path = sw.Name
		}
		f, ok := got[path]
		if !ok || f.State != "stored" || f.Size != want.Content.Size {
			tb.Errorf("%s: %+v, want %d bytes; there are %v", path, f, want.Content.Size, files)
			continue
		}
		if f.Size == 0 {
			continue
		}
		if sum := s.Client.FetchSHA256(tb, s.Client.Link(tb, f.ID), 0, f.Size, f.Size); sum != want.Content.SHA256(0, f.Size) {
			tb.Errorf("%s differs from its source", path)
		}
	}
	if len(got) != len(sw.Files) {
		tb.Errorf("%d files, want %d", len(got), len(sw.Files))
	}
}

// CheckNoSecret searches a secret in every log and file of the stack and in
// every column of every database: the application's and Temporal's histories.
func (s *Stack) CheckNoSecret(tb testing.TB, secret string) {
	tb.Helper()
	forms := [][]byte{
		[]byte(secret), []byte(hex.EncodeToString([]byte(secret))), []byte(base64.StdEncoding.EncodeToString([]byte(secret)))[:len(secret)],
	}
	searched := 0
	hit := func(b []byte) bool {
		searched++
		for _, f := range forms {
			if bytes.Contains(b, f) {
				return true
			}
		}
		return false
	}
	err := filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || strings.Contains(path, "/data/s3/") {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && hit(b) {
			tb.Errorf("the secret is in %s", path)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	for _, database := range []string{"longhaul", "temporal", "temporal_visibility"} {
		cfg, err := pgx.ParseConfig(r.Env["DATABASE_URL"])
		if err != nil {
			tb.Fatal(err)
		}
		cfg.Database = database
		if err := searchDatabase(tb.Context(), cfg, func(table, row string) {
			if hit([]byte(row)) {
				tb.Errorf("the secret is in table %s of %s", table, database)
			}
		}); err != nil {
			tb.Fatalf("search %s: %v", database, err)
		}
	}
	tb.Logf("searched %d files and rows", searched)
	if searched < 100 {
		tb.Errorf("only %d things were searched", searched)
	}
}

// searchDatabase shows every row of every table as text; bytes are shown in
// hexadecimal.
func searchDatabase(ctx context.Context, cfg *pgx.ConnConfig, see func(table, row string)) error {
	db, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(ctx) }()
	names, err := column(ctx, db, `select format('%I.%I', schemaname, tablename) from pg_tables
		where schemaname not in ('pg_catalog', 'information_schema')`)
	if err != nil {
		return err
	}
	for _, table := range names {
		rows, err := column(ctx, db, "select t::text from "+table+" t")
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
		for _, row := range rows {
			see(table, row)
		}
	}
	return nil
}

func column(ctx context.Context, db *pgx.Conn, query string) ([]string, error) {
	rows, err := db.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// TemporalRows counts the rows of a table of Temporal's own database.
func (s *Stack) TemporalRows(ctx context.Context, table string) (n int64, err error) {
	r, err := s.Ready()
	if err != nil {
		return 0, err
	}
	cfg, err := pgx.ParseConfig(r.Env["DATABASE_URL"])
	if err != nil {
		return 0, err
	}
	cfg.Database = "temporal"
	db, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close(ctx) }()
	err = db.QueryRow(ctx, "select count(*) from "+pgx.Identifier{table}.Sanitize()).Scan(&n)
	return n, err
}
