package dump_test

import (
	"slices"
	"testing"

	"longhaul/internal/store/dump"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func open(t *testing.T) *dump.Snapshot {
	t.Helper()
	s := storetest.Must[*dump.Snapshot](t)(dump.Open(t.Context(), storetest.DSN(t)))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func keys(t *testing.T, s *dump.Snapshot) []string {
	t.Helper()
	var out []string
	storetest.OK(t, s.Objects(t.Context(), func(f models.File) error { out = append(out, f.Key()); return nil }))
	return out
}

// stored adds a job with stored files.
func stored(t *testing.T, sizes ...int64) []string {
	t.Helper()
	s := storetest.New(t)
	u := storetest.User(t, s)
	storetest.Agent(t, s, 10)
	job := storetest.Placed(t, s, u.ID, models.TransferDownload, sizes...)
	var out []string
	for _, f := range storetest.Must[[]models.File](t)(s.Files.Files(t.Context(), u.ID, job.ID)) {
		storetest.OK(t, s.Worker().Files.FileStored(t.Context(), f.ID, f.Size, "etag"))
		out = append(out, f.Key())
	}
	slices.Sort(out)
	return out
}

func TestASnapshotStandsStill(t *testing.T) {
	t.Parallel()
	before := stored(t, 3, 5)
	s := open(t)
	after := stored(t, 7)
	if got := keys(t, s); !slices.Equal(got, before) {
		t.Errorf("the snapshot has %q, want %q and not %q", got, before, after)
	}
	if v := storetest.Must[int64](t)(s.Schema(t.Context())); v < 25 {
		t.Errorf("schema %d", v)
	}
	if g := storetest.Must[models.Generation](t)(s.Generation(t.Context())); g != (models.Generation{}) {
		t.Errorf("generation %v before any sweep", g)
	}
	storetest.OK(t, s.Close())
	if got := keys(t, open(t)); len(got) != 3 {
		t.Errorf("the next snapshot has %q", got)
	}
}

func TestOneSnapshotAtATime(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := dump.Open(t.Context(), storetest.DSN(t))
	storetest.WantCode(t, err, models.CodeConflict)
	storetest.OK(t, s.Close())
	open(t)
}

func TestWhatIsEmpty(t *testing.T) {
	t.Parallel()
	is := func(dsn string) bool { return storetest.Must[bool](t)(dump.Empty(t.Context(), dsn)) }
	if is(storetest.DSN(t)) || !is(storetest.Empty(t)) {
		t.Errorf("a migrated database is empty: %v, a new one: %v", is(storetest.DSN(t)), is(storetest.Empty(t)))
	}
	for _, made := range []string{
		"create table x (y int)", "create view x as select 1", "create sequence x", "create schema s create table x (y int)",
		"create function x() returns int language sql as 'select 1'", "create type x as (y int)",
	} {
		dsn := storetest.Empty(t)
		storetest.OK(t, storetest.ExecOn(t, dsn, made))
		if is(dsn) {
			t.Errorf("empty after %q", made)
		}
	}
	dsn := storetest.Empty(t)
	storetest.OK(t, storetest.ExecOn(t, dsn, "create extension pg_trgm"))
	if !is(dsn) {
		t.Error("an extension alone counts as something")
	}
}
