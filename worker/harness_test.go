package worker_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	sdkworker "go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"

	"longhaul/activities"
	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/agenttrack"
	"longhaul/internal/app/plug"
	"longhaul/internal/attempt"
	"longhaul/internal/event"
	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/placement"
	"longhaul/internal/source"
	"longhaul/internal/stocktake"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/internal/webhook"
	"longhaul/internal/zipsums"
	"longhaul/models"
	"longhaul/test/temporaltest"
	"longhaul/worker"
	"longhaul/workflows"
)

const patience = 2 * time.Minute

// system is the whole control plane but the API: a real Temporal server, a
// real Postgres and a real S3, with agents that do what the test says.
type system struct {
	t         *testing.T
	store     *store.Store
	temporal  client.Client
	namespace string
	flows     *workflows.Client
	objects   *objstore.Client
	gate      *gate // in front of the objects of FinalizeFiles
	user      models.User
	agents    map[uuid.UUID]*agentapitest.Agent
	content   []byte
	deps      worker.Deps
	metrics   prometheus.Gatherer // of the worker that was started last
	stop      func()              // ends the worker
}

// gate holds the check of objects until it is opened.
type gate struct {
	*objstore.Client
	reached chan struct{} // nil while nothing is held
	open    chan struct{}
}

// Head waits at the gate.
func (g *gate) Head(ctx context.Context, key string) (objstore.Object, error) {
	if g.reached != nil {
		g.reached <- struct{}{}
		select {
		case <-g.open:
		case <-ctx.Done():
			return objstore.Object{}, ctx.Err()
		}
	}
	return g.Client.Head(ctx, key)
}

type options struct {
	attention, selection time.Duration
	pauses               []time.Duration
	mails                activities.MailSender
	media                activities.MediaProber  // nil without ffprobe
	seedr                *account                // nil is none
	queues               []models.Queue          // that the worker serves; nil is all
	placing              func(*placement.Placer) // changes how transfers are placed; may be nil
}

func newSystem(t *testing.T, o options) *system {
	t.Helper()
	temporal, namespace := temporaltest.Namespace(t)
	s := &system{
		t: t, store: storetest.New(t), temporal: temporal, namespace: namespace, objects: objstoretest.Bucket(t),
		agents: map[uuid.UUID]*agentapitest.Agent{}, content: []byte("hello"),
	}
	s.flows = workflows.NewClient(s.temporal, namespace, "http://longhaul.test")
	s.gate = &gate{Client: s.objects}
	s.user = storetest.User(t, s.store)
	bus, err := event.OpenPG(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("open bus: %v", err)
	}
	t.Cleanup(bus.Close)
	dial := func(a models.Agent) *agentapi.Client { return agentapi.NewClient(a.URL, http.DefaultClient, "secret") }
	pace := agenttrack.DefaultPace()
	pace.Wait, pace.Tick, pace.Flush, pace.Resync = time.Second, 50*time.Millisecond, 200*time.Millisecond, 500*time.Millisecond
	pace.Grace, pace.Silence = 500*time.Millisecond, 300*time.Millisecond
	work := s.store.Worker()
	desk := attempt.NewDesk(plug.Attempts(work), activities.Waiters{Tokens: s.temporal})
	follow, stream := o.seedr.parts(s, bus, desk)
	s.store.Admission.FailoverAfter = time.Millisecond
	placer := &placement.Placer{
		Store: plug.Placement(work), Agents: func(a models.Agent) placement.Agent { return dial(a) }, Desk: desk,
		Requests: activities.Requests{Pending: s.temporal, Namespace: namespace},
		Now:      time.Now, Log: slog.New(slog.DiscardHandler), Pace: placement.DefaultPace(), ResolveTimeout: time.Minute, StallTimeout: time.Minute,
	}
	placer.Pace.Tick, placer.Pace.Retry = 100*time.Millisecond, 500*time.Millisecond
	if o.placing != nil {
		o.placing(placer)
	}
	stock := &stocktake.Taker{
		Store: plug.Stocktake(work), Bucket: s.objects, Now: time.Now, NewID: uuid.New, Log: slog.New(slog.DiscardHandler), Note: s.flows.NoteDeletion,
	}
	s.deps = worker.Deps{
		Jobs:      &activities.Jobs{Store: plug.JobActs(work), SelectionTimeout: o.selection, AttentionTimeout: o.attention, RetryPauses: o.pauses},
		Transfers: &activities.Transfers{Placer: placer, Store: work.Jobs},
		Files:     &activities.Files{Store: plug.Storing(work), Objects: s.gate},
		Tracker: &activities.Tracker{Agents: &agenttrack.Tracker{
			Store: plug.AgentTracker(work), Agents: func(a models.Agent) agenttrack.Agent { return dial(a) }, Desk: desk, Events: bus, Now: time.Now,
			Log: slog.New(slog.DiscardHandler), Pace: pace,
		}},
		Seedr:   &activities.SeedrTracker{Account: follow},
		Streams: &activities.Streams{Copier: stream},
		Sweeps:  &activities.Sweeps{Store: plug.Sweeps(work), Objects: s.objects, Stock: stock, Runner: s.flows, Stopper: placer, Now: time.Now, AttentionTimeout: o.attention, Checksums: &zipsums.Learner{Store: work.Files, Bucket: s.objects, Log: slog.New(slog.DiscardHandler), Rate: 1 << 30}},
		Mails:   &activities.Mails{Store: work.Mails, Sender: o.mails},
		Webhooks: &activities.Webhooks{
			Store: work.Notifications, Sender: webhook.NewSender([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, time.Now),
			Open: testKeys(t).OpenWebhook, Now: time.Now,
		},
		Quota: &activities.Quota{Store: plug.Upkeep(work), Objects: s.objects, Pauses: stock},
		Bulk:  &activities.Bulk{Store: work.Bulk}, Counters: &activities.Counters{Store: work.Notices},
		Exports: &activities.Exports{Store: work.Exports, Objects: s.objects, Start: s.flows.Export, Now: s.store.DB.Now},
		Media:   &activities.Media{Store: plug.Probing(s.store), Objects: s.objects, Log: slog.New(slog.DiscardHandler), Prober: o.media},
		Flows:   s.flows, Records: plug.Loops(work), News: bus, Log: slog.New(slog.DiscardHandler), RunningPerUser: 10,
	}
	if o.queues == nil {
		o.queues = models.Queues()
	}
	s.stop = s.run(o.queues...)
	t.Cleanup(func() { s.stop() })
	return s
}

// restart ends the worker and runs another.
func (s *system) restart() {
	s.stop()
	s.stop = s.run(models.Queues()...)
}

// run runs a worker that serves the queues.
func (s *system) run(queues ...models.Queue) (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	deps := s.deps
	registry := prometheus.NewRegistry()
	s.metrics, deps.Metrics, deps.Queues = registry, registry, queues
	done := make(chan error, 1)
	go func() { done <- worker.New(s.temporal, deps).Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("worker: %v", err)
		}
	})
}

// agent adds an agent whose transfers the hook moves.
func (s *system) agent(h hook) (uuid.UUID, *agentapitest.Agent) {
	s.t.Helper()
	a := agentapitest.NewAgent(s.t)
	if h != nil {
		a.OnStart = func(id string, st agentapi.StartTransfer) { h(a, id, st) }
	}
	row := storetest.Agent(s.t, s.store, 8)
	s.agents[row.ID] = a
	if _, err := s.store.Agents.BootAgent(s.t.Context(), row.ID, a.URL, 8, "test"); err != nil {
		s.t.Fatalf("boot agent: %v", err)
	}
	return row.ID, a
}

// works is a hook that resolves and downloads at once.
func (s *system) works(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
	if st.Kind == agentapi.KindResolve {
		a.Resolve(id, agentapi.Manifest{Metainfo: s.torrent(), Files: []agentapi.ManifestFile{{Path: "x"}}})
		return
	}
	s.stored(id)
	a.Finish(id)
}

// stored puts the objects of a job where the agent would have.
func (s *system) stored(id string) {
	files, err := s.store.Worker().Files.FilesToFinalize(context.Background(), uuid.MustParse(id))
	if err != nil {
		s.t.Errorf("files: %v", err)
	}
	for _, f := range files {
		if err := s.objects.Put(context.Background(), f.Key(), s.content, f.ContentType); err != nil {
			s.t.Errorf("put: %v", err)
		}
	}
}

func (s *system) info() []byte {
	length := max(16384, len(s.content)) // one piece, or a few large ones
	if length > models.UsualPartSize {
		length = models.UsualPartSize
	}
	var pieces []byte
	for piece := range slices.Chunk(s.content, length) {
		sum := sha1.Sum(piece)
		pieces = append(pieces, sum[:]...)
	}
	return fmt.Appendf(nil, "d6:lengthi%de4:name%d:%s12:piece lengthi%de6:pieces%d:%se",
		len(s.content), len(s.name()), s.name(), pieceLength(length), len(pieces), pieces)
}

// pieceLength returns the next power of two, as torrents have them.
func pieceLength(n int) int {
	p := 16384
	for p < n {
		p *= 2
	}
	return p
}

func (s *system) name() string    { return "hello-" + s.user.ID.String() + ".txt" }
func (s *system) torrent() []byte { return source.BuildTorrent(s.info(), nil, nil) }
func (s *system) infoHash() string {
	return fmt.Sprintf("%x", sha1.Sum(s.info()))
}

func (s *system) submit(n models.NewJob) models.Job {
	s.t.Helper()
	n.UserID = s.user.ID
	if n.Source.Kind == "" {
		n.Source = models.Source{Kind: models.SourceMagnet, URI: "magnet:?xt=urn:btih:" + s.infoHash(), InfoHashV1: s.infoHash()}
	}
	job, _, err := s.store.Jobs.SubmitJob(s.t.Context(), n)
	if err != nil {
		s.t.Fatalf("submit: %v", err)
	}
	return job
}

// known submits a job whose files are known.
func (s *system) known() models.Job {
	s.t.Helper()
	src, m, err := source.ParseTorrent(s.torrent())
	if err != nil {
		s.t.Fatalf("parse torrent: %v", err)
	}
	return s.submit(models.NewJob{Source: src, Manifest: &m})
}

func (s *system) job(id uuid.UUID) models.Job {
	s.t.Helper()
	job, err := s.store.Worker().Jobs.Job(s.t.Context(), id)
	if err != nil {
		s.t.Fatalf("load job: %v", err)
	}
	return job
}

// until waits for the job's state.
func (s *system) until(id uuid.UUID, want models.State) models.Job {
	s.t.Helper()
	var job models.Job
	s.eventually(func() string {
		job = s.job(id)
		if job.State == want {
			return ""
		}
		return fmt.Sprintf("job is %s (%s, %v), want %s", job.State, job.Problem, job.Reason, want)
	})
	return job
}

// eventually waits until check finds nothing wrong.
func (s *system) eventually(check func() string) {
	s.t.Helper()
	storetest.Eventually(s.t, patience, check)
}

// closed waits for the job's workflow to end and returns the histories of its
// runs, from the first one that the last one continues.
func (s *system) closed(id uuid.UUID, want enumspb.WorkflowExecutionStatus) []*historypb.History {
	s.t.Helper()
	s.eventually(func() string {
		d, err := s.temporal.DescribeWorkflow(s.t.Context(), workflows.JobWorkflowID(id.String()), "")
		if err != nil {
			return err.Error()
		}
		if d.Status != want {
			return fmt.Sprintf("workflow is %s, want %s", d.Status, want)
		}
		return ""
	})
	return s.histories(id)
}

func (s *system) histories(id uuid.UUID) []*historypb.History {
	s.t.Helper()
	h := s.flowHistory(workflows.JobWorkflowID(id.String()), "")
	all := []*historypb.History{h}
	for {
		before := h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
		if before == "" {
			return all
		}
		h = s.flowHistory(workflows.JobWorkflowID(id.String()), before)
		all = slices.Insert(all, 0, h)
	}
}

func (s *system) flowHistory(id, runID string) *historypb.History {
	s.t.Helper()
	h := &historypb.History{}
	ctx := context.WithoutCancel(s.t.Context()) // it is read after the test, too
	iter := s.temporal.GetWorkflowHistory(ctx, id, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iter.HasNext() {
		e, err := iter.Next()
		if err != nil {
			s.t.Fatalf("history: %v", err)
		}
		h.Events = append(h.Events, e)
	}
	return h
}

// delivered checks that every file of the job is in storage as it was sent.
func (s *system) delivered(id uuid.UUID) {
	s.t.Helper()
	files, err := s.store.Files.Files(s.t.Context(), s.user.ID, id)
	if err != nil || len(files) == 0 {
		s.t.Fatalf("files: %v, %d", err, len(files))
	}
	for _, f := range files {
		r, err := s.objects.Get(s.t.Context(), f.Key(), f.ETag, 0, -1)
		if err != nil {
			s.t.Fatalf("get: %v", err)
		}
		var got bytes.Buffer
		if _, err := got.ReadFrom(r); err != nil || !bytes.Equal(got.Bytes(), s.content) {
			s.t.Errorf("object holds %q, %v", got.Bytes(), err)
		}
		_ = r.Close()
	}
}

// heard makes the control plane hear of every agent now, as their heartbeats do.
func (s *system) heard() {
	s.t.Helper()
	for id := range s.agents {
		s.heartbeat(s.store, id)
	}
}

// silence makes the control plane see the agent's last heartbeat in the past.
func (s *system) silence(id uuid.UUID) {
	s.t.Helper()
	past := storetest.At(s.store, func() time.Time { return time.Now().UTC().Add(-2 * models.AgentLostAfter) })
	s.heartbeat(past, id)
}

func (s *system) heartbeat(at *store.Store, id uuid.UUID) {
	s.t.Helper()
	a, err := s.store.Agents.Agent(s.t.Context(), id)
	if err != nil {
		s.t.Fatalf("load agent: %v", err)
	}
	if _, err := at.Agents.AgentHeartbeat(s.t.Context(), id, a.BootEpoch, models.AgentHeartbeat{}, a.Capacity, 0); err != nil {
		s.t.Fatalf("heartbeat: %v", err)
	}
}

// hook is how an agent moves transfers.
type hook func(a *agentapitest.Agent, id string, st agentapi.StartTransfer)

// at runs the named act once the download has started.
func (s *system) downloading(act func(a *agentapitest.Agent, id string)) hook {
	return func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		if st.Kind == agentapi.KindResolve {
			s.works(a, id, st)
			return
		}
		a.Set(id, func(st *agentapi.Status) { st.Phase = agentapi.PhaseDownloading })
		act(a, id)
	}
}

// keep is replays, and records the runs as fixtures when asked to.
func (s *system) keep(name string, runs []*historypb.History) {
	s.t.Helper()
	s.replays(name, runs)
	for n, h := range runs {
		s.record(fmt.Sprintf("%s.%d.json", name, n+1), h)
	}
}

// straight is keep for a path without faults or requests: it is one run, which
// costs little however long it takes.
func (s *system) straight(name string, runs []*historypb.History) {
	s.t.Helper()
	s.keep(name, runs)
	const most = 40
	if len(runs) != 1 || len(runs[0].Events) > most {
		s.t.Errorf("%s: %d runs, the first with %d events, want one with at most %d:\n%s", name, len(runs), len(runs[0].Events), most, told(runs[0]))
	}
}

// replays replays the histories of a job's runs with the code as it is.
func (s *system) replays(name string, runs []*historypb.History) {
	s.t.Helper()
	var lengths []int
	for n, h := range runs {
		r := sdkworker.NewWorkflowReplayer()
		r.RegisterWorkflow(workflows.Download)
		if err := r.ReplayWorkflowHistory(nil, h); err != nil {
			s.t.Errorf("replay run %d: %v", n+1, err)
		}
		lengths = append(lengths, len(h.Events))
		s.summarized(h)
	}
	s.t.Logf("%s: events of its runs: %v", name, lengths)
}

// keepFlow returns the history of a workflow that is no job's. It must replay, and
// is recorded as a fixture when asked to.
func (s *system) keepFlow(flow any, workflowID, file string) string {
	s.t.Helper()
	h := s.flowHistory(workflowID, "")
	r := sdkworker.NewWorkflowReplayer()
	r.RegisterWorkflow(flow)
	if err := r.ReplayWorkflowHistory(nil, h); err != nil {
		s.t.Errorf("replay: %v", err)
	}
	s.summarized(h)
	s.record(file, h)
	text, err := protojson.Marshal(h)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// summarized checks that every step says what it is in the Temporal UI.
func (s *system) summarized(h *historypb.History) {
	s.t.Helper()
	for _, e := range h.Events {
		local := e.EventType == enumspb.EVENT_TYPE_MARKER_RECORDED && e.GetMarkerRecordedEventAttributes().GetMarkerName() == "LocalActivity"
		if !local && e.EventType != enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED && e.EventType != enumspb.EVENT_TYPE_TIMER_STARTED {
			continue
		}
		var summary string
		if err := converter.GetDefaultDataConverter().FromPayload(e.GetUserMetadata().GetSummary(), &summary); err != nil || summary == "" {
			s.t.Errorf("event %d, %s, has no summary", e.EventId, e.EventType)
		}
	}
}

// told lists the events of a history.
func told(h *historypb.History) string {
	var b strings.Builder
	for _, e := range h.Events {
		fmt.Fprintf(&b, "%d %s %s\n", e.EventId, e.EventType, e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName())
	}
	return b.String()
}

func (s *system) record(file string, h *historypb.History) {
	s.t.Helper()
	dir := os.Getenv("LONGHAUL_RECORD_REPLAY")
	if dir == "" {
		return
	}
	b, err := protojson.MarshalOptions{Multiline: true, Indent: " "}.Marshal(h)
	if err != nil {
		s.t.Fatalf("encode history: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), append(b, '\n'), 0o644); err != nil {
		s.t.Fatalf("write fixture: %v", err)
	}
}

// gone checks that nothing of the job is in storage.
func (s *system) gone(id uuid.UUID) {
	s.t.Helper()
	s.eventually(func() string {
		left := ""
		err := s.objects.List(s.t.Context(), "jobs/"+id.String()+"/", func(o objstore.Object) error {
			left = "still in storage: " + o.Key
			return nil
		})
		if err != nil {
			return err.Error()
		}
		return left
	})
}

func countRequest(query string) *workflowservice.CountWorkflowExecutionsRequest {
	return &workflowservice.CountWorkflowExecutionsRequest{Query: query}
}
