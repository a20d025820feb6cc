package disk

import (
	"errors"
	"os"

	"longhaul/internal/byterange"
)

// Kept returns how many bytes of stored parts are still on disk. They can be
// given back at any time.
func (r *Reader) Kept() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept
}

// GiveBack punches out stored parts that are still on disk, the oldest first,
// until so many bytes are free or none is left. That they are gone is recorded
// before it happens.
func (r *Reader) GiveBack(n int64) error {
	if _, err := r.Refresh(); err != nil { // the file may have other content by now
		return err
	}
	parts, err := r.release(n)
	for _, p := range parts {
		err = errors.Join(err, r.punch(p.File, p.Range))
	}
	return err
}

// release records parts of so many bytes as released.
func (r *Reader) release(n int64) (parts []*StoredPart, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ; n > 0 && len(r.parts.kept) > 0; r.parts.kept = r.parts.kept[1:] {
		p := r.parts.kept[0]
		if f := r.files[p.File]; !p.kept || f == nil || p.gen != f.gen {
			continue
		}
		if err := r.stored.add(p.record(recordReleased)); err != nil {
			return parts, diskFault(err)
		}
		p.kept = false
		r.kept -= p.Range.Len
		n -= p.Range.Len
		parts = append(parts, p)
	}
	return parts, nil
}

// punch gives the bytes of a stored range back. Recorded ranges that reach
// beyond it keep theirs until all of that is given back, as a neighbour could
// not be checked without them.
func (r *Reader) punch(file int, rng byterange.Range) error {
	r.mu.Lock()
	f := r.files[file]
	hole := f.punched(rng, r.parts.byFile[file])
	f.have.Add(rng)
	f.kept.Remove(rng)
	r.mu.Unlock()
	if hole.Len <= 0 {
		return nil
	}
	return r.data.use(file, func(d *os.File) error { return punchHole(d, hole) })
}

// punched returns what of the file is not on disk if the range is not.
func (f *readState) punched(rng byterange.Range, parts []*StoredPart) byterange.Range {
	var gone byterange.Set
	for _, s := range f.stored(parts, released) {
		gone.Add(s)
	}
	gone.Add(rng)
	return f.sums.releasable(rng, gone)
}

// recount adds up the stored parts that are still on disk.
func (r *Reader) recount() {
	r.kept = 0
	for i, f := range r.files {
		for _, p := range r.parts.byFile[i] {
			if p.kept && p.gen == f.gen {
				r.kept += p.Range.Len
			}
		}
	}
}
