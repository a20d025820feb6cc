package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"longhaul/internal/store/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema to the newest version. It may run in several
// processes at once: one migrates, the others wait for it.
func Migrate(ctx context.Context, dsn string, log *slog.Logger) (err error) {
	pool, err := postgres.OpenPool(dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("make migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, pool, Migrations(), goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return postgres.Translate(fmt.Errorf("apply migrations: %w", err), "migrate")
	}
	for _, m := range done {
		log.InfoContext(ctx, "migration applied", "version", m.Source.Version, "duration", m.Duration)
	}
	return nil
}

// Migrations returns the SQL files that Migrate applies.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return migrations // a fixed valid path cannot fail
	}
	return files
}
