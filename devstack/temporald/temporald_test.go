package temporald

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/resolver"
	v12 "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"

	"longhaul/devstack/port"
	"longhaul/devstack/postgres"
	"longhaul/devstack/supervisor"
)

// olderVersion is the schema of a server before this one.
const olderVersion = "1.14"

func startPostgres(t *testing.T) string {
	t.Helper()
	number, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := postgres.Open(filepath.Join(t.TempDir(), "postgres"), number, "secret")
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Initialise(t.Context()); err != nil {
		t.Fatal(err)
	}
	logs, err := supervisor.NewLogs(t.TempDir(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	sup := supervisor.New(logs, nil)
	process := sup.Start(context.WithoutCancel(t.Context()), cluster.Spec())
	t.Cleanup(func() {
		process.Stop()
		sup.Close()
		logs.Close()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := process.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	return cluster.MaintenanceURL()
}

func openSchema(t *testing.T, databaseURL, database string) schemaDB {
	t.Helper()
	cfg, err := sqlConfig(databaseURL, database)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.NewSQLAdminDB(
		sqlplugin.DbKindUnknown, cfg, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		t.Fatal(err)
	}
	db := schemaDB{AdminDB: admin, database: database}
	t.Cleanup(db.Close)
	return db
}

// TestUpgradesAnOlderSchema makes the database that an earlier server left and
// checks that the start brings it up to this server's version.
func TestUpgradesAnOlderSchema(t *testing.T) {
	opts := Options{
		DatabaseURL: startPostgres(t), Database: "temporal", VisibilityDatabase: "temporal_visibility",
		UIPort: -1, Namespace: "longhaul", Retention: 24 * time.Hour, LogLevel: "error",
	}
	if err := createDatabases(t.Context(), opts.DatabaseURL, opts.Database, opts.VisibilityDatabase); err != nil {
		t.Fatal(err)
	}
	older := openSchema(t, opts.DatabaseURL, opts.Database)
	steps := []interface{ Run() error }{
		schema.NewSetupSchemaTask(older, &schema.SetupConfig{InitialVersion: "0.0"}, log.NewNoopLogger()),
		schema.NewUpdateSchemaTask(older, &schema.UpdateConfig{SchemaName: mainSchema, TargetVersion: olderVersion}, log.NewNoopLogger()),
	}
	for _, step := range steps {
		if err := step.Run(); err != nil {
			t.Fatal(err)
		}
	}
	if version, err := older.ReadSchemaVersion(); err != nil || version != olderVersion {
		t.Fatalf("the older schema is %s, %v", version, err)
	}

	// The second round finds everything in place.
	for range 2 {
		server, err := Start(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		server.Stop()
	}
	for database, want := range map[string]string{opts.Database: v12.Version, opts.VisibilityDatabase: v12.VisibilityVersion} {
		version, err := openSchema(t, opts.DatabaseURL, database).ReadSchemaVersion()
		if err != nil || version != want {
			t.Errorf("schema of %s is %s, %v, not %s", database, version, err, want)
		}
	}
}

func TestReadsTheDatabaseURL(t *testing.T) {
	cfg, err := sqlConfig("postgres://me:it%27s%20%3A%2F%40@db/any?sslmode=require", "temporal")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.ConnectAddr != "db:5432" || cfg.User != "me" || cfg.Password != "it's :/@" ||
		cfg.DatabaseName != "temporal" || cfg.ConnectAttributes["sslmode"] != "require" {
		t.Errorf("the configuration is %+v", cfg)
	}
}
