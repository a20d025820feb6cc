package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"longhaul/internal/byterange"
)

// StoredPart is a part that object storage took.
type StoredPart struct {
	File   int
	Number int64 // from 1
	Range  byterange.Range
	CRC32C uint32
	ETag   string

	// Validator is what Reader.Validator said before the part was read; it is
	// not kept.
	Validator string

	gen  uint32 // of the file's validator; parts of an older one are void
	kept bool   // its bytes are still on disk
}

func (p StoredPart) record(kind recordKind) record {
	extra := binary.LittleEndian.AppendUint32(nil, p.gen)
	extra = binary.LittleEndian.AppendUint64(extra, uint64(p.Number))
	return record{
		kind: kind, file: p.File, off: p.Range.Off, length: p.Range.Len, sum: p.CRC32C,
		extra: append(extra, p.ETag...),
	}
}

// storedParts is what the record of stored parts says.
type storedParts struct {
	byFile map[int][]*StoredPart
	kept   []*StoredPart // those whose bytes are on disk, the oldest first; some were released since
}

func newStoredParts() *storedParts { return &storedParts{byFile: map[int][]*StoredPart{}} }

// apply replays a record.
func (s *storedParts) apply(r record) {
	if len(r.extra) < 12 {
		return
	}
	p := &StoredPart{
		File: r.file, Range: r.rng(), CRC32C: r.sum,
		gen:    binary.LittleEndian.Uint32(r.extra),
		Number: int64(binary.LittleEndian.Uint64(r.extra[4:])),
		ETag:   string(r.extra[12:]),
		kept:   r.kind == recordKept,
	}
	switch r.kind {
	case recordStored, recordKept:
		s.add(p)
	case recordReleased, recordUnstored:
		i := slices.IndexFunc(s.byFile[p.File], func(q *StoredPart) bool { return q.Number == p.Number && q.gen == p.gen })
		if i < 0 {
			return
		}
		s.byFile[p.File][i].kept = false
		if r.kind == recordUnstored {
			s.byFile[p.File] = slices.Delete(s.byFile[p.File], i, i+1)
		}
	case recordVerified, recordDropped, recordSize, recordValidator:
	}
}

func (s *storedParts) add(p *StoredPart) {
	s.byFile[p.File] = append(s.byFile[p.File], p)
	if p.kept {
		s.kept = append(s.kept, p)
	}
}

// readStored returns the stored parts by file, without changing the record.
func readStored(root *os.Root) (map[int][]*StoredPart, error) {
	parts := newStoredParts()
	f, err := root.Open(storedName)
	if errors.Is(err, fs.ErrNotExist) {
		return parts.byFile, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", storedName, err)
	}
	defer f.Close()
	_, err = follow(f, 0, parts.apply)
	return parts.byFile, err
}

// Unstore takes back the parts of the directory's record that are not in storage
// after all. Those whose bytes are still here are merely verified from then on;
// the ranges of the others are dropped. No engine may have the directory open.
func Unstore(dir string, specs []FileSpec, gone func(StoredPart) bool) error {
	r, err := OpenReader(dir, specs)
	if err != nil {
		return err
	}
	return errors.Join(r.unstore(dir, specs, gone), r.Close())
}

func (r *Reader) unstore(dir string, specs []FileSpec, gone func(StoredPart) bool) error {
	var parts []*StoredPart
	for i, f := range r.files {
		for _, p := range r.parts.byFile[i] {
			if p.gen == f.gen && gone(*p) {
				parts = append(parts, p)
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	// The ranges are dropped first: a part without bytes that is still recorded
	// as stored is met again after a kill, one that counts as verified is not.
	s, err := Open(dir, specs, Options{})
	if err != nil {
		return err
	}
	for _, p := range parts {
		if !p.kept {
			err = errors.Join(err, s.Drop(p.File, r.files[p.File].punched(p.Range, r.parts.byFile[p.File])))
		}
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	for _, p := range parts {
		if err := r.stored.add(p.record(recordUnstored)); err != nil {
			return diskFault(err)
		}
	}
	return nil
}
