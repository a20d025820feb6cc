package supervisor_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
)

// once serves the content to the first request alone; requests counts all of them.
func once(t *testing.T, content []byte) (address string, requests *atomic.Int64) {
	requests = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) > 1 {
			w.WriteHeader(http.StatusGone)
			return
		}
		_, _ = w.Write(content)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/once.bin", requests
}

// A link that works once is asked for once: the download continues with the answer
// that told what it is, whether a job's own look-up got it or an inspection.
func TestALinkThatWorksOnce(t *testing.T) {
	content := agenttest.Noise(61, 40*mib)
	for name, lookUp := range map[string]func(a *agenttest.Agent, id string, src agentapi.Source) error{
		"after a resolve": func(a *agenttest.Agent, id string, src agentapi.Source) error {
			a.Transfer(id, agentapi.StartTransfer{
				Epoch: 1, Kind: agentapi.KindResolve, Source: src, ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 30,
			})
			a.UntilDone(id)
			return second(a.Client.Manifest(t.Context(), id))
		},
		"after an inspection": func(a *agenttest.Agent, _ string, src agentapi.Source) error {
			return second(a.Client.Inspect(t.Context(), agentapi.Inspect{Source: src, TimeoutSeconds: 30}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := agenttest.NewControlPlane(t)
			a := agenttest.Start(t, agenttest.Config(t, c))
			address, requests := once(t, content)
			id := agenttest.NewID()
			if err := lookUp(a, id, agentapi.Source{URL: address}); err != nil {
				t.Fatal(err)
			}
			file := agenttest.OneFile(-1)
			c.AddJob(id, 2, file)
			a.Transfer(id, agenttest.Download(2, address, file))
			a.UntilDone(id)
			if got := c.Content(t, id, 0); string(got) != string(content) {
				t.Errorf("storage has other bytes than the source: %d for %d", len(got), len(content))
			}
			if n := requests.Load(); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// Deleting a job ends what is kept of its source.
func TestAKeptAnswerGoesWithItsJob(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	}))
	t.Cleanup(s.Close)
	id := agenttest.NewID()
	a.Transfer(id, agentapi.StartTransfer{
		Epoch: 1, Kind: agentapi.KindResolve, Source: agentapi.Source{URL: s.URL + "/f.bin"}, ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 30,
	})
	a.UntilDone(id)
	if err := a.Client.Delete(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	<-gone
	if _, err := os.Stat(filepath.Join(a.Config.DataDir, "transfers", id)); !os.IsNotExist(err) {
		t.Errorf("its directory is still there: %v", err)
	}
}

// No more than a few answers are kept, and one of each source.
func TestFewAnswersAreKept(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	const times, most = 24, 8
	ended := make(chan struct{}, times)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		ended <- struct{}{}
	}))
	t.Cleanup(s.Close)
	for i := range times / 2 {
		for range 2 {
			src := agentapi.Source{URL: s.URL + "/" + string(rune('a'+i)) + ".bin"}
			if _, err := a.Client.Inspect(t.Context(), agentapi.Inspect{Source: src, TimeoutSeconds: 30}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range times - most {
		<-ended
	}
	if left, _ := os.ReadDir(filepath.Join(a.Config.DataDir, "inspect")); len(left) > most {
		t.Errorf("inspections left %d directories", len(left))
	}
}
