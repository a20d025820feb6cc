package postgres_test

import (
	"context"
	"log/slog"
	"net/url"
	"testing"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// openWith opens a database with settings of its own in the URL.
func openWith(t *testing.T, dsn string, settings map[string]string) *postgres.DB {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for k, v := range settings {
		q.Set(k, v)
	}
	u.RawQuery = q.Encode()
	db, err := postgres.Open(t.Context(), u.String(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestAHungTransactionLetsGo has a transaction stand still with a row locked, as
// that of a process that was stopped.
func TestAHungTransactionLetsGo(t *testing.T) {
	t.Parallel()
	dsn := storetest.Empty(t)
	hung := openWith(t, dsn, map[string]string{"idle_in_transaction_session_timeout": "200ms"})
	other := openWith(t, dsn, nil)
	run(t, other, `create table notes (id int primary key, n int not null default 0)`)
	run(t, other, `insert into notes (id) values (1)`)
	bump := func(ctx context.Context, db *postgres.DB) error {
		_, err := db.Exec(ctx, "bump", `update notes set n = n + 1`)
		return err
	}
	err := hung.Tx(t.Context(), func(tx context.Context) error {
		if err := bump(tx, hung); err != nil {
			t.Error(err)
		}
		if err := bump(t.Context(), other); err != nil {
			t.Errorf("another process: %v", err)
		}
		return nil
	})
	if models.CodeOf(err) != models.CodeUnavailable {
		t.Errorf("the one that hung got %v, want unavailable, so that it tries again", err)
	}
}

func TestNobodyWaitsLongForALock(t *testing.T) {
	t.Parallel()
	dsn := storetest.Empty(t)
	holder, waiter := openWith(t, dsn, nil), openWith(t, dsn, map[string]string{"lock_timeout": "100ms"})
	run(t, holder, `create table notes (id int primary key)`)
	err := holder.Tx(t.Context(), func(tx context.Context) error {
		if _, err := holder.Exec(tx, "lock", `lock table notes`); err != nil {
			return err
		}
		_, err := waiter.Exec(t.Context(), "wait", `insert into notes values (1)`)
		if models.CodeOf(err) != models.CodeUnavailable {
			t.Errorf("got %v, want unavailable", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSessionsHaveLimits(t *testing.T) {
	t.Parallel()
	db := openWith(t, storetest.Empty(t), nil)
	for name, want := range map[string]string{"lock_timeout": "10s", "idle_in_transaction_session_timeout": "15s"} {
		var got string
		if err := db.Row(t.Context(), &got, "show", `select current_setting(?)`, name); err != nil || got != want {
			t.Errorf("%s is %q, want %q: %v", name, got, want, err)
		}
	}
}
