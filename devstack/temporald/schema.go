package temporald

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/tools/common/schema"
	"golang.org/x/sync/errgroup"
)

const (
	mainSchema       = "postgresql/v12/temporal"
	visibilitySchema = "postgresql/v12/visibility"

	duplicateDatabase = "42P04"
)

// migrate creates Temporal's databases when they are missing and brings both
// schemas to the version this server needs.
func migrate(ctx context.Context, opts Options, logger log.Logger) error {
	connecting, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := createDatabases(connecting, opts.DatabaseURL, opts.Database, opts.VisibilityDatabase); err != nil {
		return err
	}
	var g errgroup.Group
	g.Go(func() error { return upgrade(opts.DatabaseURL, opts.Database, mainSchema, logger) })
	g.Go(func() error { return upgrade(opts.DatabaseURL, opts.VisibilityDatabase, visibilitySchema, logger) })
	return g.Wait()
}

func createDatabases(ctx context.Context, databaseURL string, names ...string) error {
	var conn *pgx.Conn
	// Both may be starting at the same time, after a crash for one.
	err := untilDone(ctx, func() (err error) {
		conn, err = pgx.Connect(ctx, databaseURL)
		return err
	})
	if err != nil {
		return fmt.Errorf("connect to postgres: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, name := range names {
		var exists bool
		row := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name)
		if err := row.Scan(&exists); err != nil {
			return fmt.Errorf("look for database %s: %w", name, err)
		}
		if exists {
			continue
		}
		_, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
		var pgErr *pgconn.PgError
		if err != nil && (!errors.As(err, &pgErr) || pgErr.Code != duplicateDatabase) {
			return fmt.Errorf("create database %s: %w", name, err)
		}
	}
	return nil
}

func upgrade(databaseURL, database, schemaName string, logger log.Logger) error {
	cfg, err := sqlConfig(databaseURL, database)
	if err != nil {
		return err
	}
	// The statements are repeatable, so a crash may lose the last of them.
	cfg.ConnectAttributes["synchronous_commit"] = "off"
	admin, err := sql.NewSQLAdminDB(
		sqlplugin.DbKindUnknown, cfg, resolver.NewNoopResolver(), logger, metrics.NoopMetricsHandler)
	if err != nil {
		return fmt.Errorf("open database %s: %w", database, err)
	}
	db := schemaDB{AdminDB: admin, database: database}
	defer db.Close()
	// Asked for its version, an empty database logs an error.
	tables, err := db.ListTables(database)
	if err != nil {
		return fmt.Errorf("list tables of %s: %w", database, err)
	}
	if !slices.Contains(tables, "schema_version") {
		setup := schema.NewSetupSchemaTask(db, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
		if err := setup.Run(); err != nil {
			return fmt.Errorf("set up schema of %s: %w", database, err)
		}
	}
	update := schema.NewUpdateSchemaTask(db, &schema.UpdateConfig{SchemaName: schemaName}, logger)
	if err := update.Run(); err != nil {
		return fmt.Errorf("upgrade schema of %s: %w", database, err)
	}
	return nil
}

// schemaDB gives the schema tasks the view of one database that they expect.
type schemaDB struct {
	sqlplugin.AdminDB
	database string
}

var _ schema.DB = schemaDB{}

// ReadSchemaVersion returns the installed schema version.
func (d schemaDB) ReadSchemaVersion() (string, error) {
	return d.AdminDB.ReadSchemaVersion(d.database)
}

// UpdateSchemaVersion records the installed schema version.
func (d schemaDB) UpdateSchemaVersion(newVersion, minCompatibleVersion string) error {
	return d.AdminDB.UpdateSchemaVersion(d.database, newVersion, minCompatibleVersion)
}

// DropAllTables refuses: the embedded server never drops data.
func (d schemaDB) DropAllTables() error {
	return errors.New("dropping tables is not supported")
}

// Close releases the connections.
func (d schemaDB) Close() {
	_ = d.AdminDB.Close()
}

// Type names the kind of database for the schema tasks.
func (d schemaDB) Type() string {
	return "sql"
}
