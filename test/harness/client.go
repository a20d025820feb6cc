package harness

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Client is a signed-in user of the public API.
type Client struct {
	Base   string
	Cookie string // value of the session cookie
	http   *http.Client
}

// Job is a job as the API shows it.
type Job struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Size       *int64     `json:"size"`
	State      string     `json:"state"`
	Reason     Reason     `json:"reason"`
	NextAction string     `json:"nextAction"`
	Problem    string     `json:"problem"`
	Actions    []string   `json:"actions"`
	Progress   *Progress  `json:"progress"`
	FinishedAt *time.Time `json:"finishedAt"`
}

// Reason is why something is as it is, as the API shows it.
type Reason struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params"`
	Text   string         `json:"text"`
}

// Progress is a job's progress as the API shows it.
type Progress struct {
	Phase       string  `json:"phase"`
	BytesTotal  int64   `json:"bytesTotal"`
	BytesDone   int64   `json:"bytesDone"`
	BytesStored int64   `json:"bytesStored"`
	Waiting     *Reason `json:"waiting"`
}

// File is a file as the API shows it.
type File struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
	Path  string `json:"path"`
	Size  int64  `json:"size"`
	State string `json:"state"`

	Available bool `json:"available"` // it can be had, whatever the state of its job
}

// Problem is a fault answer of the API.
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

// NewClient returns a client without a session.
func NewClient(base string) *Client {
	return NewClientOver(base, http.DefaultTransport)
}

// NewClientOver is NewClient with a transport, for a server whose name or
// certificate only a test knows.
func NewClientOver(base string, transport http.RoundTripper) *Client {
	return &Client{Base: base, http: &http.Client{Timeout: 60 * time.Second, Transport: transport}}
}

// Do sends a JSON request and decodes the answer into out; a fault answer is
// returned as *Problem.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, header ...string) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return c.send(req, out)
}

func (c *Client) send(req *http.Request, out any) error {
	if c.Cookie != "" {
		req.Header.Set("Cookie", "__Host-sid="+c.Cookie)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	for _, cookie := range res.Cookies() {
		if cookie.Name == "__Host-sid" {
			c.Cookie = cookie.Value
		}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 400 {
		p := &Problem{Status: res.StatusCode}
		if json.Unmarshal(body, p) != nil || p.Detail == "" {
			return fmt.Errorf("%s %s: %s: not a problem document: %.200s", req.Method, req.URL.Path, res.Status, body)
		}
		return p
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	return json.Unmarshal(body, out)
}

// SubmitURI submits a magnet link or URL. Options are merged into the body.
func (c *Client) SubmitURI(ctx context.Context, source string, options map[string]any) (Job, error) {
	in := map[string]any{"source": source}
	for k, v := range options {
		in[k] = v
	}
	var job Job
	err := c.Do(ctx, http.MethodPost, "/api/v1/jobs", in, &job)
	return job, err
}

// SubmitTorrent submits a metainfo file with form fields.
func (c *Client) SubmitTorrent(ctx context.Context, metainfo []byte, fields map[string]string) (Job, error) {
	var job Job
	err := c.upload(ctx, "/api/v1/jobs", metainfo, fields, &job)
	return job, err
}

func (c *Client) upload(ctx context.Context, path string, metainfo []byte, fields map[string]string, out any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("torrent", "upload.torrent")
	if err != nil {
		return err
	}
	_, _ = part.Write(metainfo)
	for k, v := range fields {
		_ = form.WriteField(k, v)
	}
	if err := form.Close(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Base+path, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return c.send(req, out)
}

// Job returns a job.
func (c *Client) Job(ctx context.Context, id string) (Job, error) {
	var job Job
	err := c.Do(ctx, http.MethodGet, "/api/v1/jobs/"+id, nil, &job)
	return job, err
}

// WaitState waits until the job is in the state, and fails the test when it
// ends in another one or the time is up. Answers that fail are tried again: the
// API may be down on purpose.
func (c *Client) WaitState(tb testing.TB, id, state string, limit time.Duration) Job {
	tb.Helper()
	var job Job
	Eventually(tb, limit, "job "+id+" is "+state, func() error {
		next, err := c.Job(tb.Context(), id)
		if err != nil {
			return err
		}
		job = next
		if job.State == state {
			return nil
		}
		if job.State == "failed" || job.State == "cancelled" || job.State == "needs_attention" {
			tb.Fatalf("job %s is %s, want %s: %s (%s)", id, job.State, state, job.Reason.Text, job.Problem)
		}
		return fmt.Errorf("is %s: %s, progress %+v", job.State, job.Reason.Text, job.Progress)
	})
	return job
}

// Files lists a job's files. The first request has no parameters, as releases
// that list all files at once know none.
func (c *Client) Files(tb testing.TB, id string) []File {
	tb.Helper()
	var all []File
	for path := "/api/v1/jobs/" + id + "/files"; ; {
		var page struct {
			Files      []File `json:"files"`
			NextCursor string `json:"nextCursor"`
		}
		if err := c.Do(tb.Context(), http.MethodGet, path, nil, &page); err != nil {
			tb.Fatal(err)
		}
		if all = append(all, page.Files...); page.NextCursor == "" {
			return all
		}
		path = "/api/v1/jobs/" + id + "/files?limit=500&cursor=" + page.NextCursor
	}
}

// Link returns an address of the file on the files origin.
func (c *Client) Link(tb testing.TB, fileID string) string {
	tb.Helper()
	return c.link(tb, "/api/v1/files/"+fileID+"/link")
}

// Archive returns an address of the job's zip on the files origin.
func (c *Client) Archive(tb testing.TB, jobID string) string {
	tb.Helper()
	return c.link(tb, "/api/v1/jobs/"+jobID+"/archive")
}

func (c *Client) link(tb testing.TB, path string) string {
	tb.Helper()
	var out struct {
		URL string `json:"url"`
	}
	if err := c.Do(tb.Context(), http.MethodPost, path, map[string]string{"disposition": "attachment"}, &out); err != nil {
		tb.Fatal(err)
	}
	return out.URL
}

// FetchSHA256 downloads length bytes of an address from the offset on, by a
// Range request unless the whole is asked for, and returns their digest.
func (c *Client) FetchSHA256(tb testing.TB, address string, off, length, size int64) string {
	tb.Helper()
	digest, err := c.Fetch(tb.Context(), address, off, length, size)
	if err != nil {
		tb.Fatal(err)
	}
	return digest
}

// Fetch is FetchSHA256 for a system that may be starting: what fails is returned.
func (c *Client) Fetch(ctx context.Context, address string, off, length, size int64) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	want := http.StatusOK
	if off != 0 || length != size {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+length-1))
		want = http.StatusPartialContent
	}
	res, err := c.http.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		return "", fmt.Errorf("GET %s range %d+%d: %s, want %d", address, off, length, res.Status, want)
	}
	h := sha256.New()
	if n, err := io.Copy(h, res.Body); err != nil || n != length {
		return "", fmt.Errorf("GET %s range %d+%d: got %d bytes: %w", address, off, length, n, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Download saves an address to a file.
func (c *Client) Download(tb testing.TB, address, path string) {
	tb.Helper()
	res, err := c.http.Get(address)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, res.Body); err != nil || res.StatusCode != http.StatusOK {
		tb.Fatalf("GET %s: %s: %v", address, res.Status, err)
	}
}

// ZipDigests returns the SHA-256 of each entry of a zip file by its name.
func ZipDigests(tb testing.TB, path string) map[string]string {
	tb.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	out := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(h, rc); err != nil {
			tb.Fatal(err)
		}
		_ = rc.Close()
		out[f.Name] = hex.EncodeToString(h.Sum(nil))
	}
	return out
}
