// Package outbox keeps what a transaction decided and others have to be told:
// items for Temporal, which are dispatched until that went well, and messages
// on the event bus, which go out with the commit. It does not know what the
// items are about.
package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/postgres"
	"longhaul/internal/tracing"
	"longhaul/models"
)

// Outbox takes up what has to be told.
type Outbox struct{ db *postgres.DB }

// New returns the outbox of the database.
func New(db *postgres.DB) *Outbox { return &Outbox{db} }

// Worker returns the methods that only the worker may use.
func (o *Outbox) Worker() *Worker { return &Worker{o} }

// Worker dispatches what the outbox holds.
type Worker struct{ o *Outbox }

// Pauses after a failed attempt: doubled from the first to the last.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// lease is how long an item belongs to the dispatcher that took it. A worker that
// is killed or hangs costs the item so long; dispatching ends before, with time
// left to write how it went.
const (
	lease       = 10 * time.Second
	mostOfLease = 8 * time.Second
)

// Enqueue puts an item into the outbox, with the transaction, and wakes the
// dispatcher. Items of one ref are dispatched in the order in which they came.
func (o *Outbox) Enqueue(ctx context.Context, kind models.OutboxKind, ref uuid.UUID) error {
	return o.EnqueueIn(ctx, 0, kind, ref)
}

// EnqueueIn is Enqueue for an item that is not due until the pause is over.
func (o *Outbox) EnqueueIn(ctx context.Context, pause time.Duration, kind models.OutboxKind, ref uuid.UUID) error {
	now := o.db.Now()
	_, err := o.db.Exec(ctx, "put into outbox",
		`insert into outbox (kind, ref, next_at, created_at, trace) values (?, ?, ?, ?, ?)`,
		kind, ref, now.Add(pause), now, tracing.Carry(ctx))
	if err != nil {
		return err
	}
	return o.Notify(ctx, event.Message{Kind: event.KindOutbox})
}

// EnqueueOnce is Enqueue unless such an item waits already.
func (o *Outbox) EnqueueOnce(ctx context.Context, kind models.OutboxKind, ref uuid.UUID) error {
	var waiting bool
	err := o.db.Row(ctx, &waiting, "look into outbox",
		`select exists (select from outbox where ref = ? and kind = ?)`, ref, kind)
	if err != nil || waiting {
		return err
	}
	return o.Enqueue(ctx, kind, ref)
}

// Notify sends messages over the event bus when the transaction commits.
func (o *Outbox) Notify(ctx context.Context, msgs ...event.Message) error {
	payloads, err := event.Encode(msgs...)
	if err != nil || len(payloads) == 0 {
		return err
	}
	_, err = o.db.Exec(ctx, "notify", `select pg_notify(?, p) from unnest(?::text[]) p`, event.Channel, postgres.Array[string](payloads))
	return err
}

// DueOutbox hands up to limit due items to do, one at a time, and returns how
// many went well. An item is deleted once do returned nil, and due again after
// a growing pause otherwise. Dispatchers may run concurrently: an item is taken
// by one of them, for as long as a lease, and no lock is held meanwhile. After a
// crash, or when a dispatcher hangs, an item comes again, so do has to be
// idempotent. The items of one ref come in order, each after the success of the
// one before.
func (w *Worker) DueOutbox(ctx context.Context, limit int, do func(context.Context, models.OutboxItem) error) (int, error) {
	done := 0
	for range limit {
		item, err := w.o.take(ctx)
		if models.IsNotFound(err) {
			return done, nil
		}
		if err != nil {
			return done, err
		}
		ok, err := w.o.dispatch(ctx, item, do)
		if ok {
			done++
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// take leases the item whose turn it is; not_found if none is due.
func (o *Outbox) take(ctx context.Context) (models.OutboxItem, error) {
	var item models.OutboxItem
	now := o.db.Now()
	err := o.db.Row(ctx, &item, "take outbox item", `
		update outbox set next_at = ? where id = (
			select id from outbox o
			where next_at <= ? and not exists (select from outbox b where b.ref = o.ref and b.id < o.id)
			order by next_at, id limit 1 for update skip locked)
		returning id, kind, ref, attempts, created_at, trace`, now.Add(lease), now)
	return item, err
}

// dispatch does a leased item and writes how that went.
func (o *Outbox) dispatch(
	ctx context.Context, item models.OutboxItem, do func(context.Context, models.OutboxItem) error,
) (ok bool, err error) {
	limited, cancel := context.WithTimeout(tracing.Resume(ctx, item.Trace), mostOfLease)
	failure := do(limited, item)
	cancel()
	// What was done is written even if the process is about to end.
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease-mostOfLease)
	defer cancel()
	if failure == nil {
		_, err = o.db.Exec(writing, "delete outbox item", `delete from outbox where id = ?`, item.ID)
		return err == nil, err
	}
	if ctx.Err() != nil {
		_, err = o.db.Exec(writing, "give outbox item back", `update outbox set next_at = ? where id = ?`, o.db.Now(), item.ID)
		return false, errors.Join(postgres.Translate(ctx.Err(), "dispatch outbox item"), err)
	}
	o.db.Log.WarnContext(ctx, "could not dispatch outbox item", "kind", item.Kind, "ref", item.Ref,
		"attempt", item.Attempts+1, "error", failure)
	_, err = o.db.Exec(writing, "put off outbox item",
		`update outbox set attempts = attempts + 1, next_at = ?, last_error = left(?, 500) where id = ?`,
		o.db.Now().Add(Pause(item.Attempts)), failure.Error(), item.ID)
	return false, err
}

// Pause returns how long to wait after a failure that so many others came
// before.
func Pause(attempts int) time.Duration {
	pause := firstPause
	for range attempts {
		if pause *= 2; pause >= lastPause {
			return lastPause
		}
	}
	return pause
}

// OutboxAge returns how long the oldest waiting item or account request has
// been there, 0 if none is.
func (w *Worker) OutboxAge(ctx context.Context) (time.Duration, error) {
	var row struct{ Oldest *time.Time }
	err := w.o.db.Row(ctx, &row, "load outbox age", `
		select least((select min(created_at) from outbox), (select min(created_at) from account_requests)) as oldest`)
	if err != nil || row.Oldest == nil {
		return 0, err
	}
	return max(0, w.o.db.Now().Sub(*row.Oldest)), nil
}
