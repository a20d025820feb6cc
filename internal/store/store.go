// Package store keeps Longhaul's records in Postgres. It takes and returns
// models types and models errors; gorm and SQL stay inside. Methods on rows
// that a user owns take the user's id first and know nothing of other users'
// rows. What only the worker may do is on Work.
//
// It decides no policy beyond what has to be atomic: guarded transitions,
// idempotency, admission, placement and fencing.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// Store reads and writes the database. Its methods may be called concurrently.
type Store struct {
	Now   func() time.Time // the clock, in whole microseconds as Postgres keeps them
	NewID func() uuid.UUID // makes ids, version 7

	RunningLimit int // how many jobs of one user may run at once, for QueueNote to tell

	FailoverAfter time.Duration // how long a job waits for a provider that cannot take it before it may move; 0 is 2 min

	db   *gorm.DB
	pool *sql.DB
	log  *slog.Logger
	inTx bool
}

// Connection limits of one process.
const (
	maxOpenConns    = 16
	maxIdleConns    = 8
	maxConnLifetime = 30 * time.Minute
)

// Open connects to the database. The schema has to be there, see Migrate.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	pool, err := openPool(dsn)
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard, // statements hold sources and hashes; errors are logged at the border
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), pool.Close())
	}
	s := &Store{Now: now, NewID: newID, db: db, pool: pool, log: log.With("component", "store")}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return s, nil
}

func openPool(dsn string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("parse database url: %w", err)
	}
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
func (s *Store) Close() error { return s.pool.Close() }

// Ping checks that the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.PingContext(ctx); err != nil {
		return translate(err, "ping database")
	}
	return nil
}

// txRetries is how often a transaction that lost a deadlock is run again.
const txRetries = 3

// Tx runs fn in a transaction: all of it or nothing happens. A Tx inside a Tx
// is part of the outer one. fn may run again when the database chose the
// transaction as a deadlock's victim.
func (s *Store) Tx(ctx context.Context, fn func(*Store) error) error {
	if s.inTx {
		return fn(s)
	}
	for try := 1; ; try++ {
		err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			in := *s
			in.db, in.inTx = db, true
			return fn(&in)
		})
		if err == nil || !isDeadlock(err) || try == txRetries {
			return translate(err, "transaction")
		}
	}
}

// Work returns the methods that only the worker may use: they are not bound to
// a user.
func (s *Store) Work() *Work { return &Work{s} }

// Work is the worker's side of the store.
type Work struct{ s *Store }

// Tx is Store.Tx for the worker's side.
func (w *Work) Tx(ctx context.Context, fn func(*Work) error) error {
	return w.s.Tx(ctx, func(s *Store) error { return fn(s.Work()) })
}

// conn returns gorm bound to ctx and to the transaction, if there is one.
func (s *Store) conn(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }

// array passes a slice as one Postgres array; gorm by itself would spread it
// into a list.
type array struct{ slice any }

// Build implements clause.Expression.
func (a array) Build(b clause.Builder) {
	if stmt, ok := b.(*gorm.Statement); ok {
		stmt.Vars = append(stmt.Vars, a.slice)
		stmt.BindVarTo(stmt, stmt, a.slice)
	}
}

// whole keeps gorm from spreading a byte slice that follows a parenthesis.
func whole(args []any) []any {
	for i, a := range args {
		if b, ok := a.([]byte); ok {
			args[i] = array{b}
		}
	}
	return args
}

// exec runs a statement and returns how many rows it touched.
func (s *Store) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	res := s.conn(ctx).Exec(query, whole(args)...)
	return res.RowsAffected, translate(res.Error, doing)
}

// rows runs a statement and scans what it returns into dest, a pointer to a
// slice.
func (s *Store) rows(ctx context.Context, dest any, doing, query string, args ...any) error {
	return translate(s.conn(ctx).Raw(query, whole(args)...).Scan(dest).Error, doing)
}

// row is rows for a single row, or one number, text, flag or id; none is
// not_found.
func (s *Store) row(ctx context.Context, dest any, doing, query string, args ...any) error {
	res := s.conn(ctx).Raw(query, whole(args)...).Scan(dest)
	if res.Error == nil && res.RowsAffected == 0 {
		return translate(gorm.ErrRecordNotFound, doing)
	}
	return translate(res.Error, doing)
}

// lock takes an advisory lock that ends with the transaction.
func (s *Store) lock(ctx context.Context, class lockClass, key string) error {
	_, err := s.exec(ctx, "take lock", `select pg_advisory_xact_lock(?, hashtext(?))`, int32(class), key)
	return err
}

// lockClass keeps the advisory locks of different purposes apart.
type lockClass int32

// The advisory locks, in the order in which a transaction may take them; row
// locks of jobs come before all of them.
const (
	lockSetup     lockClass = 7201 // the first admin
	lockAdmission lockClass = 7202 // rounds of admission
	lockPlacement lockClass = 7203 // choice of an agent
	lockProviders lockClass = 7206 // switches of the provider
	lockEvents    lockClass = 7204 // a user's job events, so that their ids grow in the order of commits
	lockAudit     lockClass = 7210 // the end of the audit log
	lockSecurity  lockClass = 7211 // the end of the security events
)
