package apitest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/kit"
	"longhaul/internal/source"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// noLimit lets everything pass.
type noLimit struct{}

func (noLimit) Allow(context.Context, kit.Limit, string) error { return nil }

func (noLimit) AllowAll(context.Context, ...kit.Ask) error { return nil }

// spent are allowances of which nothing comes back.
type spent struct {
	mu    sync.Mutex
	taken map[string]int
}

// TakeAllowance implements kit.Allowances.
func (s *spent) TakeAllowance(_ context.Context, key string, burst int, every time.Duration) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[key] >= burst {
		return every, nil
	}
	s.taken[key]++
	return 0, nil
}

// Stingy has allowances never come back, so that a slow machine sees the same
// limits as a fast one.
func Stingy(_ *api.Config, d *api.Deps) { d.Limiter = kit.NewLimiter(&spent{taken: map[string]int{}}) }

// Generous removes the limits, for tests about something else.
func Generous(_ *api.Config, d *api.Deps) { d.Limiter = noLimit{} }

// Decode reads JSON and fails the test if it can't.
func Decode(t testing.TB, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}

// ReadyJob makes a job with stored files of the contents, by path.
func ReadyJob(t testing.TB, h *Harness, owner models.User, contents map[string][]byte) (models.Job, []models.File) {
	t.Helper()
	m := models.Manifest{Name: "Sample"}
	for path, body := range contents {
		m.Files = append(m.Files, models.ManifestFile{Index: len(m.Files), Path: path, Size: int64(len(body))})
		m.Size += int64(len(body))
	}
	job := storetest.Submit(t, h.Store, owner.ID, &m)
	return finish(t, h, job, func(f models.File) []byte { return contents[f.Path] })
}

// finish stores the files of a job and makes it ready.
func finish(t testing.TB, h *Harness, job models.Job, content func(models.File) []byte) (models.Job, []models.File) {
	t.Helper()
	ctx, work := t.Context(), h.Store.Worker()
	storetest.Agent(t, h.Store, 8)
	if _, err := work.Admission.Admit(ctx, 100, 100); err != nil {
		t.Fatal(err)
	}
	for _, to := range []models.State{models.StateDownloading, models.StateStoring} {
		if _, err := work.Jobs.Transition(ctx, job.ID, models.JobChange{To: to, Reason: models.Because(models.ReasonPaused)}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := h.Store.Files.Files(ctx, job.UserID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		body := content(f)
		h.Storage.Put(f.Key(), body)
		if err := work.Files.FileStored(ctx, f.ID, int64(len(body)), h.Storage.ETag(f.Key())); err != nil {
			t.Fatal(err)
		}
	}
	if err := work.Jobs.FinishJob(ctx, job.ID); err != nil {
		t.Fatal(err)
	}
	files, err = h.Store.Files.Files(ctx, job.UserID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	job, err = h.Store.Jobs.Job(ctx, job.UserID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	return job, files
}

// Range returns a Range header of first and last byte.
func Range(r [2]int) string { return fmt.Sprintf("bytes=%d-%d", r[0], r[1]) }

// Post calls an operation with a JSON body, and reads the answer into out
// unless that is nil.
func Post(t *testing.T, h *Harness, who Caller, path string, in any, status int, out any) {
	t.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	body := h.Run(t, Scenario{As: who, Method: "POST", Path: path, Body: string(b), Status: status})
	if out != nil {
		Decode(t, body, out)
	}
}

// Fetch requests an address without signing in. A body that breaks off is
// returned as far as it got.
func Fetch(t testing.TB, h *Harness, method, url string, header map[string]string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp := h.Do(Caller{}, req)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return resp, b
}

// DownloadLink creates a download link with an operation.
func DownloadLink(t testing.TB, h *Harness, who Caller, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.AppURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp := h.Do(who, req)
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("link: status %d: %s", resp.StatusCode, b)
	}
	var l linkBody
	Decode(t, b, &l)
	if !strings.HasPrefix(l.URL, h.FilesURL+"/") {
		t.Fatalf("link %s is not on the files origin", l.URL)
	}
	return l.URL
}

type linkBody struct{ URL, ExpiresAt string }

// Pattern returns n bytes in which every position is recognisable.
func Pattern(n int) []byte {
	out := make([]byte, 0, n+32)
	for i := 0; len(out) < n; i++ {
		sum := sha256.Sum256([]byte(strconv.Itoa(i)))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// Torrent returns a .torrent file with files of the sizes below one folder.
func Torrent(t testing.TB, name string, sizes ...int64) []byte {
	t.Helper()
	var files bytes.Buffer
	var total int64
	for i, n := range sizes {
		file := fmt.Sprintf("file%d.bin", i)
		fmt.Fprintf(&files, "d6:lengthi%de4:pathl%d:%see", n, len(file), file)
		total += n
	}
	const piece = 1 << 20
	pieces := (total + piece - 1) / piece
	info := fmt.Sprintf("d5:filesl%se4:name%d:%s12:piece lengthi%de6:pieces%d:%se",
		files.String(), len(name), name, piece, pieces*20, strings.Repeat("x", int(pieces*20)))
	b := source.BuildTorrent([]byte(info), [][]string{{"http://tracker.example/announce"}}, nil)
	if _, _, err := source.ParseTorrent(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// Form returns a form of the fields with a .torrent file, nil for none.
func Form(t testing.TB, fields map[string]string, file []byte) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("torrent", "../../etc/x.torrent")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

// Ask sends a JSON body to an operation of auth and checks the status.
func Ask(t *testing.T, h *Harness, who Caller, path, body string, status int, want ...string) []byte {
	t.Helper()
	return h.Run(t, Scenario{As: who, Method: "POST", Path: "/api/v1/" + path, Body: body, Status: status, Want: want})
}

// Credentials is the body of a sign-in or a registration.
func Credentials(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)
}

// WithoutID returns an error's JSON up to its request id, which differs in
// every answer.
func WithoutID(problem []byte) string {
	head, _, _ := strings.Cut(string(problem), `"requestId"`)
	return head
}

// OtherPassword is a good password that is not Password.
const OtherPassword = "eleven herons beside the old canal"

// UsageBody is an answer about what an account uses.
type UsageBody struct {
	Plan    struct{ ID string }
	Storage struct {
		Used, Reserved int64
		Limit          *int64
	}
	Bandwidth struct {
		Used     int64
		Limit    *int64
		ResetsAt time.Time
	}
	Jobs struct {
		Running, Total int
		Limit          *int
	}
	Days []struct {
		Day                              string
		Bandwidth, Storage, Stored, Jobs int64
	}
}

// UsageOf returns what the account uses, with all deliveries written down.
func UsageOf(t *testing.T, h *Harness, who Caller) UsageBody {
	t.Helper()
	if err := h.Meter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var u UsageBody
	Decode(t, h.Run(t, Scenario{As: who, Path: "/api/v1/usage?days=7", Status: 200}), &u)
	return u
}

// GivePlan gives the account a plan of its own.
func GivePlan(t *testing.T, h *Harness, who Caller, p models.Plan) models.Plan {
	t.Helper()
	return storetest.Plan(t, h.Store, who.User.ID, p)
}
