package agent

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"longhaul/agent/agentapi"
)

func TestIdentityIsMadeOnceAndEachStartBoots(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	a := startAgent(t, cfg)
	if err := a.stop(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(cfg.DataDir, identityName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("identity: %v %v", info, err)
	}
	cfg.EnrolmentToken = "" // not needed any more
	startAgent(t, cfg)
	c.until(t, "heartbeats of the second boot", func() bool { return c.boots == 2 && c.beats > 2 })
}

func TestAgentEnds(t *testing.T) {
	cases := map[string]struct {
		fault func(c *controlPlane)
		want  string
	}{
		"when a newer process has its identity": {
			func(c *controlPlane) { c.boots++ }, "newer process",
		},
		"when its credential is refused": {
			func(c *controlPlane) {
				c.faultCall = func(_ string, w http.ResponseWriter) bool {
					refuse(w, http.StatusUnauthorized, "unauthorized")
					return true
				}
			}, "refuses",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := newControlPlane(t)
			cfg := testConfig(t, c)
			end := make(chan error, 1)
			go func() {
				end <- run(t.Context(), Options{Config: cfg, Log: discard(), Command: []string{os.Args[0], EngineCommand}}, testTiming())
			}()
			c.until(t, "a heartbeat", func() bool { return c.beats > 0 })
			c.mu.Lock()
			tc.fault(c)
			c.mu.Unlock()
			select {
			case err := <-end:
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("ended with %v", err)
				}
			case <-timeout(t):
				t.Fatal("it does not end")
			}
		})
	}
}

func TestControlPlaneThatIsAwayIsWaitedFor(t *testing.T) {
	c := newControlPlane(t)
	left := 3
	c.faultCall = func(_ string, w http.ResponseWriter) bool {
		left--
		if left >= 0 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return left >= 0
	}
	startAgent(t, testConfig(t, c))
	c.until(t, "a heartbeat", func() bool { return c.beats > 0 })
}

func TestCallsNeedTheSecret(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	stranger := agentapi.NewClient(a.cfg.URL, "guess", &http.Client{})
	calls := map[string]func() error{
		"start": func() error {
			_, err := stranger.Start(t.Context(), newID(), download(1, "test:hang", oneFile(1)))
			return err
		},
		"transfer": func() error { _, err := stranger.Transfer(t.Context(), newID()); return err },
		"manifest": func() error { _, err := stranger.Manifest(t.Context(), newID()); return err },
		"stop":     func() error { return stranger.Stop(t.Context(), newID(), agentapi.Stop{Epoch: 1}) },
		"delete":   func() error { return stranger.Delete(t.Context(), newID(), 1) },
		"changes":  func() error { _, err := stranger.Changes(t.Context(), 0, 0); return err },
		"inspect":  func() error { _, err := stranger.Inspect(t.Context(), agentapi.Inspect{}); return err },
	}
	for name, call := range calls {
		if err := call(); !agentapi.IsProblem(err, "unauthorized") {
			t.Errorf("%s: %v", name, err)
		}
	}
	resp, err := http.Get(a.cfg.URL + "/healthz")
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Errorf("healthz: %v %v", resp, err)
	}
}

func TestEpochsFence(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	a := startAgent(t, cfg)
	content := noise(12, 80*mib)
	src := newFileServer(t, content)
	release := src.hold(50 * mib)
	defer release()
	id := newID()
	ctx := t.Context()
	c.addJob(id, 5, oneFile(80*mib))
	a.start(id, download(5, src.URL+"/file.bin", oneFile(80*mib)))
	a.until(id, "a stored part", func(s agentapi.Status) bool { return s.BytesStored > 0 })
	if s, err := a.client.Start(ctx, id, download(5, src.URL+"/file.bin", oneFile(80*mib))); err != nil || s.BytesDone == 0 {
		t.Errorf("the same epoch again: %+v %v", s, err)
	}
	for name, err := range map[string]error{
		"start":  second(a.client.Start(ctx, id, download(4, src.URL+"/file.bin", oneFile(80*mib)))),
		"stop":   a.client.Stop(ctx, id, agentapi.Stop{Epoch: 4}),
		"delete": a.client.Delete(ctx, id, 4),
	} {
		if !agentapi.IsProblem(err, "superseded") {
			t.Errorf("%s with an old epoch: %v", name, err)
		}
	}
	if err := a.client.Stop(ctx, id, agentapi.Stop{Epoch: 5}); err != nil {
		t.Fatal(err)
	}
	if s := a.until(id, "the stop", ended); s.Phase != agentapi.PhaseStopped {
		t.Fatalf("status %+v", s)
	}
	before := src.sent.Load()
	release()
	// A newer attempt goes on with what is there.
	file := oneFile(80 * mib)
	c.mu.Lock()
	c.jobs[id].epoch = 6
	for n := range c.jobs[id].files[0].done {
		file.Stored = append(file.Stored, int64(n))
	}
	file.Validator = c.jobs[id].files[0].validator
	c.mu.Unlock()
	a.start(id, download(6, src.URL+"/file.bin", file))
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone || s.Epoch != 6 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if got := string(c.content(t, id, 0)); got != string(content) {
		t.Error("storage has other bytes than the source")
	}
	if got := src.sent.Load() - before; got > 54*mib {
		t.Errorf("the newer attempt fetched %d MiB", got/mib)
	}
	if err := a.client.Delete(ctx, id, 6); err != nil {
		t.Fatal(err)
	}
	if err := a.client.Delete(ctx, id, 6); err != nil {
		t.Errorf("deleting the unknown: %v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "transfers", id)); !os.IsNotExist(err) {
		t.Errorf("its directory is still there: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestFullAgentRefuses(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	cfg.Capacity = 1
	a := startAgent(t, cfg)
	for range 1 + slack {
		a.start(newID(), download(1, "test:hang", oneFile(mib)))
	}
	_, err := a.client.Start(t.Context(), newID(), download(1, "test:hang", oneFile(mib)))
	if p, ok := errors.AsType[*agentapi.Problem](err); !ok || p.Status != http.StatusServiceUnavailable || p.Code != "no_agent" {
		t.Errorf("one too many: %v", err)
	}
}

func TestBadSpecsAreRefused(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	good := func() agentapi.StartTransfer { return download(1, "test:hang", oneFile(mib)) }
	for name, change := range map[string]func(*agentapi.StartTransfer){
		"no source":    func(s *agentapi.StartTransfer) { s.Source.URL = "" },
		"two sources":  func(s *agentapi.StartTransfer) { s.Source.Magnet = "magnet:?" },
		"no epoch":     func(s *agentapi.StartTransfer) { s.Epoch = 0 },
		"no files":     func(s *agentapi.StartTransfer) { s.Files = nil },
		"twice":        func(s *agentapi.StartTransfer) { s.Files = append(s.Files, s.Files[0]) },
		"no part size": func(s *agentapi.StartTransfer) { s.Files[0].PartSize = 0 },
		"bad part":     func(s *agentapi.StartTransfer) { s.Files[0].Stored = []int64{0} },
		"bad kind":     func(s *agentapi.StartTransfer) { s.Kind = "else" },
		"no timeout":   func(s *agentapi.StartTransfer) { s.StallTimeoutSeconds = 0 },
	} {
		s := good()
		change(&s)
		if _, err := a.client.Start(t.Context(), newID(), s); !agentapi.IsProblem(err, "invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{"x", "..", "%2e%2e%2fetc"} {
		if _, err := a.client.Start(t.Context(), id, good()); err == nil {
			t.Errorf("the id %q was taken", id)
		}
	}
}

func TestLongPollWakesAtOnceForPhases(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	id := newID()
	c.addJob(id, 1, oneFile(mib))
	first, err := a.client.Changes(t.Context(), 0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	type reply struct {
		agentapi.Changes
		err error
		at  time.Time
	}
	got := make(chan reply, 1)
	go func() {
		ch, err := a.client.Changes(t.Context(), first.Revision, 20*time.Second)
		got <- reply{ch, err, time.Now()}
	}()
	start := time.Now()
	a.start(id, download(1, "test:hang", oneFile(mib)))
	r := <-got
	if r.err != nil || len(r.Transfers) != 1 || r.Transfers[0].JobID != id || r.BootEpoch != 1 {
		t.Fatalf("%+v", r)
	}
	if took := r.at.Sub(start); took > 500*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

func TestResolveAndInspect(t *testing.T) {
	c := newControlPlane(t)
	a := startAgent(t, testConfig(t, c))
	src := newFileServer(t, noise(13, 3*mib))
	id := newID()
	spec := agentapi.StartTransfer{
		Epoch: 1, Kind: agentapi.KindResolve, Source: agentapi.Source{URL: src.URL + "/a%20film.mkv"},
		ResolveTimeoutSeconds: 10, StallTimeoutSeconds: 10,
	}
	a.start(id, spec)
	if s := a.until(id, "the end", ended); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	m, err := a.client.Manifest(t.Context(), id)
	if err != nil || m.Name != "a film.mkv" || m.Size != 3*mib || len(m.Files) != 1 {
		t.Errorf("manifest %+v %v", m, err)
	}
	m, err = a.client.Inspect(t.Context(), agentapi.Inspect{Source: spec.Source, TimeoutSeconds: 10})
	if err != nil || m.Size != 3*mib {
		t.Errorf("inspection %+v %v", m, err)
	}
	for how, want := range map[string]string{"crash": "engine_crashed", "wait": "metadata_timeout"} {
		_, err = a.client.Inspect(t.Context(), agentapi.Inspect{Source: agentapi.Source{URL: "test:" + how}, TimeoutSeconds: 1})
		if !agentapi.IsProblem(err, want) {
			t.Errorf("inspecting %s: %v", how, err)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(a.cfg.DataDir, "inspect")); len(left) != 0 {
		t.Errorf("inspections left %d directories", len(left))
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	c := newControlPlane(t)
	before := runtime.NumGoroutine()
	cfg := testConfig(t, c)
	a := startAgent(t, cfg)
	src := newFileServer(t, noise(14, 20*mib))
	release := src.hold(10 * mib)
	defer release()
	done, half := newID(), newID()
	c.addJob(done, 1, oneFile(mib))
	c.addJob(half, 1, oneFile(20*mib))
	a.start(done, download(1, "test:crash-once", oneFile(mib)))
	a.start(half, download(1, src.URL+"/file.bin", oneFile(20*mib)))
	a.until(done, "the end", ended)
	a.until(half, "some bytes", func(s agentapi.Status) bool { return s.BytesDone > 0 })
	if err := a.stop(); err != nil {
		t.Fatal(err)
	}
	if kids := children(t, os.Getpid()); len(kids) > 0 {
		t.Errorf("engine processes are left: %v", kids)
	}
	release()
	src.CloseClientConnections()
	c.srv.CloseClientConnections()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := timeout(t)
	for runtime.NumGoroutine() > before+2 {
		select {
		case <-tick.C:
		case <-late:
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}
}

func TestShutdownWithoutControlPlane(t *testing.T) {
	c := newControlPlane(t)
	cfg := testConfig(t, c)
	c.srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- run(ctx, Options{Config: cfg, Log: discard()}, testTiming()) }()
	cancel()
	select {
	case err := <-end:
		if err != nil {
			t.Error(err)
		}
	case <-timeout(t):
		t.Fatal("it does not end")
	}
}
