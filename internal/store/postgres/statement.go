package postgres

import (
	"context"
	"database/sql/driver"

	"gorm.io/gorm"
)

// Conn returns gorm bound to ctx and to its transaction, if it has one.
func (d *DB) Conn(ctx context.Context) *gorm.DB {
	if tx, ok := ctx.Value(txKey{d}).(*gorm.DB); ok {
		return tx.WithContext(ctx)
	}
	return d.gorm.WithContext(ctx)
}

// Exec runs a statement and returns how many rows it touched. doing says what
// for, in the log.
func (d *DB) Exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	res := d.Conn(ctx).Exec(query, args...)
	return res.RowsAffected, Translate(res.Error, doing)
}

// Rows runs a statement and scans what it returns into dest, a pointer to a
// slice.
func (d *DB) Rows(ctx context.Context, dest any, doing, query string, args ...any) error {
	return Translate(d.Conn(ctx).Raw(query, args...).Scan(dest).Error, doing)
}

// Row is Rows for a single row, or one number, text, flag or id; none is
// not_found.
func (d *DB) Row(ctx context.Context, dest any, doing, query string, args ...any) error {
	res := d.Conn(ctx).Raw(query, args...).Scan(dest)
	if res.Error == nil && res.RowsAffected == 0 {
		return Translate(gorm.ErrRecordNotFound, doing)
	}
	return Translate(res.Error, doing)
}

// Array is a slice that reaches Postgres as one array, for any(?) and
// unnest(?). A plain slice is a list to gorm, for in ?.
type Array[T any] []T

// Value implements driver.Valuer, which gorm passes on as it is; pgx knows
// how to encode the slice.
func (a Array[T]) Value() (driver.Value, error) { return []T(a), nil }

// Bytes is a byte slice that gorm takes for one value even behind a
// parenthesis, where it takes a plain one for a list.
type Bytes []byte

// Value implements driver.Valuer.
func (b Bytes) Value() (driver.Value, error) { return []byte(b), nil }

// Lock takes an advisory lock that ends with the transaction of ctx.
func (d *DB) Lock(ctx context.Context, class Lock, key string) error {
	_, err := d.Exec(ctx, "take lock", `select pg_advisory_xact_lock(?, hashtext(?))`, int32(class), key)
	return err
}

// ShareLock is Lock for callers that don't exclude each other, but whoever uses
// Lock.
func (d *DB) ShareLock(ctx context.Context, class Lock, key string) error {
	_, err := d.Exec(ctx, "take shared lock", `select pg_advisory_xact_lock_shared(?, hashtext(?))`, int32(class), key)
	return err
}

// TryLock is Lock if nobody holds the lock, and reports whether that is so.
func (d *DB) TryLock(ctx context.Context, class Lock, key string) (bool, error) {
	var taken bool
	err := d.Row(ctx, &taken, "try lock", `select pg_try_advisory_xact_lock(?, hashtext(?))`, int32(class), key)
	return taken, err
}

// Lock keeps the advisory locks of different purposes apart.
type Lock int32

// The advisory locks, in the order in which a transaction may take them. Row
// locks of blocks, and then of jobs, come after the first and before all others.
const (
	LockNotices   Lock = 7212 // which blocks the notices in force need
	LockSetup     Lock = 7201 // the first admin
	LockAdmission Lock = 7202 // rounds of admission
	LockPlacement Lock = 7203 // choice of an agent
	LockProviders Lock = 7206 // switches of the provider
	LockBlocks    Lock = 7208 // blocks that are added or lifted; shared by the jobs that are compared with them
	LockFlags     Lock = 7209 // rules of features
	LockLabels    Lock = 7213 // how many labels a user has, and which are on their jobs
	LockLibrary   Lock = 7214 // a user's folders, and the names in them
	LockSubtitles Lock = 7216 // how many subtitles a user uploaded
	LockEvents    Lock = 7204 // a user's job events, so that their ids grow in the order of commits
	LockMails     Lock = 7207 // an account's mails that wait for more to tell
	LockAudit     Lock = 7210 // the end of the audit log
	LockSecurity  Lock = 7211 // the end of the security events
)
