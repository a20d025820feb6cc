package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// reopenings is how often a broken read from storage is resumed.
const reopenings = 3

// objectReader reads an object as a seekable file. It opens a range when it is
// read, and resumes where a connection to storage broke.
type objectReader struct {
	ctx     context.Context //nolint:containedctx // io.ReadSeeker has no room for it
	objects Objects
	key     string
	etag    string // of what was checked when the job became ready
	size    int64

	at     int64 // next byte to read
	limit  int64 // where storage need not be read on; 0 is the end of the object
	body   io.ReadCloser
	bodyAt int64 // next byte of the open body
	broken int
	err    error // the fault that ended reading
}

// open requests the bytes from the current position from storage.
func (r *objectReader) open() error {
	length := r.size - r.at
	if r.limit > r.at {
		length = r.limit - r.at
	}
	body, err := r.objects.Get(r.ctx, r.key, r.etag, r.at, length)
	if err != nil {
		return fmt.Errorf("open object: %w", err)
	}
	r.body, r.bodyAt = body, r.at
	return nil
}

// Read reads from the object.
func (r *objectReader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	for {
		if r.body != nil && r.bodyAt != r.at {
			r.close() // seeked away
		}
		if r.body == nil {
			if err := r.open(); err != nil {
				return 0, r.fail(err)
			}
		}
		n, err := r.body.Read(p[:min(int64(len(p)), r.size-r.at)])
		r.at += int64(n)
		r.bodyAt = r.at
		if err == nil || r.at >= r.size {
			return n, nil
		}
		r.close()
		if !errors.Is(err, io.EOF) || r.at != r.limit { // storage ended too early
			r.broken++
			if r.broken > reopenings || r.ctx.Err() != nil {
				return n, r.fail(fmt.Errorf("read object at %d: %w", r.at, errors.Join(err, r.ctx.Err())))
			}
		}
		if n > 0 {
			return n, nil
		}
	}
}

func (r *objectReader) fail(err error) error {
	r.err = err
	return err
}

// Seek moves to another position without reading.
func (r *objectReader) Seek(offset int64, whence int) (int64, error) {
	at, err := seek(r.at, r.size, offset, whence)
	if err == nil {
		r.at = at
	}
	return at, err
}

// seek returns where a reader at a position moves to.
func seek(at, size, offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += at
	case io.SeekEnd:
		offset += size
	default:
		return 0, errors.New("seek object: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek object: before the start")
	}
	return offset, nil
}

// close ends reading.
func (r *objectReader) close() {
	if r.body != nil {
		_ = r.body.Close() // read only: nothing is lost
		r.body = nil
	}
}
