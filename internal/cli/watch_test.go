package cli_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/internal/cli"
	"longhaul/internal/event"
	"longhaul/models"
)

// through sends everything over a handler of the test before it reaches the
// API, for the shell's commands too.
func (s *shell) through(t *testing.T, handler func(http.ResponseWriter, *http.Request, http.Handler)) {
	t.Helper()
	target, err := url.Parse(s.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r, proxy) }))
	t.Cleanup(srv.Close)
	name := filepath.Join(s.dir, "sessions.json")
	kept, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(kept), s.AppURL, srv.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.AppURL = srv.URL
}

// watching runs a command in the background and says when its text appears.
type watching struct {
	text chan string
	done chan int
}

func (s *shell) watch(ctx context.Context, in io.Reader, args ...string) *watching {
	w := &watching{text: make(chan string, 1000), done: make(chan int, 1)}
	go func() {
		w.done <- cli.Run(ctx, append([]string{"--server", s.AppURL}, args...),
			cli.Streams{In: in, Out: w, Err: w}, cli.Options{ConfigDir: s.dir, Retry: time.Millisecond})
	}()
	return w
}

func (w *watching) Write(p []byte) (int, error) {
	w.text <- string(p)
	return len(p), nil
}

// expect waits for a text that contains the part. What was written before the
// end still counts after it.
func (w *watching) expect(t *testing.T, part string) {
	t.Helper()
	for {
		select {
		case s := <-w.text:
			if strings.Contains(s, part) {
				return
			}
		case <-t.Context().Done():
			t.Fatalf("%q never came", part)
		case code := <-w.done:
			w.done <- code
			if len(w.text) == 0 {
				t.Fatalf("it ended with %d before %q came", code, part)
			}
		}
	}
}

func (w *watching) end(t *testing.T) int {
	t.Helper()
	for {
		select {
		case <-w.text:
		case code := <-w.done:
			return code
		}
	}
}

func TestWatchFollowsAJobToItsEnd(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	contents := map[string][]byte{"a.bin": []byte("hello")}
	j := s.job(t, "the job", contents, false)
	other := s.job(t, "another", contents, false)
	w := s.watch(t.Context(), nil, "watch", j.ID.String())
	w.expect(t, "the job: queued")
	s.move(t, other, models.StateFailed, models.ProblemEngineCrashed.Because())
	s.move(t, j, models.StateDownloading, models.Because(models.ReasonDownloading, "agent", "north"))
	w.expect(t, "the job: downloading – Agent north is downloading it.")
	givesUp := time.Now().AddDate(0, 0, 2)
	err := s.Bus.Publish(t.Context(), event.Progressed(models.Progress{
		JobID: j.ID, UserID: s.user.ID, Phase: models.PhaseDownloading, BytesTotal: 5, BytesDone: 2,
		Waiting: models.Because(models.ReasonWaitsForPeers, "peers", 0), GivesUpAt: &givesUp,
	}))
	if err != nil {
		t.Fatal(err)
	}
	w.expect(t, "No peers. Keeps looking; gives up at "+givesUp.Local().Format("2 Jan 15:04")+" (attempt 1 of 3).")
	s.move(t, j, models.StateQueued, models.Because(models.ReasonResumed))
	w.expect(t, "queued – It was resumed")
	s.finish(t, j, contents)
	w.expect(t, "the job: ready")
	if code := w.end(t); code != cli.ExitOK {
		t.Errorf("exit status %d", code)
	}
	s.run(t, "watch", j.ID.String()).want(t, cli.ExitOK, "ready") // it has ended before
}

func TestWatchTellsABadEnd(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	contents := map[string][]byte{"a.bin": []byte("hello")}
	for _, state := range []models.State{models.StateFailed, models.StateCancelled, models.StateNeedsAttention} {
		j := s.job(t, "a job", contents, false)
		w := s.watch(t.Context(), nil, "watch", j.ID.String())
		w.expect(t, "queued")
		_, err := s.Store.Worker().Jobs.Transition(t.Context(), j.ID, models.JobChange{To: state, Reason: models.ProblemNoPeers.Because(), Problem: models.ProblemNoPeers})
		if err != nil {
			t.Fatal(err)
		}
		w.expect(t, "No peers were found.")
		if code := w.end(t); code != cli.ExitJobEnded {
			t.Errorf("%s: exit status %d", state, code)
		}
	}
	j := s.job(t, "a job", contents, false)
	w := s.watch(t.Context(), nil, "watch", j.ID.String())
	w.expect(t, "queued")
	s.run(t, "rm", j.ID.String()).want(t, cli.ExitOK)
	if code := w.end(t); code != cli.ExitJobEnded && code != cli.ExitNotFound {
		t.Errorf("deleted: exit status %d", code)
	}
}

// TestWatchReconnects breaks the stream; what happened meanwhile must not be
// missed.
func TestWatchReconnects(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	contents := map[string][]byte{"a.bin": []byte("hello")}
	j := s.job(t, "the job", contents, false)
	cut := make(chan context.CancelFunc, 100)
	var streams atomic.Int64
	s.through(t, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/api/v1/events" {
			if streams.Add(1) == 2 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			ctx, cancel := context.WithCancel(r.Context())
			cut <- cancel
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
	w := s.watch(t.Context(), nil, "watch", j.ID.String())
	w.expect(t, "queued")
	s.move(t, j, models.StateDownloading, models.Because(models.ReasonDownloading))
	w.expect(t, "An agent is downloading it.")
	(<-cut)()
	s.finishStoring(t, j, contents)
	w.expect(t, "ready")
	if code := w.end(t); code != cli.ExitOK || streams.Load() < 2 {
		t.Errorf("exit status %d after %d streams", code, streams.Load())
	}
}

// finishStoring takes a downloading job to ready.
func (s *shell) finishStoring(t *testing.T, j models.Job, contents map[string][]byte) {
	t.Helper()
	s.move(t, j, models.StateQueued, models.Because(models.ReasonWaitsForSlot))
	s.finish(t, j, contents)
}

func TestWatchStopsWhenInterrupted(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	j := s.job(t, "the job", map[string][]byte{"a.bin": []byte("hello")}, false)
	ctx, cancel := context.WithCancel(t.Context())
	w := s.watch(ctx, nil, "watch", j.ID.String())
	w.expect(t, "queued")
	cancel()
	if code := w.end(t); code != cli.ExitStopped {
		t.Errorf("exit status %d", code)
	}
}

func TestChooseFiles(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	in, answer := io.Pipe()
	w := s.watch(t.Context(), in, "submit", hash, "--choose")
	j := <-s.Starter.Started
	w.expect(t, "queued")
	err := s.Store.Worker().Jobs.SaveManifest(t.Context(), j.ID, models.Manifest{Name: "set", Size: 30, Files: []models.ManifestFile{
		{Index: 0, Path: "one.bin", Size: 10}, {Index: 2, Path: "two.bin", Size: 20},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.move(t, j, models.StateResolving, models.Because(models.ReasonFilesKnown))
	s.move(t, j, models.StateAwaitingSelection, models.Because(models.ReasonChooseFiles))
	w.expect(t, "two.bin")
	if _, err := io.WriteString(answer, "2\n"); err != nil {
		t.Fatal(err)
	}
	if code := w.end(t); code != cli.ExitOK {
		t.Errorf("exit status %d", code)
	}
	if got, err := s.Store.Worker().Jobs.Job(t.Context(), j.ID); err != nil || !slices.Equal(got.Selection, []int{2}) {
		t.Errorf("selected %v, %v", got.Selection, err)
	}
	s.run(t, "select", j.ID.String(), "all").want(t, cli.ExitOK)
	s.run(t, "select", j.ID.String(), "x").want(t, cli.ExitUsage)
}
