package probe

import (
	"encoding/binary"
	"math"

	"longhaul/models"
)

const (
	mp4Parts = 1000     // boxes at the top of a file that are looked at
	mp4Index = 64 << 20 // bytes of an index
)

// mp4Keys returns the times of the sync samples of the track at the place.
func mp4Keys(w *window, place int) (models.KeyFrames, error) {
	moov, err := findMoov(w)
	if err != nil {
		return nil, err
	}
	if _, fragments := child(moov, "mvex"); fragments {
		return nil, errNoIndex // the times are all over the file
	}
	head, ok := child(moov, "mvhd")
	scale := timescale(head)
	if !ok || scale == 0 {
		return nil, errNoIndex
	}
	n := 0
	var track []byte
	eachBox(moov, func(kind string, body []byte) bool {
		if kind == "trak" {
			if n == place {
				track = body
			}
			n++
		}
		return track == nil
	})
	return trackKeys(track, scale)
}

// findMoov walks over the boxes at the top of a file and returns its index.
func findMoov(w *window) ([]byte, error) {
	at := int64(0)
	for range mp4Parts {
		head, err := w.upTo(at, 16)
		if err != nil {
			return nil, err
		}
		if len(head) < 8 {
			return nil, errNoIndex
		}
		size, n := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch {
		case size == 1 && len(head) == 16:
			size, n = int64(binary.BigEndian.Uint64(head[8:])), 16
		case size == 0:
			size = w.src.Size - at
		}
		if size < n || size > w.src.Size-at {
			return nil, errNoIndex
		}
		if string(head[4:8]) == "moov" {
			if size > mp4Index {
				return nil, errNoIndex
			}
			return w.bytes(at+n, size-n)
		}
		at += size
	}
	return nil, errNoIndex
}

// eachBox calls f with each box until it returns false.
func eachBox(b []byte, f func(kind string, body []byte) bool) {
	for len(b) >= 8 {
		size, n := uint64(binary.BigEndian.Uint32(b)), 8
		if size == 1 && len(b) >= 16 {
			size, n = binary.BigEndian.Uint64(b[8:]), 16
		} else if size == 0 {
			size = uint64(len(b))
		}
		if size < uint64(n) || size > uint64(len(b)) || !f(string(b[4:8]), b[n:size]) {
			return
		}
		b = b[size:]
	}
}

// child returns the box at the end of the path.
func child(b []byte, path ...string) (out []byte, ok bool) {
	out = b
	for _, want := range path {
		in := out
		ok = false
		eachBox(in, func(kind string, body []byte) bool {
			if kind == want {
				out, ok = body, true
			}
			return !ok
		})
		if !ok {
			return nil, false
		}
	}
	return out, ok
}

// timescale reads the ticks of a second from an mvhd or mdhd.
func timescale(b []byte) int64 {
	at := 12
	if len(b) > 0 && b[0] == 1 {
		at = 20
	}
	if len(b) < at+4 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(b[at:]))
}

// trackKeys returns the times of the track's sync samples; scale is the movie's.
func trackKeys(track []byte, scale int64) (models.KeyFrames, error) {
	handler, _ := child(track, "mdia", "hdlr")
	head, _ := child(track, "mdia", "mdhd")
	table, ok := child(track, "mdia", "minf", "stbl")
	ticks := timescale(head)
	if !ok || ticks == 0 || len(handler) < 12 || string(handler[8:12]) != "vide" {
		return nil, errNoIndex
	}
	shift, err := edit(track, scale, ticks)
	if err != nil {
		return nil, err
	}
	stts, timed := child(table, "stts")
	stss, sparse := child(table, "stss")
	ctts, _ := child(table, "ctts")
	if !timed {
		return nil, errNoIndex
	}
	times, offsets := &runs{rows: rows(stts, 8)}, &runs{rows: rows(ctts, 8)}
	var out models.KeyFrames
	add := func(sample int64) bool {
		decoded, known := times.sum(sample)
		if !known || len(out) >= models.MaxMediaKeyFrames {
			return false
		}
		at := float64(decoded+offsets.value(sample)+shift) * 1e6 / float64(ticks)
		out = append(out, int64(math.Round(at)))
		return true
	}
	if !sparse { // every sample is a key frame
		n := int64(0)
		for add(n) {
			n++
		}
		if n >= models.MaxMediaKeyFrames {
			return nil, errNoIndex // a list that is cut would end the film early
		}
		return out, nil
	}
	last := int64(-1)
	for r := rows(stss, 4); len(r) >= 4; r = r[4:] {
		n := int64(binary.BigEndian.Uint32(r)) - 1
		if n <= last || !add(n) {
			return nil, errNoIndex
		}
		last = n
	}
	return out, nil
}

// edit returns by how much, in ticks, the track is shown later than its samples
// say. Films that are cut have more edits than one.
func edit(track []byte, scale, ticks int64) (int64, error) {
	list, ok := child(track, "edts", "elst")
	if !ok {
		return 0, nil
	}
	size := 12
	if len(list) > 0 && list[0] == 1 {
		size = 20
	}
	shift, edits := int64(0), 0
	for r := rows(list, size); len(r) >= size; r = r[size:] {
		length, start := int64(binary.BigEndian.Uint32(r)), int64(int32(binary.BigEndian.Uint32(r[4:])))
		if size == 20 {
			length, start = int64(binary.BigEndian.Uint64(r)), int64(binary.BigEndian.Uint64(r[8:]))
		}
		if length < 0 || length > 1<<40 || start > 1<<40 || edits > 0 {
			return 0, errNoIndex
		}
		if start < 0 {
			shift += length * ticks / scale
			continue
		}
		shift -= start
		edits++
	}
	return shift, nil
}

// rows returns the rows of a table, each of the size, as far as they are there.
func rows(b []byte, size int) []byte {
	if len(b) < 8 {
		return nil
	}
	n := int64(binary.BigEndian.Uint32(b[4:])) * int64(size)
	return b[8 : 8+min(n, int64(len(b)-8))]
}

// runs is a table of how many samples have which value. It is asked about
// samples in ascending order.
type runs struct {
	rows  []byte
	first int64 // sample of the row
	total int64 // of the values before it
}

// seek goes to the row of the sample and returns its value.
func (r *runs) seek(sample int64) (value int64, ok bool) {
	for len(r.rows) >= 8 {
		n, v := int64(binary.BigEndian.Uint32(r.rows)), int64(int32(binary.BigEndian.Uint32(r.rows[4:])))
		if sample < r.first+n {
			return v, true
		}
		r.first, r.total, r.rows = r.first+n, r.total+n*v, r.rows[8:]
	}
	return 0, false
}

// value returns the value of the sample, 0 if there is none.
func (r *runs) value(sample int64) int64 {
	v, _ := r.seek(sample)
	return v
}

// sum returns the values of all samples before the sample, which has to be there.
func (r *runs) sum(sample int64) (int64, bool) {
	v, ok := r.seek(sample)
	return r.total + (sample-r.first)*v, ok
}
