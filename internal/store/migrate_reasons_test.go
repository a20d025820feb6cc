package store_test

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that goose opens
	"github.com/pressly/goose/v3"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/models/wording"
)

// oldJob is a job as it stood before reasons were data.
type oldJob struct {
	state, reason, problem, provider string
	admitted                         bool
	want                             models.ReasonCode
}

func oldJobs() []oldJob {
	return []oldJob{
		{state: "queued", reason: "Accepted; it waits for a free slot.", want: models.ReasonWaitsForSlot},
		{state: "queued", reason: "It has a slot and is about to start.", admitted: true, want: models.ReasonHasSlot},
		{state: "queued", reason: "Waiting for storage: needs 2.0 KiB, 1000 B free.", want: "storage_full"},
		{state: "queued", reason: "No agent can take it at the moment.", problem: "no_agent", admitted: true, want: "no_agent"},
		{state: "queued", reason: "You asked to cancel it.", want: models.ReasonCancelRequested},
		{state: "resolving", reason: "The agent a is finding out which files there are.", admitted: true, want: models.ReasonLooksUpFiles},
		{state: "resolving", reason: "Seedr is fetching it.", provider: "seedr", admitted: true, want: models.ReasonSeedrLooksUp},
		{state: "awaiting_selection", reason: "You asked to choose the files.", want: models.ReasonChooseFiles},
		{state: "downloading", reason: "The agent a is fetching it.", admitted: true, want: models.ReasonDownloading},
		{state: "downloading", reason: "Seedr is fetching it.", provider: "seedr", admitted: true, want: models.ReasonSeedrDownloading},
		{state: "storing", reason: "All bytes are stored; the files are completed and checked.", admitted: true, want: models.ReasonCompleting},
		{state: "storing", reason: "Seedr has all of it; it is copied to storage.", provider: "seedr", admitted: true, want: models.ReasonCopyingFromSeedr},
		{state: "ready", reason: "Every file is stored and can be streamed or downloaded.", want: models.ReasonReady},
		{state: "paused", reason: "You paused it.", want: models.ReasonPaused},
		{state: "needs_attention", reason: "Nobody has it.", problem: "no_peers", want: "no_peers"},
		{state: "needs_attention", reason: "Something went wrong on our side.", want: models.ReasonInternal},
		{state: "failed", reason: "The server has no file at this address (404).", problem: "not_found_at_source", want: "not_found_at_source"},
		{state: "cancelled", reason: "You cancelled it.", want: models.ReasonCancelled},
		{state: "expired", reason: "Its files were removed.", want: models.ReasonExpired},
	}
}

// oldEvent is an entry of a timeline from then.
type oldEvent struct {
	kind, state, problem, message string
	want                          models.Reason
}

func oldEvents() []oldEvent {
	return []oldEvent{
		{"submitted", "queued", "", "Accepted.", models.Because(models.ReasonAccepted)},
		{"submitted", "queued", "", "Accepted. Waiting for storage: needs 2.0 KiB, 1000 B free.", models.ProblemStorageFull.Because()},
		{"placed", "downloading", "", "Given to the agent north 2.", models.Because(models.ReasonDownloading, "agent", "north 2")},
		{"placed", "resolving", "", "Given to Seedr.", models.Because(models.ReasonSeedrLooksUp)},
		{"manifest", "resolving", "", "The file list is known: 1 file.", models.Because(models.ReasonFilesKnown, "files", 1)},
		{"selection", "awaiting_selection", "", "Chosen: 2 of 3 files.", models.Because(models.ReasonFilesChosen, "chosen", 2, "files", 3)},
		{"attempt", "downloading", "stalled", "Nothing came.", models.ProblemStalled.Because()},
		{"moved", "queued", "no_peers", "Nobody has it. It moves to Seedr.", models.Because(models.ReasonMovedByFailover, "problem", "no_peers", "provider", "seedr")},
		{"moved", "queued", "", "An administrator moved it to the agents.", models.Because(models.ReasonMovedByAdmin, "provider", "agent")},
		{"state", "downloading", "", "Cancelling was asked for.", models.Because(models.ReasonCancelRequested)},
		{"state", "queued", "", "Queued again for another try.", models.Because(models.ReasonRetried)},
		{"state", "ready", "", "Ready.", models.Because(models.ReasonReady)},
		{"deleted", "ready", "", "Deleted.", models.Because(models.ReasonDeleted)},
	}
}

// TestOldReasonsBecomeCodes brings a database from before reasons were data,
// with jobs in every state, to the newest version.
func TestOldReasonsBecomeCodes(t *testing.T) {
	t.Parallel()
	ctx, dsn := t.Context(), storetest.Empty(t)
	migrateTo(ctx, t, dsn, 9)
	ids := fillOld(t, dsn)
	storetest.OK(t, store.Migrate(ctx, dsn, slog.New(slog.DiscardHandler)))
	s, err := store.Open(ctx, dsn, slog.New(slog.DiscardHandler))
	storetest.OK(t, err)
	t.Cleanup(func() { _ = s.DB.Close() })
	for i, old := range oldJobs() {
		job := storetest.Must[models.Job](t)(s.Worker().Jobs.Job(ctx, ids[i]))
		if job.Reason.Code != old.want || wording.API().Why(job.Reason) == "" {
			t.Errorf("%s, %q, %q became %v, want %s", old.state, old.reason, old.problem, job.Reason, old.want)
		}
	}
	events := storetest.Must[[]models.Event](t)(s.Timeline.JobEvents(ctx, oldUser, ids[0], 0, 100))
	for i, old := range oldEvents() {
		if !events[i].Reason.Equal(old.want) || wording.API().Why(events[i].Reason) == "" {
			t.Errorf("%s, %q became %v, want %v", old.kind, old.message, events[i].Reason, old.want)
		}
	}
}

// migrateTo brings an empty database to an older version.
func migrateTo(ctx context.Context, t *testing.T, dsn string, version int64) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	storetest.OK(t, err)
	defer func() { storetest.OK(t, db.Close()) }()
	p, err := goose.NewProvider(goose.DialectPostgres, db, store.Migrations())
	storetest.OK(t, err)
	if _, err := p.UpTo(ctx, version); err != nil {
		t.Fatal(err)
	}
}

var oldUser = uuid.MustParse("01900000-0000-7000-8000-000000000001")

// fillOld writes the old jobs, and the old events to the first of them.
func fillOld(t *testing.T, dsn string) []uuid.UUID {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	storetest.OK(t, err)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`insert into users (id, email, password_hash, role, created_at) values ($1, 'old@example.com', 'x', 'user', now())`, oldUser)
	var ids []uuid.UUID
	for _, j := range oldJobs() {
		id := uuid.New()
		ids = append(ids, id)
		ended := strings.Contains("ready failed cancelled expired", j.state)
		provider := "agent"
		if j.provider != "" {
			provider = j.provider
		}
		exec(`insert into jobs (id, user_id, source_kind, state, state_since, reason, problem, next_action, provider, created_at, updated_at,
			admitted_at, finished_at) values ($1, $2, 'url', $3, now(), $4, $5, 'Something.', $6, now(), now(),
			case when $7 then now() end, case when $8 then now() end)`,
			id, oldUser, j.state, j.reason, j.problem, provider, j.admitted, ended)
		exec(`insert into job_progress (job_id, phase, bytes_total, bytes_done, bytes_stored, down_rate, up_rate, peers, seeders, waiting, updated_at)
			values ($1, 'downloading', 1, 0, 0, 0, 0, 0, 0, 'No peers for 9 minutes.', now())`, id)
	}
	for _, e := range oldEvents() {
		exec(`insert into job_events (job_id, user_id, kind, state, problem, message, at) values ($1, $2, $3, $4, $5, $6, now())`,
			ids[0], oldUser, e.kind, e.state, e.problem, e.message)
	}
	storetest.OK(t, conn.Close(t.Context()))
	return ids
}
