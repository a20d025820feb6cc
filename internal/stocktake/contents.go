package stocktake

import (
	"context"
	"errors"
	"hash/crc32"
	"io"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// readBlock is how much is read at once, and the burst of the rate.
const readBlock = 256 << 10

// ReadContents carries a check of contents on until it is over: it reads the
// chosen files at the check's rate and compares their checksums with those that
// were stored. It may be killed at any point and called again; at most ten files
// are read twice. More reports whether to continue; it may be nil.
func (t *Taker) ReadContents(ctx context.Context, id uuid.UUID, more func(models.ContentCheck) bool) (models.ContentCheck, error) {
	c, err := t.Store.LoadContentCheck(ctx, id)
	if err != nil {
		return c, err
	}
	pace := rate.NewLimiter(rate.Limit(c.Rate), readBlock)
	for err == nil && c.State == models.CheckReading && (more == nil || more(c)) {
		c, err = t.readSome(ctx, c, pace)
	}
	return c, err
}

func (t *Taker) readSome(ctx context.Context, c models.ContentCheck, pace *rate.Limiter) (models.ContentCheck, error) {
	files, last, err := t.Store.ContentsNext(ctx, c)
	if err != nil {
		return c, err
	}
	results := make([]models.ContentResult, 0, len(files))
	for _, f := range files {
		r, err := t.readOne(ctx, f, pace)
		if err != nil {
			return c, err
		}
		results = append(results, r)
	}
	return t.Store.ContentsRead(ctx, c.ID, results, last)
}

// readOne reads a file's object. One that is not there, or is another one, is for
// Check to find. One that storage does not hand out in three tries is left out,
// unless storage is away altogether.
func (t *Taker) readOne(ctx context.Context, f models.File, pace *rate.Limiter) (models.ContentResult, error) {
	r := models.ContentResult{FileID: f.ID}
	var err error
	for range mostTries {
		var sum uint32
		if sum, r.Bytes, err = t.sum(ctx, f, pace); err == nil {
			r.CRC32C = objstore.EncodeCRC32C(sum)
			return r, nil
		}
		if models.IsNotFound(err) || ctx.Err() != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if _, away := t.Bucket.Generation(ctx); away != nil {
		return r, away
	}
	t.Log.WarnContext(ctx, "could not read a stored file", "key", f.Key(), "error", err)
	return r, nil
}

func (t *Taker) sum(ctx context.Context, f models.File, pace *rate.Limiter) (sum uint32, n int64, err error) {
	body, err := t.Bucket.Get(ctx, f.Key(), "", 0, -1)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = body.Close() }() // read only: nothing is lost
	table, block := crc32.MakeTable(crc32.Castagnoli), make([]byte, readBlock)
	for {
		got, err := body.Read(block)
		sum, n = crc32.Update(sum, table, block[:got]), n+int64(got)
		if errors.Is(err, io.EOF) {
			return sum, n, nil
		}
		if err == nil && got > 0 {
			err = pace.WaitN(ctx, got)
		}
		if err != nil {
			return 0, 0, err
		}
	}
}
