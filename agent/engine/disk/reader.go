package disk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"sync"

	"longhaul/internal/byterange"
)

var (
	// ErrReleased says that bytes were punched out after they were stored.
	ErrReleased = errors.New("the range was released")
	// ErrNotVerified says that a range is not, or not wholly, verified.
	ErrNotVerified = errors.New("the range is not verified")
)

// CorruptError says that bytes on disk are not the ones that were verified,
// which happens after a power cut or on a failing disk. The way out is to stop
// the engine, Drop the range and start the engine again.
type CorruptError struct {
	File  int
	Range byterange.Range
}

// Error says where the bytes are wrong.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("file %d: bytes %d to %d differ from what was verified", e.File, e.Range.Off, e.Range.End())
}

// Reader is the uploader's side of a transfer's directory, in the agent's own
// process. It follows the journal that the engine's process writes. All methods
// may be called at the same time.
type Reader struct {
	root *os.Root
	data *files

	mu      sync.Mutex
	journal *os.File // nil until the engine made it
	at      int64    // how far the journal was read
	stored  *journal
	parts   *storedParts
	kept    int64 // bytes of stored parts that are on disk
	files   map[int]*readState
}

// readState is what the Reader knows of one file.
type readState struct {
	fileState
	sums sums
}

// OpenReader opens the directory for the agent's process, making it if need
// be, and reads what the journal says so far. What is still on disk of stored
// parts that are not kept is given back.
func OpenReader(dir string, specs []FileSpec) (*Reader, error) {
	root, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	r := &Reader{root: root, data: newFiles(root), parts: newStoredParts(), files: map[int]*readState{}}
	if err := r.load(specs); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) load(specs []FileSpec) error {
	for _, spec := range specs {
		if err := spec.validate(); err != nil {
			return err
		}
		r.files[spec.Index] = &readState{fileState: fileState{spec: spec, size: spec.Size}}
	}
	j, err := openJournal(r.root, storedName, r.parts.apply)
	if err != nil {
		return err
	}
	r.stored = j
	if _, err := r.Refresh(); err != nil {
		return err
	}
	r.recount()
	for i, f := range r.files {
		for _, part := range f.stored(r.parts.byFile[i], released) {
			if f.have.Overlap(part) == 0 {
				continue
			}
			if err := r.punch(i, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// Refresh reads what the engine appended to the journal and reports whether
// there was anything. It is cheap when there was not.
func (r *Reader) Refresh() (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.journal == nil {
		f, err := r.root.Open(journalName)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("open journal: %w", err)
		}
		r.journal = f
	}
	void := false
	at, err := follow(r.journal, r.at, func(rec record) {
		if f := r.files[rec.file]; f != nil {
			f.apply(rec)
			f.sums.apply(rec)
			void = void || rec.kind == recordValidator
		}
	})
	if void {
		r.recount()
	}
	changed := at != r.at
	r.at = at
	return changed, err
}

// Verified reports whether the whole range is verified and on disk or stored.
func (r *Reader) Verified(file int, rng byterange.Range) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[file]
	return f != nil && (f.have.Has(rng) || f.storedSet(r.parts.byFile[file]).Has(rng))
}

// VerifiedRanges returns the ranges of a file that the journal calls verified,
// in order; those that were released since are among them.
func (r *Reader) VerifiedRanges(file int) []byterange.Range {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.files[file]; f != nil {
		return append([]byterange.Range(nil), f.have...)
	}
	return nil
}

// VerifiedBytes returns how many bytes of all files are verified or stored.
func (r *Reader) VerifiedBytes() (n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, f := range r.files {
		all := f.storedSet(r.parts.byFile[i])
		for _, part := range f.have {
			all.Add(part)
		}
		n += all.Total()
	}
	return n
}

// Size returns a file's size, -1 while it is unknown.
func (r *Reader) Size(file int) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.files[file]; f != nil {
		return f.size
	}
	return -1
}

// Validator returns what the ranges of a file belong to.
func (r *Reader) Validator(file int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.files[file]; f != nil {
		return f.validator
	}
	return ""
}

// Stored returns the parts of a file that are in storage: first those that the
// control plane knew at the start, by number and range only, then those that
// were recorded here.
func (r *Reader) Stored(file int) (out []StoredPart) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[file]
	if f == nil {
		return nil
	}
	if f.validator == f.spec.Validator {
		for _, n := range f.spec.Stored {
			out = append(out, StoredPart{File: file, Number: n, Range: f.spec.part(n, f.size)})
		}
	}
	for _, p := range r.parts.byFile[file] {
		if p.gen == f.gen {
			out = append(out, *p)
		}
	}
	return out
}

// MarkStored records that a part is in storage, so that it is neither fetched
// nor uploaded again whatever dies next. Its bytes stay until GiveBack, or are
// punched out if they are not to be kept. A part of a url source that changed
// meanwhile is ErrNotVerified.
func (r *Reader) MarkStored(p StoredPart, keep bool) error {
	if err := r.markStored(p, keep); err != nil || keep {
		return err
	}
	return r.punch(p.File, p.Range)
}

func (r *Reader) markStored(p StoredPart, keep bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[p.File]
	if f == nil {
		return fmt.Errorf("file %d is not part of the transfer", p.File)
	}
	if p.Validator != f.validator {
		return fmt.Errorf("file %d, part %d: %w", p.File, p.Number, ErrNotVerified)
	}
	p.gen, p.kept = f.gen, keep
	kind := recordStored
	if keep {
		kind = recordKept
	}
	if err := r.stored.add(p.record(kind)); err != nil {
		return diskFault(err)
	}
	r.parts.add(&p)
	if keep {
		r.kept += p.Range.Len
	}
	return nil
}

// CRC32C returns the checksum of a verified range. It is combined from the
// journal without reading data if the recorded ranges tile it, as they do for
// a part when the engine verifies in ranges that no part boundary cuts.
func (r *Reader) CRC32C(file int, rng byterange.Range) (uint32, error) {
	r.mu.Lock()
	var sum uint32
	var ok bool
	if f := r.files[file]; f != nil {
		sum, ok = f.sums.combine(rng)
	}
	r.mu.Unlock()
	if ok {
		return sum, nil
	}
	buf := make([]byte, min(rng.Len, 4<<20))
	for off := rng.Off; off < rng.End(); {
		p := buf[:min(int64(len(buf)), rng.End()-off)]
		if err := r.ReadVerified(file, off, p); err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, castagnoli, p)
		off += int64(len(p))
	}
	return sum, nil
}

// ReadVerified fills p with verified bytes of the file from off and checks them
// against the journal's checksums. A range that is not verified is
// ErrNotVerified, one that was released ErrReleased, and bytes that changed on
// disk are a *CorruptError.
func (r *Reader) ReadVerified(file int, off int64, p []byte) error {
	want := byterange.Range{Off: off, Len: int64(len(p))}
	r.mu.Lock()
	f := r.files[file]
	var cover []sum
	released := false
	if f != nil {
		cover = f.sums.cover(want)
		released = f.kept.Overlap(want) < f.have.Overlap(want)
	}
	r.mu.Unlock()
	if released {
		return fmt.Errorf("file %d: %w", file, ErrReleased)
	}
	if cover == nil && want.Len > 0 {
		return fmt.Errorf("file %d, %d bytes at %d: %w", file, want.Len, off, ErrNotVerified)
	}
	return r.data.use(file, func(d *os.File) error {
		for _, c := range cover {
			if err := readSum(d, file, c, want, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// readSum reads one recorded range, checks it, and leaves what p wants of it
// in p.
func readSum(d *os.File, file int, c sum, want byterange.Range, p []byte) error {
	inside := c.Off >= want.Off && c.End() <= want.End()
	var b []byte
	if inside {
		b = p[c.Off-want.Off : c.End()-want.Off]
	} else {
		b = make([]byte, c.Len)
	}
	if _, err := d.ReadAt(b, c.Off); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read data file: %w", err)
	}
	if crc32.Checksum(b, castagnoli) != c.crc {
		return &CorruptError{File: file, Range: c.Range}
	}
	if !inside {
		from, to := max(c.Off, want.Off), min(c.End(), want.End())
		copy(p[from-want.Off:to-want.Off], b[from-c.Off:to-c.Off])
	}
	return nil
}

// storedSet returns the bytes that are in storage.
func (f *readState) storedSet(parts []*StoredPart) (set byterange.Set) {
	for _, s := range f.stored(parts, all) {
		set.Add(s)
	}
	return set
}

// Close closes everything and syncs the record of stored parts.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	if r.stored != nil {
		errs = append(errs, r.stored.close())
	}
	return errors.Join(append(errs, r.data.close(), r.root.Close())...)
}
