// Package seedrcopy copies what Seedr has of a job to object storage, part by
// part and without touching a disk. It removes nothing from Seedr and completes
// no upload.
package seedrcopy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"longhaul/internal/event"
	"longhaul/internal/seedr"
	"longhaul/internal/seedrfiles"
	"longhaul/models"
)

const (
	filesAtOnce = 4        // files of one job that are copied at once
	readers     = 2        // readers of one file; Seedr lets a link have no more
	memoryLimit = 64 << 20 // bytes of parts in memory, all jobs of this worker together
	tries       = 8        // failures in a row without a byte before a file is given up for now
)

// Store is what copying needs of the database.
type Store interface {
	Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error)
	FilesOnSeedr(ctx context.Context, jobID uuid.UUID) (models.SeedrCopy, error)
	SaveStreamedParts(ctx context.Context, jobID uuid.UUID, epoch int64, parts []models.PartReport) error
	SetUploadID(ctx context.Context, fileID uuid.UUID, uploadID string) (current string, err error)
	FlushProgress(ctx context.Context, ps []models.Progress) error
}

// Objects is where the copied bytes go.
type Objects interface {
	Put(ctx context.Context, key string, body []byte, contentType string) error
	CreateMultipart(ctx context.Context, key, contentType string) (uploadID string, err error)
	PutPart(ctx context.Context, key, uploadID string, number int, body []byte) (models.Part, error)
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// Account is where the bytes come from; seedr.Client is one.
type Account interface {
	FileURL(ctx context.Context, fileID int64) (*seedr.Link, error)
	Open(ctx context.Context, l *seedr.Link, offset, length, size int64) (*seedr.Stream, error)
}

// Publisher carries progress to watchers.
type Publisher interface {
	Publish(ctx context.Context, msgs ...event.Message) error
}

// Copier copies the files of jobs. All jobs share its memory.
type Copier struct {
	Store   Store
	Objects Objects
	Account Account // nil without one
	Events  Publisher
	Now     func() time.Time
	Log     *slog.Logger
	Retry   time.Duration // before a broken stream is taken up again; doubles. 0 is half a second

	memory *buffers
}

// New returns c with the memory that its jobs share.
func New(c Copier) *Copier {
	c.memory = newBuffers(memoryLimit)
	return &c
}

// Result is what was copied.
type Result struct {
	Files int
	Bytes int64 // of the files
	Read  int64 // bytes that this call read from Seedr
}

// Copy copies every selected file of the job from Seedr to storage. It continues
// where an earlier call stopped: parts that are in storage are not read again.
func (a *Copier) Copy(ctx context.Context, jobID uuid.UUID) (Result, error) {
	if a.Account == nil {
		return Result{}, models.Fault(models.ProblemSeedrAuth, "This worker has no Seedr account.")
	}
	_, err := a.Store.Transition(ctx, jobID, models.JobChange{
		To: models.StateStoring, Reason: models.Because(models.ReasonCopyingFromSeedr),
	})
	if err != nil {
		return Result{}, err
	}
	plan, err := a.Store.FilesOnSeedr(ctx, jobID)
	if err != nil {
		return Result{}, err
	}
	rows := make([]models.File, 0, len(plan.Files))
	for _, f := range plan.Files {
		rows = append(rows, f.File)
	}
	there, err := seedrfiles.Match(rows, plan.Item.Files)
	if err != nil {
		return Result{}, err
	}
	p := newCopying(a, plan)
	report, done := context.WithCancel(ctx)
	reported := make(chan struct{})
	go func() {
		defer close(reported)
		p.report(report)
	}()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(filesAtOnce)
	for _, f := range plan.Files {
		if src, ok := there[f.ID]; ok {
			g.Go(func() error { return p.copyFile(gctx, f, src) })
		}
	}
	err = g.Wait()
	done()
	<-reported
	if err != nil {
		return Result{}, err
	}
	return Result{Files: len(plan.Files), Bytes: p.total, Read: p.read.Load()}, nil
}

// copyFile copies the parts of a file that are not in storage.
func (p *copying) copyFile(ctx context.Context, f models.FileParts, src models.SeedrFile) error {
	have := make(map[int]bool, len(f.Parts))
	for _, part := range f.Parts {
		have[part.Number] = true
	}
	missing := missingParts(f.File, have)
	if len(missing) == 0 {
		return nil
	}
	uploadID, err := p.upload(ctx, f.File)
	if err != nil {
		return err
	}
	c := &fileCopy{copying: p, file: f.File, src: src, uploadID: uploadID}
	g, ctx := errgroup.WithContext(ctx)
	for _, span := range halves(missing) {
		g.Go(func() error { return c.copySpan(ctx, span) })
	}
	return g.Wait()
}

// missingParts returns the numbers of the parts that are not in storage, in
// order.
func missingParts(f models.File, have map[int]bool) []int {
	count := int((f.Size + f.PartSize - 1) / f.PartSize)
	var out []int
	for n := 1; n <= count; n++ {
		if !have[n] {
			out = append(out, n)
		}
	}
	return out
}

// halves splits parts among the readers of a file.
func halves(parts []int) [][]int {
	if len(parts) < readers {
		return [][]int{parts}
	}
	mid := (len(parts) + 1) / readers
	return [][]int{parts[:mid], parts[mid:]}
}

// upload returns the multipart upload of the file, opening one if there is
// none; a file of one part has none.
func (p *copying) upload(ctx context.Context, f models.File) (string, error) {
	if f.Size <= f.PartSize {
		return "", nil
	}
	if f.UploadID != nil {
		return *f.UploadID, nil
	}
	id, err := p.Objects.CreateMultipart(ctx, f.Key(), f.ContentType)
	if err != nil {
		return "", fmt.Errorf("open upload: %w", err)
	}
	current, err := p.Store.SetUploadID(ctx, f.ID, id)
	if err != nil {
		return "", fmt.Errorf("note upload: %w", err)
	}
	if current != id {
		if err := p.Objects.AbortMultipart(ctx, f.Key(), id); err != nil {
			p.Log.WarnContext(ctx, "leaving a superseded upload to the sweep", "job_id", f.JobID, "error", err)
		}
	}
	return current, nil
}

// progress publishes how far the copying is, once a second, and writes it now
// and then.
func (p *copying) report(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		row := p.progress(p.Now())
		// Progress is for display; the next second brings newer one.
		_ = p.Events.Publish(ctx, event.Progressed(row))
		if n%5 == 0 {
			_ = p.Store.FlushProgress(ctx, []models.Progress{row})
		}
	}
}

// again reports whether a failed read is tried again with another link.
func again(err error) bool {
	switch seedr.KindOf(err) {
	case seedr.KindLink, seedr.KindReaders, seedr.KindTransient, seedr.KindHTML, seedr.KindMalformed, seedr.KindLimited, seedr.KindOpen:
		return true
	default:
		return false
	}
}
