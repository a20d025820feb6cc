package fmp4

import (
	"encoding/binary"
	"fmt"
)

// fragment is what the head of a fragment with one sample says.
type fragment struct {
	decode int64
	offset int32 // of the presentation
	size   uint32
	sync   bool
}

// notSync is the flag of a sample that depends on others.
const notSync = 1 << 16

// Flags of a track fragment's head and of its run, of what follows.
const (
	headBase, headDescription, headDuration, headSize, headFlags = 1, 2, 8, 0x10, 0x20

	runData, runFirst, runDuration, runSize, runFlags, runOffset = 1, 4, 0x100, 0x200, 0x400, 0x800
)

// find returns the body of the first box with the name in b, which is a row of
// boxes; each further name is looked for inside of the one before.
func find(b []byte, path ...string) ([]byte, error) {
	for _, name := range path {
		rest := b
		for {
			if len(rest) < 8 {
				return nil, fmt.Errorf("%w: no box %q", ErrFormat, name)
			}
			size := int64(binary.BigEndian.Uint32(rest))
			if size < 8 || size > int64(len(rest)) {
				return nil, fmt.Errorf("%w: a box of %d bytes where %d are left", ErrFormat, size, len(rest))
			}
			if string(rest[4:8]) == name {
				b = rest[8:size]
				break
			}
			rest = rest[size:]
		}
	}
	return b, nil
}

// timescale returns how many units a second has, by the first track of a movie.
func timescale(movie []byte) (uint32, error) {
	b, err := find(movie, "trak", "mdia", "mdhd")
	if err != nil {
		return 0, err
	}
	f := fields{b: b}
	if version := f.next() >> 24; version == 1 {
		f.skip(4)
	} else {
		f.skip(2)
	}
	scale := f.next()
	if f.short || scale == 0 {
		return 0, fmt.Errorf("%w: a track without units", ErrFormat)
	}
	return scale, nil
}

// parseFragment reads the head of a fragment.
func parseFragment(b []byte) (fragment, error) {
	head, err := find(b, "traf", "tfhd")
	if err != nil {
		return fragment{}, err
	}
	run, err := find(b, "traf", "trun")
	if err != nil {
		return fragment{}, err
	}
	at, err := find(b, "traf", "tfdt")
	if err != nil {
		return fragment{}, err
	}
	var out fragment
	var flags uint32
	f := fields{b: head}
	has := f.next()
	f.next() // the track
	f.skipIf(has, headBase, headBase, headDescription, headDuration)
	f.readIf(has, headSize, &out.size)
	f.readIf(has, headFlags, &flags)
	when := fields{b: at}
	if version := when.next() >> 24; version == 1 {
		out.decode = int64(when.next())<<32 | int64(when.next())
	} else {
		out.decode = int64(when.next())
	}
	s := fields{b: run}
	has = s.next()
	if count := s.next(); count != 1 {
		return fragment{}, fmt.Errorf("%w: a fragment of %d samples", ErrFormat, count)
	}
	s.skipIf(has, runData)
	s.readIf(has, runFirst, &flags)
	s.skipIf(has, runDuration)
	s.readIf(has, runSize, &out.size)
	s.readIf(has, runFlags, &flags)
	var offset uint32
	s.readIf(has, runOffset, &offset)
	if f.short || when.short || s.short {
		return fragment{}, fmt.Errorf("%w: a fragment's head is short", ErrFormat)
	}
	out.offset, out.sync = int32(offset), flags&notSync == 0
	return out, nil
}

// fields reads one number after the other.
type fields struct {
	b     []byte
	short bool // there were fewer
}

func (f *fields) next() uint32 {
	if len(f.b) < 4 {
		f.short = true
		return 0
	}
	n := binary.BigEndian.Uint32(f.b)
	f.b = f.b[4:]
	return n
}

func (f *fields) skip(n int) {
	for range n {
		f.next()
	}
}

// skipIf skips one number for each of the flags that is set.
func (f *fields) skipIf(has uint32, flags ...uint32) {
	for _, flag := range flags {
		if has&flag != 0 {
			f.next()
		}
	}
}

func (f *fields) readIf(has, flag uint32, to *uint32) {
	if has&flag != 0 {
		*to = f.next()
	}
}
