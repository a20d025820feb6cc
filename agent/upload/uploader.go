// Package upload moves a transfer's verified parts to object storage by
// presigned addresses while the transfer runs. It knows which part is how far
// and asks the control plane for addresses; it neither fetches nor verifies.
package upload

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"longhaul/agent/agentapi"
	"longhaul/agent/engine/disk"
	"longhaul/internal/wait"
	"longhaul/models"
)

const (
	maxBatch   = 64        // of the wire
	lowWater   = 8         // parts on their way below which more addresses are asked for
	signAhead  = 128 << 20 // bytes that have an address and are not in storage
	doneWithin = time.Second

	firstPause   = 250 * time.Millisecond // before what failed is tried again
	longestPause = 30 * time.Second
)

// Why the control plane takes nothing more of a transfer.
var (
	// ErrSuperseded says that another attempt owns the job now, or will. It may
	// come back here, where its bytes are.
	ErrSuperseded = errors.New("superseded by a newer attempt")

	// ErrJobOver says that the job has ended or was deleted: what is here is of no
	// use to anyone.
	ErrJobOver = errors.New("the job has ended")
)

// Disk is what an uploader needs of a transfer's directory.
type Disk interface {
	// Checksum returns the CRC-32C of the part.
	Checksum(p Part) (uint32, error)

	// Read reads bytes of the part from the offset in the file, and fails with
	// a *disk.CorruptError if they are not what was verified.
	Read(p Part, off int64, buf []byte) error

	// Stored records that the part is in storage and that the control plane
	// knows.
	Stored(p Part, crc uint32, etag string) error
}

// Uploader moves one transfer's verified parts to storage. One goroutine asks
// for addresses and reports; it starts one more for each part on its way.
type Uploader struct {
	JobID   string
	Epoch   int64
	Ledger  *Ledger
	Disk    Disk
	Control *agentapi.ControlClient
	Putter  *Putter
	Log     *slog.Logger
	Trouble func(why models.Reason) // reports what blocks uploading; none when it is cleared
	Moved   func(bytes int64)       // parts of so many bytes were stored
	Corrupt func(*disk.CorruptError)

	// Owned by Run.
	results  chan putResult
	flying   map[partID]bool // parts with an address that are not in storage
	bytes    int64           // of them
	done     []putResult
	oldest   time.Time // of done
	failures int       // in a row
	holdTill time.Time
}

// putResult is how a part's way to storage ended.
type putResult struct {
	Part
	crc  uint32
	sent sent
	err  error
}

// Run returns nil when every part is in storage and the control plane knows.
func (u *Uploader) Run(ctx context.Context) error {
	u.results, u.flying = make(chan putResult, maxBatch), map[partID]bool{}
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		for range u.flying {
			<-u.results
		}
	}()
	for {
		u.collect()
		req, wanted := u.next()
		if len(req.Done)+len(req.Want)+len(req.Sizes) > 0 {
			if err := u.exchange(ctx, req, wanted); err != nil {
				return err
			}
			continue
		}
		if len(u.flying) == 0 && len(u.done) == 0 && u.Ledger.Tally().Complete {
			return nil
		}
		if err := u.wait(ctx); err != nil {
			return err
		}
	}
}

// wait returns when something may have changed.
func (u *Uploader) wait(ctx context.Context) error {
	var alarm <-chan time.Time
	if len(u.done) > 0 {
		alarm = time.After(time.Until(u.oldest.Add(doneWithin)))
	} else if hold := time.Until(u.holdTill); hold > 0 {
		alarm = time.After(hold)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r := <-u.results:
		u.landed(r)
	case <-u.Ledger.wake:
	case <-alarm:
	}
	return nil
}

// collect takes in what has landed.
func (u *Uploader) collect() {
	for {
		select {
		case r := <-u.results:
			u.landed(r)
		default:
			return
		}
	}
}

func (u *Uploader) landed(r putResult) {
	delete(u.flying, r.id())
	u.bytes -= r.Len
	if r.err == nil {
		u.failures, u.holdTill = 0, time.Time{}
		if len(u.done) == 0 {
			u.oldest = time.Now()
		}
		u.done = append(u.done, r)
		return
	}
	bad, isCorrupt := errors.AsType[*disk.CorruptError](r.err)
	switch {
	case isCorrupt:
		u.Corrupt(bad) // its bytes are fetched again
		return
	case errors.Is(r.err, disk.ErrNotVerified):
		// The file changed at its source; the ledger hears of it presently.
	case errors.Is(r.err, context.Canceled):
	default:
		u.failures++
		u.holdTill = time.Now().Add(pause(u.failures))
		u.Trouble(models.ProblemStorageFailing.Reason(nil))
		u.Log.Warn("upload part", "file", r.File, "part", r.Number, "error", r.err)
	}
	u.Ledger.giveBack(r.id())
}

// pause grows with the failures in a row, with some chance in it.
func pause(failures int) time.Duration {
	b := wait.Growing(firstPause, longestPause)
	d := b.NextBackOff()
	for range min(failures, 12) {
		d = b.NextBackOff()
	}
	return d
}

// next decides what to ask and report now.
func (u *Uploader) next() (agentapi.Uploads, []putResult) {
	req := agentapi.Uploads{JobID: u.JobID, Epoch: u.Epoch, Sizes: u.Ledger.newSizes()}
	if len(req.Sizes) > maxBatch {
		req.Sizes = req.Sizes[:maxBatch]
	}
	var wanted []putResult
	if u.clear() {
		wanted = u.sum(u.Ledger.take(maxBatch-len(u.flying), signAhead-u.bytes))
	}
	for _, w := range wanted {
		req.Want = append(req.Want, agentapi.PartWanted{
			Index: w.File, Number: w.Number, Size: w.Len, CRC32C: base64CRC(w.crc), Validator: w.Validator,
		})
	}
	// Reports ride along with the next question, and go alone when there is
	// none to come or when they have waited for long.
	due := len(wanted) > 0 || len(req.Sizes) > 0 || len(u.flying) == 0 ||
		len(u.done) >= maxBatch/2 || time.Since(u.oldest) >= doneWithin
	if due {
		kept := u.done[:0]
		for _, d := range u.done {
			if u.Ledger.current(d.id()) {
				kept = append(kept, d)
			}
		}
		u.done = kept
		for _, d := range u.done[:min(len(u.done), maxBatch)] {
			req.Done = append(req.Done, agentapi.PartDone{
				Index: d.File, Number: d.Number, Size: d.Len, CRC32C: base64CRC(d.crc), CRC32: &d.sent.sum, ETag: d.sent.etag,
			})
		}
	}
	return req, wanted
}

// clear reports whether more parts may be sent off. After a change of the
// source nothing goes before the parts of the old content have landed: a late
// one would replace what the new content has put in its place.
func (u *Uploader) clear() bool {
	if len(u.flying) >= lowWater || u.bytes >= signAhead || time.Now().Before(u.holdTill) {
		return false
	}
	for id := range u.flying {
		if !u.Ledger.current(id) {
			return false
		}
	}
	return true
}

// sum adds the checksums that the addresses are signed with.
func (u *Uploader) sum(parts []Part) []putResult {
	out := make([]putResult, 0, len(parts))
	for _, p := range parts {
		crc, err := u.Disk.Checksum(p)
		if err != nil {
			u.bytes += p.Len // landed takes it back
			u.landed(putResult{Part: p, err: err})
			continue
		}
		out = append(out, putResult{Part: p, crc: crc})
	}
	return out
}

func base64CRC(crc uint32) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc))
}

// exchange talks to the control plane until it has answered, then records what
// was reported and sends off what has an address now.
func (u *Uploader) exchange(ctx context.Context, req agentapi.Uploads, wanted []putResult) error {
	reply, err := u.ask(ctx, req)
	if err != nil {
		return err
	}
	if len(reply.URLs) != len(req.Want) {
		return fmt.Errorf("asked for %d addresses, got %d", len(req.Want), len(reply.URLs))
	}
	u.Ledger.sizesTold(req.Sizes)
	var stored int64
	for _, d := range u.done[:len(req.Done)] {
		if !u.Ledger.store(d.id()) {
			continue
		}
		if err := u.Disk.Stored(d.Part, d.crc, d.sent.etag); err != nil {
			return fmt.Errorf("record a stored part: %w", err)
		}
		stored += d.Len
	}
	if len(req.Done) > 0 {
		u.done = append(u.done[:0], u.done[len(req.Done):]...)
		u.Trouble(models.Reason{})
		u.Moved(stored)
	}
	for i, w := range wanted {
		u.flying[w.id()] = true
		u.bytes += w.Len
		go func(addr agentapi.PartURL) {
			w.sent, w.err = u.Putter.part(ctx, u.JobID, u.Disk, w.Part, addr)
			u.results <- w
		}(reply.URLs[i])
	}
	return nil
}

// ask repeats the question while the control plane is away; nothing is lost by
// waiting.
func (u *Uploader) ask(ctx context.Context, req agentapi.Uploads) (agentapi.UploadsReply, error) {
	op := func() (agentapi.UploadsReply, error) {
		reply, err := u.Control.Uploads(ctx, req)
		p, answered := errors.AsType[*agentapi.Problem](err)
		switch {
		case err == nil:
			return reply, nil
		case !answered:
		case p.Code == string(models.ProblemSuperseded):
			return reply, backoff.Permanent(ErrSuperseded)
		case p.Code == string(models.CodeNotFound):
			return reply, backoff.Permanent(ErrJobOver)
		case p.Code == string(models.ProblemStorageFull):
			return reply, backoff.Permanent(models.Fault(models.ProblemStorageFull, "%s", p.Detail))
		case p.Status < http.StatusInternalServerError && models.Problem(p.Code).Code() != models.CodeInternal &&
			models.Problem(p.Code).Final():
			return reply, backoff.Permanent(models.Fault(models.Problem(p.Code), "%s", p.Detail))
		}
		why := models.Because(models.ReasonWaitsForControlPlane)
		if answered && p.Code == string(models.ProblemStorageFailing) {
			why = models.ProblemStorageFailing.Reason(nil)
		}
		u.Trouble(why)
		u.Log.WarnContext(ctx, "could not get upload addresses", "error", err)
		return reply, err
	}
	return backoff.Retry(ctx, op, backoff.WithBackOff(wait.Growing(firstPause, longestPause)), backoff.WithMaxElapsedTime(0))
}
