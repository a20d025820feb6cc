package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"

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

	gen uint32 // of the file's validator; parts of an older one are void
}

func (p StoredPart) record() record {
	extra := binary.LittleEndian.AppendUint32(nil, p.gen)
	extra = binary.LittleEndian.AppendUint64(extra, uint64(p.Number))
	return record{
		kind: recordStored, file: p.File, off: p.Range.Off, length: p.Range.Len, sum: p.CRC32C,
		extra: append(extra, p.ETag...),
	}
}

func storedPart(r record) (StoredPart, bool) {
	if r.kind != recordStored || len(r.extra) < 12 {
		return StoredPart{}, false
	}
	return StoredPart{
		File: r.file, Range: r.rng(), CRC32C: r.sum,
		gen:    binary.LittleEndian.Uint32(r.extra),
		Number: int64(binary.LittleEndian.Uint64(r.extra[4:])),
		ETag:   string(r.extra[12:]),
	}, true
}

// readStored returns the stored parts by file, without changing the record.
func readStored(root *os.Root) (map[int][]StoredPart, error) {
	parts := map[int][]StoredPart{}
	f, err := root.Open(storedName)
	if errors.Is(err, fs.ErrNotExist) {
		return parts, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", storedName, err)
	}
	defer f.Close()
	_, err = follow(f, 0, func(r record) {
		if p, ok := storedPart(r); ok {
			parts[p.File] = append(parts[p.File], p)
		}
	})
	return parts, err
}
