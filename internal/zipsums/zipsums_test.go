package zipsums_test

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/internal/zipsums"
	"longhaul/models"
)

// bucket is object storage in memory.
type bucket struct {
	objects map[string][]byte
	read    int64 // bytes that were handed out
	broken  map[string]bool
}

func (b *bucket) Get(_ context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	body, ok := b.objects[key]
	switch {
	case b.broken[key]:
		return nil, errors.New("storage is unwell")
	case !ok:
		return nil, models.Errorf(models.CodeNotFound, "There is no such object.")
	case etag != "e":
		return nil, models.Fault(models.ProblemWrongContent, "It is another object.")
	}
	return io.NopCloser(&counted{bytes.NewReader(body[offset : offset+length]), &b.read}), nil
}

type counted struct {
	io.Reader
	n *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += int64(n)
	return n, err
}

// house is a store with files whose checksums are not known.
type house struct {
	*testing.T
	*bucket
	store   *store.Store
	job     models.Job
	files   []models.File
	learner *zipsums.Learner
	counted map[string]int64
}

func newHouse(t *testing.T, sizes ...int64) *house {
	t.Helper()
	s := storetest.New(t)
	h := &house{T: t, bucket: &bucket{objects: map[string][]byte{}, broken: map[string]bool{}}, store: s, counted: map[string]int64{}}
	work := s.Worker()
	h.job = storetest.Admitted(t, s, storetest.User(t, s).ID, sizes...)
	for _, to := range []models.State{models.StateDownloading, models.StateStoring} {
		storetest.Must[models.Job](t)(work.Jobs.Transition(t.Context(), h.job.ID, models.JobChange{To: to, Reason: models.Because(models.ReasonPaused)}))
	}
	for i, f := range h.rows() {
		storetest.OK(t, work.Files.FileStored(t.Context(), f.ID, f.Size, "e"))
		h.objects[f.Key()] = bytes.Repeat([]byte{byte(i + 1), 7}, int(f.Size))[:f.Size]
	}
	storetest.Exec(t, `update files set crc32 = null`)
	h.files = h.rows()
	h.learner = &zipsums.Learner{
		Store: work.Files, Bucket: h, Log: slog.New(slog.DiscardHandler), Rate: 1 << 40,
		Counted: func(result string, n int64) { h.counted[result] += n },
	}
	return h
}

func (h *house) rows() []models.File {
	h.Helper()
	return storetest.Must[[]models.File](h)(h.store.Files.Files(h.Context(), h.job.UserID, h.job.ID))
}

// known compares the rows with the bytes and returns how many have a checksum.
func (h *house) known() (n int) {
	h.Helper()
	for _, f := range h.rows() {
		if f.CRC32 == nil {
			continue
		}
		if n++; *f.CRC32 != int64(crc32.ChecksumIEEE(h.objects[f.Key()])) {
			h.Errorf("%s has another checksum", f.Path)
		}
	}
	return n
}

func always(zipsums.Progress) bool { return true }

func TestChecksumsAreLearnedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 3_000_000, 0, 20, 700_000)
	p := storetest.Must[zipsums.Progress](t)(h.learner.Learn(t.Context(), zipsums.Progress{}, always))
	if h.known() != 4 || p.Learned != 4 || p.Bytes != 3_700_020 || p.Unread != 0 || h.counted[zipsums.Learned] != 4 {
		t.Errorf("%d are known: %+v, counted %v", h.known(), p, h.counted)
	}
	before := h.read
	p = storetest.Must[zipsums.Progress](t)(h.learner.Learn(t.Context(), zipsums.Progress{}, always))
	if h.read != before || p != (zipsums.Progress{}) {
		t.Errorf("again: %+v, %d bytes", p, h.read-before)
	}
}

// Learning is killed after every block: each time it continues where it last said
// it was, and reads nothing twice.
func TestLearningContinuesWithinAFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 2_500_000, 10, 1_000_000)
	var p zipsums.Progress
	runs := 0
	for ; h.known() < 3; runs++ {
		if runs > 100 {
			t.Fatal("it does not come to an end")
		}
		asked, at := 0, p
		_, err := h.learner.Learn(t.Context(), p, func(now zipsums.Progress) bool {
			if asked++; asked == 3 {
				return false
			}
			at = now
			return true
		})
		storetest.OK(t, err)
		p = at
	}
	if runs < 5 || h.read > 2*3_500_010 {
		t.Errorf("%d runs, %d bytes", runs, h.read)
	}
}

// A killed attempt that saved a checksum and did not say so does no harm.
func TestLearningIsKilledAfterItSaved(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 600_000, 600_000)
	storetest.Must[zipsums.Progress](t)(h.learner.Learn(t.Context(), zipsums.Progress{}, always))
	first := h.files[0].ID
	if h.files[1].ID.String() < first.String() {
		first = h.files[1].ID
	}
	storetest.Exec(t, `update files set crc32 = null where id <> $1`, first)
	p := zipsums.Progress{File: first, Offset: 262_144, Sums: models.Sums{CRC32: 99}}
	storetest.Must[zipsums.Progress](t)(h.learner.Learn(t.Context(), p, always))
	if h.known() != 2 {
		t.Errorf("%d are known", h.known())
	}
}

// Files that are gone, were replaced, are damaged or can't be read are passed over, and read by
// the next run.
func TestFilesThatCanNotBeRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 100, 200, 300, 400, 500)
	storetest.Exec(t, `update files set crc32c = 'AAAAAA==' where id = $1`, h.files[4].ID) // of other bytes
	delete(h.objects, h.files[0].Key())
	h.broken[h.files[1].Key()] = true
	storetest.Exec(t, `update files set etag = 'other' where id = $1`, h.files[2].ID)
	p := storetest.Must[zipsums.Progress](t)(h.learner.Learn(t.Context(), zipsums.Progress{}, always))
	if p.Learned != 1 || p.Unread != 4 || h.counted[zipsums.Unread] != 4 {
		t.Errorf("%+v, counted %v", p, h.counted)
	}
	h.broken = map[string]bool{}
	p = storetest.Must[zipsums.Progress](t)(h.learner.Learn(t.Context(), zipsums.Progress{}, always))
	if p.Learned != 1 || p.Unread != 3 {
		t.Errorf("afterwards: %+v", p)
	}
}

// Storage that is away ends the run, for Temporal to repeat.
func TestLearningWithoutStorage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1, 2, 3, 4, 5, 6, 7)
	for _, f := range h.files {
		h.broken[f.Key()] = true
	}
	if p, err := h.learner.Learn(t.Context(), zipsums.Progress{}, always); err == nil || p.Unread == 7 {
		t.Errorf("%+v, %v", p, err)
	}
}

// A checksum is of one object: a row that has another by now keeps its own.
func TestChecksumsBelongToObjects(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 100)
	storetest.OK(t, h.store.Files.SaveCRC32(t.Context(), h.files[0].ID, "other", 5))
	storetest.OK(t, h.store.Files.SaveCRC32(t.Context(), uuid.New(), "e", 5))
	if h.rows()[0].CRC32 != nil {
		t.Error("the checksum of another object was taken")
	}
}
