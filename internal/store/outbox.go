package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/models"
)

// Pauses after a failed attempt: doubled from the first to the last.
const (
	outboxFirstPause = time.Second
	outboxLastPause  = time.Minute
)

// enqueue puts an item into the outbox, with the transaction, and wakes the
// dispatcher. Items of one ref are dispatched in the order in which they came.
func (s *Store) enqueue(ctx context.Context, kind models.OutboxKind, ref uuid.UUID) error {
	now := s.Now()
	_, err := s.exec(ctx, "put into outbox",
		`insert into outbox (kind, ref, next_at, created_at) values (?, ?, ?, ?)`, kind, ref, now, now)
	if err != nil {
		return err
	}
	return s.notify(ctx, event.Message{Kind: event.KindOutbox})
}

// enqueueOnce is enqueue unless such an item waits already.
func (s *Store) enqueueOnce(ctx context.Context, kind models.OutboxKind, ref uuid.UUID) error {
	var waiting bool
	err := s.row(ctx, &waiting, "look into outbox",
		`select exists (select from outbox where ref = ? and kind = ?)`, ref, kind)
	if err != nil || waiting {
		return err
	}
	return s.enqueue(ctx, kind, ref)
}

// DueOutbox hands up to limit due items to do, one at a time, and returns how
// many went well. An item is deleted once do returned nil, and due again after
// a growing pause otherwise. Dispatchers may run concurrently: each item is
// with one of them only. After a crash an item comes again, so do has to be
// idempotent. The items of one ref come in order, each after the success of
// the one before.
func (w *Work) DueOutbox(ctx context.Context, limit int, do func(context.Context, models.OutboxItem) error) (int, error) {
	done := 0
	for range limit {
		found, ok := false, false
		s := w.s
		err := s.Tx(ctx, func(tx context.Context) error {
			var err error
			// do is not part of the transaction: it tells others, who look for themselves
			found, ok, err = s.dispatchOne(tx, func(item models.OutboxItem) error { return do(ctx, item) })
			return err
		})
		if ok {
			done++
		}
		if err != nil || !found {
			return done, err
		}
	}
	return done, nil
}

func (s *Store) dispatchOne(ctx context.Context, do func(models.OutboxItem) error) (found, ok bool, err error) {
	var item models.OutboxItem
	err = s.row(ctx, &item, "next outbox item", `
		select id, kind, ref, attempts, created_at from outbox o
		where next_at <= ? and not exists (select from outbox b where b.ref = o.ref and b.id < o.id)
		order by next_at, id limit 1 for update skip locked`, s.Now())
	if models.IsNotFound(err) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	failure := do(item)
	if failure == nil {
		_, err = s.exec(ctx, "delete outbox item", `delete from outbox where id = ?`, item.ID)
		return true, err == nil, err
	}
	if ctx.Err() != nil {
		return true, false, translate(ctx.Err(), "dispatch outbox item") // rolled back: the item stays due
	}
	s.Log.WarnContext(ctx, "outbox item not dispatched", "kind", item.Kind, "ref", item.Ref,
		"attempt", item.Attempts+1, "error", failure)
	_, err = s.exec(ctx, "put off outbox item",
		`update outbox set attempts = attempts + 1, next_at = ?, last_error = left(?, 500) where id = ?`,
		s.Now().Add(outboxPause(item.Attempts)), failure.Error(), item.ID)
	return true, false, err
}

func outboxPause(attempts int) time.Duration {
	pause := outboxFirstPause
	for range attempts {
		if pause *= 2; pause >= outboxLastPause {
			return outboxLastPause
		}
	}
	return pause
}

// OutboxAge returns how long the oldest waiting item or account request has
// been there, 0 if none is.
func (w *Work) OutboxAge(ctx context.Context) (time.Duration, error) {
	var row struct{ Oldest *time.Time }
	err := w.s.row(ctx, &row, "load outbox age", `
		select least((select min(created_at) from outbox), (select min(created_at) from account_requests)) as oldest`)
	if err != nil || row.Oldest == nil {
		return 0, err
	}
	return max(0, w.s.Now().Sub(*row.Oldest)), nil
}
