// Package sqlite3 holds the result codes of SQLite that the Temporal server names.
package sqlite3

// Result codes, as SQLite documents them.
const (
	SQLITE_CONSTRAINT            = 19
	SQLITE_CONSTRAINT_PRIMARYKEY = 1555
	SQLITE_CONSTRAINT_UNIQUE     = 2067
)
