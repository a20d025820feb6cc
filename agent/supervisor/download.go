package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/agent/upload"
	"longhaul/models"
)

// maxDrops bounds how often bytes may go bad on disk before the transfer is
// given to an agent with a better one.
const maxDrops = 16

var errBadBytes = errors.New("bytes on disk went bad")

// download runs engine and uploader side by side. It is over when everything
// is in storage, whatever the engine is doing then.
func (t *transfer) download(ctx context.Context) error {
	reader, err := t.openDisk()
	if err != nil {
		return err
	}
	defer t.closeReader(reader)
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	engineEnd, uploadEnd := make(chan error, 1), make(chan error, 1)
	open := make(chan struct{}) // closed when the child took up the directory
	wg.Go(func() { engineEnd <- t.runEngine(inner, open) })
	wg.Go(func() {
		select {
		case <-open:
			uploadEnd <- t.uploader().Run(inner)
		case <-inner.Done():
			uploadEnd <- inner.Err()
		}
	})
	select {
	case err = <-uploadEnd:
		if err == nil {
			t.allVerified()
			t.settle(ctx)
		}
	case err = <-engineEnd:
	case <-t.flushed:
		err = t.uploadRest(ctx, uploadEnd)
	}
	cancel(err)
	wg.Wait()
	return err
}

// settle reports that everything is in storage, while the engine process still
// has to end. If seeding is on, it waits for its end.
func (t *transfer) settle(ctx context.Context) {
	if !t.seeds() {
		t.finish(ctx, agentapi.PhaseDone, nil)
		return
	}
	t.setPhase(agentapi.PhaseSeeding)
	select {
	case <-ctx.Done():
	case <-t.seedEnd:
	}
}

// seeds reports whether the engine gives back to the swarm after the download;
// the bytes stay on disk then.
func (t *transfer) seeds() bool {
	e := t.env.Engine
	return (e.SeedRatio > 0 || e.SeedTime > 0) && t.spec().Source.URL == ""
}

// seeded records that the engine process has ended after its work was done.
func (t *transfer) seeded() {
	select {
	case t.seedEnd <- struct{}{}:
	default:
	}
}

// openDisk opens the directory and fills the ledger with what is there.
func (t *transfer) openDisk() (*disk.Reader, error) {
	specs := t.diskSpecs()
	if !t.taken() {
		if err := disk.Unstore(t.dir, specs, t.lost()); err != nil {
			return nil, fmt.Errorf("take back parts that are not in storage: %w", err)
		}
	}
	r, err := disk.OpenReader(t.dir, specs)
	if err != nil {
		return nil, fmt.Errorf("open the transfer's directory: %w", err)
	}
	t.mu.Lock()
	t.reader, t.ledger = r, t.fillLedger(r)
	t.saved.Taken = true
	t.mu.Unlock()
	t.countKept(r)
	return r, t.save()
}

func (t *transfer) taken() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saved.Taken
}

func (t *transfer) diskSpecs() []disk.FileSpec {
	files := t.spec().Files
	specs := make([]disk.FileSpec, 0, len(files))
	for _, f := range files {
		specs = append(specs, disk.FileSpec{
			Index: f.Index, Size: f.Size, PartSize: f.PartSize, Stored: f.Stored, Validator: f.Validator,
		})
	}
	return specs
}

// fillLedger enters what the journal says, and completes the spec by it.
func (t *transfer) fillLedger(r *disk.Reader) *upload.Ledger {
	files := t.saved.Start.Files
	l := upload.NewLedger(files)
	for i := range files {
		f := &files[i]
		v := r.Validator(f.Index)
		if f.Validator != "" && f.Validator != v {
			continue // other content than what is in storage: the engine drops it
		}
		if f.Validator != v {
			l.SetValidator(f.Index, v)
			f.Validator, f.Stored = v, nil
		}
		l.SetSize(f.Index, r.Size(f.Index))
		told := numbers(f.Stored)
		for _, p := range r.Stored(f.Index) {
			if !told[p.Number] {
				f.Stored, told[p.Number] = append(f.Stored, p.Number), true
			}
			l.Load(f.Index, int(p.Number))
		}
		l.Verified(f.Index, r.VerifiedRanges(f.Index)...)
	}
	return l
}

// lost tells the parts that an earlier attempt recorded here as stored and that
// the control plane does not know: storage turned out not to have them.
func (t *transfer) lost() func(disk.StoredPart) bool {
	told := map[int]map[int64]bool{}
	for _, f := range t.spec().Files {
		told[f.Index] = numbers(f.Stored)
	}
	return func(p disk.StoredPart) bool {
		if told[p.File][p.Number] {
			return false
		}
		t.log.Warn("storage lost a part that was stored", "file", p.File, "part", p.Number)
		return true
	}
}

func numbers(parts []int64) map[int64]bool {
	set := make(map[int64]bool, len(parts))
	for _, n := range parts {
		set[n] = true
	}
	return set
}

func (t *transfer) uploader() *upload.Uploader {
	return &upload.Uploader{
		JobID: t.id, Epoch: t.spec().Epoch, Ledger: t.ledger, Disk: partDisk{t}, Control: t.env.Control, Putter: t.env.Putter,
		Log: t.log, Trouble: t.setTrouble, Corrupt: t.markCorrupt,
		Moved: func(bytes int64) {
			t.env.Metrics.stored(bytes)
			t.env.changes.touch(t.id, false)
		},
	}
}

// partDisk is a transfer's directory as its uploader sees it.
type partDisk struct{ t *transfer }

// Checksum implements upload.Disk.
func (d partDisk) Checksum(p upload.Part) (uint32, error) {
	return d.t.reader.CRC32C(p.File, p.Range)
}

// Read implements upload.Disk.
func (d partDisk) Read(p upload.Part, off int64, buf []byte) error {
	return d.t.reader.ReadVerified(p.File, off, buf)
}

// Stored implements upload.Disk.
func (d partDisk) Stored(p upload.Part, crc uint32, etag string) error {
	t := d.t
	err := t.reader.MarkStored(disk.StoredPart{
		File: p.File, Number: int64(p.Number), Range: p.Range, CRC32C: crc, ETag: etag, Validator: p.Validator,
	}, t.keeps(p.Len))
	if errors.Is(err, disk.ErrNotVerified) {
		return nil // the engine has dropped the content meanwhile
	}
	if err != nil {
		return err
	}
	t.countKept(t.reader)
	t.mu.Lock()
	child := t.child
	t.mu.Unlock()
	if t.seeds() {
		return nil
	}
	if child != nil {
		child.Tell(childapi.Order{Do: childapi.OrderReleased, Span: &childapi.Span{File: p.File, Range: p.Range}})
	}
	return nil
}

// markCorrupt has the engine stopped, the bad range dropped and the engine
// started again.
func (t *transfer) markCorrupt(bad *disk.CorruptError) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drops = append(t.drops, bad)
	if t.child != nil {
		t.child.Kill(errBadBytes)
	}
	select {
	case t.dropped <- struct{}{}:
	default:
	}
}

// drop takes back the ranges that went bad. No engine runs meanwhile.
func (t *transfer) drop(ctx context.Context) error {
	t.mu.Lock()
	drops := t.drops
	t.drops = nil
	t.dropCount += len(drops)
	tooMany := t.dropCount > maxDrops
	t.mu.Unlock()
	if tooMany {
		return models.Fault(models.ProblemDiskFull, "The agent's disk loses data that was written to it.")
	}
	st, err := disk.Open(t.dir, t.diskSpecs(), disk.Options{})
	if err != nil {
		return fmt.Errorf("open the transfer's directory: %w", err)
	}
	for _, d := range drops {
		t.log.WarnContext(ctx, "found bad bytes on disk; fetching them again", "file", d.File, "bytes", d.Range.Len)
		err = errors.Join(err, st.Drop(d.File, d.Range))
		t.ledger.Forget(d.File, d.Range)
	}
	if err = errors.Join(err, st.Close()); err != nil {
		return fmt.Errorf("drop bad ranges: %w", err)
	}
	_, err = t.reader.Refresh()
	return err
}

// hear processes what the engine process reports during a download.
func (t *transfer) hear(n childapi.News) error {
	switch n.Say {
	case childapi.NewsReport:
		t.heardReport(n.Report)
	case childapi.NewsVerified:
		if _, err := t.reader.Refresh(); err != nil {
			return err
		}
		for _, s := range n.Spans {
			t.ledger.Verified(s.File, s.Range)
		}
		t.allVerified()
		t.trim()
	case childapi.NewsSize:
		t.ledger.SetSize(n.File, n.Size)
	case childapi.NewsValidator:
		return t.heardValidator(n)
	case childapi.NewsAlive, childapi.NewsManifest, childapi.NewsDone, childapi.NewsFlushed, childapi.NewsFault:
	}
	return nil
}

// catchUp enters what a child recorded and did not live to tell.
func (t *transfer) catchUp() error {
	if _, err := t.reader.Refresh(); err != nil {
		return err
	}
	for _, f := range t.spec().Files {
		if v := t.reader.Validator(f.Index); v != f.Validator {
			if err := t.heardValidator(childapi.News{File: f.Index, Validator: v}); err != nil {
				return err
			}
		}
		t.ledger.SetSize(f.Index, t.reader.Size(f.Index))
		t.ledger.Verified(f.Index, t.reader.VerifiedRanges(f.Index)...)
	}
	t.allVerified()
	return nil
}

func (t *transfer) heardReport(r *engine.Report) {
	if r == nil {
		return
	}
	t.mu.Lock()
	if t.saved.Ended != nil {
		t.mu.Unlock()
		return
	}
	t.report = *r
	phase := agentapi.Phase(r.Phase)
	if t.verifiedAt != nil || phase.Ended() {
		phase = t.phase // the engine does not know about uploading
	}
	changed := t.phase != phase
	t.phase = phase
	t.mu.Unlock()
	t.env.changes.touch(t.id, changed)
}

func (t *transfer) heardValidator(n childapi.News) error {
	t.mu.Lock()
	for i := range t.saved.Start.Files {
		if f := &t.saved.Start.Files[i]; f.Index == n.File && f.Validator != n.Validator {
			f.Validator, f.Stored = n.Validator, nil
		}
	}
	t.mu.Unlock()
	if _, err := t.reader.Refresh(); err != nil {
		return err
	}
	t.countKept(t.reader)
	if t.ledger.SetValidator(n.File, n.Validator) {
		t.mu.Lock()
		t.verifiedAt = nil
		t.mu.Unlock()
	}
	return t.save()
}

// allVerified notes the moment at which the last byte was verified.
func (t *transfer) allVerified() {
	y := t.ledger.Tally()
	t.mu.Lock()
	changed := t.verifiedAt == nil && y.Total >= 0 && y.Verified == y.Total
	if changed {
		now := t.env.Now()
		t.verifiedAt, t.phase = &now, agentapi.PhaseUploading
		t.report = engine.Report{Phase: models.PhaseUploading}
	}
	t.mu.Unlock()
	t.env.changes.touch(t.id, changed)
}
