package delivery

import (
	"context"
	"errors"
	"io"

	"longhaul/internal/zipfile"
	"longhaul/models"
)

// zipReader reads a zip of stored files as a seekable file. It asks storage for
// the bytes that are read and no others.
type zipReader struct {
	ctx     context.Context //nolint:containedctx // io.ReadSeeker has no room for it
	store   Checksums
	objects Objects
	layout  *zipfile.Layout
	files   []models.File          // of the layout's entries
	sums    []uint32               // of entries that were read whole
	reading func(file models.File) // is told of which file the next bytes are

	at    int64 // next byte to read
	limit int64 // where storage need not be read on; 0 is the end of the zip
	piece zipfile.Piece
	rest  []byte // of the piece, if it is not data
	body  *objectReader
	sum   models.Sums // of the data that was read
	whole bool        // the data was read from its start
	err   error       // the fault that ended reading
}

// Read reads from the zip.
func (r *zipReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.at >= r.layout.Size() {
		return 0, io.EOF
	}
	if r.at < r.piece.Start || r.at >= r.piece.Start+r.piece.Len || r.piece.Len == 0 {
		r.enter()
	}
	if r.piece.Kind != zipfile.Data {
		n := copy(p, r.rest)
		r.rest = r.rest[n:]
		r.at += int64(n)
		return n, nil
	}
	n, err := r.body.Read(p[:min(int64(len(p)), r.piece.Start+r.piece.Len-r.at)])
	r.sum = r.sum.Add(p[:n])
	r.at += int64(n)
	if err == nil && r.at == r.piece.Start+r.piece.Len {
		err = r.settle()
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the object is shorter than its row says")
	}
	r.err = err
	return n, err
}

// enter goes to the piece of the next byte. An entry's bytes of which there are
// none are never entered.
func (r *zipReader) enter() {
	r.close()
	r.piece = r.layout.At(r.at)
	if r.piece.Kind != zipfile.End {
		r.reading(r.files[r.piece.Entry])
	} else {
		r.reading(r.files[len(r.files)-1])
	}
	into := r.at - r.piece.Start
	if r.piece.Kind != zipfile.Data {
		r.rest = r.layout.Bytes(r.piece, r.sums[min(r.piece.Entry, len(r.sums)-1)])[into:]
		return
	}
	f := r.files[r.piece.Entry]
	r.body = &objectReader{ctx: r.ctx, objects: r.objects, key: f.Key(), etag: f.ETag, size: f.Size, at: into}
	if r.limit > r.at {
		r.body.limit = min(r.limit-r.piece.Start, f.Size)
	}
	r.sum, r.whole = models.Sums{}, into == 0
}

// settle compares the checksum of data that was read whole with the one that is
// known, and records it if it is not that and the bytes are those that were stored.
// A zip that has announced another one breaks off: it would not open. The next has
// the right one.
func (r *zipReader) settle() error {
	f := r.files[r.piece.Entry]
	if !r.whole || f.CRC32 != nil && *f.CRC32 == int64(r.sum.CRC32) {
		return nil
	}
	if f.Damaged(r.sum) {
		return models.Fault(models.ProblemWrongContent, "This file was changed in storage after it was checked, so it isn't delivered.")
	}
	r.sums[r.piece.Entry] = r.sum.CRC32
	if err := r.store.SaveCRC32(r.ctx, f.ID, f.ETag, r.sum.CRC32); err != nil {
		return err
	}
	if f.CRC32 != nil {
		return models.Errorf(models.CodeConflict, "The checksum of a file was wrong. Download the zip again.")
	}
	return nil
}

// Seek moves to another position without reading.
func (r *zipReader) Seek(offset int64, whence int) (int64, error) {
	at, err := seek(r.at, r.layout.Size(), offset, whence)
	if err == nil && at != r.at {
		r.close()
		r.at, r.piece, r.rest = at, zipfile.Piece{}, nil
	}
	return r.at, err
}

// close ends reading.
func (r *zipReader) close() {
	if r.body != nil {
		r.body.close()
		r.body = nil
	}
}
