package enginetest

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/models"
)

// Origin is content that an engine can fetch.
type Origin struct {
	Source engine.Source
	Files  []File       // the place in the list is the number in the manifest
	Served func() int64 // bytes of content that were sent so far
}

// Setup is how the suite gets at an engine.
type Setup struct {
	New func(testing.TB) engine.Engine

	// Serve offers the files for the time of the test.
	Serve func(t testing.TB, files []File) Origin
	// Wrong offers something else than it announces.
	Wrong func(t testing.TB, files []File) Origin
	// Nobody is a source without peers.
	Nobody func(testing.TB) engine.Source

	WrongProblems  []models.Problem // one of them ends a download from Wrong
	NobodyProblems []models.Problem // one of them ends a resolve of Nobody
	Multi          bool             // a source may have several files
	NoEmpty        bool             // a source cannot be an empty file
	Validator      bool             // ranges belong to a validator, which parts in storage need to have
	Slack          int64            // bytes that may be fetched twice after a stop
	Probed         int64            // bytes that a source may send before a resolve hangs up
}

const (
	// TestPart is the part size of the suite's stores.
	TestPart = 1 << 20
	testSize = 24<<20 + 12_345
	wait     = 2 * time.Minute // nothing takes nearly so long; a deadlock does
)

// Data returns reproducible bytes.
func Data(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// Run runs the suite.
func Run(t *testing.T, s Setup) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, Setup)
	}{
		{"Resolve", testResolve},
		{"Download", testDownload},
		{"Resume", testResume},
		{"PartsInStorageAreNotFetched", testStored},
		{"CancelKeepsVerifiedRanges", testCancel},
		{"FlushFinishesParts", testFlush},
		{"BoundedDisk", testBounded},
		{"WrongContentIsRefused", testWrong},
		{"NobodyHasIt", testNobody},
		{"TooLarge", testTooLarge},
		{"FullDisk", testFullDisk},
		{"SeveralFiles", testSeveral},
		{"UnknownFile", testUnknownFile},
		{"KeepsToItsPace", testPace},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

// run is one attempt at a download.
type run struct {
	dir     string
	origin  Origin
	chosen  []int
	stored  []int64 // parts in storage, of the first chosen file
	limit   int64
	options engine.Options
	wrap    func(*disk.Store) engine.Store
	flush   chan struct{}

	mu      sync.Mutex
	reports []engine.Report
}

func newRun(t *testing.T, o Origin) *run {
	r := &run{dir: t.TempDir(), origin: o}
	r.options = engine.Options{ResolveTimeout: wait, StallTimeout: wait}
	for i := range o.Files {
		r.chosen = append(r.chosen, i)
	}
	return r
}

func (r *run) specs() (specs []disk.FileSpec) {
	for n, i := range r.chosen {
		spec := disk.FileSpec{Index: i, Size: int64(len(r.origin.Files[i].Data)), PartSize: TestPart}
		if n == 0 {
			spec.Stored = r.stored
		}
		specs = append(specs, spec)
	}
	return specs
}

// download runs an engine on the directory, as a new process would.
func (r *run) download(ctx context.Context, t *testing.T, s Setup) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	specs := r.specs()
	if s.Validator && len(r.stored) > 0 {
		specs[0].Validator = r.validator(ctx, t, s)
	}
	store, err := disk.Open(r.dir, specs, disk.Options{Limit: r.limit})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	job := engine.Job{Source: r.origin.Source, Store: store, Options: r.options, Flush: r.flush}
	if r.wrap != nil {
		job.Store = r.wrap(store)
	}
	for _, spec := range specs {
		job.Files = append(job.Files, engine.File{Index: spec.Index, PartSize: spec.PartSize, Size: spec.Size, Validator: store.Validator(spec.Index)})
	}
	return s.New(t).Download(ctx, job, func(rep engine.Report) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.reports = append(r.reports, rep)
	})
}

// validator finds out what the source's content is called, by a download that
// is given up as soon as it is known.
func (r *run) validator(ctx context.Context, t *testing.T, s Setup) string {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	probe := &run{dir: t.TempDir(), origin: r.origin, chosen: r.chosen, options: r.options}
	probe.wrap = func(st *disk.Store) engine.Store { return stopAfter{Store: st, bytes: 1, stop: cancel} }
	_ = probe.download(ctx, t, s) // it was stopped, or was faster
	reader := probe.reader(t)
	return reader.Validator(r.chosen[0])
}

func (r *run) reader(t *testing.T) *disk.Reader {
	t.Helper()
	reader, err := disk.OpenReader(r.dir, r.specs())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	return reader
}

// check reads every verified byte of the chosen files, compares it with the
// source, and returns how many there are on disk.
func (r *run) check(t *testing.T) (n int64) {
	t.Helper()
	reader := r.reader(t)
	for _, i := range r.chosen {
		for _, rng := range reader.VerifiedRanges(i) {
			buf := make([]byte, rng.Len)
			if err := reader.ReadVerified(i, rng.Off, buf); errors.Is(err, disk.ErrReleased) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(buf, r.origin.Files[i].Data[rng.Off:rng.End()]) {
				t.Fatalf("file %d, %v: verified bytes are wrong", i, rng)
			}
			n += rng.Len
		}
	}
	return n
}

func (r *run) wanted() (n int64) {
	for _, i := range r.chosen {
		n += int64(len(r.origin.Files[i].Data))
	}
	return n
}
