// Package postgres opens the database and runs statements and transactions on
// it for the packages of internal/store. What it returns is translated to
// models errors. It knows no table and decides nothing.
//
// A transaction travels in the context: every statement that runs with the
// context of a Tx is part of it, whichever package it comes from. That is how
// aggregates share one.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// DB is an open database. Its methods may be called concurrently.
type DB struct {
	Now   func() time.Time // the clock, in whole microseconds as Postgres keeps them
	NewID func() uuid.UUID // makes ids, version 7
	Log   *slog.Logger

	gorm *gorm.DB
	pool *sql.DB
}

// Connection limits of one process.
const (
	maxOpenConns    = 16
	maxIdleConns    = 8
	maxConnLifetime = 30 * time.Minute
	keepAliveIdle   = 15 * time.Second // a server that is gone without a word is noticed in twice the time
)

// sessionLimits are settings of a session, unless the URL has its own. A process
// that hangs in a transaction, or whose machine is gone, must not hold its locks
// for longer: everyone else waits for them.
func sessionLimits() map[string]string {
	return map[string]string{
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "15s",
		"tcp_user_timeout":                    "15s",
		"tcp_keepalives_idle":                 "15",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	}
}

// Open connects to the database. It does not look at the schema.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*DB, error) {
	pool, err := openPool(dsn, sessionLimits())
	if err != nil {
		return nil, err
	}
	orm, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard, // statements hold sources and hashes; errors are logged at the border
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), pool.Close())
	}
	d := &DB{Now: now, NewID: newID, Log: log, gorm: orm, pool: pool}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return d, nil
}

// OpenPool returns a pool of connections that has not connected yet, for work
// that may hold locks for long, such as migrations.
func OpenPool(dsn string) (*sql.DB, error) { return openPool(dsn, nil) }

func openPool(dsn string, settings map[string]string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("parse database url: %w", err)
	}
	for name, value := range settings {
		if _, own := cfg.RuntimeParams[name]; !own {
			cfg.RuntimeParams[name] = value
		}
	}
	cfg.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: keepAliveIdle, Interval: keepAliveIdle / 3, Count: 3,
	}}).DialContext
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(_ context.Context, c *pgx.Conn) error {
		// Times come back in UTC, whatever zone the process or the server is in.
		c.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}))
	pool.SetMaxOpenConns(maxOpenConns)
	pool.SetMaxIdleConns(maxIdleConns)
	pool.SetConnMaxLifetime(maxConnLifetime)
	return pool, nil
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Close closes all connections.
func (d *DB) Close() error { return d.pool.Close() }

// Collector reports how the pool of connections does.
func (d *DB) Collector() prometheus.Collector {
	return collectors.NewDBStatsCollector(d.pool, "longhaul")
}

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error {
	return Translate(d.pool.PingContext(ctx), "ping database")
}
