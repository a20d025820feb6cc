package agent

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"longhaul/agent/agentapi"
)

// controlPlane is a control plane and an object storage in one, strict where
// the real ones are.
type controlPlane struct {
	srv  *httptest.Server
	sink string // takes the parts instead of the control plane

	mu        sync.Mutex
	token     string
	boots     int64
	beats     int
	state     string
	jobs      map[string]*controlJob
	puts      int
	uploads   int
	faultPut  func(n int, w http.ResponseWriter, r *http.Request) bool // true: it answered
	faultCall func(path string, w http.ResponseWriter) bool
	changed   chan struct{}
}

type controlJob struct {
	epoch int64
	files map[int]*controlFile
}

type controlFile struct {
	size      int64
	validator string
	reset     int
	bodies    map[int][]byte // what storage has, by part
	etags     map[int]string
	done      map[int]int64 // reported parts
}

func newControlPlane(t testing.TB) *controlPlane {
	c := &controlPlane{token: "enrol-me", jobs: map[string]*controlJob{}, state: "active", changed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /agent/v1/register", c.register)
	mux.HandleFunc("POST /agent/v1/boot", c.guarded(func(w http.ResponseWriter, _ *http.Request) {
		c.boots++
		answer(w, agentapi.Booted{BootEpoch: c.boots})
	}))
	mux.HandleFunc("POST /agent/v1/heartbeat", c.guarded(c.heartbeat))
	mux.HandleFunc("POST /agent/v1/uploads", c.guarded(c.ask))
	mux.HandleFunc("PUT /bucket/{job}/{file}/{part}", c.put)
	c.srv = httptest.NewServer(mux)
	t.Cleanup(c.srv.Close)
	return c
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(agentapi.Problem{Status: status, Code: code, Detail: code})
}

// stir wakes those who wait for the control plane's view to change. The lock
// is held.
func (c *controlPlane) stir() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *controlPlane) guarded(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		defer c.stir()
		if r.Header.Get("Authorization") != "Bearer credential" {
			refuse(w, http.StatusUnauthorized, "unauthorized")
			return
		}
		if c.faultCall != nil && c.faultCall(r.URL.Path, w) {
			return
		}
		do(w, r)
	}
}

func (c *controlPlane) register(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var in agentapi.Register
	_ = json.NewDecoder(r.Body).Decode(&in)
	if in.Token != c.token || c.token == "" {
		refuse(w, http.StatusForbidden, "forbidden")
		return
	}
	c.token = ""
	answer(w, agentapi.Registered{AgentID: "agent-1", Name: "one", Credential: "credential", Secret: "secret"})
}

func (c *controlPlane) heartbeat(w http.ResponseWriter, r *http.Request) {
	var in agentapi.Heartbeat
	_ = json.NewDecoder(r.Body).Decode(&in)
	if in.BootEpoch != c.boots {
		refuse(w, http.StatusConflict, "superseded")
		return
	}
	c.beats++
	answer(w, agentapi.HeartbeatReply{State: c.state})
}

func (c *controlPlane) ask(w http.ResponseWriter, r *http.Request) {
	var in agentapi.Uploads
	_ = json.NewDecoder(r.Body).Decode(&in)
	c.uploads++
	j := c.jobs[in.JobID]
	if j == nil || in.Epoch != j.epoch {
		refuse(w, http.StatusConflict, "superseded")
		return
	}
	for _, d := range in.Done {
		f := j.files[d.Index]
		if c.sink == "" && (f.etags[d.Number] != d.ETag || int64(len(f.bodies[d.Number])) != d.Size) {
			refuse(w, http.StatusInternalServerError, "internal") // reported what storage does not have
			return
		}
		f.done[d.Number] = d.Size
	}
	for _, s := range in.Sizes {
		j.files[s.Index].size = s.Size
	}
	var out agentapi.UploadsReply
	for _, p := range in.Want {
		f := j.files[p.Index]
		if p.Validator != f.validator {
			f.validator, f.done = p.Validator, map[int]int64{}
			f.reset++
		}
		out.URLs = append(out.URLs, agentapi.PartURL{
			Index: p.Index, Number: p.Number,
			URL:     fmt.Sprintf("%s/bucket/%s/%d/%d?size=%d", cmp.Or(c.sink, c.srv.URL), in.JobID, p.Index, p.Number, p.Size),
			Headers: map[string]string{"x-amz-checksum-crc32c": p.CRC32C},
		})
	}
	answer(w, out)
}

func (c *controlPlane) put(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.puts++
	n, fault := c.puts, c.faultPut
	c.mu.Unlock()
	if fault != nil && fault(n, w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	sum := base64CRC(crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
	if err != nil || sum != r.Header.Get("x-amz-checksum-crc32c") || fmt.Sprint(len(body)) != r.URL.Query().Get("size") {
		http.Error(w, "<Error><Code>BadDigest</Code></Error>", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.stir()
	var file, part int
	_, _ = fmt.Sscan(r.PathValue("file"), &file)
	_, _ = fmt.Sscan(r.PathValue("part"), &part)
	f := c.jobs[r.PathValue("job")].files[file]
	f.bodies[part], f.etags[part] = body, fmt.Sprintf("%q", fmt.Sprintf("etag-%d-%d", part, n))
	w.Header().Set("ETag", f.etags[part])
}

// addJob makes a job known at the epoch.
func (c *controlPlane) addJob(id string, epoch int64, files ...agentapi.FileJob) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j := &controlJob{epoch: epoch, files: map[int]*controlFile{}}
	for _, f := range files {
		j.files[f.Index] = &controlFile{
			size: f.Size, bodies: map[int][]byte{}, etags: map[int]string{}, done: map[int]int64{},
		}
	}
	c.jobs[id] = j
}

// content returns what a reader of the finished object would get.
func (c *controlPlane) content(t *testing.T, id string, file int) []byte {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.jobs[id].files[file]
	var numbers []int
	for n := range f.done {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out []byte
	for i, n := range numbers {
		if n != i+1 {
			t.Fatalf("part %d is missing", i+1)
		}
		out = append(out, f.bodies[n]...)
	}
	return out
}

// until waits for the control plane's view to satisfy ok, which is called with
// the lock held.
func (c *controlPlane) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for {
		c.mu.Lock()
		good, changed := ok(), c.changed
		c.mu.Unlock()
		if good {
			return
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("waiting for %s: %v", what, t.Context().Err())
		case <-timeout(t):
			t.Fatalf("waiting for %s took too long", what)
		}
	}
}
