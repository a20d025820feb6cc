package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"longhaul/internal/byterange"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type recordKind uint8

const (
	recordVerified  recordKind = 1 // a range is verified; sum is its checksum
	recordDropped   recordKind = 2 // a range is not good any more
	recordSize      recordKind = 3 // length is the file's size
	recordValidator recordKind = 4 // extra is what the ranges from here on belong to; earlier ones are void

	// In the record of stored parts; extra is the generation, the number and the ETag.
	recordStored   recordKind = 5 // a part is in storage, and its bytes are not here
	recordKept     recordKind = 6 // a part is in storage, and its bytes are still here
	recordReleased recordKind = 7 // the bytes of a kept part are given back
	recordUnstored recordKind = 8 // a part is not in storage after all
)

// record is one entry of a journal. On disk it is, little-endian: the CRC-32C
// of all that follows, kind, a zero byte, the length of extra (2), file (4),
// off (8), length (8), sum (4), and extra.
type record struct {
	kind   recordKind
	file   int
	off    int64
	length int64
	sum    uint32
	extra  []byte
}

const (
	recordHeader = 32
	maxExtra     = 1<<16 - 1
)

func (r record) rng() byterange.Range { return byterange.Range{Off: r.off, Len: r.length} }

func (r record) append(b []byte) []byte {
	at := len(b)
	b = append(b, 0, 0, 0, 0, byte(r.kind), 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(r.extra)))
	b = binary.LittleEndian.AppendUint32(b, uint32(r.file))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.off))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.length))
	b = binary.LittleEndian.AppendUint32(b, r.sum)
	b = append(b, r.extra...)
	binary.LittleEndian.PutUint32(b[at:], crc32.Checksum(b[at+4:], castagnoli))
	return b
}

// parseRecord reads the record at the start of b and returns its length, or 0
// if there is no whole, sound record.
func parseRecord(b []byte) (record, int) {
	if len(b) < recordHeader {
		return record{}, 0
	}
	n := recordHeader + int(binary.LittleEndian.Uint16(b[6:]))
	if len(b) < n || crc32.Checksum(b[4:n], castagnoli) != binary.LittleEndian.Uint32(b) {
		return record{}, 0
	}
	r := record{
		kind:   recordKind(b[4]),
		file:   int(binary.LittleEndian.Uint32(b[8:])),
		off:    int64(binary.LittleEndian.Uint64(b[12:])),
		length: int64(binary.LittleEndian.Uint64(b[20:])),
		sum:    binary.LittleEndian.Uint32(b[28:]),
		extra:  b[recordHeader:n],
	}
	if r.off < 0 || r.length < 0 || r.off+r.length < 0 {
		return record{}, 0
	}
	return r, n
}

// follow reads records from a journal that may be growing, from offset at, and
// returns the offset after the last sound one.
func follow(f *os.File, at int64, apply func(record)) (int64, error) {
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := f.ReadAt(buf[kept:], at+int64(kept))
		if err != nil && !errors.Is(err, io.EOF) {
			return at, fmt.Errorf("read journal: %w", err)
		}
		b := buf[:kept+n]
		used := 0
		for {
			r, size := parseRecord(b[used:])
			if size == 0 {
				break
			}
			apply(r)
			used += size
		}
		at += int64(used)
		if n == 0 || used == 0 {
			return at, nil
		}
		kept = copy(buf, b[used:])
	}
}

// journal is a journal open for appending. It is not safe for concurrent use.
type journal struct {
	f   *os.File
	buf []byte
}

// openJournal replays the journal and cuts off what is torn.
func openJournal(root *os.Root, name string, apply func(record)) (*journal, error) {
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	end, err := follow(f, 0, apply)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return &journal{f: f}, nil
}

// add appends a record by one write. If that fails half-way, the torn record is
// cut off, so that later ones are not lost behind it.
func (j *journal) add(r record) error {
	if len(r.extra) > maxExtra {
		return fmt.Errorf("journal record of %d bytes", len(r.extra))
	}
	j.buf = r.append(j.buf[:0])
	n, err := j.f.Write(j.buf)
	if err == nil {
		return nil
	}
	if n > 0 {
		if at, seekErr := j.f.Seek(-int64(n), io.SeekCurrent); seekErr == nil {
			err = errors.Join(err, j.f.Truncate(at))
		}
	}
	return fmt.Errorf("append to journal: %w", err)
}

func (j *journal) close() error {
	return errors.Join(j.f.Sync(), j.f.Close())
}
