package disk

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"longhaul/internal/byterange"
)

const part = 1 << 20

func content(seed uint64, n int) []byte {
	b := make([]byte, n)
	var key [32]byte
	key[0] = byte(seed)
	_, _ = rand.NewChaCha8(key).Read(b)
	return b
}

func open(t *testing.T, dir string, opts Options, specs ...FileSpec) *Store {
	t.Helper()
	s, err := Open(dir, specs, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openReader(t *testing.T, dir string, specs ...FileSpec) *Reader {
	t.Helper()
	r, err := OpenReader(dir, specs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func put(t *testing.T, s *Store, file int, data []byte, off, n int64) {
	t.Helper()
	b := data[off : off+n]
	if _, err := s.WriteAt(file, b, off); err != nil {
		t.Fatal(err)
	}
	if err := s.Verified(file, off, n, crc32.Checksum(b, castagnoli)); err != nil {
		t.Fatal(err)
	}
}

func refresh(t *testing.T, r *Reader) {
	t.Helper()
	if _, err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
}

func TestVerifiedRangesSurviveAReopen(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(1, 4*part)
	spec := FileSpec{Index: 3, Size: int64(len(data)), PartSize: part}
	s := open(t, dir, Options{}, spec)
	put(t, s, 3, data, 0, 100)
	put(t, s, 3, data, 2*part, part)
	if _, err := s.WriteAt(3, data[part:part+50], part); err != nil { // written, never verified
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{}, spec)
	defer s.Close()
	for _, c := range []struct {
		off, n int64
		want   bool
	}{{0, 100, true}, {0, 101, false}, {50, 50, true}, {part, 50, false}, {2 * part, part, true}, {0, 0, true}} {
		if got := s.Has(3, c.off, c.n); got != c.want {
			t.Errorf("Has(%d, %d) = %v", c.off, c.n, got)
		}
	}
	if s.Has(4, 0, 1) {
		t.Error("a file that is not part of the transfer has bytes")
	}
	if s.Held() != 100+part {
		t.Errorf("held %d", s.Held())
	}
}

func TestTornJournalEndIsIgnored(t *testing.T) {
	t.Parallel()
	for cut := 1; cut < recordHeader; cut += 6 {
		dir, data := t.TempDir(), content(2, 3*part)
		spec := FileSpec{Index: 0, Size: int64(len(data)), PartSize: part}
		s := open(t, dir, Options{}, spec)
		put(t, s, 0, data, 0, part)
		put(t, s, 0, data, part, part)
		s.Close()
		name := filepath.Join(dir, journalName)
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(name, info.Size()-int64(cut)); err != nil {
			t.Fatal(err)
		}
		r := openReader(t, dir, spec)
		s = open(t, dir, Options{}, spec)
		if !s.Has(0, 0, part) || s.Has(0, part, 1) {
			t.Fatalf("cut %d: wrong ranges", cut)
		}
		put(t, s, 0, data, 2*part, part)
		refresh(t, r)
		if got := r.VerifiedRanges(0); len(got) != 2 || got[1] != (byterange.Range{Off: 2 * part, Len: part}) {
			t.Fatalf("cut %d: reader sees %v", cut, got)
		}
		s.Close()
	}
}

func TestRecordsBehindADamagedOneAreVoid(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(8, 3*part)
	spec := FileSpec{Index: 0, Size: int64(len(data)), PartSize: part}
	s := open(t, dir, Options{}, spec)
	put(t, s, 0, data, 0, part)
	put(t, s, 0, data, part, part)
	s.Close()
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{0xff}, 9); err != nil {
		t.Fatal(err)
	}
	f.Close()
	for range 2 {
		s = open(t, dir, Options{}, spec)
		if s.Has(0, part, 1) {
			t.Fatal("a record behind a damaged one counts")
		}
		put(t, s, 0, data, 2*part, part)
		s.Close()
	}
}

func TestReaderChecksWhatItReads(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(3, 2*part)
	spec := FileSpec{Index: 0, Size: int64(len(data)), PartSize: part}
	s := open(t, dir, Options{}, spec)
	defer s.Close()
	r := openReader(t, dir, spec)
	put(t, s, 0, data, 0, part/2)
	put(t, s, 0, data, part/2, part/2)
	refresh(t, r)

	buf := make([]byte, part)
	if err := r.ReadVerified(0, 0, buf); err != nil || !bytes.Equal(buf, data[:part]) {
		t.Fatalf("read: %v", err)
	}
	if err := r.ReadVerified(0, 100, buf[:part/2]); err != nil || !bytes.Equal(buf[:part/2], data[100:100+part/2]) {
		t.Fatalf("read across records: %v", err)
	}
	if err := r.ReadVerified(0, part-1, buf[:2]); !errors.Is(err, ErrNotVerified) {
		t.Fatalf("unverified read: %v", err)
	}
	sum, err := r.CRC32C(0, byterange.Range{Off: 0, Len: part})
	if err != nil || sum != crc32.Checksum(data[:part], castagnoli) {
		t.Fatalf("combined sum %x, %v", sum, err)
	}
	sum, err = r.CRC32C(0, byterange.Range{Off: 7, Len: 1000})
	if err != nil || sum != crc32.Checksum(data[7:1007], castagnoli) {
		t.Fatalf("read sum %x, %v", sum, err)
	}

	f, err := os.OpenFile(filepath.Join(dir, dataDir, "0"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{data[part/2+9] ^ 1}, part/2+9); err != nil {
		t.Fatal(err)
	}
	f.Close()
	var corrupt *CorruptError
	if err := r.ReadVerified(0, 0, buf); !errors.As(err, &corrupt) || corrupt.Range != (byterange.Range{Off: part / 2, Len: part / 2}) {
		t.Fatalf("flipped byte: %v", err)
	}
	if err := s.Drop(0, corrupt.Range); err != nil {
		t.Fatal(err)
	}
	refresh(t, r)
	if s.Has(0, part/2, 1) || r.Verified(0, corrupt.Range) || !s.Has(0, 0, part/2) {
		t.Error("drop left the wrong ranges")
	}
}

func TestStoredPartsAreReleasedAndStay(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(4, 3*part)
	spec := FileSpec{Index: 0, Size: int64(len(data)), PartSize: part}
	s := open(t, dir, Options{}, spec)
	r := openReader(t, dir, spec)
	for off := int64(0); off < 2*part; off += part / 4 {
		put(t, s, 0, data, off, part/4)
	}
	put(t, s, 0, data, 2*part-100, 200) // reaches into part 3
	refresh(t, r)
	p := StoredPart{File: 0, Number: 2, Range: byterange.Range{Off: part, Len: part}, CRC32C: 7, ETag: `"e"`}
	before := blocks(t, dir)
	if err := r.MarkStored(p, false); err != nil {
		t.Fatal(err)
	}
	s.Release(0, p.Range)
	if after := blocks(t, dir); after >= before {
		t.Errorf("release kept the blocks: %d, %d", before, after)
	}
	if s.Held() != part+100 {
		t.Errorf("held %d", s.Held())
	}
	if err := r.ReadVerified(0, part, make([]byte, 10)); !errors.Is(err, ErrReleased) {
		t.Errorf("read of released bytes: %v", err)
	}
	if _, err := s.ReadAt(0, make([]byte, 10), part); !errors.Is(err, ErrReleased) {
		t.Errorf("engine's read of released bytes: %v", err)
	}
	tail := make([]byte, 100)
	if err := r.ReadVerified(0, 2*part, tail); err != nil || !bytes.Equal(tail, data[2*part:2*part+100]) {
		t.Errorf("a neighbour's bytes went with the part: %v", err)
	}
	s.Close()
	r.Close()

	s, r = open(t, dir, Options{}, spec), openReader(t, dir, spec)
	defer s.Close()
	if !s.Has(0, 0, 2*part+100) || s.Has(0, 0, 2*part+101) || s.Held() != part+100 {
		t.Errorf("after a restart: held %d", s.Held())
	}
	got := r.Stored(0)
	if len(got) != 1 || got[0] != p {
		t.Errorf("stored parts after a restart: %+v", got)
	}
	if r.VerifiedBytes() != 2*part+100 {
		t.Errorf("verified bytes %d", r.VerifiedBytes())
	}
}

func blocks(t *testing.T, dir string) int64 {
	t.Helper()
	n, err := allocated(filepath.Join(dir, dataDir, "0"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPartsInStorageNeedNoBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	spec := FileSpec{Index: 0, Size: 2*part + 5, PartSize: part, Stored: []int64{1, 3}}
	s := open(t, dir, Options{}, spec)
	defer s.Close()
	if !s.Has(0, 0, part) || s.Has(0, part, 1) || !s.Has(0, 2*part, 5) || s.Held() != 0 {
		t.Error("wrong ranges")
	}
	r := openReader(t, dir, spec)
	if got := r.Stored(0); len(got) != 2 || got[1].Range != (byterange.Range{Off: 2 * part, Len: 5}) {
		t.Errorf("stored %+v", got)
	}
	if r.VerifiedBytes() != part+5 || !r.Verified(0, byterange.Range{Off: 0, Len: part}) {
		t.Error("the reader does not count them")
	}
}

func TestAnotherValidatorVoidsTheRanges(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(5, 2*part)
	spec := FileSpec{Index: 0, Size: -1, PartSize: part}
	s := open(t, dir, Options{}, spec)
	r := openReader(t, dir, spec)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SetValidator(0, `"one"`))
	must(s.SetSize(0, 2*part))
	put(t, s, 0, data, 0, part)
	refresh(t, r)
	if r.Validator(0) != `"one"` || r.Size(0) != 2*part {
		t.Fatalf("reader sees %q, %d", r.Validator(0), r.Size(0))
	}
	must(r.MarkStored(StoredPart{File: 0, Number: 1, Range: byterange.Range{Off: 0, Len: part}, Validator: `"one"`}, true))
	must(s.SetValidator(0, `"one"`))
	if !s.Has(0, 0, part) {
		t.Fatal("the same validator voided the ranges")
	}
	must(s.SetValidator(0, `"two"`))
	refresh(t, r)
	if s.Has(0, 0, 1) || s.Held() != 0 || len(r.Stored(0)) != 0 || r.Kept() != 0 || r.Verified(0, byterange.Range{Off: 0, Len: 1}) {
		t.Fatal("ranges of the old content stayed")
	}
	if err := r.MarkStored(StoredPart{File: 0, Number: 1, Validator: `"one"`}, true); !errors.Is(err, ErrNotVerified) {
		t.Fatalf("a part of the old content was taken: %v", err)
	}
	s.Close()

	spec.Validator, spec.Stored = `"three"`, []int64{2}
	s = open(t, dir, Options{}, spec)
	defer s.Close()
	if s.Validator(0) != `"three"` || !s.Has(0, part, part) || s.Has(0, 0, 1) {
		t.Error("what the control plane knows did not win")
	}
}

func TestWaitBlocksUntilParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir, data := t.TempDir(), content(6, 4*part)
		s := open(t, dir, Options{Limit: 1}, FileSpec{Index: 0, Size: 4 * part, PartSize: part})
		defer s.Close()
		if room, bounded := s.Room(); !bounded || room != 2*part {
			t.Errorf("room %d, %v", room, bounded)
		}
		put(t, s, 0, data, 0, 2*part)
		done := make(chan error, 1)
		go func() { done <- s.Wait(t.Context()) }()
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("did not wait")
		default:
		}
		s.Release(0, byterange.Range{Off: 0, Len: part})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		put(t, s, 0, data, 2*part, part)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		s.SetLimit(0)
		if err := s.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFullDiskWithoutAWholePartStillMovesOn(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(7, 8*part)
	s := open(t, dir, Options{Limit: 1}, FileSpec{Index: 0, Size: 8 * part, PartSize: part})
	defer s.Close()
	for off := int64(0); off < 8*part; off += part {
		put(t, s, 0, data, off, part/2) // half of every part
	}
	if room, _ := s.Room(); room <= 0 {
		t.Error("no part can ever be finished")
	}
}

// A short last part that is whole can be uploaded and released, so that more
// bytes have to wait for that.
func TestAShortLastPartMakesRoomToo(t *testing.T) {
	t.Parallel()
	const size = 8*part - part/2
	dir, data := t.TempDir(), content(8, size)
	s := open(t, dir, Options{Limit: 1}, FileSpec{Index: 0, Size: size, PartSize: part})
	defer s.Close()
	for off := int64(0); off < size; off += part {
		put(t, s, 0, data, off, part/2) // half of every part; that is all of the last one
	}
	if room, bounded := s.Room(); room != 0 || !bounded {
		t.Errorf("room for %d bytes although a part can go", room)
	}
}

func TestBadSpecsAreRefused(t *testing.T) {
	t.Parallel()
	for _, spec := range []FileSpec{{Index: -1}, {Size: -2}, {PartSize: -1}, {Stored: []int64{1}}, {PartSize: 5, Stored: []int64{0}}} {
		if _, err := Open(t.TempDir(), []FileSpec{spec}, Options{}); err == nil {
			t.Errorf("%+v was taken", spec)
		}
	}
}

func TestManyFilesNeedFewDescriptors(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), 3*maxOpen
	var specs []FileSpec
	for i := range n {
		specs = append(specs, FileSpec{Index: i, Size: 4, PartSize: part})
	}
	s := open(t, dir, Options{}, specs...)
	defer s.Close()
	for i := range n {
		put(t, s, i, []byte{1, 2, 3, byte(i)}, 0, 4)
	}
	if len(s.data.open) > maxOpen {
		t.Errorf("%d files are open", len(s.data.open))
	}
	b := make([]byte, 4)
	if _, err := s.ReadAt(1, b, 0); err != nil || b[3] != 1 {
		t.Error(b, err)
	}
}

func TestSymlinkInTheDirectoryIsNotFollowedOut(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	s := open(t, dir, Options{}, FileSpec{Index: 0, Size: 4, PartSize: part})
	defer s.Close()
	if err := os.Symlink(outside, filepath.Join(dir, dataDir, "0")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.WriteAt(0, []byte("evil"), 0); err == nil {
		t.Error("wrote through the link")
	}
	if _, err := os.Stat(outside); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file outside exists")
	}
}
