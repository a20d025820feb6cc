// Package stocktaketest gives tests a bucket of any size that takes up no space:
// an S3 server that makes up the pages of its listing. It is for tests only and
// takes no part in a program.
package stocktaketest

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/internal/objstore"
)

// Of every thousand files of a Many, one has no object, and one object has no
// file.
const (
	every   = 1000
	missing = 7 // the place of the file without an object
	page    = 1000
)

// Many is a bucket with the objects of n files of 100 bytes, which are two days
// old and have the ETag "e". Its methods may be called concurrently.
type Many struct {
	n  int
	at string

	mu      sync.Mutex
	small   map[string][]byte // objects that were put
	deleted map[string]bool
	pages   int
}

// JobID and FileID are the forms of the ids of the i-th job and its file.
const (
	JobID  = "00000000-0000-4000-a000-%012d"
	FileID = "00000000-0000-4000-b000-%012d"
)

// New returns the bucket, and a client of it.
func New(t testing.TB, n int) (*Many, *objstore.Client) {
	t.Helper()
	m := &Many{
		n: n, at: time.Now().Add(-48 * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"), small: map[string][]byte{}, deleted: map[string]bool{},
	}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	c, err := objstore.New(objstore.Config{
		Endpoint: server.URL, Region: "us-east-1", Bucket: "many", AccessKeyID: "id", SecretAccessKey: "secret", PathStyle: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, c
}

// Orphans returns how many objects have no file, and as many files have no object.
func (m *Many) Orphans() int { return m.n / every }

// Pages returns how many pages were listed.
func (m *Many) Pages() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pages
}

// Deleted returns how many objects were deleted.
func (m *Many) Deleted() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.deleted)
}

func (m *Many) file(i int) string { return fmt.Sprintf("jobs/"+JobID+"/"+FileID, i, i) }

func (m *Many) orphan(i int) string {
	return fmt.Sprintf("jobs/"+JobID+"/ffffffff-ffff-4fff-bfff-%012d", i, i)
}

// has reports whether an object with the key was made up.
func (m *Many) has(key string) bool {
	var job, i int
	if n, _ := fmt.Sscanf(key, "jobs/00000000-0000-4000-a000-%d/00000000-0000-4000-b000-%d", &job, &i); n == 2 {
		return i >= 1 && i <= m.n && i%every != missing
	}
	n, _ := fmt.Sscanf(key, "jobs/00000000-0000-4000-a000-%d/ffffffff-ffff-4fff-bfff-%d", &job, &i)
	return n == 2 && i%every == 0
}

// ServeHTTP answers the calls of stocktaking as S3 does.
func (m *Many) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/many"), "/")
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case key == "" && r.URL.Query().Has("uploads"):
		_, _ = io.WriteString(w, `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`)
	case key == "":
		m.list(w, r.URL.Query().Get("continuation-token"))
	case r.Method == http.MethodPut:
		m.small[key], _ = io.ReadAll(r.Body)
	case r.Method == http.MethodDelete:
		m.deleted[key] = true
		w.WriteHeader(http.StatusNoContent)
	default:
		m.get(w, r, key)
	}
}

func (m *Many) get(w http.ResponseWriter, r *http.Request, key string) {
	body, put := m.small[key]
	switch {
	case put:
		_, _ = w.Write(body)
	case m.has(key) && !m.deleted[key]:
		w.Header().Set("Content-Length", "100")
		w.Header().Set("ETag", `"e"`)
		at, _ := time.Parse(time.RFC3339, m.at)
		w.Header().Set("Last-Modified", at.Format(http.TimeFormat))
	default:
		w.WriteHeader(http.StatusNotFound)
		if r.Method != http.MethodHead {
			_, _ = io.WriteString(w, `<Error><Code>NoSuchKey</Code></Error>`)
		}
	}
}

type entry struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
}

type listing struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []entry
}

// list writes the page after the token, which is the number of the first file on
// it.
func (m *Many) list(w http.ResponseWriter, token string) {
	m.pages++
	first, err := strconv.Atoi(token)
	if err != nil {
		first = 1
	}
	out := listing{Contents: make([]entry, 0, page+1)}
	add := func(key string) {
		if !m.deleted[key] {
			out.Contents = append(out.Contents, entry{Key: key, LastModified: m.at, ETag: `"e"`, Size: 100})
		}
	}
	i := first
	for ; i <= m.n && len(out.Contents) < page-1; i++ {
		if i%every != missing {
			add(m.file(i))
		}
		if i%every == 0 {
			add(m.orphan(i))
		}
	}
	if i <= m.n {
		out.IsTruncated, out.NextContinuationToken = true, strconv.Itoa(i)
	}
	_ = xml.NewEncoder(w).Encode(out)
}
