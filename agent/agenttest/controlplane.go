package agenttest

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"longhaul/agent/agentapi"
)

// ControlPlane is a control plane and an object storage in one, strict where
// the real ones are. The lock is held to look at its fields, or to change them,
// while an agent runs.
type ControlPlane struct {
	*httptest.Server
	Sink string // takes the parts instead of the control plane

	sync.Mutex
	Boots     int64
	Secret    string // what agents learn at their boot; empty: nothing new
	Beats     int
	RateLimit int64 // bytes per second of an agent's transfers; 0 is no limit
	Jobs      map[string]*Job
	Puts      int                                                      // parts that came, refused ones included
	Uploads   int                                                      // questions for addresses
	FaultPut  func(n int, w http.ResponseWriter, r *http.Request) bool // true: it answered
	FaultCall func(path string, w http.ResponseWriter) bool

	token   string
	state   string
	changed chan struct{}
}

// Job is what the control plane knows of a job.
type Job struct {
	Epoch int64
	Files map[int]*File
}

// File is what the control plane and its storage know of a file.
type File struct {
	Size      int64
	Validator string
	Done      map[int]int64 // sizes of the reported parts

	bodies map[int][]byte // what storage has, by part
	etags  map[int]string
}

// NewControlPlane returns a control plane that one agent may enrol with.
func NewControlPlane(t testing.TB) *ControlPlane {
	c := &ControlPlane{token: enrolmentToken, Jobs: map[string]*Job{}, state: "active", changed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /agent/v1/register", c.register)
	mux.HandleFunc("POST /agent/v1/boot", c.guarded(func(w http.ResponseWriter, _ *http.Request) {
		c.Boots++
		answer(w, agentapi.Booted{BootEpoch: c.Boots, Secret: c.Secret})
	}))
	mux.HandleFunc("POST /agent/v1/heartbeat", c.guarded(c.heartbeat))
	mux.HandleFunc("POST /agent/v1/uploads", c.guarded(c.uploads))
	mux.HandleFunc("PUT /bucket/{job}/{file}/{part}", c.put)
	c.Server = httptest.NewServer(mux)
	t.Cleanup(c.Close)
	return c
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// Refuse answers with a fault.
func Refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(agentapi.Problem{Status: status, Code: code, Detail: code})
}

// stir wakes those who wait for the control plane's view to change. The lock
// is held.
func (c *ControlPlane) stir() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *ControlPlane) guarded(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.Lock()
		defer c.Unlock()
		defer c.stir()
		if r.Header.Get("Authorization") != "Bearer "+credential {
			Refuse(w, http.StatusUnauthorized, "unauthorized")
			return
		}
		if c.FaultCall != nil && c.FaultCall(r.URL.Path, w) {
			return
		}
		do(w, r)
	}
}

func (c *ControlPlane) register(w http.ResponseWriter, r *http.Request) {
	c.Lock()
	defer c.Unlock()
	var in agentapi.Register
	_ = json.NewDecoder(r.Body).Decode(&in)
	if in.Token != c.token || c.token == "" {
		Refuse(w, http.StatusForbidden, "forbidden")
		return
	}
	c.token = ""
	answer(w, agentapi.Registered{AgentID: "agent-1", Name: "one", Credential: credential, Secret: Secret})
}

func (c *ControlPlane) heartbeat(w http.ResponseWriter, r *http.Request) {
	var in agentapi.Heartbeat
	_ = json.NewDecoder(r.Body).Decode(&in)
	if in.BootEpoch != c.Boots {
		Refuse(w, http.StatusConflict, "superseded")
		return
	}
	c.Beats++
	answer(w, agentapi.HeartbeatReply{State: c.state, RateLimit: c.RateLimit})
}

func (c *ControlPlane) uploads(w http.ResponseWriter, r *http.Request) {
	var in agentapi.Uploads
	_ = json.NewDecoder(r.Body).Decode(&in)
	c.Uploads++
	j := c.Jobs[in.JobID]
	switch {
	case j == nil:
		Refuse(w, http.StatusNotFound, "not_found")
		return
	case in.Epoch != j.Epoch:
		Refuse(w, http.StatusConflict, "superseded")
		return
	}
	for _, d := range in.Done {
		f := j.Files[d.Index]
		if c.Sink == "" && (f.etags[d.Number] != d.ETag || int64(len(f.bodies[d.Number])) != d.Size ||
			d.CRC32 == nil || *d.CRC32 != crc32.ChecksumIEEE(f.bodies[d.Number])) {
			Refuse(w, http.StatusInternalServerError, "internal") // reported what storage does not have
			return
		}
		f.Done[d.Number] = d.Size
	}
	for _, s := range in.Sizes {
		j.Files[s.Index].Size = s.Size
	}
	var out agentapi.UploadsReply
	for _, p := range in.Want {
		f := j.Files[p.Index]
		if p.Validator != f.Validator {
			f.Validator, f.Done = p.Validator, map[int]int64{}
		}
		out.URLs = append(out.URLs, agentapi.PartURL{
			Index: p.Index, Number: p.Number,
			URL:     fmt.Sprintf("%s/bucket/%s/%d/%d?size=%d", cmp.Or(c.Sink, c.URL), in.JobID, p.Index, p.Number, p.Size),
			Headers: map[string]string{"x-amz-checksum-crc32c": p.CRC32C},
		})
	}
	answer(w, out)
}

func (c *ControlPlane) put(w http.ResponseWriter, r *http.Request) {
	c.Lock()
	c.Puts++
	n, fault := c.Puts, c.FaultPut
	c.Unlock()
	if fault != nil && fault(n, w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	sum := checksum(body)
	if err != nil || sum != r.Header.Get("x-amz-checksum-crc32c") || fmt.Sprint(len(body)) != r.URL.Query().Get("size") {
		http.Error(w, "<Error><Code>BadDigest</Code></Error>", http.StatusBadRequest)
		return
	}
	c.Lock()
	defer c.Unlock()
	defer c.stir()
	var file, part int
	_, _ = fmt.Sscan(r.PathValue("file"), &file)
	_, _ = fmt.Sscan(r.PathValue("part"), &part)
	j := c.Jobs[r.PathValue("job")]
	if j == nil {
		http.Error(w, "<Error><Code>NoSuchUpload</Code></Error>", http.StatusNotFound)
		return
	}
	f := j.Files[file]
	f.bodies[part], f.etags[part] = body, fmt.Sprintf("%q", fmt.Sprintf("etag-%d-%d", part, n))
	w.Header().Set("ETag", f.etags[part])
}

// checksum returns what the address of a part with the body was signed with.
func checksum(body []byte) string {
	sum := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// AddJob makes a job known at the epoch.
func (c *ControlPlane) AddJob(id string, epoch int64, files ...agentapi.FileJob) {
	c.Lock()
	defer c.Unlock()
	j := &Job{Epoch: epoch, Files: map[int]*File{}}
	for _, f := range files {
		j.Files[f.Index] = &File{
			Size: f.Size, bodies: map[int][]byte{}, etags: map[int]string{}, Done: map[int]int64{},
		}
	}
	c.Jobs[id] = j
}

// Resumed makes the job's newest attempt the given one, and returns the file as
// the control plane describes it to the agent that gets it.
func (c *ControlPlane) Resumed(id string, epoch int64, file agentapi.FileJob) agentapi.FileJob {
	c.Lock()
	defer c.Unlock()
	c.Jobs[id].Epoch = epoch
	known := c.Jobs[id].Files[file.Index]
	file.Validator = known.Validator
	for n := range known.Done {
		file.Stored = append(file.Stored, int64(n))
	}
	return file
}

// Content returns what a reader of the finished object would get.
func (c *ControlPlane) Content(t *testing.T, id string, file int) []byte {
	t.Helper()
	c.Lock()
	defer c.Unlock()
	f := c.Jobs[id].Files[file]
	var out []byte
	for i, n := range slices.Sorted(maps.Keys(f.Done)) {
		if n != i+1 {
			t.Fatalf("part %d is missing", i+1)
		}
		out = append(out, f.bodies[n]...)
	}
	return out
}

// Until waits for the control plane's view to satisfy ok, which is called with
// the lock held.
func (c *ControlPlane) Until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := Late()
	for {
		c.Lock()
		good, changed := ok(), c.changed
		c.Unlock()
		if good {
			return
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("waiting for %s: %v", what, t.Context().Err())
		case <-late:
			t.Fatalf("timed out waiting for %s", what)
		}
	}
}
