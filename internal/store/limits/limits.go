// Package limits keeps allowances: how often something may be done, counted by
// the database for all processes. It does not know what is limited.
package limits

import (
	"context"
	"crypto/sha256"
	"time"

	"longhaul/internal/store/postgres"
)

// Limits keeps allowances.
type Limits struct{ db *postgres.DB }

// New returns the allowances of the database.
func New(db *postgres.DB) *Limits { return &Limits{db} }

// Worker returns the methods that only the worker may use.
func (l *Limits) Worker() *Worker { return &Worker{l} }

// Worker tidies up allowances.
type Worker struct{ l *Limits }

// TakeAllowance takes one from the allowance of the key: up to burst at once,
// one more after each interval. It returns 0, or how long to wait until one is
// there. All processes on the database share the allowances, and its clock
// counts. The key is kept hashed.
//
// It is the generic cell rate algorithm: one row per key holds when the
// allowance will be whole again, and one statement both decides and takes.
func (l *Limits) TakeAllowance(ctx context.Context, key string, burst int, every time.Duration) (time.Duration, error) {
	hash := sha256.Sum256([]byte(key))
	step, whole := every.Seconds(), (time.Duration(burst) * every).Seconds()
	var wait float64
	err := l.db.Row(ctx, &wait, "take allowance", `
		with p as (select ?::bytea as key, ?::float8 as step, ?::float8 as whole),
		taken as (
			insert into rate_limits as r (key, full_at)
			select key, clock_timestamp() + make_interval(secs => step) from p
			on conflict (key) do update
			set full_at = greatest(r.full_at, clock_timestamp()) + make_interval(secs => (select step from p))
			where r.full_at + make_interval(secs => (select step - whole from p)) <= clock_timestamp()
			returning 1)
		select case when exists (select from taken) then 0 else coalesce((
			select greatest(0.001, extract(epoch from r.full_at - clock_timestamp())::float8 + p.step - p.whole)
			from rate_limits r where r.key = p.key), p.step) end
		from p`, hash[:], step, whole)
	return time.Duration(wait * float64(time.Second)), err
}

// PruneAllowances forgets the allowances that are whole again and returns how
// many it forgot.
func (w *Worker) PruneAllowances(ctx context.Context) (int64, error) {
	return w.l.db.Exec(ctx, "prune allowances", `
		delete from rate_limits where key in (
			select key from rate_limits where full_at < clock_timestamp() for update skip locked)`)
}
