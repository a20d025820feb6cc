package store_test

import (
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/schema"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestMigrateFromNothing(t *testing.T) {
	t.Parallel()
	dsn, quiet := storetest.Empty(t), slog.New(slog.DiscardHandler)
	var wg sync.WaitGroup
	for range 3 { // as when several processes start at once
		wg.Go(func() {
			if err := store.Migrate(t.Context(), dsn, quiet); err != nil {
				t.Errorf("migrate: %v", err)
			}
		})
	}
	wg.Wait()
	storetest.OK(t, store.Migrate(t.Context(), dsn, quiet))
	conn, err := pgx.Connect(t.Context(), dsn)
	storetest.OK(t, err)
	var n int
	storetest.OK(t, conn.QueryRow(t.Context(), "select count(*) from jobs").Scan(&n))
	storetest.OK(t, conn.Close(t.Context()))
}

// keptForOlder are columns, by their tables, that only the programs of the release
// before still use.
var keptForOlder = map[string]string{"orphans": "approved"}

// ofTheLibrary are columns of files that only the library reads: they follow from
// a file's names.
var ofTheLibrary = []string{"sort_key", "kind", "words"}

// TestModelsFitTheSchema compares each entity's fields with the columns that
// the migrations make: name, type and whether it may be null.
func TestModelsFitTheSchema(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	storetest.OK(t, err)
	for _, entity := range []any{
		models.User{},
		models.Session{},
		models.APIToken{},
		models.Passkey{},
		models.Agent{},
		models.AgentHeartbeat{},
		models.Job{},
		models.Attempt{},
		models.Progress{},
		models.Event{},
		models.File{},
		models.Part{},
		models.Mail{},
		models.AuditEntry{},
		models.SecurityEvent{},
		models.ProviderConfig{},
		models.SeedrItem{},
		models.Plan{},
		models.PlanAssignment{},
		models.LedgerLine{},
		models.DailyUsage{},
		models.StorageState{},
		models.Orphan{},
	} {
		parsed, err := schema.Parse(entity, &sync.Map{}, schema.NamingStrategy{})
		storetest.OK(t, err)
		columns := columnsOf(t, conn, parsed.Table)
		for _, f := range parsed.Fields {
			if f.DBName == "" {
				continue
			}
			c, there := columns[f.DBName]
			if !there {
				t.Errorf("%s.%s: no column %s", parsed.Table, f.Name, f.DBName)
				continue
			}
			delete(columns, f.DBName)
			want, null := columnFor(f)
			if !strings.Contains(want, " "+c.kind+" ") || null != c.null {
				t.Errorf("%s.%s: column is %s, null %t; want one of%s, null %t", parsed.Table, f.Name, c.kind, c.null, want, null)
			}
		}
		for name := range columns {
			if name == keptForOlder[parsed.Table] || parsed.Table == "files" && slices.Contains(ofTheLibrary, name) {
				continue
			}
			t.Errorf("%s.%s: no field", parsed.Table, name)
		}
	}
	storetest.OK(t, conn.Close(t.Context()))
}

type column struct {
	kind string
	null bool
}

func columnsOf(t *testing.T, conn *pgx.Conn, table string) map[string]column {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select column_name, udt_name, is_nullable = 'YES' from information_schema.columns
		where table_schema = 'public' and table_name = $1`, table)
	storetest.OK(t, err)
	out := make(map[string]column)
	for rows.Next() {
		var name string
		var c column
		storetest.OK(t, rows.Scan(&name, &c.kind, &c.null))
		out[name] = c
	}
	storetest.OK(t, rows.Err())
	if len(out) == 0 {
		t.Fatalf("no table %s", table)
	}
	return out
}

// columnFor returns the column types that a field fits and whether it may be
// null.
func columnFor(f *schema.Field) (kinds string, null bool) {
	typ := f.FieldType
	if typ.Kind() == reflect.Pointer {
		typ, null = typ.Elem(), true
	}
	switch {
	case f.TagSettings["SERIALIZER"] == "json":
		return " jsonb json ", true
	case f.TagSettings["TYPE"] == "uuid":
		return " uuid ", null
	case f.TagSettings["TYPE"] == "date":
		return " date ", null
	case typ.String() == "time.Time":
		return " timestamptz ", null
	case typ.Kind() == reflect.Float64:
		return " float8 ", null
	case typ.Kind() == reflect.String:
		return " text ", null
	case typ.Kind() == reflect.Slice:
		return " bytea ", null
	case typ.Kind() == reflect.Bool:
		return " bool ", null
	case typ.Kind() == reflect.Int64:
		return " int8 ", null
	default:
		return " int4 ", null
	}
}
