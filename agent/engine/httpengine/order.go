package httpengine

import (
	"longhaul/internal/byterange"
)

// largeShare is the share of a file that one request asks for, if that is more
// than a connection's share of a part.
const largeShare = 100

// part is how much is stored together: what is fetched of a part is of no use to
// another agent before the part is whole.
func (d *download) part() int64 {
	if d.file.PartSize > 0 {
		return d.file.PartSize
	}
	return max(d.size, 1)
}

// chunk is how much one request asks for: small enough for the connections to
// work on one part together, and no smaller for large files than the round trips
// allow.
func (d *download) chunk() int64 {
	most := d.cfg.BlockSize * blocksPerChunk
	if d.size < 0 || d.file.PartSize <= 0 {
		return most
	}
	n := max(d.part()/int64(d.cfg.Connections), d.size/largeShare)
	return min(most, (n+d.cfg.BlockSize-1)/d.cfg.BlockSize*d.cfg.BlockSize)
}

// nextMissing returns the first run of missing bytes at or after off, within one
// chunk of one part. With an unknown size nothing is ever complete.
func (d *download) nextMissing(off int64) (byterange.Range, bool) {
	if d.size < 0 {
		return byterange.Between(0, d.chunk()), true
	}
	r, missing := d.store.Missing(d.file.Index, byterange.Between(off, d.size))
	if !missing {
		// Requesting the first byte of an empty file shows whether it exists.
		if d.size == 0 && off == 0 && d.validator == "" {
			return byterange.Between(0, 1), true
		}
		return byterange.Range{}, false
	}
	part := r.Off / d.part() * d.part()
	end := min(part+((r.Off-part)/d.chunk()+1)*d.chunk(), part+d.part())
	return r.Before(end), true
}

// nextStarted is nextMissing within the parts of which something is verified.
func (d *download) nextStarted(off int64) (byterange.Range, bool) {
	for {
		r, missing := d.nextMissing(off)
		if !missing || d.size < 0 || d.started(r.Off) {
			return r, missing
		}
		off = (r.Off/d.part() + 1) * d.part()
	}
}

// started reports whether something of the part at the offset is verified.
func (d *download) started(off int64) bool {
	start := off / d.part() * d.part()
	whole := byterange.Between(start, min(start+d.part(), d.size))
	gap, missing := d.store.Missing(d.file.Index, whole)
	return !missing || gap != whole
}
