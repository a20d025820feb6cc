package storetest

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/models"
)

// nobody is the actor that creates fixtures.
var nobody = models.Actor{Kind: models.ActorConsole}

// User adds an account without limits and returns it.
func User(t testing.TB, s *store.Store) models.User {
	t.Helper()
	id, now := s.DB.NewID(), s.DB.Now()
	u := models.User{
		ID: id, Email: id.String() + "@example.com", PasswordHash: "$argon2id$none", Role: models.RoleUser,
		VerifiedAt: &now, CreatedAt: now,
	}
	if err := s.Accounts.CreateUser(t.Context(), u); err != nil {
		t.Fatalf("create user: %v", err)
	}
	if err := s.Quota.AssignPlan(t.Context(), nobody, id, models.PlanUnlimited); err != nil {
		t.Fatalf("assign plan: %v", err)
	}
	return u
}

// Plan makes a plan of the limits and gives it to the user. The id is made up
// when there is none.
func Plan(t testing.TB, s *store.Store, userID uuid.UUID, p models.Plan) models.Plan {
	t.Helper()
	if p.ID == "" {
		p.ID = "plan-" + strings.ReplaceAll(s.DB.NewID().String(), "-", "")
	}
	if p.Name == "" {
		p.Name = "Test"
	}
	p, err := s.Quota.CreatePlan(t.Context(), nobody, p)
	if err != nil {
		t.Fatalf("create plan: %v", err)
	}
	if err := s.Quota.AssignPlan(t.Context(), nobody, userID, p.ID); err != nil {
		t.Fatalf("assign plan: %v", err)
	}
	return p
}

// Agent enrols an agent of the capacity, boots it and returns it, alive.
// Nothing listens at its address; see AgentAt.
func Agent(t testing.TB, s *store.Store, capacity int) models.Agent {
	t.Helper()
	return AgentAt(t, s, "http://127.0.0.1:7300", capacity)
}

// AgentAt is Agent for an agent that listens at the URL.
func AgentAt(t testing.TB, s *store.Store, url string, capacity int) models.Agent {
	t.Helper()
	id := s.DB.NewID()
	token := sha256.Sum256([]byte("token " + id.String()))
	credential := sha256.Sum256([]byte("credential " + id.String()))
	if err := s.Agents.CreateEnrolmentToken(t.Context(), models.Actor{Kind: models.ActorConsole}, token[:], "agent-"+id.String(), time.Hour); err != nil {
		t.Fatalf("create enrolment token: %v", err)
	}
	a, err := s.Agents.EnrolAgent(t.Context(), "192.0.2.1", token[:], models.Agent{
		ID: id, URL: url, CredentialHash: credential[:], Capacity: capacity, Version: "test",
	})
	if err != nil {
		t.Fatalf("enrol agent: %v", err)
	}
	if _, err := s.Agents.BootAgent(t.Context(), id, a.URL, capacity, a.Version); err != nil {
		t.Fatalf("boot agent: %v", err)
	}
	a, err = s.Agents.Agent(t.Context(), id)
	if err != nil {
		t.Fatalf("load agent: %v", err)
	}
	return a
}

// Manifest returns a manifest with a file of each size.
func Manifest(sizes ...int64) models.Manifest {
	m := models.Manifest{Name: "Sample", Metainfo: []byte("d4:infod4:name6:Sampleee")}
	for i, size := range sizes {
		m.Files = append(m.Files, models.ManifestFile{Index: i, Path: fmt.Sprintf("Sample/%03d.bin", i), Size: size})
		if size < 0 || m.Size < 0 {
			m.Size = -1
			continue
		}
		m.Size += size
	}
	return m
}

// Magnet returns a magnet source with an info hash of its own.
func Magnet() models.Source {
	sum := sha256.Sum256([]byte(uuid.NewString()))
	hash := fmt.Sprintf("%x", sum[:20])
	return models.Source{Kind: models.SourceMagnet, URI: "magnet:?xt=urn:btih:" + hash, InfoHashV1: hash, Name: "Sample"}
}

// Submit submits a job of the user from a magnet of its own. With a manifest
// its files are known from the start.
func Submit(t testing.TB, s *store.Store, userID uuid.UUID, m *models.Manifest) models.Job {
	t.Helper()
	job, _, err := s.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: userID, Source: Magnet(), Manifest: m})
	if err != nil {
		t.Fatalf("submit job: %v", err)
	}
	return job
}

// Admitted submits a job of the user that holds a slot. The sizes are those of
// its files; none leaves them unknown.
func Admitted(t testing.TB, s *store.Store, userID uuid.UUID, sizes ...int64) models.Job {
	t.Helper()
	var m *models.Manifest
	if len(sizes) > 0 {
		known := Manifest(sizes...)
		m = &known
	}
	job := Submit(t, s, userID, m)
	if _, err := s.Worker().Admission.Admit(t.Context(), 100, 100); err != nil {
		t.Fatalf("admit: %v", err)
	}
	return job
}

// Token returns the task token of the attempts that Placed makes.
func Token(jobID uuid.UUID) []byte { return []byte("token " + jobID.String()) }

// Place asks for a transfer of the job and gives it a place, as placement does
// when the agent takes it.
func Place(t testing.TB, s *store.Store, jobID uuid.UUID, kind models.TransferKind, token []byte) (models.Placement, error) {
	t.Helper()
	ctx, w := t.Context(), s.Worker()
	if err := w.Transfers.WantTransfer(ctx, models.TransferWant{JobID: jobID, Kind: kind, TaskToken: token}); err != nil {
		return models.Placement{}, err
	}
	job, err := w.Jobs.Job(ctx, jobID)
	if err != nil {
		return models.Placement{}, err
	}
	p, err := w.Transfers.Place(ctx, jobID, job.Epoch, time.Minute)
	if err != nil {
		return models.Placement{}, err
	}
	return p, w.Attempts.Taken(ctx, jobID, p.Epoch)
}

// Placed is Admitted with an open attempt of the kind, which only the rows know.
func Placed(t testing.TB, s *store.Store, userID uuid.UUID, kind models.TransferKind, sizes ...int64) models.Job {
	t.Helper()
	job := Admitted(t, s, userID, sizes...)
	p, err := Place(t, s, job.ID, kind, Token(job.ID))
	if err != nil {
		t.Fatalf("place: %v", err)
	}
	return p.Job
}

// LastAttempt returns the newest attempt of the job, which must have one.
func LastAttempt(t testing.TB, s *store.Store, jobID uuid.UUID) models.Attempt {
	t.Helper()
	all, err := s.Worker().Attempts.Attempts(t.Context(), jobID)
	if err != nil || len(all) == 0 {
		t.Fatalf("attempts: %v, %d", err, len(all))
	}
	return all[len(all)-1]
}

// At returns the store with another clock, on the same database.
func At(s *store.Store, now func() time.Time) *store.Store {
	db := *s.DB
	db.Now = now
	other := store.On(&db)
	other.Quota.RunningLimit, other.Jobs.MaxAttempts, other.Admission.FailoverAfter = s.Quota.RunningLimit, s.Jobs.MaxAttempts, s.Admission.FailoverAfter
	other.Progress.SlowBelow, other.Admission.SlowAfter = s.Progress.SlowBelow, s.Admission.SlowAfter
	return other
}
