package disk

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"longhaul/agent/engine"
	"longhaul/internal/byterange"
	"longhaul/models"
)

var (
	_ engine.Store   = (*Store)(nil)
	_ engine.Bounded = (*Store)(nil)
)

// Options adjust a Store.
type Options struct {
	// Limit is how many verified bytes may be on disk before Wait blocks; 0
	// means no limit. Two parts of the largest file always have room, because
	// otherwise no part could be finished.
	Limit int64
	// OnVerified, if set, is called after a range was recorded, so that the
	// agent's process can be told to look at the journal.
	OnVerified func(file int, r byterange.Range)
}

// Store is the engine's side of a transfer's directory. All methods may be
// called at the same time.
type Store struct {
	root       *os.Root
	data       *files
	onVerified func(file int, r byterange.Range)

	mu      sync.Mutex
	journal *journal
	files   map[int]*fileState
	held    int64         // bytes verified and on disk
	limit   int64         // 0 is none
	least   int64         // a lower limit is raised to this
	changed chan struct{} // closed when held or limit change for the better
}

// fileState is what is known of one file.
type fileState struct {
	spec      FileSpec
	size      int64
	validator string
	gen       uint32        // how many validators there were
	have      byterange.Set // verified, on disk or in storage
	kept      byterange.Set // verified and on disk
}

// Open opens the directory for the engine's process, making it if need be, and
// takes up what earlier processes verified.
func Open(dir string, specs []FileSpec, opts Options) (*Store, error) {
	root, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		root: root, data: newFiles(root), onVerified: opts.OnVerified,
		files: make(map[int]*fileState, len(specs)), limit: opts.Limit, changed: make(chan struct{}),
	}
	if err := s.load(specs); err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	return s, nil
}

func (s *Store) load(specs []FileSpec) error {
	for _, spec := range specs {
		if err := spec.validate(); err != nil {
			return err
		}
		s.files[spec.Index] = &fileState{spec: spec, size: spec.Size}
		s.least = max(s.least, 2*spec.PartSize)
	}
	j, err := openJournal(s.root, journalName, func(r record) {
		if f := s.files[r.file]; f != nil {
			f.apply(r)
		}
	})
	if err != nil {
		return err
	}
	s.journal = j
	for _, f := range s.files {
		if f.spec.Validator == "" || f.spec.Validator == f.validator {
			continue
		}
		// What is on disk belongs to other content than what is in storage.
		if err := s.setValidator(f, f.spec.Validator); err != nil {
			return err
		}
	}
	parts, err := readStored(s.root)
	if err != nil {
		return err
	}
	for _, f := range s.files {
		for _, r := range f.stored(parts[f.spec.Index], all) {
			f.have.Add(r)
			f.kept.Remove(r)
		}
		s.held += f.kept.Total()
	}
	return nil
}

// apply replays a record.
func (f *fileState) apply(r record) {
	switch r.kind {
	case recordVerified:
		f.have.Add(r.rng())
		f.kept.Add(r.rng())
	case recordDropped:
		f.have.Remove(r.rng())
		f.kept.Remove(r.rng())
	case recordSize:
		f.size = r.length
	case recordValidator:
		f.validator = string(r.extra)
		f.gen++
		f.have, f.kept = nil, nil
	case recordStored, recordKept, recordReleased, recordUnstored:
	}
}

// which of the ranges in storage are asked for.
type which bool

const (
	all      which = false
	released which = true // those that are not on disk
)

// stored returns ranges in storage, as the control plane knew them at the start
// and as the agent's process recorded them since.
func (f *fileState) stored(parts []*StoredPart, w which) (out []byterange.Range) {
	kept := map[int64]bool{}
	for _, p := range parts {
		switch {
		case p.gen != f.gen:
		case w == released && p.kept:
			kept[p.Number] = true
		default:
			out = append(out, p.Range)
		}
	}
	if f.validator == f.spec.Validator {
		for _, n := range f.spec.Stored {
			if !kept[n] {
				out = append(out, f.spec.part(n, f.size))
			}
		}
	}
	return out
}

// WriteAt implements engine.Store.
func (s *Store) WriteAt(file int, p []byte, off int64) (n int, err error) {
	err = s.data.use(file, func(f *os.File) error {
		n, err = f.WriteAt(p, off)
		return err
	})
	return n, diskFault(err)
}

// ReadAt implements engine.Store.
func (s *Store) ReadAt(file int, p []byte, off int64) (n int, err error) {
	s.mu.Lock()
	f, err := s.file(file)
	released := err == nil && f.have.Overlap(byterange.Range{Off: off, Len: int64(len(p))}) > f.kept.Overlap(byterange.Range{Off: off, Len: int64(len(p))})
	s.mu.Unlock()
	if err != nil {
		return 0, err
	}
	if released {
		return 0, fmt.Errorf("file %d: %w", file, ErrReleased)
	}
	err = s.data.use(file, func(f *os.File) error {
		n, err = f.ReadAt(p, off)
		return err
	})
	return n, err
}

// Verified implements engine.Store.
func (s *Store) Verified(file int, off, length int64, crc32c uint32) error {
	if length <= 0 {
		return nil
	}
	r := byterange.Range{Off: off, Len: length}
	s.mu.Lock()
	err := func() error {
		f, err := s.file(file)
		if err != nil {
			return err
		}
		if err := s.journal.add(record{kind: recordVerified, file: file, off: off, length: length, sum: crc32c}); err != nil {
			return diskFault(err)
		}
		f.have.Add(r)
		s.held += f.kept.Add(r)
		return nil
	}()
	s.mu.Unlock()
	if err == nil && s.onVerified != nil {
		s.onVerified(file, r)
	}
	return err
}

// Has implements engine.Store.
func (s *Store) Has(file int, off, length int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[file]
	return f != nil && f.have.Has(byterange.Range{Off: off, Len: length})
}

// Missing implements engine.Store.
func (s *Store) Missing(file int, within byterange.Range) (byterange.Range, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[file]
	if f == nil {
		return byterange.Range{}, false
	}
	return f.have.Gap(within)
}

// SetSize implements engine.Store.
func (s *Store) SetSize(file int, size int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.file(file)
	if err != nil || f.size == size {
		return err
	}
	if err := s.journal.add(record{kind: recordSize, file: file, length: size}); err != nil {
		return diskFault(err)
	}
	f.size = size
	return nil
}

// SetValidator implements engine.Store.
func (s *Store) SetValidator(file int, validator string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.file(file)
	if err != nil || f.validator == validator {
		return err
	}
	before := f.kept.Total()
	if err := s.setValidator(f, validator); err != nil {
		return err
	}
	s.held -= before
	s.notify()
	return nil
}

// setValidator records the validator, which voids every range of the file.
func (s *Store) setValidator(f *fileState, validator string) error {
	r := record{kind: recordValidator, file: f.spec.Index, extra: []byte(validator)}
	if err := s.journal.add(r); err != nil {
		return diskFault(err)
	}
	f.apply(r)
	return s.data.use(f.spec.Index, func(d *os.File) error { return d.Truncate(0) })
}

// Validator returns what the ranges of a file belong to, for engine.File.
func (s *Store) Validator(file int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[file]; f != nil {
		return f.validator
	}
	return ""
}

// Drop makes a range unverified again, after the Reader found that its bytes
// are not what was verified (see CorruptError). It is for a process without a
// running engine, which would not notice.
func (s *Store) Drop(file int, r byterange.Range) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.file(file)
	if err != nil {
		return err
	}
	rec := record{kind: recordDropped, file: file, off: r.Off, length: r.Len}
	if err := s.journal.add(rec); err != nil {
		return diskFault(err)
	}
	s.held -= f.kept.Overlap(r)
	f.apply(rec)
	s.notify()
	return nil
}

// Release tells the store that the range is in object storage and its bytes
// are being punched out by the agent's process.
func (s *Store) Release(file int, r byterange.Range) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[file]
	if f == nil {
		return
	}
	s.held -= f.kept.Remove(r)
	f.have.Add(r)
	s.notify()
}

// Close syncs the journal and closes everything.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closeFiles()
}

func (s *Store) closeFiles() error {
	var errs []error
	if s.journal != nil {
		errs = append(errs, s.journal.close())
	}
	return errors.Join(append(errs, s.data.close(), s.root.Close())...)
}

func (s *Store) file(index int) (*fileState, error) {
	f := s.files[index]
	if f == nil {
		return nil, fmt.Errorf("file %d is not part of the transfer", index)
	}
	return f, nil
}

// diskFault gives a full disk its problem.
func diskFault(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return models.Fault(models.ProblemDiskFull, "The agent is out of disk space.").Because(err)
	}
	return err
}
