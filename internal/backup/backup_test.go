package backup

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/models"
)

func TestThePasswordIsNoArgument(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string][2]string{
		"postgres://u:p%40ss@h:5432/db?sslmode=require":            {"postgres://u@h:5432/db?sslmode=require", "p@ss"},
		"postgres://u@h/db?password=secret&pool_max_conns=3":       {"postgres://u@h/db", "secret"},
		"postgres://postgres@/db?host=%2Fvar%2Frun+x&TimeZone=UTC": {"postgres://postgres@/db?host=%2Fvar%2Frun%20x", ""},
		"postgres://h/db": {"postgres://h/db", ""},
	} {
		address, password, err := split(dsn)
		if err != nil || address != want[0] || password != want[1] {
			t.Errorf("%s: %q, %q, %v; want %q", dsn, address, password, err, want)
		}
	}
	if _, _, err := split("postgres://u:hunter2@h:port/db"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a bad URL: %v", err)
	}
	seen := surroundings([]string{"PATH=/bin", "SECRET_KEY=x", "DATABASE_URL=y", "PGSSLROOTCERT=z", "LC_ALL=C"})
	if want := []string{"PATH=/bin", "PGSSLROOTCERT=z", "LC_ALL=C"}; !slices.Equal(seen, want) {
		t.Errorf("a tool sees %q", seen)
	}
}

func TestAToolThatFailsOrIsMissing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	if err := start(ctx, nil, "no_such_tool"); err == nil || !strings.Contains(err.Error(), "postgresql-client") {
		t.Errorf("%v", err)
	}
	err := dump(ctx, "postgres://u:hunter2@127.0.0.1:1/none?connect_timeout=1", "x", filepath.Join(t.TempDir(), "dump"))
	if err == nil || !strings.Contains(err.Error(), "pg_dump") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	var said tail
	for range 100 {
		_, _ = said.Write([]byte(strings.Repeat("x", 1000)))
	}
	if len(said) != lastWords {
		t.Errorf("%d bytes are kept", len(said))
	}
}

// many is a database and a bucket with many objects. Every tenth is in one of
// them alone.
type many struct {
	objects int
	half    func()
}

func (m many) file(i int) models.File {
	var f models.File
	binary.BigEndian.PutUint64(f.JobID[:], uint64(i/10))
	binary.BigEndian.PutUint64(f.ID[:], uint64(i))
	f.Size, f.ETag = 10, `"`+uuid.Nil.String()+`"`
	return f
}

func (m many) ID() string                                            { return "" }
func (m many) Schema(context.Context) (int64, error)                 { return 1, nil }
func (m many) Generation(context.Context) (models.Generation, error) { return models.Generation{}, nil }

func (m many) Objects(_ context.Context, fn func(models.File) error) error {
	for i := range m.objects {
		if i == m.objects/2 {
			m.half()
		}
		if i%10 != 3 {
			if err := fn(m.file(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m many) List(_ context.Context, _ string, fn func(objstore.Object) error) error {
	for i := range m.objects {
		if i == m.objects/2 {
			m.half()
		}
		f := m.file(i)
		switch i % 10 {
		case 5:
			continue // gone
		case 6:
			f.Size++ // another one
		case 7:
			f.ETag = "another"
		}
		if err := fn(objstore.Object{Key: f.Key(), Size: f.Size, ETag: f.ETag}); err != nil {
			return err
		}
	}
	return nil
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Not parallel: it measures the memory of the process.
func TestObjectsAreComparedOneByOne(t *testing.T) {
	dir, before := t.TempDir(), heap()
	var most uint64
	m := many{objects: 300_000, half: func() { most = max(most, heap()) }}
	a, err := writeObjects(t.Context(), filepath.Join(dir, ObjectsFile), m)
	if err != nil || a != (Amount{Count: 270_000, Bytes: 2_700_000}) {
		t.Fatalf("wrote %+v, %v", a, err)
	}
	c, err := (&Backup{dir: dir}).Compare(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if c.Same.Count != 180_000 || c.Gone.Count != 90_000 || c.Unknown.Count != 30_000 || len(c.Missing) != examples || c.Bucket != "" {
		t.Errorf("compared %+v", c)
	}
	if most > before+4<<20 {
		t.Errorf("the heap grew by %d KiB", (most-before)>>10)
	}
}

// A list that goes backwards is not one that was written.
func TestADamagedListIsNoticed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	backwards := func(fn func(models.File) error) error {
		for _, i := range []int{2, 1} {
			if err := fn(many{}.file(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if _, err := writeObjects(t.Context(), filepath.Join(dir, ObjectsFile), listed(backwards)); err != nil {
		t.Fatal(err)
	}
	b := &Backup{dir: dir}
	if err := b.EachObject(func(Object) error { return nil }); err == nil {
		t.Error("a list out of order was read")
	}
	if err := os.Truncate(filepath.Join(dir, ObjectsFile), 20); err != nil {
		t.Fatal(err)
	}
	if err := b.EachObject(func(Object) error { return nil }); err == nil {
		t.Error("half a list was read")
	}
}

// listed is a snapshot that lists what the function does.
type listed func(fn func(models.File) error) error

func (l listed) ID() string                            { return "" }
func (l listed) Schema(context.Context) (int64, error) { return 1, nil }
func (l listed) Generation(context.Context) (models.Generation, error) {
	return models.Generation{}, nil
}
func (l listed) Objects(_ context.Context, fn func(models.File) error) error { return l(fn) }
