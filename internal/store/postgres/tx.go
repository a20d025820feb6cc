package postgres

import (
	"context"

	"gorm.io/gorm"
)

// txKey is under which a context carries the transaction of a database.
type txKey struct{ db *DB }

// txRetries is how often a transaction that lost a deadlock is run again.
const txRetries = 3

// Tx runs fn in a transaction: all of it or nothing happens. What runs with
// the context that fn gets is part of it; a Tx inside a Tx is part of the
// outer one. fn may run again when the database chose the transaction as a
// deadlock's victim.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, inside := ctx.Value(txKey{d}).(*gorm.DB); inside {
		return fn(ctx)
	}
	for try := 1; ; try++ {
		err := d.begin(ctx, fn)
		if err == nil || !isDeadlock(err) || try == txRetries {
			return Translate(err, "transaction")
		}
	}
}

// Attempt runs fn so that its failure leaves the rest of the transaction as it
// was. Outside of a transaction it is Tx without a second try.
func (d *DB) Attempt(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.begin(ctx, fn) // within a transaction gorm makes it a savepoint
}

func (d *DB) begin(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.Conn(ctx).Transaction(func(tx *gorm.DB) error {
		return fn(context.WithValue(ctx, txKey{d}, tx))
	})
}
