// Package sqlite stands in for modernc.org/sqlite. The Temporal server links that
// database as one of its stores; the embedded default stores in Postgres, and its
// source, translated from C, is among the slowest to compile. This one has the
// names and refuses to open. See docs/adr/0003-devstack-processes.md.
package sqlite

import (
	"database/sql/driver"
	"errors"
)

var errLeftOut = errors.New("SQLite is left out of this build")

// Driver is a database driver that refuses.
type Driver struct{}

// Open refuses.
func (*Driver) Open(string) (driver.Conn, error) { return nil, errLeftOut }

// Error is the error type of the database; none is ever made.
type Error struct{}

// Error says that the database is left out.
func (*Error) Error() string { return errLeftOut.Error() }

// Code returns no result code.
func (*Error) Code() int { return 0 }
