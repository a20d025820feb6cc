package flood_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/models"
)

// stormEnv makes the test program one of the clients of
// TestManySignInsAtOnce, in a process of its own.
const stormEnv = "LONGHAUL_TEST_STORM"

func TestMain(m *testing.M) {
	switch os.Getenv(stormEnv) {
	case "storm":
		attack(os.Args[1])
	case "probe":
		probe(os.Args[1], os.Args[2])
	default:
		os.Exit(m.Run())
	}
}

const stormSize = 500

// What the attack does: sign in, or send a request that costs nothing else.
const (
	attackSignIn = "sign-in"
	attackHealth = "health"
)

// attackRequest is one of the attack's requests, from its own address.
func attackRequest(kind, url string, round, i int) *http.Request {
	method, path := http.MethodPost, "/api/v1/auth/login"
	if kind == attackHealth {
		method, path = http.MethodGet, "/healthz"
	}
	req, _ := http.NewRequestWithContext(context.Background(), method, url+path,
		strings.NewReader(apitest.Credentials(fmt.Sprintf("user%d-%d@example.com", round, i), "a wrong password")))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", round, i>>8, i&255))
	return req
}

// attack sends 500 requests at once, each time that a line with their kind
// comes in, and tells how many answers of each status there were.
func attack(url string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: stormSize}}
	for round, in := 0, bufio.NewScanner(os.Stdin); in.Scan(); round++ {
		got := map[string]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range stormSize {
			wg.Go(func() {
				status := "none"
				if resp, err := client.Do(attackRequest(in.Text(), url, round, i)); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
					status = strconv.Itoa(resp.StatusCode)
					if resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") == "" {
						status = "no Retry-After"
					}
				}
				mu.Lock()
				defer mu.Unlock()
				got[status]++
			})
		}
		wg.Wait()
		_ = json.NewEncoder(os.Stdout).Encode(got)
	}
}

// probe asks for the account every 5 ms, whether or not the answer before has
// come, until its input ends, and tells how long each answer took. The server
// has at most 64 of these requests at once: where it is slow, those that wait
// must not fill its memory in place of the sign-ins.
func probe(url, cookie string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}}
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); close(ended) }()
	var took []time.Duration
	var mu sync.Mutex
	var wg sync.WaitGroup
	one := func() {
		started := time.Now()
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"/api/v1/me", nil)
		req.Header.Set("Cookie", "__Host-sid="+cookie)
		resp, err := client.Do(req)
		d := time.Hour // a failure
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				d = time.Since(started)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
	}
	for range 20 {
		one()
	}
	took = nil
	for tick := time.Tick(5 * time.Millisecond); ; {
		select {
		case <-tick:
			wg.Go(one)
			continue
		case <-ended:
		}
		wg.Wait()
		_ = json.NewEncoder(os.Stdout).Encode(took)
		return
	}
}

// helper is the test program as a client. Its input is open until it is to end.
type helper struct {
	in  io.WriteCloser
	out *json.Decoder
	cmd *exec.Cmd
}

func newHelper(t *testing.T, mode string, command ...string) *helper {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env, cmd.Stderr = append(os.Environ(), stormEnv+"="+mode), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	return &helper{in: in, out: json.NewDecoder(out), cmd: cmd}
}

// probing measures another route while do runs.
func probing(t *testing.T, program, url, cookie string, do func()) []time.Duration {
	t.Helper()
	h := newHelper(t, "probe", program, url, cookie)
	do()
	h.in.Close()
	var took []time.Duration
	if err := h.out.Decode(&took); err != nil {
		t.Fatal(err)
	}
	return took
}

// A flood of sign-ins costs bounded memory, and other routes keep answering.
// The flood comes from a process with a lower priority than the server, since
// real clients have their own processors; the measuring client is another
// process. The baseline is a flood of equally many requests that cost nothing.
func TestManySignInsAtOnce(t *testing.T) {
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) { c.TrustedProxies = []string{"127.0.0.1"} })
	user := h.Account(models.RoleUser)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	storm := newHelper(t, "storm", "nice", "-n", "19", program, h.AppURL)
	attack := func(kind string) map[string]int {
		var got map[string]int
		if _, err := fmt.Fprintln(storm.in, kind); err != nil {
			t.Fatal(err)
		}
		if err := storm.out.Decode(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	measure := func(when string, do func()) {
		took := probing(t, program, h.AppURL, user.Cookie, do)
		t.Logf("another route %s: p50 %v, p95 %v, p99 %v (%d requests)",
			when, quantile(took, 0.5), quantile(took, 0.95), quantile(took, 0.99), len(took))
		if quantile(took, 1) >= time.Hour {
			t.Errorf("another route fails %s", when)
		}
	}
	const rounds, pause = 4, 1500 * time.Millisecond // a round of sign-ins takes as long
	measure("before", func() { <-time.After(pause) })
	measure("during 500 cheap requests", func() {
		for range rounds {
			attack(attackHealth)
			<-time.After(pause)
		}
	})
	peak, stop := watchHeap()
	measure("during 500 sign-ins", func() {
		for range rounds {
			got := attack(attackSignIn)
			t.Logf("500 sign-ins: %d answered, %d refused with 429", got["401"], got["429"])
			if got["401"] == 0 || got["401"]+got["429"] != stormSize {
				t.Errorf("answers: %v", got)
			}
		}
	})
	stop()
	h.Server.Wait()
	t.Logf("heap at most %d MiB", *peak>>20)
	if *peak > 200<<20 {
		t.Errorf("the heap grew to %d MiB", *peak>>20)
	}
}

// watchHeap watches how much the heap holds until it is stopped.
func watchHeap() (peak *uint64, stop func()) {
	peak = new(uint64)
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for tick := time.Tick(5 * time.Millisecond); ; {
			metrics.Read(sample)
			*peak = max(*peak, sample[0].Value.Uint64())
			select {
			case <-tick:
			case <-end:
				return
			}
		}
	}()
	return peak, func() { close(end); <-done }
}
