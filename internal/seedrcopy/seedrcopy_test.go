package seedrcopy

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/models"
)

// kept is storage and the rows of parts in memory.
type kept struct {
	Store
	Objects

	mu    sync.Mutex
	parts map[uuid.UUID]int
	bytes map[string][]byte // by key and part
}

func (k *kept) CreateMultipart(context.Context, string, string) (string, error) { return "u", nil }

func (k *kept) SetUploadID(_ context.Context, _ uuid.UUID, id string) (string, error) { return id, nil }

func (k *kept) Put(_ context.Context, key string, body []byte, _ string) error {
	_, err := k.PutPart(context.Background(), key, "", 1, body)
	return err
}

func (k *kept) PutPart(_ context.Context, key, _ string, n int, body []byte) (models.Part, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := (n - 1) * copyPart
	if missing := at + len(body) - len(k.bytes[key]); missing > 0 {
		k.bytes[key] = append(k.bytes[key], make([]byte, missing)...)
	}
	copy(k.bytes[key][at:], body)
	return models.Part{Number: n, Size: int64(len(body))}, nil
}

func (k *kept) SaveStreamedParts(_ context.Context, jobID uuid.UUID, _ int64, parts []models.PartReport) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.parts[jobID] += len(parts)
	return nil
}

const (
	copyPart = 64 << 10 // bytes of a part in these tests
	copyHash = "08ada5a7a6183aae1e09d831df6748d566095a10"
)

// account has a content of the files on a simulated account.
func account(t *testing.T, files ...seedrtest.ContentFile) (*seedrtest.Sim, *seedr.Client, []seedr.File) {
	t.Helper()
	sw, library := seedrtest.Default(), &seedrtest.Library{}
	sw.CallsPerSecond, sw.MoveDelay = 0, time.Millisecond
	library.Put(copyHash, seedrtest.Content{Name: "content", Files: files})
	sim, err := seedrtest.Start(seedrtest.Options{Email: "a@example.com", Password: "b", Fetcher: library, Switches: sw})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	c, err := seedr.New(seedr.Options{
		URL: sim.URL(), Email: "a@example.com", Password: "b", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.AddMagnet(t.Context(), "magnet:?xt=urn:btih:"+copyHash+"&dn=content"); err != nil {
		t.Fatal(err)
	}
	for {
		root, err := c.Root(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r, ok := seedr.FindResult(root, "content"); ok {
			found, err := c.Tree(t.Context(), r.FolderID)
			if err != nil {
				t.Fatal(err)
			}
			return sim, c, found
		}
	}
}

// copies starts the copying of one file for a job of its own.
func copies(a *Copier, f seedr.File) (models.File, func(context.Context) error) {
	job := models.Job{ID: uuid.New()}
	file := models.File{ID: uuid.New(), JobID: job.ID, Size: f.Size, PartSize: copyPart}
	plan := models.SeedrCopy{Job: job, Files: []models.FileParts{{File: file}}}
	return file, func(ctx context.Context) error {
		return newCopying(a, plan).copyFile(ctx, plan.Files[0], models.SeedrFile{ID: f.ID, Path: f.Path, Size: f.Size})
	}
}

// TestAFileThatDoesNotComeLeavesItsMemory: while one file waits for its next
// try, another one is copied, although there is memory for one part only.
func TestAFileThatDoesNotComeLeavesItsMemory(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	body := bytes.Repeat([]byte("0123456789abcdef-"), 5*copyPart/17)
	_, client, files := account(
		t, seedrtest.ContentFile{Path: "bad", Size: 1000, Open: func(int64) io.ReadCloser {
			asked <- struct{}{}
			return io.NopCloser(strings.NewReader(""))
		}},
		seedrtest.ContentFile{Path: "good", Size: int64(len(body)), Open: seedrtest.Repeat(body, int64(len(body)))},
	)
	k := &kept{parts: map[uuid.UUID]int{}, bytes: map[string][]byte{}}
	a := &Copier{Store: k, Objects: k, Account: client, Now: time.Now, Retry: time.Hour, memory: newBuffers(copyPart)}
	ctx, cancel := context.WithCancel(t.Context())
	g := errgroup.Group{}
	for _, f := range files {
		if f.Path == "bad" {
			_, run := copies(a, f)
			g.Go(func() error { _ = run(ctx); return nil }) // ends with the test
			<-asked
		}
	}
	for _, f := range files {
		if f.Path == "good" {
			file, run := copies(a, f)
			if err := run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(k.bytes[file.Key()], body) || k.parts[file.JobID] != 5 {
				t.Errorf("%d bytes in %d parts", len(k.bytes[file.Key()]), k.parts[file.JobID])
			}
		}
	}
	cancel()
	_ = g.Wait()
}

// TestManyFilesOfManyJobsShareLittleMemory: with memory for two parts, twelve
// jobs of two readers each are copied byte for byte, reading nothing twice.
func TestManyFilesOfManyJobsShareLittleMemory(t *testing.T) {
	t.Parallel()
	const n = 12
	var content []seedrtest.ContentFile
	bodies := map[string][]byte{}
	for i := range n {
		name := string(rune('a' + i))
		b := bytes.Repeat([]byte(name+"0123456789abcdef"), (i+1)*copyPart/40)
		bodies[name] = b
		content = append(content, seedrtest.ContentFile{Path: name, Size: int64(len(b)), Open: seedrtest.Repeat(b, int64(len(b)))})
	}
	sim, client, files := account(t, content...)
	k := &kept{parts: map[uuid.UUID]int{}, bytes: map[string][]byte{}}
	a := &Copier{Store: k, Objects: k, Account: client, Now: time.Now, memory: newBuffers(2 * copyPart)}
	g, ctx := errgroup.WithContext(t.Context())
	var total int64
	keys := map[string]string{}
	for _, f := range files {
		file, run := copies(a, f)
		keys[f.Path], total = file.Key(), total+f.Size
		g.Go(func() error { return run(ctx) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for name, body := range bodies {
		if !bytes.Equal(k.bytes[keys[name]], body) {
			t.Errorf("file %s differs", name)
		}
	}
	if a.memory.held > 2*copyPart {
		t.Errorf("%d bytes of memory", a.memory.held)
	}
	for sim.Stats().ServedTotal < total { // it is counted when it was sent
		runtime.Gosched()
	}
	if served := sim.Stats().ServedTotal; served != total {
		t.Errorf("%d bytes read of %d", served, total)
	}
}

// TestAFileThatNeverComesIsGivenUp: after some tries without a byte the copying
// ends with what was wrong, so that somebody hears of it.
func TestAFileThatNeverComesIsGivenUp(t *testing.T) {
	t.Parallel()
	sim, client, files := account(t, seedrtest.ContentFile{Path: "a", Size: 1000, Open: seedrtest.Repeat([]byte("a"), 1000)})
	sim.Inject(seedrtest.FaultNode500, "", 1_000_000)
	k := &kept{parts: map[uuid.UUID]int{}, bytes: map[string][]byte{}}
	a := &Copier{Store: k, Objects: k, Account: client, Now: time.Now, Retry: time.Millisecond, memory: newBuffers(copyPart)}
	_, run := copies(a, files[0])
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it would go on for ever
	defer cancel()
	if err := run(ctx); seedr.KindOf(err) != seedr.KindTransient || ctx.Err() != nil {
		t.Errorf("ended with %v", err)
	}
	if a.memory.used != 0 {
		t.Errorf("%d bytes of memory are not given back", a.memory.used)
	}
}
