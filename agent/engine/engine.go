// Package engine defines what a download engine does for the agent. An engine
// runs in a process of its own for one transfer, so that a crash fails that
// transfer alone. It writes bytes to a Store and says which ranges of which
// files are verified; uploading is not its business.
package engine

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"longhaul/internal/byterange"
	"longhaul/models"
)

// Source is what to fetch; exactly one of Magnet, Metainfo and URL is set.
type Source struct {
	Magnet   string
	Metainfo []byte
	URL      string
	Login    *models.Login // for the URL's own origin
	KeepPage bool          // a web page at the URL is what is wanted
}

// Options bound a transfer.
type Options struct {
	MaxBytes       int64         // content_too_large beyond; 0 means no limit
	ResolveTimeout time.Duration // metadata_timeout after it
	StallTimeout   time.Duration // no verified byte for so long: no_peers, stalled or source_failing
	Pace           *rate.Limiter // of the bytes that are fetched; nil is no limit
}

// Engine fetches one kind of source. Faults are *models.Error with a Problem.
type Engine interface {
	// Resolve finds out what the source holds and fetches no content. A manifest
	// with a magnet link and without files says that the source leads there.
	Resolve(ctx context.Context, src Source, opts Options) (models.Manifest, error)

	// Download fetches the selected files into the store, skipping the ranges
	// that the store has already, and returns nil once every selected byte is
	// verified. It calls report at least once a second and whenever the phase
	// changes. When ctx ends it flushes and returns ctx's error.
	Download(ctx context.Context, job Job, report func(Report)) error
}

// Job is a download.
type Job struct {
	Source  Source
	Files   []File
	Store   Store
	Options Options

	// Flush is closed when the transfer is about to leave: the engine then finishes
	// the parts of which it has something, fetches nothing else, and returns
	// ErrFlushed. It may be nil.
	Flush <-chan struct{}
}

// Flushing reports whether Flush was closed.
func (j Job) Flushing() bool {
	select {
	case <-j.Flush:
		return true
	default:
		return false
	}
}

// ErrFlushed is what Download returns after Flush was closed.
var ErrFlushed = errors.New("what was started is finished")

// File is one selected file.
type File struct {
	Index     int
	PartSize  int64  // bytes of each part but the last, as it goes to storage; 0 means that it is one part
	Size      int64  // -1 when unknown
	Validator string // url sources: what the ranges in the store belong to; empty when there are none
}

// Report is the engine's view of a transfer.
type Report struct {
	Phase     models.Phase
	DownRate  int64 // bytes per second
	UpRate    int64 // bytes per second
	Peers     int
	Seeders   int
	Waiting   models.Reason // why nothing comes; none while bytes flow
	GivesUpAt *time.Time    // when waiting ends
}

// Store keeps a transfer's bytes. Files are numbered as in the manifest; names
// never reach the disk. It survives a kill: a range is there again after a
// restart if and only if it was verified.
type Store interface {
	// WriteAt writes bytes that are not verified yet.
	WriteAt(file int, p []byte, off int64) (int, error)

	// ReadAt reads bytes back. Ranges that were released fail.
	ReadAt(file int, p []byte, off int64) (int, error)

	// Verified records that the range is complete and right, after its bytes
	// were written. crc32c is the CRC-32C of the range's bytes as they were
	// verified; the uploader checks what it reads from disk against it.
	Verified(file int, off, length int64, crc32c uint32) error

	// Has reports whether the whole range is verified, on disk or in storage.
	Has(file int, off, length int64) bool

	// Missing returns the first run of bytes within the range that is not
	// verified; false if there is none.
	Missing(file int, within byterange.Range) (byterange.Range, bool)

	// SetSize records the size of a file whose size was unknown.
	SetSize(file int, size int64) error

	// SetValidator records what the bytes of a url source belong to; another
	// one than before drops every range of the file.
	SetValidator(file int, validator string) error

	// Wait blocks while the disk is over its watermark, until parts were
	// uploaded and released. Engines call it before they ask for more.
	Wait(ctx context.Context) error
}

// Bounded is a Store that says how much more it accepts. Engines that fetch in
// any order use it to fetch in file order, just ahead of the uploader, when
// space is short.
type Bounded interface {
	// Room returns how many bytes may be written before Wait blocks; bounded is
	// false if there is no watermark.
	Room() (n int64, bounded bool)
}

// Keeper is an Engine whose Resolve may leave something that a Download of the same
// source by the same Engine continues with, such as an answer that comes once.
type Keeper interface {
	// Keeps reports whether there is something.
	Keeps() bool
}

// Seeder is an Engine that gives back to the swarm after a download. Seed
// returns once the configured ratio or time is reached, or when ctx ends. The
// job's bytes must not be released before.
type Seeder interface {
	Seed(ctx context.Context, job Job, report func(Report)) error
}
