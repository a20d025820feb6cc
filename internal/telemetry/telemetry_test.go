package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/frontdoor/frontdoortest"
	"longhaul/internal/telemetry"
	"longhaul/internal/version"
)

func TestLogHidesSecrets(t *testing.T) {
	t.Parallel()
	texts := []string{
		"magnet:?xt=urn:btih:CANARY&dn=CANARY&tr=http://t.example/CANARY",
		`Get "https://t.example/announce?passkey=CANARY&info_hash=x": refused`,
		"https://t.example/CANARYCANARYCANARY/announce",
		"https://t.example/announce/CANARYCANARYCANARY",
		"PUT http://s3:9000/b/jobs/1/2?X-Amz-Credential=CANARY&X-Amz-Signature=CANARY",
		"Authorization: Bearer CANARYCANARY",
		"postgres://user:CANARY@db/longhaul",
		"http://127.0.0.1:8081/f/CANARYCANARYCANARYCANARYCANARY/film.mkv",
	}
	for _, text := range []bool{true, false} {
		var out bytes.Buffer
		log := telemetry.NewLogger(&out, slog.LevelDebug, text)
		for _, s := range texts {
			log.Info(s) //nolint:sloglint // the message is what is tested
			log.With("component", s).WithGroup("g").Info("said", "value", s, "error", fmt.Errorf("wrapped: %w", errors.New(s)),
				"list", []string{s}, "struct", struct{ A string }{s}, "group", slog.GroupValue(slog.String("inner", s)))
		}
		log.Info("keys", "password", "CANARY", "agent_token", "CANARY", "magnet", "CANARY")
		if strings.Contains(out.String(), "CANARY") {
			t.Errorf("text %t: a secret is in the log:\n%s", text, out.String())
		}
	}
}

func TestLogKeepsTheRest(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := telemetry.NewLogger(&out, slog.LevelInfo, false)
	log.Debug("not logged")
	log.Info("job moved", "job_id", "0198", "count", 3, "url", "https://example.com/a?b=c", "nothing", nil, "error", errors.New("get: EOF"))
	want := `"msg":"job moved","job_id":"0198","count":3,"url":"https://example.com/a?b=c","nothing":null,"error":"get: EOF"`
	if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "not logged") {
		t.Errorf("got %s", out.String())
	}
}

// What a client sends stays within its line, in either form of the log.
func TestNobodyWritesLogLines(t *testing.T) {
	t.Parallel()
	for _, text := range []bool{true, false} {
		var out bytes.Buffer
		telemetry.NewLogger(&out, slog.LevelInfo, text).Info("request", "user_agent", "x\n{\"level\":\"ERROR\"}\r\nlevel=ERROR")
		if n := strings.Count(strings.TrimSuffix(out.String(), "\n"), "\n"); n != 0 || strings.Contains(out.String(), "\r") {
			t.Errorf("text %t: %d lines more: %q", text, n, out.String())
		}
	}
}

func TestServeMetrics(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := telemetry.NewRegistry(version.Build{Version: "1.2.3", Commit: "abc"})
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "longhaul_test_total", Help: "A test's."})
	r.MustRegister(c)
	c.Inc()
	var out syncBuffer
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	out.seen = make(chan struct{})
	go func() { done <- telemetry.ServeMetrics(ctx, addr, r, telemetry.NewLogger(&out, slog.LevelInfo, true)) }()
	<-out.seen // the line that says that it serves
	resp, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Body.Close() != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"longhaul_test_total 1", `longhaul_build_info{commit="abc",version="1.2.3"} 1`, "go_goroutines", "process_resident_memory_bytes"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("%s is missing", want)
		}
	}
	frontdoortest.CutsOff(t, addr, []string{"/metrics"}, func() {})
	cancel()
	if err := <-done; err != nil {
		t.Errorf("serve: %v", err)
	}
	if err := telemetry.ServeMetrics(t.Context(), "", r, slog.New(slog.DiscardHandler)); err != nil {
		t.Errorf("no address: %v", err)
	}
}

// syncBuffer closes seen at the first write.
type syncBuffer struct{ seen chan struct{} }

func (b *syncBuffer) Write(p []byte) (int, error) {
	select {
	case <-b.seen:
	default:
		close(b.seen)
	}
	return len(p), nil
}
