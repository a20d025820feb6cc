package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// open returns a database with an empty table of notes.
func open(t *testing.T) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), storetest.Empty(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	run(t, db, `create table notes (id int primary key, n int not null default 0, body bytea)`)
	return db
}

func run(t *testing.T, db *postgres.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), "test", query, args...); err != nil {
		t.Fatal(err)
	}
}

func add(ctx context.Context, db *postgres.DB, id int) error {
	_, err := db.Exec(ctx, "add note", `insert into notes (id) values (?)`, id)
	return err
}

func ids(t *testing.T, db *postgres.DB) []int {
	t.Helper()
	var out []int
	if err := db.Rows(t.Context(), &out, "list notes", `select id from notes order by id`); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTransactionTravelsInTheContext(t *testing.T) {
	t.Parallel()
	db, ctx := open(t), t.Context()
	undone := errors.New("undone")
	err := db.Tx(ctx, func(tx context.Context) error {
		if err := add(tx, db, 1); err != nil {
			return err
		}
		if err := db.Tx(tx, func(tx context.Context) error { return add(tx, db, 2) }); err != nil {
			return err
		}
		if err := add(ctx, db, 3); err != nil { // not with the transaction's context
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if got := ids(t, db); !slices.Equal(got, []int{3}) {
		t.Errorf("notes %v are left, want what was written outside of the transaction", got)
	}
}

func TestTransactionsOfTwoDatabasesAreApart(t *testing.T) {
	t.Parallel()
	one, two := open(t), open(t)
	undone := errors.New("undone")
	err := one.Tx(t.Context(), func(tx context.Context) error {
		if err := add(tx, two, 1); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if got := ids(t, two); len(got) != 1 {
		t.Errorf("the other database has notes %v", got)
	}
}

func TestFailedAttemptLeavesTheRest(t *testing.T) {
	t.Parallel()
	db := open(t)
	err := db.Tx(t.Context(), func(tx context.Context) error {
		if err := add(tx, db, 1); err != nil {
			return err
		}
		err := db.Attempt(tx, func(tx context.Context) error {
			return errors.Join(add(tx, db, 2), add(tx, db, 1))
		})
		if !postgres.IsConflict(err) {
			t.Errorf("a second note 1: %v", err)
		}
		return add(tx, db, 3)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(t, db); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("notes %v, want 1 and 3", got)
	}
}

// TestDeadlockIsTriedAgain has two transactions wait for each other. Postgres
// ends one of them, which then comes through in its second try.
func TestDeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	db := open(t)
	run(t, db, `insert into notes (id) values (1), (2)`)
	bump := func(ctx context.Context, id int) error {
		_, err := db.Exec(ctx, "bump", `update notes set n = n + 1 where id = ?`, id)
		return err
	}
	var both, wg sync.WaitGroup
	both.Add(2)
	for first, second := range map[int]int{1: 2, 2: 1} {
		met := sync.OnceFunc(func() { both.Done(); both.Wait() }) // in the first try only
		wg.Go(func() {
			err := db.Tx(t.Context(), func(tx context.Context) error {
				if err := bump(tx, first); err != nil {
					return err
				}
				met()
				return bump(tx, second)
			})
			if err != nil {
				t.Errorf("transaction that begins with %d: %v", first, err)
			}
		})
	}
	wg.Wait()
	var sum int
	if err := db.Row(t.Context(), &sum, "sum", `select sum(n) from notes`); err != nil || sum != 4 {
		t.Errorf("%d updates are there, %v", sum, err)
	}
}

func TestSlicesAreArraysOrLists(t *testing.T) {
	t.Parallel()
	db, ctx := open(t), t.Context()
	run(t, db, `insert into notes (id, n) select * from unnest(?::int[], ?::int[])`,
		postgres.Array[int]{1, 2, 3}, postgres.Array[int]{10, 20, 30})
	count := func(condition string, arg any) int {
		t.Helper()
		var n int
		if err := db.Row(ctx, &n, "count", `select count(*) from notes where `+condition, arg); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		condition string
		arg       any
		want      int
	}{
		{"id = any(?)", postgres.Array[int]{1, 3, 9}, 2},
		{"id = any(?)", postgres.Array[int]{}, 0},
		{"id in ?", []int{1, 3, 9}, 2},
		{"id in ?", []int{}, 0},
	} {
		if got := count(c.condition, c.arg); got != c.want {
			t.Errorf("%s of %v finds %d, want %d", c.condition, c.arg, got, c.want)
		}
	}
	var back []uuid.UUID
	want := []uuid.UUID{uuid.New(), uuid.New()}
	err := db.Rows(ctx, &back, "unnest", `select * from unnest(?::uuid[])`, postgres.Array[uuid.UUID](want))
	if err != nil || !slices.Equal(back, want) {
		t.Errorf("%v, %v", back, err)
	}
}

func TestErrorsAreTranslated(t *testing.T) {
	t.Parallel()
	db, ctx := open(t), t.Context()
	var n int
	if err := db.Row(ctx, &n, "load note", `select n from notes where id = 1`); !models.IsNotFound(err) {
		t.Errorf("a missing row: %v", err)
	}
	run(t, db, `insert into notes (id) values (1)`)
	if err := add(ctx, db, 1); !postgres.IsConflict(err) {
		t.Errorf("a row that is there already: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := add(ended, db, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

func TestClosedDatabaseDoesNotAnswer(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), storetest.Empty(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); err == nil {
		t.Error("a closed database answers")
	}
}
