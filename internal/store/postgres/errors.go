package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"longhaul/models"
)

// SQLSTATE values and classes that need different errors.
const (
	sqlUniqueViolation = "23505"
	sqlDeadlock        = "40P01"
	sqlSerialization   = "40001"
	sqlLockTimeout     = "55P03"
	sqlIdleTooLong     = "25P03" // a transaction stood still, such as that of a process that was stopped
)

// Translate makes a models error of what gorm and Postgres return. Contexts
// that ended and errors that are translated already pass through; doing says
// what was being done.
func Translate(err error, doing string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*models.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return models.Errorf(models.CodeNotFound, "No such thing.").Because(fmt.Errorf("%s: %w", doing, err))
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return models.Errorf(models.CodeConflict, "This already exists.").Because(fmt.Errorf("%s: %w", doing, err))
	case isUnavailable(err):
		return models.Errorf(models.CodeUnavailable, "The database is not reachable right now.").
			Because(fmt.Errorf("%s: %w", doing, err))
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == sqlUniqueViolation {
		return models.Errorf(models.CodeConflict, "This already exists.").Because(fmt.Errorf("%s: %w", doing, err))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// isUnavailable reports whether the statement failed because of the state of
// the server or the network, so that trying again later helps.
func isUnavailable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == sqlDeadlock || pg.Code == sqlSerialization || pg.Code == sqlLockTimeout || pg.Code == sqlIdleTooLong ||
			strings.HasPrefix(pg.Code, "08") || // connection
			strings.HasPrefix(pg.Code, "53") || // too many connections, disk full, out of memory
			strings.HasPrefix(pg.Code, "57P") // shutting down, starting up
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err)
}

func isDeadlock(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == sqlDeadlock
}

// IsConflict reports whether err says that something is there already, or in
// the way.
func IsConflict(err error) bool { return err != nil && models.CodeOf(err) == models.CodeConflict }

// NotFound returns the error of a thing that is not there.
func NotFound(what string) error {
	return models.Errorf(models.CodeNotFound, "No such %s.", what)
}
