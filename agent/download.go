package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"longhaul/agent/agentapi"
	"longhaul/agent/engine/disk"
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
	defer func() {
		t.mu.Lock()
		t.reader = nil
		t.mu.Unlock()
		_ = reader.Close()
	}()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	engineEnd, uploadEnd := make(chan error, 1), make(chan error, 1)
	open := make(chan struct{}) // closed when the child took up the directory
	wg.Go(func() { engineEnd <- t.engine(inner, open) })
	wg.Go(func() {
		select {
		case <-open:
			uploadEnd <- t.uploader().run(inner)
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
	}
	cancel()
	wg.Wait()
	return err
}

// settle tells the world that everything is in storage, while the engine
// process still has to end. Where seeding is wanted it waits for its end.
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
	e := t.env.engine
	return (e.SeedRatio > 0 || e.SeedTime > 0) && t.start0().Source.URL == ""
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
	r, err := disk.OpenReader(t.dir, specs)
	if err == nil && !t.taken() && !known(r, t.start0().Files) {
		// Storage lost parts whose bytes were given up here; nothing on disk
		// can be relied upon to be whole.
		_ = r.Close()
		for _, name := range []string{"data", "journal", "stored"} {
			err = errors.Join(err, os.RemoveAll(filepath.Join(t.dir, name)))
		}
		if err == nil {
			r, err = disk.OpenReader(t.dir, specs)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the transfer's directory: %w", err)
	}
	t.mu.Lock()
	t.reader, t.ledger = r, t.fillLedger(r)
	t.saved.Taken = true
	t.mu.Unlock()
	return r, t.save()
}

func (t *transfer) taken() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saved.Taken
}

func (t *transfer) diskSpecs() []disk.FileSpec {
	files := t.start0().Files
	specs := make([]disk.FileSpec, 0, len(files))
	for _, f := range files {
		specs = append(specs, diskSpec(f))
	}
	return specs
}

// fillLedger enters what the journal says, and completes the spec by it.
func (t *transfer) fillLedger(r *disk.Reader) *ledger {
	files := t.saved.Start.Files
	l := newLedger(files)
	for i := range files {
		f := &files[i]
		v := r.Validator(f.Index)
		if f.Validator != "" && f.Validator != v {
			continue // other content than what is in storage: the engine drops it
		}
		if f.Validator != v {
			l.setValidator(f.Index, v)
			f.Validator, f.Stored = v, nil
		}
		l.setSize(f.Index, r.Size(f.Index))
		for _, p := range r.Stored(f.Index) {
			if !slices.Contains(f.Stored, p.Number) {
				f.Stored = append(f.Stored, p.Number)
			}
			l.load(f.Index, int(p.Number))
		}
		l.verified(verifiedSpans(r, f.Index))
	}
	return l
}

// known reports whether the control plane knows of every part that was
// recorded as stored here by an earlier attempt.
func known(r *disk.Reader, files []agentapi.FileJob) bool {
	for _, f := range files {
		for _, p := range r.Stored(f.Index) {
			if !slices.Contains(f.Stored, p.Number) {
				return false
			}
		}
	}
	return true
}

func (t *transfer) uploader() *uploader {
	return &uploader{
		jobID: t.id, epoch: t.start0().Epoch, ledger: t.ledger, disk: t, control: t.env.control(), put: t.env.put,
		log: t.log, trouble: t.setTrouble, corrupt: t.markCorrupt,
		moved: func() { t.env.changes.touch(t.id, false) },
	}
}

// checksum implements partDisk.
func (t *transfer) checksum(p part) (uint32, error) {
	return t.reader.CRC32C(p.file, disk.Range{Off: p.Off, Len: p.Length})
}

// read implements partDisk.
func (t *transfer) read(p part, off int64, buf []byte) error {
	return t.reader.ReadVerified(p.file, off, buf)
}

// stored implements partDisk.
func (t *transfer) stored(p part, crc uint32, etag string) error {
	rng := disk.Range{Off: p.Off, Len: p.Length}
	err := t.reader.MarkStored(disk.StoredPart{
		File: p.file, Number: int64(p.number), Range: rng, CRC32C: crc, ETag: etag, Validator: p.validator,
	})
	if errors.Is(err, disk.ErrNotVerified) {
		return nil // the engine has dropped the content meanwhile
	}
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.noteStored(p)
	child := t.child
	t.mu.Unlock()
	if t.seeds() {
		return nil // peers are to get it
	}
	if err := t.reader.Release(p.file, rng); err != nil {
		return err
	}
	if child != nil {
		child.tell(order{Do: orderReleased, Span: &p.span})
	}
	return nil
}

// noteStored keeps the spec equal to what the control plane knows, so that a
// later attempt finds nothing unexpected.
func (t *transfer) noteStored(p part) {
	for i := range t.saved.Start.Files {
		if f := &t.saved.Start.Files[i]; f.Index == p.file {
			f.Stored = append(f.Stored, int64(p.number))
			return
		}
	}
}

// markCorrupt has the engine stopped, the bad range dropped and the engine
// started again.
func (t *transfer) markCorrupt(bad *disk.CorruptError) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drops = append(t.drops, bad)
	if t.child != nil {
		t.child.kill(errBadBytes)
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
		return models.Fault(models.ProblemDiskFull, "The agent's disk does not keep what is written to it.")
	}
	st, err := disk.Open(t.dir, t.diskSpecs(), disk.Options{})
	if err != nil {
		return fmt.Errorf("open the transfer's directory: %w", err)
	}
	for _, d := range drops {
		t.log.WarnContext(ctx, "bytes on disk went bad and are fetched again", "file", d.File, "bytes", d.Range.Len)
		err = errors.Join(err, st.Drop(d.File, d.Range))
		t.ledger.forget(span{File: d.File, Off: d.Range.Off, Length: d.Range.Len})
	}
	if err = errors.Join(err, st.Close()); err != nil {
		return fmt.Errorf("drop bad ranges: %w", err)
	}
	_, err = t.reader.Refresh()
	return err
}

// hear takes in what the engine process tells during a download.
func (t *transfer) hear(n news) error {
	switch n.Say {
	case newsReport:
		t.heardReport(n.Report)
	case newsVerified:
		if _, err := t.reader.Refresh(); err != nil {
			return err
		}
		t.ledger.verified(n.Spans)
		t.allVerified()
	case newsSize:
		t.ledger.setSize(n.File, n.Size)
	case newsValidator:
		return t.heardValidator(n)
	case newsAlive, newsManifest, newsDone, newsFault:
	}
	return nil
}

// catchUp enters what a child recorded and did not live to tell.
func (t *transfer) catchUp() error {
	if _, err := t.reader.Refresh(); err != nil {
		return err
	}
	for _, f := range t.start0().Files {
		if v := t.reader.Validator(f.Index); v != f.Validator {
			if err := t.heardValidator(news{File: f.Index, Validator: v}); err != nil {
				return err
			}
		}
		t.ledger.setSize(f.Index, t.reader.Size(f.Index))
		t.ledger.verified(verifiedSpans(t.reader, f.Index))
	}
	t.allVerified()
	return nil
}

func verifiedSpans(r *disk.Reader, file int) []span {
	var spans []span
	for _, rng := range r.VerifiedRanges(file) {
		spans = append(spans, span{File: file, Off: rng.Off, Length: rng.Len})
	}
	return spans
}

func (t *transfer) heardReport(r *reportNews) {
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

func (t *transfer) heardValidator(n news) error {
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
	if t.ledger.setValidator(n.File, n.Validator) {
		t.mu.Lock()
		t.verifiedAt = nil
		t.mu.Unlock()
	}
	return t.save()
}

// allVerified notes the moment at which the last byte was verified.
func (t *transfer) allVerified() {
	y := t.ledger.tally()
	t.mu.Lock()
	changed := t.verifiedAt == nil && y.total >= 0 && y.verified == y.total
	if changed {
		now := t.env.now()
		t.verifiedAt, t.phase = &now, agentapi.PhaseUploading
		t.report = reportNews{Phase: models.PhaseUploading}
	}
	t.mu.Unlock()
	t.env.changes.touch(t.id, changed)
}
