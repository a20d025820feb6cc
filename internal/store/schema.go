package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"longhaul/models"
)

// CheckSchema refuses a database whose schema is older than this program
// needs, in a sentence that says what to do. A newer one is accepted: while an
// update runs, old and new programs share the database.
func (s *Store) CheckSchema(ctx context.Context) error {
	need, err := Newest()
	if err != nil {
		return err
	}
	var have int64
	var there bool
	if err := s.DB.Row(ctx, &there, "look for the schema", `select to_regclass('goose_db_version') is not null`); err != nil {
		return err
	}
	if there {
		if err := s.DB.Row(ctx, &have, "read schema version",
			`select coalesce(max(version_id), 0) from goose_db_version where is_applied`); err != nil {
			return err
		}
	}
	if have < need {
		return models.Errorf(models.CodeConflict,
			"The database schema is at version %d, this program needs %d: run \"longhaul migrate\" first.", have, need)
	}
	return nil
}

// Newest returns the version of the schema that Migrate leads to.
func Newest() (int64, error) {
	names, err := fs.Glob(Migrations(), "*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(errors.New("list migrations: none found"), err)
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the number of a migration: %w", err)
	}
	return n, nil
}
