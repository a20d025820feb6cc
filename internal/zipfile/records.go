package zipfile

import (
	"encoding/binary"
	"math"
	"time"
)

// Sizes of the records of a zip (APPNOTE 4.3 and 4.5).
const (
	zipLocal        = 30
	zipDescriptor   = 16
	zipDescriptor64 = 24
	zipCentral      = 46
	zipEnd          = 22
	zipEnd64        = 56 + 20
	zipTime         = 9  // extended timestamp, in both headers
	zipSizes64      = 20 // 64-bit sizes in a local header
	zipExtra64      = 28 // 64-bit sizes and offset in the directory
)

const (
	version20 = 20 // to read what is stored in folders
	version45 = 45 // to read 64-bit sizes

	flagDescriptor = 1 << 3
	flagUTF8       = 1 << 11
)

// large reports whether an entry needs 64-bit sizes.
func large(e Entry) bool { return e.Size >= math.MaxUint32 }

func headerLen(e Entry) int64 {
	n := int64(zipLocal + len(e.Name) + zipTime)
	if large(e) && e.CRC32 != nil {
		n += zipSizes64
	}
	return n
}

func descriptorLen(e Entry) int64 {
	switch {
	case e.CRC32 != nil:
		return 0
	case large(e):
		return zipDescriptor64
	}
	return zipDescriptor
}

func centralLen(e Entry, offset int64) int64 {
	n := int64(zipCentral + len(e.Name) + zipTime)
	if large(e) || offset >= math.MaxUint32 {
		n += zipExtra64
	}
	return n
}

// record is a record of a zip that is being written: all numbers are
// little-endian.
type record []byte

func (r *record) u16(values ...uint16) {
	for _, v := range values {
		*r = binary.LittleEndian.AppendUint16(*r, v)
	}
}

func (r *record) u32(values ...uint32) {
	for _, v := range values {
		*r = binary.LittleEndian.AppendUint32(*r, v)
	}
}

func (r *record) u64(values ...int64) {
	for _, v := range values {
		*r = binary.LittleEndian.AppendUint64(*r, uint64(v))
	}
}

// begin writes what both headers of an entry share up to its sizes.
func (r *record) begin(e Entry, version uint16, sum uint32) {
	flags := uint16(flagUTF8)
	if e.CRC32 == nil {
		flags |= flagDescriptor
	}
	date, clock := dosTime(e.Modified)
	r.u16(version, flags, 0, clock, date)
	r.u32(sum)
}

// timestamp writes the time in seconds, which the old fields lack.
func (r *record) timestamp(t time.Time) {
	r.u16(0x5455, 5)
	*r = append(*r, 1) // it is the time of modification
	r.u32(uint32(t.Unix()))
}

func header(e Entry) []byte {
	r := make(record, 0, headerLen(e))
	r.u32(0x04034b50)
	size, wide := clipped(e.Size), large(e) && e.CRC32 != nil
	switch {
	case e.CRC32 == nil:
		r.begin(e, version20, 0)
		size = 0
	case wide:
		r.begin(e, version45, *e.CRC32)
	default:
		r.begin(e, version20, *e.CRC32)
	}
	r.u32(size, size)
	r.u16(uint16(len(e.Name)), uint16(int(headerLen(e))-zipLocal-len(e.Name)))
	r = append(r, e.Name...)
	if wide {
		r.u16(1, zipSizes64-4)
		r.u64(e.Size, e.Size)
	}
	r.timestamp(e.Modified)
	return r
}

func descriptor(e Entry, sum uint32) []byte {
	r := make(record, 0, zipDescriptor64)
	r.u32(0x08074b50, sum)
	if large(e) {
		r.u64(e.Size, e.Size)
	} else {
		r.u32(uint32(e.Size), uint32(e.Size))
	}
	return r
}

func central(e Entry, sum uint32, offset int64) []byte {
	r := make(record, 0, centralLen(e, offset))
	size, start, version := clipped(e.Size), clipped(offset), uint16(version20)
	wide := large(e) || offset >= math.MaxUint32
	if wide {
		size, start, version = math.MaxUint32, math.MaxUint32, version45
	}
	r.u32(0x02014b50)
	r.u16(version)
	r.begin(e, version, sum)
	r.u32(size, size)
	r.u16(uint16(len(e.Name)), uint16(int(centralLen(e, offset))-zipCentral-len(e.Name)))
	r.u16(0, 0, 0) // comment, disk, attributes
	r.u32(0, start)
	r = append(r, e.Name...)
	if wide {
		r.u16(1, zipExtra64-4)
		r.u64(e.Size, e.Size, offset)
	}
	r.timestamp(e.Modified)
	return r
}

func (l *Layout) end() []byte {
	n := int64(len(l.entries))
	start, end := l.local[n], l.central[n]
	r := make(record, 0, zipEnd+zipEnd64)
	count, length, offset := uint16(min(n, math.MaxUint16)), clipped(end-start), clipped(start)
	if l.needs64() {
		r.u32(0x06064b50)
		r.u64(56 - 12)
		r.u16(version45, version45)
		r.u32(0, 0)
		r.u64(n, n, end-start, start)
		r.u32(0x07064b50, 0)
		r.u64(end)
		r.u32(1)
		count, length, offset = math.MaxUint16, math.MaxUint32, math.MaxUint32
	}
	r.u32(0x06054b50)
	r.u16(0, 0, count, count)
	r.u32(length, offset)
	r.u16(0)
	return r
}

func clipped(n int64) uint32 { return uint32(min(n, math.MaxUint32)) }

// dosTime returns a time as the format has had it from its start: in steps of two
// seconds, from 1980 to 2107.
func dosTime(t time.Time) (date, clock uint16) {
	t = t.UTC()
	switch {
	case t.Year() < 1980:
		return 1<<5 | 1, 0
	case t.Year() > 2107:
		return 127<<9 | 12<<5 | 31, 0
	}
	date = uint16(t.Year()-1980)<<9 | uint16(t.Month())<<5 | uint16(t.Day())
	return date, uint16(t.Hour())<<11 | uint16(t.Minute())<<5 | uint16(t.Second()/2)
}
