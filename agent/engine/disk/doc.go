// Package disk keeps a transfer's bytes in sparse files under one directory,
// with a journal that says which ranges are verified. It knows nothing of
// torrents, of HTTP or of object storage.
//
// Two processes share the directory. The engine's process has the Store: it
// alone writes data files and the journal. The agent's process has the Reader:
// it follows the journal, checks what it reads against the journal's
// checksums, and alone writes the record of parts that are in storage and
// punches their bytes out of the data files.
//
//	data/<file index>   the bytes, sparse
//	journal             verified ranges, sizes and validators, append-only
//	stored              parts that are in object storage, append-only
//
// # Bytes of stored parts
//
// They stay as long as the agent finds room, in case storage turns out not to
// have them: Unstore then makes those parts verified ones again, and drops the
// ranges of parts whose bytes are gone. The Store does not count kept bytes and
// the engine cannot read them, so they hold up no fetching. The record says which
// parts are kept; a stored part without that word, as older versions write it, is
// not. A release is recorded before its bytes are punched out, and a range is
// dropped before its part is recorded as not stored, so that after a kill nothing
// counts as being here that is not.
//
// # What survives what
//
// Nothing is synced while a transfer runs: bytes and records are handed to the
// kernel in order, data before its record, so a kill at any instant loses at
// most the record being written, and a torn record at the end of a journal is
// ignored. After a power cut the kernel may have kept a record and lost its
// data; the Reader finds that by the checksum, and the range is dropped and
// fetched again. Close syncs the journal, for an orderly stop.
package disk

import (
	"fmt"
	"os"

	"longhaul/internal/byterange"
)

const (
	dataDir     = "data"
	journalName = "journal"
	storedName  = "stored"
)

// FileSpec is one selected file of a transfer.
type FileSpec struct {
	Index     int
	Size      int64   // bytes; -1 when unknown
	PartSize  int64   // bytes of each part but the last
	Stored    []int64 // numbers, from 1, of parts that are in object storage
	Validator string  // what the stored parts of a url source belong to
}

// part returns the range of the part with the number, clipped to the size if
// that is known.
func (f FileSpec) part(number, size int64) byterange.Range {
	r := byterange.Range{Off: (number - 1) * f.PartSize, Len: f.PartSize}
	if size >= 0 && r.End() > size {
		r.Len = max(0, size-r.Off)
	}
	return r
}

func (f FileSpec) validate() error {
	if f.Index < 0 || f.Size < -1 || f.PartSize < 0 || (len(f.Stored) > 0 && f.PartSize == 0) {
		return fmt.Errorf("file %d: bad spec", f.Index)
	}
	for _, n := range f.Stored {
		if n < 1 {
			return fmt.Errorf("file %d: part number %d", f.Index, n)
		}
	}
	return nil
}

func openRoot(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create transfer directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open transfer directory: %w", err)
	}
	if err := root.MkdirAll(dataDir, 0o700); err != nil {
		root.Close()
		return nil, fmt.Errorf("create data directory: %w", err)
	}
	return root, nil
}
