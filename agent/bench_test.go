package agent_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
)

// BenchmarkStoreWhileFetching fetches 256 MiB from a local server and stores
// it at a local sink. Besides the time of the whole it reports how long the
// storing lasts after the last byte was verified.
func BenchmarkStoreWhileFetching(b *testing.B) {
	size := int64(256 * mib)
	if s, err := strconv.ParseInt(os.Getenv("BENCH_MIB"), 10, 64); err == nil {
		size = s * mib
	}
	path := filepath.Join(b.TempDir(), "content")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	for off := int64(0); off < size; off += 16 * mib {
		_, _ = f.WriteAt(agenttest.Noise(uint64(off/mib), 16*mib), off)
	}
	_ = f.Close()
	src := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeFile(w, r, path)
	}))
	defer src.Close()
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"x"`)
	}))
	defer sink.Close()
	c := agenttest.NewControlPlane(b)
	c.Sink = sink.URL
	a := agenttest.Start(b, agenttest.Config(b, c))
	b.SetBytes(size)
	var tail time.Duration
	for b.Loop() {
		id := agenttest.NewID()
		c.AddJob(id, 1, agenttest.OneFile(size))
		a.Transfer(id, agenttest.Download(1, src.URL+"/content.bin", agenttest.OneFile(size)))
		s := a.Until(id, "the end", agenttest.Ended)
		if s.Phase != agentapi.PhaseDone || s.BytesStored != size {
			b.Fatalf("status %+v, fault %+v", s, s.Fault)
		}
		tail += time.Since(*s.VerifiedAt)
		if err := a.Client.Delete(context.WithoutCancel(b.Context()), id, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(tail.Milliseconds())/float64(b.N), "ms-after-verify/op")
}
