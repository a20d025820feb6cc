package apitest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"longhaul/api"
	"longhaul/api/delivery"
	"longhaul/api/kit"
	"longhaul/api/live"
	"longhaul/internal/app/plug"
	"longhaul/internal/event"
	"longhaul/internal/media/tool"
	"longhaul/internal/password"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// Password is the password of every account that the harness makes.
const Password = "walnut ladder over the quiet harbour"

// patience ends a call that hangs. It is far above what fifty passwords that are
// hashed at once take on a busy machine.
const patience = 5 * time.Minute

// MaxUserStreams is how many event streams an account may have in the harness.
const MaxUserStreams = 20

// MaxJobBytes is the limit of a job's content in the harness.
const MaxJobBytes = 1 << 40

// Harness is a running API.
type Harness struct {
	Store      *store.Store
	Server     *api.Server
	Hub        *live.Hub
	Meter      *delivery.Meter
	Bus        *event.PG
	Starter    *Starter
	Controller *Controller
	Inspector  *Inspector
	Storage    *Storage
	Keys       *token.Keys
	AppURL     string
	FilesURL   string
	Log        *Log

	t testing.TB
}

// TrashFor is how long what is deleted can be restored.
const TrashFor = 7 * 24 * time.Hour

// Option changes the API before it is built.
type Option func(*api.Config, *api.Deps)

// Extension and FirefoxExtension are the ids of the extensions that may connect.
const (
	Extension        = "ghiljdkhfeahfigdcoocoimhcghpoopn"
	FirefoxExtension = "0123456789abcdef0123456789abcdef01234567"
)

// New runs an API on a fresh database until the test ends.
func New(t testing.TB, opts ...Option) *Harness {
	t.Helper()
	s := storetest.New(t)
	s.Quota.RunningLimit, s.Jobs.MaxAttempts, s.Jobs.TrashFor = 10, 3, TrashFor
	h := &Harness{
		Store: s, Starter: &Starter{Started: make(chan models.Job, 10_000)}, Controller: &Controller{},
		Inspector: &Inspector{}, Storage: NewStorage(), Log: &Log{}, t: t,
	}
	var err error
	if h.Keys, err = token.NewKeys([]byte("0123456789abcdef0123456789abcdef"), nil); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(h.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	app, files := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	h.AppURL, h.FilesURL = "http://"+app.Listener.Addr().String(), "http://"+files.Listener.Addr().String()
	cfg := api.Config{
		Version: "test", Commit: "abc", BaseURL: parse(t, h.AppURL), FilesURL: parse(t, h.FilesURL), MaxJobBytes: MaxJobBytes,
		MaxRunningJobs: 10, TrashRetention: TrashFor, MaxUserStreams: MaxUserStreams, MediaCacheSize: 256 << 20, Registration: models.RegistrationOpen, Mail: true, MinPassword: password.MinLength, TemporalUIURL: "http://temporal.test",
		WorkflowUIURL: "http://temporal.test/namespaces/longhaul", Extensions: []string{Extension, FirefoxExtension},
	}
	deps := h.deps(s, log)
	for _, o := range opts {
		o(&cfg, &deps)
	}
	if h.Server, err = api.New(cfg, deps); err != nil {
		t.Fatal(err)
	}
	h.Hub, h.Meter = h.Server.Hub, h.Server.Meter
	h.listen(t, log)
	app.Config.Handler, files.Config.Handler = h.Server.App(), h.Server.Delivery()
	app.Start()
	files.Start()
	t.Cleanup(func() {
		h.Hub.Close()
		app.Close()
		files.Close()
		h.Server.Wait()
	})
	return h
}

// listen connects the hub to the database's notifications.
func (h *Harness) listen(t testing.TB, log *slog.Logger) {
	bus, err := event.OpenPG(t.Context(), storetest.DSN(t), log)
	if err != nil {
		t.Fatal(err)
	}
	h.Bus = bus
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Hub.Run(ctx, bus)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		bus.Close()
	})
}

func (h *Harness) deps(s *store.Store, log *slog.Logger) api.Deps {
	return api.Deps{
		Stores: api.Stores{
			Callers: plug.Callers(s), System: plug.System(s), Account: plug.Account(s), Jobs: plug.Jobs(s), Delivery: plug.Delivery(s),
			Live: s.Timeline, Admin: plug.Admin(s), Agents: plug.AgentCalls(s), Notices: s.Notices, Shares: plug.Shares(s), Exports: s.Exports, Trash: s.Trash, Notifications: s.Notifications,
			Library: plug.Library(s), Media: plug.Media(s),
		},
		Workflows: workflows{h.Starter, h.Controller}, Objects: objects{h.Storage}, Uploads: h.Storage, Inspector: h.Inspector,
		Films: noFilms{}, Limiter: kit.NewLimiter(s.Limits), Passwords: password.NewHasher(), Keys: h.Keys, Registry: prometheus.NewRegistry(), Log: log,
		Now: s.DB.Now, NewID: s.DB.NewID, Probes: kit.Probes{{Name: "database", Critical: true, Check: s.DB.Ping}},
	}
}

// noFilms is what converts films where a test converts none. Those that do begin
// with tool.Child, and bring a runner.
type noFilms struct{}

// FFmpeg implements hls.Runner.
func (noFilms) FFmpeg(context.Context, tool.Source, tool.Limits, func(string) []string, io.Writer) error {
	return tool.ErrMissing
}

// workflows is the workflow engine of the harness.
type workflows struct {
	*Starter
	*Controller
}

func parse(t testing.TB, raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Caller is a client of the API.
type Caller struct {
	User   models.User
	Agent  models.Agent
	Cookie string // value of the session cookie; empty for none
	Bearer string
}

// Account makes an account without limits and signs it in.
func (h *Harness) Account(role models.Role) Caller {
	h.t.Helper()
	hash, err := password.NewHasher().Hash(h.t.Context(), Password)
	if err != nil {
		h.t.Fatal(err)
	}
	id := h.Store.DB.NewID()
	now := h.Store.DB.Now()
	u := models.User{ID: id, Email: id.String() + "@example.com", PasswordHash: hash, Role: role, VerifiedAt: &now, CreatedAt: now}
	if err := h.Store.Accounts.CreateUser(h.t.Context(), u); err != nil {
		h.t.Fatal(err)
	}
	if err := h.Store.Quota.AssignPlan(h.t.Context(), models.Actor{Kind: models.ActorConsole}, id, models.PlanUnlimited); err != nil {
		h.t.Fatal(err)
	}
	return Caller{User: u, Cookie: h.SignIn(u)}
}

// SignIn opens a session of the user and returns the cookie's value.
func (h *Harness) SignIn(u models.User) string {
	h.t.Helper()
	value, hash, err := token.New()
	if err != nil {
		h.t.Fatal(err)
	}
	now := h.Store.DB.Now()
	s := models.Session{IDHash: hash, UserID: u.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), IP: "192.0.2.1"}
	if err := h.Store.Accounts.CreateSession(h.t.Context(), s); err != nil {
		h.t.Fatal(err)
	}
	return value
}

// Token makes an API token of the user with the scopes.
func (h *Harness) Token(u models.User, scopes ...models.Scope) Caller {
	h.t.Helper()
	random, _, err := token.New()
	if err != nil {
		h.t.Fatal(err)
	}
	value, now := "lh_"+random, h.Store.DB.Now()
	t := models.APIToken{
		ID: h.Store.DB.NewID(), UserID: u.ID, Name: "test", Hash: token.Hash(value), Hint: value[:7], Scopes: scopes,
		CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	if err := h.Store.Accounts.CreateAPIToken(h.t.Context(), t, models.Client{IP: "192.0.2.1"}); err != nil {
		h.t.Fatal(err)
	}
	return Caller{User: u, Bearer: value}
}

// EnrolledAgent makes an agent with a credential.
func (h *Harness) EnrolledAgent() Caller {
	h.t.Helper()
	enrolment, enrolHash, err := token.New()
	if err != nil {
		h.t.Fatal(err)
	}
	credential, hash, err := token.New()
	if err != nil {
		h.t.Fatal(err)
	}
	id := h.Store.DB.NewID()
	ctx := h.t.Context()
	if err := h.Store.Agents.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, enrolHash, "agent-"+id.String(), time.Hour); err != nil {
		h.t.Fatal(err)
	}
	a, err := h.Store.Agents.EnrolAgent(ctx, "192.0.2.1", token.Hash(enrolment), models.Agent{
		ID: id, URL: "http://127.0.0.1:7300", CredentialHash: hash, Capacity: 8, Version: "test",
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return Caller{Agent: a, Bearer: credential}
}

// Do sends a request and returns the answer, whose body the test closes.
func (h *Harness) Do(who Caller, req *http.Request) *http.Response {
	h.t.Helper()
	if who.Cookie != "" {
		req.Header.Set("Cookie", "__Host-sid="+who.Cookie)
	}
	if who.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+who.Bearer)
	}
	transport := &http.Transport{DisableCompression: true}
	h.t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Do(req)
	if err != nil {
		h.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return resp
}

// NewID returns an unused id.
func NewID() uuid.UUID { return uuid.New() }

// Exec runs a statement on the test's database, where the store has no method.
func (h *Harness) Exec(sql string, args ...any) {
	h.t.Helper()
	conn, err := pgx.Connect(h.t.Context(), storetest.DSN(h.t))
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(h.t.Context())) }()
	if _, err := conn.Exec(h.t.Context(), sql, args...); err != nil {
		h.t.Fatal(err)
	}
}

// Disable disables an account.
func (h *Harness) Disable(u models.User) {
	h.t.Helper()
	h.Exec("update users set disabled_at = now() where id = $1", u.ID)
}
