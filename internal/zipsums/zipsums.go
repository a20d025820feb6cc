// Package zipsums learns the CRC-32 of stored files that have none: what stands
// before their bytes in a zip. Files get it when they are stored; these are older,
// or came from an agent of the release before. It reads storage at a bounded rate,
// writes one number per file, and knows no Temporal.
package zipsums

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"longhaul/models"
)

const (
	readBlock = 256 << 10 // how much is read at once, and the burst of the rate
	batch     = 100       // files that are listed at once
	mostTries = 3         // readings of one file
	mostWrong = 5         // files in a row that can't be read before storage counts as away
)

// Store keeps what is learned.
type Store interface {
	WithoutCRC32(ctx context.Context, after uuid.UUID, limit int) ([]models.File, error)
	SaveCRC32(ctx context.Context, fileID uuid.UUID, etag string, sum uint32) error
}

// Bucket is where the objects are.
type Bucket interface {
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// Progress is how far learning is. Whoever keeps it continues there, also within
// a file.
type Progress struct {
	After   uuid.UUID   `json:"after"`   // the last file that is done with
	File    uuid.UUID   `json:"file"`    // that is being read
	Offset  int64       `json:"offset"`  // how far
	Sums    models.Sums `json:"sums"`    // up to there
	Learned int64       `json:"learned"` // files
	Bytes   int64       `json:"bytes"`   // that were read for them
	Unread  int64       `json:"unread"`  // files whose object is not there, is another one, is damaged, or can't be read
}

// Learner learns checksums. It may run at any time, and repeatedly: a file that
// has its checksum is not read again.
type Learner struct {
	Store   Store
	Bucket  Bucket
	Log     *slog.Logger
	Rate    int64                        // bytes a second
	Counted func(result string, n int64) // hears of files; nil if no one counts
}

// errDamaged is of a file whose bytes are not those that were stored: a zip with
// their checksum would look right.
var errDamaged = models.Errorf(models.CodeNotFound, "The stored bytes are damaged.")

// Results of a file, as they are counted.
const (
	Learned = "learned"
	Unread  = "unread"
)

// Learn continues from the progress until no file is left. More hears how far it is,
// after each block, and says whether to go on.
func (l *Learner) Learn(ctx context.Context, p Progress, more func(Progress) bool) (Progress, error) {
	pace := rate.NewLimiter(rate.Limit(l.Rate), readBlock)
	wrong := 0
	for more(p) {
		files, err := l.Store.WithoutCRC32(ctx, p.After, batch)
		if err != nil || len(files) == 0 {
			return p, err
		}
		for _, f := range files {
			if p.File != f.ID {
				p.File, p.Offset, p.Sums = f.ID, 0, models.Sums{}
			}
			done, err := l.file(ctx, f, &p, pace, more)
			if ctx.Err() != nil {
				return p, ctx.Err()
			}
			if err == nil && !done {
				return p, nil
			}
			if err != nil {
				if wrong++; wrong == mostWrong && !models.IsNotFound(err) {
					return p, err
				}
			} else {
				wrong = 0
			}
			l.count(&p, f, err)
			p.After, p.File, p.Offset, p.Sums = f.ID, uuid.Nil, 0, models.Sums{}
		}
	}
	return p, nil
}

func (l *Learner) count(p *Progress, f models.File, err error) {
	result := Learned
	if err == nil {
		p.Learned++
	} else {
		l.Log.Warn("could not learn the checksum of a file", "key", f.Key(), "error", err)
		p.Unread++
		result = Unread
	}
	if l.Counted != nil {
		l.Counted(result, 1)
	}
}

// file learns the checksum of one file; done is false if it is to go on later.
func (l *Learner) file(ctx context.Context, f models.File, p *Progress, pace *rate.Limiter, more func(Progress) bool) (done bool, err error) {
	for range mostTries {
		if done, err = l.read(ctx, f, p, pace, more); err == nil && !done {
			return false, nil
		}
		if err == nil || models.IsNotFound(err) || ctx.Err() != nil {
			break
		}
	}
	if err == nil && f.Damaged(p.Sums) {
		return false, errDamaged
	}
	if err == nil {
		err = l.Store.SaveCRC32(ctx, f.ID, f.ETag, p.Sums.CRC32)
	}
	return err == nil, err
}

// read reads on from where it is.
func (l *Learner) read(ctx context.Context, f models.File, p *Progress, pace *rate.Limiter, more func(Progress) bool) (done bool, err error) {
	if p.Offset == f.Size {
		return true, nil
	}
	body, err := l.Bucket.Get(ctx, f.Key(), f.ETag, p.Offset, f.Size-p.Offset)
	if err != nil {
		return false, err
	}
	defer func() { _ = body.Close() }() // read only: nothing is lost
	block := make([]byte, readBlock)
	for {
		n, err := body.Read(block)
		p.Sums, p.Offset, p.Bytes = p.Sums.Add(block[:n]), p.Offset+int64(n), p.Bytes+int64(n)
		switch {
		case p.Offset == f.Size:
			return true, nil
		case errors.Is(err, io.EOF):
			return false, io.ErrUnexpectedEOF
		case err != nil:
			return false, err
		case !more(*p):
			return false, nil
		}
		if err := pace.WaitN(ctx, n); err != nil {
			return false, err
		}
	}
}
