package enginetest

import (
	"context"
	"errors"
	"hash/crc32"
	"slices"
	"sync"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/internal/byterange"
	"longhaul/models"
)

func single(size int) []File { return []File{{Path: "content.bin", Data: Data(1, size)}} }

func testResolve(t *testing.T, s Setup) {
	o := s.Serve(t, single(testSize))
	m, err := s.New(t).Resolve(t.Context(), o.Source, engine.Options{ResolveTimeout: wait})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Files) != 1 || m.Files[0].Index != 0 || m.Files[0].Size != testSize || m.Size != testSize || m.Name == "" {
		t.Errorf("%+v", m)
	}
	if o.Served() > TestPart+s.Probed {
		t.Errorf("%d bytes of content were fetched", o.Served())
	}
}

func testDownload(t *testing.T, s Setup) {
	for _, size := range []int{testSize, 1, TestPart, 0} {
		if size == 0 && s.NoEmpty {
			continue
		}
		r := newRun(t, s.Serve(t, single(size)))
		if err := r.download(t.Context(), t, s); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if got := r.check(t); got != int64(size) {
			t.Fatalf("%d of %d bytes are verified", got, size)
		}
		if !slices.ContainsFunc(r.reports, func(rep engine.Report) bool { return rep.Phase == models.PhaseDownloading }) {
			t.Errorf("%d bytes: no report of the download in %d", size, len(r.reports))
		}
		if served := r.origin.Served(); served > int64(size)+s.Slack {
			t.Errorf("%d bytes were fetched for %d", served, size)
		}
	}
}

func testResume(t *testing.T, s Setup) {
	r := newRun(t, s.Serve(t, single(testSize)))
	r.stopAt(t, s, testSize/3)
	have, before := r.check(t), r.origin.Served()
	if have < testSize/3 || have == testSize {
		t.Fatalf("%d of %d bytes were kept", have, testSize)
	}
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	if got := r.check(t); got != testSize {
		t.Fatalf("%d of %d bytes are verified", got, testSize)
	}
	if fetched := r.origin.Served() - before; fetched > testSize-have+s.Slack {
		t.Errorf("%d bytes were missing, %d were fetched", testSize-have, fetched)
	}
	before = r.origin.Served()
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	if fetched := r.origin.Served() - before; fetched > 0 {
		t.Errorf("%d bytes were fetched though nothing was missing", fetched)
	}
}

func testStored(t *testing.T, s Setup) {
	r := newRun(t, s.Serve(t, single(testSize)))
	r.stored = []int64{1, 2, 7, testSize/TestPart + 1}
	inStorage := int64(3*TestPart + testSize%TestPart)
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	if got := r.check(t); got != testSize-inStorage {
		t.Errorf("%d bytes are on disk, want %d", got, testSize-inStorage)
	}
	limit := testSize - inStorage + s.Slack
	if s.Validator {
		limit += testSize // the probe's
	}
	if served := r.origin.Served(); served > limit {
		t.Errorf("%d bytes were fetched, though only %d were missing", served, testSize-inStorage)
	}
}

func testCancel(t *testing.T, s Setup) {
	r := newRun(t, s.Serve(t, single(testSize)))
	r.stopAt(t, s, TestPart)
	if got := r.check(t); got < TestPart {
		t.Errorf("%d verified bytes were kept", got)
	}
}

// What is fetched when an engine has to leave is whole parts, which another one
// need not fetch. The source is large: much of it is on its way at once.
func testFlush(t *testing.T, s Setup) {
	const flushSize = 64<<20 + 5
	r := newRun(t, s.Serve(t, single(flushSize)))
	r.flush = make(chan struct{})
	r.wrap = func(st *disk.Store) engine.Store {
		return stopSoon{Store: st, bytes: TestPart + TestPart/2, stop: sync.OnceFunc(func() { close(r.flush) })}
	}
	if err := r.download(t.Context(), t, s); !errors.Is(err, engine.ErrFlushed) {
		t.Fatalf("a flushed download returned %v", err)
	}
	have := r.check(t)
	if have < TestPart+TestPart/2 || have >= flushSize {
		t.Errorf("%d of %d bytes are verified", have, flushSize)
	}
	for _, rng := range r.reader(t).VerifiedRanges(0) {
		if rng.Off%TestPart != 0 || rng.End()%TestPart != 0 && rng.End() != flushSize {
			t.Errorf("%v is not whole parts", rng)
		}
	}
	t.Logf("%d bytes were sent, %d are in whole parts", r.origin.Served(), have)
	r.flush, r.wrap = nil, nil
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	if got := r.check(t); got != flushSize {
		t.Errorf("%d of %d bytes are verified", got, flushSize)
	}
}

// stopSoon calls stop once so many bytes are verified.
type stopSoon struct {
	*disk.Store
	bytes int64
	stop  func()
}

func (s stopSoon) Verified(file int, off, n int64, crc uint32) error {
	err := s.Store.Verified(file, off, n, crc)
	if s.Held() >= s.bytes {
		s.stop()
	}
	return err
}

// stopAt runs a download that is cancelled once so many bytes are verified.
func (r *run) stopAt(t *testing.T, s Setup, n int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.wrap = func(st *disk.Store) engine.Store { return stopAfter{Store: st, bytes: n, stop: cancel} }
	if err := r.download(ctx, t, s); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled download returned %v", err)
	}
	r.wrap = nil
}

// stopAfter calls stop once so many bytes are verified and takes no more, so
// that a fast engine does not get to the end before it notices.
type stopAfter struct {
	*disk.Store
	bytes int64
	stop  func()
}

func (s stopAfter) Verified(file int, off, n int64, crc uint32) error {
	if s.Held() >= s.bytes {
		s.stop()
		return context.Canceled
	}
	err := s.Store.Verified(file, off, n, crc)
	if s.Held() >= s.bytes {
		s.stop()
	}
	return err
}

func testBounded(t *testing.T, s Setup) {
	const limit = 4 * TestPart
	r := newRun(t, s.Serve(t, single(testSize)))
	r.limit = limit
	u := &uploader{data: r.origin.Files[0].Data}
	r.wrap = func(st *disk.Store) engine.Store {
		u.Store = st
		return u
	}
	if err := r.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	if u.bad {
		t.Error("a wrong byte was verified")
	}
	if u.most > limit+2*TestPart {
		t.Errorf("%d bytes were on disk, the limit is %d", u.most, limit)
	}
	if got := u.released + u.Held(); got != testSize {
		t.Errorf("%d of %d bytes arrived", got, testSize)
	}
}

// uploader releases every part as soon as it is whole, as if it were stored.
type uploader struct {
	*disk.Store
	data []byte

	mu       sync.Mutex
	most     int64
	released int64
	bad      bool
}

func (u *uploader) Verified(file int, off, n int64, crc uint32) error {
	u.mu.Lock() // what one call releases is told from what another verifies
	defer u.mu.Unlock()
	if err := u.Store.Verified(file, off, n, crc); err != nil {
		return err
	}
	u.bad = u.bad || crc32.Checksum(u.data[off:off+n], crc32.MakeTable(crc32.Castagnoli)) != crc
	u.most = max(u.most, u.Held())
	for part := off / TestPart; part*TestPart < off+n; part++ {
		p := byterange.Range{Off: part * TestPart, Len: min(TestPart, testSize-part*TestPart)}
		if before := u.Held(); u.Has(file, p.Off, p.Len) {
			u.Release(file, p)
			u.released += before - u.Held()
		}
	}
	return nil
}

func testWrong(t *testing.T, s Setup) {
	r := newRun(t, s.Wrong(t, single(testSize)))
	r.options.StallTimeout = time.Second
	wantProblem(t, r.download(t.Context(), t, s), s.WrongProblems)
	r.check(t)
}

func testNobody(t *testing.T, s Setup) {
	opts := engine.Options{ResolveTimeout: time.Second, StallTimeout: time.Second}
	_, err := s.New(t).Resolve(t.Context(), s.Nobody(t), opts)
	wantProblem(t, err, s.NobodyProblems)
}

func testTooLarge(t *testing.T, s Setup) {
	r := newRun(t, s.Serve(t, single(testSize)))
	r.options.MaxBytes = testSize - 1
	wantProblem(t, r.download(t.Context(), t, s), []models.Problem{models.ProblemContentTooLarge})
}

func testFullDisk(t *testing.T, s Setup) {
	r := newRun(t, s.Serve(t, single(testSize)))
	r.wrap = func(st *disk.Store) engine.Store { return fullDisk{st} }
	wantProblem(t, r.download(t.Context(), t, s), []models.Problem{models.ProblemDiskFull})
	if got := r.check(t); got != 0 {
		t.Errorf("%d bytes are verified, though none could be written", got)
	}
}

type fullDisk struct {
	*disk.Store
}

func (fullDisk) WriteAt(int, []byte, int64) (int, error) {
	return 0, models.Fault(models.ProblemDiskFull, "The agent is out of disk space.")
}

func testSeveral(t *testing.T, s Setup) {
	if !s.Multi {
		return
	}
	files := []File{
		{Path: "Ünïcode/Ж/日本.bin", Data: Data(2, 3*TestPart+7)},
		{Path: "empty", Data: nil},
		{Path: "a/small", Data: Data(3, 5)},
		{Path: "a/b/c/deep", Data: Data(4, TestPart)},
		{Path: "z", Data: Data(5, 200_001)},
	}
	o := s.Serve(t, files)
	all := newRun(t, o)
	if err := all.download(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	if got := all.check(t); got != all.wanted() {
		t.Fatalf("%d of %d bytes are verified", got, all.wanted())
	}
	for _, chosen := range [][]int{{0}, {2}, {1}, {4, 2}, {0, 3}} {
		r := newRun(t, o)
		r.chosen = chosen
		if err := r.download(t.Context(), t, s); err != nil {
			t.Fatalf("files %v: %v", chosen, err)
		}
		if got := r.check(t); got != r.wanted() {
			t.Errorf("files %v: %d of %d bytes are verified", chosen, got, r.wanted())
		}
	}
}

func testUnknownFile(t *testing.T, s Setup) {
	r := newRun(t, s.Serve(t, single(TestPart)))
	r.origin.Files = append(r.origin.Files, File{Data: []byte("x")})
	r.chosen = []int{1}
	wantProblem(t, r.download(t.Context(), t, s), []models.Problem{models.ProblemBadSelection})
}

func wantProblem(t *testing.T, err error, want []models.Problem) {
	t.Helper()
	e, ok := errors.AsType[*models.Error](err)
	if !ok || !slices.Contains(want, e.Problem) {
		t.Fatalf("got %v, want one of %v", err, want)
	}
	if e.Message == "" {
		t.Error("the fault has no message for the user")
	}
}
