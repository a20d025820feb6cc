package disk

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"longhaul/internal/byterange"
)

func keptPart(n int64) StoredPart {
	return StoredPart{File: 0, Number: n, Range: byterange.Range{Off: (n - 1) * part, Len: part}, CRC32C: 7, ETag: `"e"`}
}

// whole makes a directory with a file of n verified parts and returns it open.
func whole(t *testing.T, n int64) (dir string, spec FileSpec, data []byte, r *Reader) {
	t.Helper()
	dir, data = t.TempDir(), content(21, int(n*part))
	spec = FileSpec{Index: 0, Size: n * part, PartSize: part}
	s := open(t, dir, Options{}, spec)
	for i := range n {
		put(t, s, 0, data, i*part, part)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, spec, data, openReader(t, dir, spec)
}

func do(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestStoredPartsStayUntilTheyAreGivenBack(t *testing.T) {
	t.Parallel()
	dir, spec, data, r := whole(t, 4)
	do(t, r.MarkStored(keptPart(3), true), r.MarkStored(keptPart(1), true), r.MarkStored(keptPart(2), false))
	if r.Kept() != 2*part {
		t.Errorf("%d bytes are kept", r.Kept())
	}
	before := blocks(t, dir)
	do(t, r.GiveBack(1))
	if r.Kept() != part || blocks(t, dir) > before-part {
		t.Errorf("%d bytes are kept, and %d are free", r.Kept(), before-blocks(t, dir))
	}
	do(t, r.Close())

	r = openReader(t, dir, spec)
	buf := make([]byte, part)
	for n, want := range []error{1: nil, 2: ErrReleased, 3: ErrReleased} { // the oldest went first
		if n == 0 {
			continue
		}
		if err := r.ReadVerified(0, int64(n-1)*part, buf); !errors.Is(err, want) {
			t.Errorf("part %d: %v, want %v", n, err, want)
		} else if err == nil && !bytes.Equal(buf, data[:part]) {
			t.Errorf("part %d has other bytes", n)
		}
	}
	if r.Kept() != part || len(r.Stored(0)) != 3 {
		t.Errorf("after a restart %d bytes are kept of %d parts", r.Kept(), len(r.Stored(0)))
	}
	do(t, r.GiveBack(math.MaxInt64))
	if r.Kept() != 0 {
		t.Errorf("%d bytes are kept", r.Kept())
	}
	// What was kept held up no engine.
	s := open(t, dir, Options{}, spec)
	defer s.Close()
	if s.Held() != part || !s.Has(0, 0, 4*part) {
		t.Errorf("held %d", s.Held())
	}
}

func TestPartsThatStorageLost(t *testing.T) {
	t.Parallel()
	dir, spec, data, r := whole(t, 4)
	do(t, r.MarkStored(keptPart(1), true), r.MarkStored(keptPart(2), false), r.MarkStored(keptPart(3), true), r.MarkStored(keptPart(4), false), r.Close())
	do(t, Unstore(dir, []FileSpec{spec}, func(p StoredPart) bool { return p.Number < 3 }))
	for range 2 { // and after a restart
		r = openReader(t, dir, spec)
		if got := r.Stored(0); len(got) != 2 || got[0].Number != 3 || got[1].Number != 4 || r.Kept() != part {
			t.Errorf("stored %+v, %d kept", got, r.Kept())
		}
		buf := make([]byte, part)
		if err := r.ReadVerified(0, 0, buf); err != nil || !bytes.Equal(buf, data[:part]) {
			t.Errorf("the part that is still here: %v", err)
		}
		if r.Verified(0, byterange.Range{Off: part, Len: 1}) || !r.Verified(0, byterange.Range{Off: 2 * part, Len: 2 * part}) {
			t.Error("the wrong ranges are verified")
		}
		s := open(t, dir, Options{}, spec)
		if !s.Has(0, 0, part) || s.Has(0, part, 1) || !s.Has(0, 2*part, 2*part) || s.Held() != part {
			t.Errorf("the engine holds %d bytes, %v", s.Held(), s.files[0].have)
		}
		do(t, s.Close(), r.Close())
	}
	// It is stored again.
	r = openReader(t, dir, spec)
	do(t, r.MarkStored(keptPart(1), true), r.Close())
	if r = openReader(t, dir, spec); len(r.Stored(0)) != 3 || r.Kept() != 2*part {
		t.Errorf("stored %+v, %d kept", r.Stored(0), r.Kept())
	}
}

// A kill may tear the record of stored parts anywhere. No part counts as here
// that was punched out, and none as stored that is not.
func TestTornRecordOfStoredParts(t *testing.T) {
	t.Parallel()
	dir, spec, data, r := whole(t, 3)
	do(t, r.MarkStored(keptPart(1), true), r.MarkStored(keptPart(2), true), r.GiveBack(1), r.Close())
	do(t, Unstore(dir, []FileSpec{spec}, func(p StoredPart) bool { return p.Number == 2 }))
	name := filepath.Join(dir, storedName)
	record, err := os.ReadFile(name)
	do(t, err)
	one := len(keptPart(1).record(recordKept).append(nil))
	if len(record) != 4*one {
		t.Fatalf("%d bytes for 4 records of %d", len(record), one)
	}
	for cut := range len(record) + 1 {
		// The punch follows its record, so with the record goes the punch.
		do(t, os.WriteFile(name, record[:cut], 0o600))
		f, err := os.OpenFile(filepath.Join(dir, dataDir, "0"), os.O_WRONLY, 0)
		do(t, err)
		_, err = f.WriteAt(data[:part], 0)
		do(t, err, f.Close())

		r := openReader(t, dir, spec)
		stored, kept := []int{0, 1, 2, 2, 1}[cut/one], []int64{0, 1, 2, 1, 0}[cut/one]
		if len(r.Stored(0)) != stored || r.Kept() != kept*part {
			t.Fatalf("cut at %d: %d parts, %d bytes kept", cut, len(r.Stored(0)), r.Kept())
		}
		buf := make([]byte, part)
		if err := r.ReadVerified(0, 0, buf); cut >= 3*one && !errors.Is(err, ErrReleased) || cut < 3*one && err != nil {
			t.Fatalf("cut at %d: reading the first part: %v", cut, err)
		}
		if err := r.ReadVerified(0, part, buf); err != nil || !bytes.Equal(buf, data[part:2*part]) {
			t.Fatalf("cut at %d: reading the second part: %v", cut, err)
		}
		do(t, r.Close())
	}
}

// A kill between the drop of a lost part's range and the record that it is not
// stored is made up for.
func TestKillWhileALostPartIsTakenBack(t *testing.T) {
	t.Parallel()
	dir, spec, _, r := whole(t, 2)
	do(t, r.MarkStored(keptPart(1), false), r.MarkStored(keptPart(2), true), r.Close())
	name := filepath.Join(dir, storedName)
	record, err := os.ReadFile(name)
	do(t, err)
	everything := func(StoredPart) bool { return true }
	do(t, Unstore(dir, []FileSpec{spec}, everything))
	do(t, os.WriteFile(name, record, 0o600)) // as it was before
	do(t, Unstore(dir, []FileSpec{spec}, everything))
	s := open(t, dir, Options{}, spec)
	defer s.Close()
	if s.Has(0, 0, 1) || !s.Has(0, part, part) || s.Held() != part {
		t.Errorf("the engine holds %d bytes, %v", s.Held(), s.files[0].have)
	}
}

// A recorded range across two parts is dropped only when neither part's bytes are
// here any more: what is left of it could not be checked.
func TestLostNeighboursKeepWhatChecksThem(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(22, 2*part)
	spec := FileSpec{Index: 0, Size: 2 * part, PartSize: part}
	s := open(t, dir, Options{}, spec)
	put(t, s, 0, data, 0, part-100)
	put(t, s, 0, data, part-100, 200)
	put(t, s, 0, data, part+100, part-100)
	do(t, s.Close())
	r := openReader(t, dir, spec)
	do(t, r.MarkStored(keptPart(1), false), r.MarkStored(keptPart(2), true), r.Close())
	do(t, Unstore(dir, []FileSpec{spec}, func(StoredPart) bool { return true }))
	r = openReader(t, dir, spec)
	buf := make([]byte, part)
	if err := r.ReadVerified(0, part, buf); err != nil || !bytes.Equal(buf, data[part:]) {
		t.Errorf("the neighbour: %v", err)
	}
	if r.Verified(0, byterange.Range{Off: part - 101, Len: 1}) || !r.Verified(0, byterange.Range{Off: part - 100, Len: 100}) {
		t.Errorf("verified %v", r.VerifiedRanges(0))
	}
}
