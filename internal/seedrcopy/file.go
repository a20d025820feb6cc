package seedrcopy

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"longhaul/internal/objstore"
	"longhaul/internal/seedr"
	"longhaul/internal/wait"
	"longhaul/models"
)

// copying is one job on its way from Seedr to storage.
type copying struct {
	*Copier
	job   models.Job
	epoch int64
	total int64        // bytes of the files to copy
	done  atomic.Int64 // bytes in storage
	read  atomic.Int64 // bytes read from Seedr by this try

	mu   sync.Mutex
	last time.Time // of the last rate
	was  int64     // bytes in storage then
	rate int64
}

func newCopying(a *Copier, plan models.SeedrCopy) *copying {
	p := &copying{Copier: a, job: plan.Job, epoch: plan.Epoch, last: a.Now()}
	for _, f := range plan.Files {
		p.total += max(f.Size, 0)
		for _, part := range f.Parts {
			p.done.Add(part.Size)
		}
	}
	p.was = p.done.Load()
	return p
}

func (p *copying) progress(now time.Time) models.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	stored := p.done.Load()
	if span := now.Sub(p.last); span >= time.Second {
		p.rate = int64(float64(stored-p.was) / span.Seconds())
		p.last, p.was = now, stored
	}
	row := models.Progress{
		JobID: p.job.ID, UserID: p.job.UserID, Phase: models.PhaseUploading, BytesTotal: p.total, BytesDone: p.total,
		BytesStored: stored, UpRate: max(p.rate, 0), UpdatedAt: now,
	}
	if p.rate > 0 {
		eta := (p.total - stored) / p.rate
		row.ETASeconds = &eta
	}
	return row
}

// fileCopy is one file. Its readers share a link, which Seedr allows, and
// replace it when it stops working.
type fileCopy struct {
	*copying
	file     models.File
	src      models.SeedrFile
	uploadID string

	mu   sync.Mutex
	link *seedr.Link
}

// copySpan copies parts in order with one reader. While one part goes to
// storage the next one is read.
func (c *fileCopy) copySpan(ctx context.Context, parts []int) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	r := &spanReader{c: c}
	defer r.close()
	for i, n := range parts {
		body, err := r.part(gctx, n, runEnd(parts[i:]))
		if err != nil {
			if failed := g.Wait(); failed != nil {
				return failed
			}
			return err
		}
		g.Go(func() error {
			defer c.memory.give(body)
			return c.storePart(gctx, n, body)
		})
	}
	return g.Wait()
}

func (c *fileCopy) offset(n int) int64 { return int64(n-1) * c.file.PartSize }

func (c *fileCopy) partSize(n int) int64 { return min(c.file.PartSize, c.file.Size-c.offset(n)) }

// runEnd returns the last part of the run of consecutive parts that begins
// with the first one: as far as one request for bytes goes.
func runEnd(parts []int) int {
	end := parts[0]
	for _, n := range parts[1:] {
		if n != end+1 {
			break
		}
		end = n
	}
	return end
}

// storePart puts one part into storage and records it. What is recorded is
// never read again.
func (c *fileCopy) storePart(ctx context.Context, n int, body []byte) error {
	var part models.Part
	var err error
	if c.uploadID == "" {
		err = c.Objects.Put(ctx, c.file.Key(), body, c.file.ContentType)
		part = models.Part{Number: n, Size: int64(len(body)), CRC32C: objstore.CRC32C(body), CRC32: objstore.CRC32(body)}
	} else {
		part, err = c.Objects.PutPart(ctx, c.file.Key(), c.uploadID, n, body)
	}
	if err != nil {
		return fmt.Errorf("store part: %w", err)
	}
	report := models.PartReport{Index: c.file.Index, Part: part}
	if err := c.Store.SaveStreamedParts(ctx, c.job.ID, c.epoch, []models.PartReport{report}); err != nil {
		return fmt.Errorf("record part: %w", err)
	}
	c.done.Add(int64(len(body)))
	return nil
}

// spanReader reads one stretch of a file over as few requests as possible.
type spanReader struct {
	c       *fileCopy
	stream  *seedr.Stream
	at, end int64 // where the stream stands, and where it ends
}

// partRead is a part that is being read.
type partRead struct {
	number int
	last   int    // part up to which there is one stretch to read
	body   []byte // in the worker's memory for parts; nil while it has none
	got    int
}

// part reads a part into a buffer of the worker's memory, which the caller
// gives back.
func (r *spanReader) part(ctx context.Context, n, last int) ([]byte, error) {
	p := &partRead{number: n, last: last}
	if err := r.persist(ctx, p); err != nil {
		r.release(p)
		return nil, err
	}
	return p.body, nil
}

// persist reads until the part is whole. A broken stream resumes at the missing
// byte with another link; a part that makes no progress gives its memory to
// others.
func (r *spanReader) persist(ctx context.Context, p *partRead) error {
	for failures := 0; ; {
		before := p.got
		err := r.read(ctx, p)
		if err == nil {
			return nil
		}
		r.close()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.got > before {
			failures = 0
		}
		if failures++; failures > tries || !again(err) {
			return err
		}
		r.c.drop()
		if p.got == 0 || failures > 1 {
			r.release(p)
		}
		if err := wait.For(ctx, r.c.delay(err, failures)); err != nil {
			return err
		}
	}
}

// read reads what is missing of the part. The link comes before the memory: it
// may take long, and others can use the memory meanwhile.
func (r *spanReader) read(ctx context.Context, p *partRead) error {
	if p.body == nil {
		if r.stream == nil {
			if _, err := r.c.linked(ctx); err != nil {
				return err
			}
		}
		b, err := r.c.memory.take(ctx, r.c.job.ID, r.c.file.PartSize)
		if err != nil {
			return err
		}
		p.body = b[:r.c.partSize(p.number)]
	}
	if err := r.open(ctx, p); err != nil {
		return err
	}
	n, err := io.ReadFull(r.stream, p.body[p.got:])
	p.got, r.at = p.got+n, r.at+int64(n)
	r.c.read.Add(int64(n))
	if p.got == len(p.body) {
		return nil
	}
	return err
}

func (r *spanReader) release(p *partRead) {
	if p.body != nil {
		r.c.memory.give(p.body)
		p.body, p.got = nil, 0
	}
}

// open makes the stream stand at the part's first missing byte. While others
// wait for memory it does not reach beyond the part, so that no connection is
// left hanging between two turns.
func (r *spanReader) open(ctx context.Context, p *partRead) error {
	offset := r.c.offset(p.number) + int64(p.got)
	if r.stream != nil && r.at == offset && r.at < r.end {
		return nil
	}
	r.close()
	link, err := r.c.linked(ctx)
	if err != nil {
		return err
	}
	last := p.last
	if r.c.memory.wanted() {
		last = p.number
	}
	end := r.c.offset(last) + r.c.partSize(last)
	stream, err := r.c.Account.Open(ctx, link, offset, end-offset, r.c.src.Size)
	if err != nil {
		return err
	}
	r.stream, r.at, r.end = stream, offset, end
	return nil
}

func (r *spanReader) close() {
	if r.stream != nil {
		_ = r.stream.Close() // it was only read
		r.stream = nil
	}
}

// linked returns a link that works, as far as is known.
func (c *fileCopy) linked(ctx context.Context) (*seedr.Link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil && c.link.Valid(c.Now()) {
		return c.link, nil
	}
	link, err := c.Account.FileURL(ctx, c.src.ID)
	if err != nil {
		return nil, err
	}
	c.link = link
	return link, nil
}

// drop makes the next reader take a new link.
func (c *fileCopy) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link = nil
}

// delay is how long to wait before a broken stream is taken up again.
func (c *fileCopy) delay(err error, failures int) time.Duration {
	first := c.Retry
	if first <= 0 {
		first = 500 * time.Millisecond
	}
	return max(wait.Spread(min(first<<min(failures-1, 6), 30*time.Second)), seedr.RetryAfter(err))
}
