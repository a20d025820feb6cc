package postgres

import (
	"context"
	"time"

	"gorm.io/gorm"

	"longhaul/internal/wait"
)

// txKey is under which a context carries the transaction of a database.
type txKey struct{ db *DB }

// afterKey is under which it carries what follows the commit.
type afterKey struct{ db *DB }

// How often a transaction is tried that loses deadlocks, and how long it waits
// before each of the others. If it ran again at once, it would take the lock that
// the other transaction has just been waiting for.
const (
	txTries = 3
	txPause = 50 * time.Millisecond
)

// Tx runs fn in a transaction: all of it or nothing happens. What runs with
// the context that fn gets is part of it; a Tx inside a Tx is part of the
// outer one. fn may run again when the database chose the transaction as a
// deadlock's victim.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, inside := ctx.Value(txKey{d}).(*gorm.DB); inside {
		return fn(ctx)
	}
	for try := 1; ; try++ {
		var after []func()
		err := d.begin(context.WithValue(ctx, afterKey{d}, &after), fn)
		if err == nil || !isDeadlock(err) || try == txTries || wait.For(ctx, wait.Spread(time.Duration(try)*txPause)) != nil {
			if err == nil {
				for _, do := range after {
					do()
				}
			}
			return Translate(err, "transaction")
		}
	}
}

// AfterCommit has do called once the transaction of the context is committed,
// and at once outside of one. It is for what may be lost when the process ends
// in between, such as figures.
func (d *DB) AfterCommit(ctx context.Context, do func()) {
	if after, ok := ctx.Value(afterKey{d}).(*[]func()); ok {
		*after = append(*after, do)
		return
	}
	do()
}

// Attempt runs fn so that its failure leaves the rest of the transaction as it
// was. Outside of a transaction it is Tx without a second try.
func (d *DB) Attempt(ctx context.Context, fn func(ctx context.Context) error) error {
	after, inside := ctx.Value(afterKey{d}).(*[]func())
	if !inside {
		after = new([]func())
		ctx = context.WithValue(ctx, afterKey{d}, after)
	}
	before := len(*after)
	err := d.begin(ctx, fn) // within a transaction gorm makes it a savepoint
	switch {
	case err != nil:
		*after = (*after)[:before]
	case !inside:
		for _, do := range *after {
			do()
		}
	}
	return err
}

func (d *DB) begin(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.Conn(ctx).Transaction(func(tx *gorm.DB) error {
		return fn(context.WithValue(ctx, txKey{d}, tx))
	})
}
