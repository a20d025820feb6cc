// Package dump reads the database as it stands at one moment, for a backup, and
// says whether a database is empty enough to restore one into.
//
// It writes no table. What dumps and restores is Postgres's own pg_dump, which
// takes up the moment by its name; see internal/backup.
package dump

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// lockKey keeps two backups of one database apart.
const lockKey = 0x6c6f6e6768617566

// Snapshot is the database at one moment. It holds a connection and a
// transaction until it is closed.
type Snapshot struct {
	pool *sql.DB
	tx   *sql.Tx
	id   string
}

// Open takes a snapshot. It fails with a conflict while another one of the same
// database is open.
func Open(ctx context.Context, dsn string) (_ *Snapshot, err error) {
	s := &Snapshot{}
	if s.pool, err = postgres.OpenPool(dsn); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.tx, err = s.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}); err != nil {
		return nil, postgres.Translate(err, "begin a snapshot")
	}
	var alone bool
	err = s.tx.QueryRowContext(ctx, `select pg_try_advisory_xact_lock($1), pg_export_snapshot()`, int64(lockKey)).Scan(&alone, &s.id)
	if err != nil {
		return nil, postgres.Translate(err, "export a snapshot")
	}
	if !alone {
		return nil, models.Errorf(models.CodeConflict, "Another backup of this database is running.")
	}
	return s, nil
}

// ID is the name by which other connections, such as those of pg_dump, read the
// same moment.
func (s *Snapshot) ID() string { return s.id }

// Close ends the snapshot.
func (s *Snapshot) Close() error {
	var err error
	if s.tx != nil {
		if err = s.tx.Rollback(); errors.Is(err, sql.ErrTxDone) {
			err = nil
		}
	}
	return errors.Join(err, s.pool.Close())
}

// Schema returns the version of the schema.
func (s *Snapshot) Schema(ctx context.Context) (int64, error) {
	var version int64
	err := s.tx.QueryRowContext(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version)
	return version, postgres.Translate(err, "read schema version")
}

// Generation returns what the database expects its bucket to say, the zero
// value if no sweep has written it yet.
func (s *Snapshot) Generation(ctx context.Context) (models.Generation, error) {
	var bucket, value uuid.NullUUID
	err := s.tx.QueryRowContext(ctx, `select bucket_id, generation from storage_state`).Scan(&bucket, &value)
	return models.Generation{BucketID: bucket.UUID, Value: value.UUID}, postgres.Translate(err, "read the generation")
}

// Objects calls fn for each file whose object ought to be in the bucket, in the
// order of the keys. It keeps one row in memory at a time.
func (s *Snapshot) Objects(ctx context.Context, fn func(models.File) error) (err error) {
	rows, err := s.tx.QueryContext(ctx, `
		select f.job_id, f.id, f.size, f.etag from files f join jobs j on j.id = f.job_id
		where f.state in ('stored', 'trashed') and (j.delete_at is null or j.trash_until is not null) order by f.job_id, f.id`)
	if err != nil {
		return postgres.Translate(err, "list objects")
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		f := models.File{State: models.FileStored}
		if err := rows.Scan(&f.JobID, &f.ID, &f.Size, &f.ETag); err != nil {
			return fmt.Errorf("read a row: %w", err)
		}
		if err := fn(f); err != nil {
			return err
		}
	}
	return postgres.Translate(rows.Err(), "list objects")
}

// Empty reports whether the database holds nothing at all: no table, view,
// sequence or function of anyone's but those of Postgres and its extensions.
func Empty(ctx context.Context, dsn string) (empty bool, err error) {
	pool, err := postgres.OpenPool(dsn)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	err = pool.QueryRowContext(ctx, `
		with ours as (
			select oid from pg_namespace where nspname not in ('pg_catalog', 'information_schema') and nspname not like 'pg\_toast%'
				and nspname not like 'pg\_temp%'
		), things as (
			select c.oid from pg_class c join ours on ours.oid = c.relnamespace
			union all select p.oid from pg_proc p join ours on ours.oid = p.pronamespace
		)
		select not exists (
			select from things t where not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
		)`).Scan(&empty)
	return empty, postgres.Translate(err, "look into the database")
}
