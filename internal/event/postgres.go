package event

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"longhaul/internal/wait"
)

// keepAlive is how long the listening connection may be silent before it is
// probed, so that a peer that vanished is noticed.
const keepAlive = 30 * time.Second

// PG is a Bus across processes, over Postgres LISTEN and NOTIFY.
type PG struct {
	local Memory
	pool  *pgxpool.Pool
	cfg   *pgx.ConnConfig
	log   *slog.Logger
	quiet time.Duration // see keepAlive
	stop  context.CancelFunc
	done  chan struct{}
}

var _ Bus = (*PG)(nil)

// OpenPG connects to the database and listens until Close. It fails when the
// first connection does; later ones are made again for as long as it takes.
func OpenPG(ctx context.Context, dsn string, log *slog.Logger) (*PG, error) {
	return openPG(ctx, dsn, log, keepAlive)
}

func openPG(ctx context.Context, dsn string, log *slog.Logger, quiet time.Duration) (*PG, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("parse database url: %w", err)
	}
	cfg.MaxConns = 2
	cfg.MinConns = 0
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open event pool: %w", err)
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx)) // ends with Close, not with the caller's start-up deadline
	b := &PG{
		pool: pool, cfg: cfg.ConnConfig.Copy(), log: log.With("component", "event"),
		quiet: quiet, stop: stop, done: make(chan struct{}),
	}
	conn, err := b.listen(ctx)
	if err != nil {
		stop()
		pool.Close()
		return nil, err
	}
	go b.run(run, conn)
	return b, nil
}

// Publish sends the messages to all processes, this one included.
func (b *PG) Publish(ctx context.Context, msgs ...Message) error {
	payloads, err := Encode(msgs...)
	if err != nil || len(payloads) == 0 {
		return err
	}
	if _, err := b.pool.Exec(ctx, `select pg_notify($1, p) from unnest($2::text[]) p`, Channel, payloads); err != nil {
		return fmt.Errorf("publish events: %w", err)
	}
	return nil
}

// Subscribe implements Bus. After each loss of the database connection the
// subscriber receives a message of KindLost.
func (b *PG) Subscribe(ctx context.Context) <-chan Message { return b.local.Subscribe(ctx) }

// Close stops listening and ends every subscription.
func (b *PG) Close() {
	b.stop()
	<-b.done
	b.pool.Close()
	b.local.Close()
}

func (b *PG) listen(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, b.cfg)
	if err != nil {
		return nil, fmt.Errorf("connect for events: %w", err)
	}
	if _, err := conn.Exec(ctx, "listen "+Channel); err != nil {
		closeConn(ctx, conn)
		return nil, fmt.Errorf("listen for events: %w", err)
	}
	return conn, nil
}

// run owns the listening connection until ctx ends.
func (b *PG) run(ctx context.Context, conn *pgx.Conn) {
	defer close(b.done)
	for {
		err := b.receive(ctx, conn)
		closeConn(ctx, conn)
		if ctx.Err() != nil {
			return
		}
		b.log.WarnContext(ctx, "event connection lost; reconnecting", "error", err)
		conn, err = backoff.Retry(ctx, func() (*pgx.Conn, error) { return b.listen(ctx) },
			backoff.WithBackOff(wait.Growing(100*time.Millisecond, 5*time.Second)), backoff.WithMaxElapsedTime(0))
		if err != nil {
			return
		}
		b.log.InfoContext(ctx, "event connection restored")
		b.forward(ctx, Message{Kind: KindLost})
	}
}

func (b *PG) receive(ctx context.Context, conn *pgx.Conn) error {
	for {
		quiet, cancel := context.WithTimeout(ctx, b.quiet)
		n, err := conn.WaitForNotification(quiet)
		silent := quiet.Err() != nil
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && silent && !conn.IsClosed():
			if err := b.probe(ctx, conn); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("wait for events: %w", err)
		default:
			msgs, err := Decode(n.Payload)
			if err != nil {
				b.log.ErrorContext(ctx, "dropped an unreadable event", "error", err)
				continue
			}
			b.forward(ctx, msgs...)
		}
	}
}

func (b *PG) probe(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := conn.Ping(ctx); err != nil {
		return fmt.Errorf("probe event connection: %w", err)
	}
	return nil
}

func (b *PG) forward(ctx context.Context, msgs ...Message) {
	if err := b.local.Publish(ctx, msgs...); err != nil {
		b.log.ErrorContext(ctx, "could not deliver event", "error", err)
	}
}

func closeConn(ctx context.Context, conn *pgx.Conn) {
	// The connection is closed also when ctx has ended, but not for long.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := conn.Close(ctx); err != nil {
		return // it is gone either way
	}
}
