// Package store keeps Longhaul's records in Postgres. It takes and returns
// models types and models errors; gorm and SQL stay inside. Methods on rows
// that a user owns take the user's id first and know nothing of other users'
// rows. What only the worker may do is on Work.
//
// It decides no policy beyond what has to be atomic: guarded transitions,
// idempotency, admission, placement and fencing.
package store

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/accounts"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/limits"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Store reads and writes the database. Its methods may be called concurrently.
type Store struct {
	*postgres.DB
	*limits.Limits
	*outbox.Outbox
	*records.Records
	*quota.Quota
	*accounts.Accounts
	*agents.Agents
	*providers.Providers

	MaxAttempts int // how often a new job is tried before a person is asked; 0 does not count

	FailoverAfter time.Duration // how long a job waits for a provider that cannot take it before it may move; 0 is 2 min
}

// Open connects to the database. The schema has to be there, see Migrate.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	db, err := postgres.Open(ctx, dsn, log.With("component", "store"))
	if err != nil {
		return nil, err
	}
	return On(db), nil
}

// On returns the store on a database that is open.
func On(db *postgres.DB) *Store {
	l, o := limits.New(db), outbox.New(db)
	r := records.New(db, l)
	q := quota.New(db, r)
	a := agents.New(db, o, r)
	return &Store{
		DB: db, Limits: l, Outbox: o, Records: r, Quota: q, Accounts: accounts.New(db, o, r, q), Agents: a,
		Providers: providers.New(db, r, a),
	}
}

// Work returns the methods that only the worker may use: they are not bound to
// a user.
func (s *Store) Work() *Work {
	return &Work{
		s: s, limitsWork: s.Limits.Worker(), outboxWork: s.Outbox.Worker(), recordsWork: s.Records.Worker(),
		quotaWork: s.Quota.Worker(), accountsWork: s.Accounts.Worker(), agentsWork: s.Agents.Worker(), providersWork: s.Providers.Worker(),
	}
}

// Work is the worker's side of the store.
type Work struct {
	s *Store
	*limitsWork
	*outboxWork
	*recordsWork
	*quotaWork
	*accountsWork
	*agentsWork
	*providersWork
}

type (
	limitsWork    = limits.Worker
	outboxWork    = outbox.Worker
	recordsWork   = records.Worker
	quotaWork     = quota.Worker
	accountsWork  = accounts.Worker
	agentsWork    = agents.Worker
	providersWork = providers.Worker
)

// conn returns gorm bound to ctx and to its transaction, if it has one.
func (s *Store) conn(ctx context.Context) *gorm.DB { return s.Conn(ctx) }

// array passes a slice as one Postgres array; gorm by itself would spread it
// into a list.
type array struct{ slice any }

// Build implements clause.Expression.
func (a array) Build(b clause.Builder) {
	if stmt, ok := b.(*gorm.Statement); ok {
		stmt.Vars = append(stmt.Vars, a.slice)
		stmt.BindVarTo(stmt, stmt, a.slice)
	}
}

// whole keeps gorm from spreading a byte slice that follows a parenthesis.
func whole(args []any) []any {
	for i, a := range args {
		if b, ok := a.([]byte); ok {
			args[i] = array{b}
		}
	}
	return args
}

func (s *Store) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	return s.Exec(ctx, doing, query, whole(args)...)
}

func (s *Store) rows(ctx context.Context, dest any, doing, query string, args ...any) error {
	return s.Rows(ctx, dest, doing, query, whole(args)...)
}

func (s *Store) row(ctx context.Context, dest any, doing, query string, args ...any) error {
	return s.Row(ctx, dest, doing, query, whole(args)...)
}

func (s *Store) lock(ctx context.Context, class postgres.Lock, key string) error {
	return s.Lock(ctx, class, key)
}

const (
	lockSetup     = postgres.LockSetup
	lockAdmission = postgres.LockAdmission
	lockPlacement = postgres.LockPlacement
	lockProviders = postgres.LockProviders
	lockEvents    = postgres.LockEvents
	lockAudit     = postgres.LockAudit
	lockSecurity  = postgres.LockSecurity
)

func translate(err error, doing string) error { return postgres.Translate(err, doing) }

func isConflict(err error) bool { return postgres.IsConflict(err) }

func (s *Store) freeSlots(ctx context.Context) (agents, free int, err error) { return s.FreeSlots(ctx) }

func (s *Store) aliveSince() time.Time { return s.AliveSince() }

func noAgent() error { return agents.NoRoom() }

func superseded(why string) error { return agents.Superseded(why) }

func (s *Store) chooseProvider(ctx context.Context, n models.NewJob) (models.Provider, error) {
	return s.ChooseProvider(ctx, n)
}

func (s *Store) seedrRoom(ctx context.Context) (providers.SeedrRoom, error) { return s.SeedrRoom(ctx) }

func (s *Store) seedrRoomBefore(ctx context.Context, jobID uuid.UUID) (providers.SeedrRoom, error) {
	return s.SeedrRoomBefore(ctx, jobID)
}

const (
	seedrNeed = providers.SeedrNeed
	seedrDone = providers.SeedrDone
)
