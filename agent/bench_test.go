package agent

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
		_, _ = f.WriteAt(noise(uint64(off/mib), 16*mib), off)
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
	c := newControlPlane(b)
	c.sink = sink.URL
	a := startAgent(b, testConfig(b, c))
	b.SetBytes(size)
	var tail time.Duration
	for b.Loop() {
		id := newID()
		c.addJob(id, 1, oneFile(size))
		a.start(id, download(1, src.URL+"/content.bin", oneFile(size)))
		s := a.until(id, "the end", ended)
		if s.Phase != agentapi.PhaseDone || s.BytesStored != size {
			b.Fatalf("status %+v, fault %+v", s, s.Fault)
		}
		tail += time.Since(*s.VerifiedAt)
		if err := a.client.Delete(context.WithoutCancel(b.Context()), id, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(tail.Milliseconds())/float64(b.N), "ms-after-verify/op")
}
