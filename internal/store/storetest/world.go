package storetest

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store"
	"longhaul/models"
)

// GiB is a gibibyte.
const GiB = 1 << 30

// World is a store with two users and an agent.
type World struct {
	*store.Store
	W          store.Worker // the worker's side of Store
	User, Evil models.User  // who owns what is made, and who must see none of it
	Agent      models.Agent
}

// NewWorld returns a world on a fresh database.
func NewWorld(t testing.TB) *World {
	t.Helper()
	s := New(t)
	return &World{Store: s, W: s.Worker(), User: User(t, s), Evil: User(t, s), Agent: Agent(t, s, 100)}
}

// Capacity sets how many transfers the agent may have at once.
func (b *World) Capacity(t testing.TB, n int) {
	t.Helper()
	Must[models.AgentState](t)(b.Agents.AgentHeartbeat(t.Context(), b.Agent.ID, 1, models.AgentHeartbeat{}, n, 0))
}

// Plan gives the user a plan of the limits.
func (b *World) Plan(t testing.TB, p models.Plan) models.Plan {
	t.Helper()
	return Plan(t, b.Store, b.User.ID, p)
}

// Submit submits a job of the user with files of the sizes.
func (b *World) Submit(t testing.TB, sizes ...int64) models.Job {
	t.Helper()
	m := Manifest(sizes...)
	return Submit(t, b.Store, b.User.ID, &m)
}

// Admit runs a round of admission.
func (b *World) Admit(t testing.TB) []uuid.UUID {
	t.Helper()
	return Must[[]uuid.UUID](t)(b.W.Admission.Admit(t.Context(), 1000, 1000))
}

// Job returns the job as it is now.
func (b *World) Job(t testing.TB, id uuid.UUID) models.Job {
	t.Helper()
	return Must[models.Job](t)(b.W.Jobs.Job(t.Context(), id))
}

// Wanted submits a job for which a transfer is wanted.
func (b *World) Wanted(t testing.TB) models.Job {
	t.Helper()
	job := b.Submit(t, 10)
	want := models.TransferWant{JobID: job.ID, Kind: models.TransferDownload, TaskToken: []byte("token"), Elsewhere: true}
	OK(t, b.W.Transfers.WantTransfer(t.Context(), want))
	return b.Job(t, job.ID)
}

// Running submits a job with files of the sizes and places its download.
func (b *World) Running(t testing.TB, sizes ...int64) (models.Job, models.Placement) {
	t.Helper()
	job := b.Submit(t, sizes...)
	p, err := Place(t, b.Store, job.ID, models.TransferDownload, []byte("token"))
	if err != nil {
		t.Fatalf("place: %v", err)
	}
	return p.Job, p
}

// Step moves the job by one transition, which releases its slot if it can.
func (b *World) Step(t testing.TB, jobID uuid.UUID, s models.State) {
	t.Helper()
	c := models.JobChange{To: s, Reason: models.Because(models.ReasonPaused), ReleaseSlot: true}
	Must[models.Job](t)(b.W.Jobs.Transition(t.Context(), jobID, c))
}

// To moves the job along a legal way to the state.
func (b *World) To(t testing.TB, jobID uuid.UUID, state models.State) {
	t.Helper()
	ways := map[models.State][]models.State{
		models.StateResolving:         {models.StateResolving},
		models.StateAwaitingSelection: {models.StateResolving, models.StateAwaitingSelection},
		models.StateDownloading:       {models.StateDownloading},
		models.StateStoring:           {models.StateDownloading, models.StateStoring},
		models.StateReady:             {models.StateDownloading, models.StateStoring, models.StateReady},
		models.StatePaused:            {models.StatePaused},
		models.StateNeedsAttention:    {models.StateNeedsAttention},
		models.StateFailed:            {models.StateFailed},
		models.StateCancelled:         {models.StateCancelled},
		models.StateExpired:           {models.StateDownloading, models.StateStoring, models.StateReady, models.StateExpired},
	}
	for _, s := range ways[state] {
		c := models.JobChange{To: s, Reason: models.Because(models.ReasonCode("because_of_" + s))}
		if _, err := b.W.Jobs.Transition(t.Context(), jobID, c); err != nil {
			t.Fatalf("move to %s: %v", s, err)
		}
	}
}

// Finish stores every file of the job and makes it ready.
func (b *World) Finish(t testing.TB, jobID uuid.UUID) {
	t.Helper()
	b.To(t, jobID, models.StateDownloading)
	b.Step(t, jobID, models.StateStoring)
	for _, f := range Must[[]models.FileParts](t)(b.W.Files.FilesToFinalize(t.Context(), jobID)) {
		OK(t, b.W.Files.FileStored(t.Context(), f.ID, max(f.Size, 0), "e"))
	}
	OK(t, b.W.Jobs.FinishJob(t.Context(), jobID))
}

// CountEvents returns how many events of the kind the job has.
func (b *World) CountEvents(t testing.TB, jobID uuid.UUID, kind models.EventKind) int {
	t.Helper()
	n := 0
	for _, e := range Must[[]models.Event](t)(b.Timeline.JobEvents(t.Context(), b.User.ID, jobID, 0, 1000)) {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// Admin returns the user as somebody who administers.
func (b *World) Admin() models.Actor { return models.Actor{Kind: models.ActorAdmin, ID: &b.User.ID} }

// Provider sends new jobs to the provider.
func (b *World) Provider(t testing.TB, p models.Provider, f models.Failover) {
	t.Helper()
	c := models.ProviderChange{To: p, Options: models.ProviderOptions{Failover: f}}
	Must[models.ProviderConfig](t)(b.Providers.SwitchProvider(t.Context(), b.Admin(), c))
}

// OnSeedr makes Seedr the active provider, with an account of the slots and
// space of which nothing is used.
func (b *World) OnSeedr(t testing.TB, slots int, space int64) {
	t.Helper()
	OK(t, b.W.Providers.SaveSeedrSetup(t.Context(), true, "file", slots))
	OK(t, b.W.Providers.SaveSeedrSeen(t.Context(), models.SeedrSeen{SpaceMax: space}))
	b.Provider(t, models.ProviderSeedr, models.FailoverNone)
}

// Holds checks the totals of the user, and that they are balanced.
func (b *World) Holds(t testing.TB, used, reserved int64) {
	t.Helper()
	room := Must[models.Room](t)(b.Quota.Room(t.Context(), b.User.ID))
	if room.Used != used || room.Reserved != reserved {
		t.Errorf("used %d, reserved %d; want %d, %d", room.Used, room.Reserved, used, reserved)
	}
	Balanced(t)
}

// Balanced checks for every account that its totals are what its jobs and its
// ledger say, and for every job that has ended that it takes up what it stores
// and holds nothing.
func Balanced(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, DSN(t))
	OK(t, err)
	defer func() { OK(t, conn.Close(ctx)) }()
	rows, err := conn.Query(ctx, `
		select 'account ' || q.user_id || ': ' || row_to_json(q) || ', jobs ' || row_to_json(j) || ', ledger ' || row_to_json(l)
		from quota_usage q,
			lateral (select coalesce(sum(quota_used), 0) as used, coalesce(sum(quota_reserved), 0) as reserved
				from jobs where user_id = q.user_id) j,
			lateral (select coalesce(sum(used_delta), 0) as used, coalesce(sum(reserved_delta), 0) as reserved
				from quota_ledger where user_id = q.user_id) l
		where (q.used, q.reserved) is distinct from (j.used::bigint, j.reserved::bigint)
			or (q.used, q.reserved) is distinct from (l.used::bigint, l.reserved::bigint)
		union all
		select 'job ' || j.id || ' ' || j.state || ': ' || j.quota_used || ' used, ' || j.quota_reserved || ' reserved, ' || f.stored || ' stored'
		from jobs j, lateral (select coalesce(sum(size), 0) as stored from files where job_id = j.id and state in ('stored', 'trashed')) f
		where j.state in ('ready', 'failed', 'cancelled', 'expired') and (j.quota_used <> f.stored or j.quota_reserved <> 0)`)
	OK(t, err)
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	OK(t, err)
	for _, w := range wrong {
		t.Errorf("out of balance: %s", w)
	}
}

// Part returns the report of a stored part.
func Part(index, number int, size int64) models.PartReport {
	return models.PartReport{Index: index, Part: models.Part{Number: number, Size: size, CRC32C: "AAAAAA==", ETag: fmt.Sprintf("e%d", number)}}
}
