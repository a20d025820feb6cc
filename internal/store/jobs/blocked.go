package jobs

import (
	"context"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/internal/store/blocks"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// Block blocks an info hash, a stored file, given by its id, or the addresses that
// fit a pattern; which of them the value is, its form tells, and isFile. When it
// returns, nothing of the content is delivered, no job for it is accepted, and
// those that are open were asked to stop. Blocking what is blocked returns the
// block in force. It is refused as invalid, naming the field, when the value is
// none of the three or the reason is missing, and as not_found for an unknown file.
func (ad *Admin) Block(ctx context.Context, by models.Actor, value string, isFile bool, reason string) (models.Block, error) {
	js := ad.js
	b := models.Block{Reason: strings.TrimSpace(reason), ActorKind: by.Kind, ActorID: by.ID}
	if b.Reason == "" || utf8.RuneCountInString(b.Reason) > models.MaxBlockReason {
		return b, models.Errorf(models.CodeInvalid, "Say why, in at most %d characters.", models.MaxBlockReason).In("reason")
	}
	err := ad.name(ctx, &b, strings.TrimSpace(value), isFile)
	if err != nil {
		return b, err
	}
	err = js.db.Tx(ctx, func(ctx context.Context) error {
		added := false
		if b, added, err = js.blocks.Add(ctx, b); err != nil || !added {
			return err
		}
		e := by.Did(models.AuditBlocked, "block", b.ID.String())
		e.After = map[string]any{"kind": string(b.Kind), "value": b.Value, "reason": b.Reason}
		return js.records.RecordAudit(ctx, e)
	})
	if err != nil {
		return b, err
	}
	// What fails from here on is made up for by EnforceBlocks.
	if err := js.blocks.Mark(ctx, b.ID); err != nil {
		return b, err
	}
	if _, err := js.tellBlocked(ctx, &b.ID); err != nil {
		return b, err
	}
	return js.blocks.Block(ctx, b.ID)
}

// name says what the block goes by.
func (ad *Admin) name(ctx context.Context, b *models.Block, value string, isFile bool) error {
	if isFile {
		return ad.nameFile(ctx, b, value)
	}
	if raw, err := hex.DecodeString(value); err == nil && (len(raw) == 20 || len(raw) == 32) {
		b.Kind, b.Value = models.BlockHash, strings.ToLower(value)
		return nil
	}
	if src, err := source.ParseMagnet(value); err == nil {
		b.Kind, b.Value = models.BlockHash, src.InfoHash()
		return nil
	}
	p, err := source.ParseURLPattern(value)
	if err != nil {
		return models.Errorf(models.CodeInvalid, "Use an info hash, a magnet link, a host or an address.").In("value").Because(err)
	}
	b.Kind, b.Value, b.Host = models.BlockURL, p.String(), p.Host
	return nil
}

func (ad *Admin) nameFile(ctx context.Context, b *models.Block, value string) error {
	id, err := uuid.Parse(value)
	if err != nil {
		return models.Errorf(models.CodeInvalid, "This is no file's id.").In("value").Because(err)
	}
	var f struct {
		Path                   string
		Idx                    int
		InfoHashV1, InfoHashV2 *string
	}
	err = ad.js.db.Row(ctx, &f, "load file", `
		select f.path, f.idx, j.info_hash_v1, j.info_hash_v2 from files f join jobs j on j.id = f.job_id where f.id = ?`, id)
	if err != nil {
		return err
	}
	b.Kind, b.Value, b.Name, b.Idx = models.BlockFile, id.String(), f.Path, &f.Idx
	b.InfoHashV1, b.InfoHashV2 = f.InfoHashV1, f.InfoHashV2
	return nil
}

// LiftBlock lifts a block. What it covered can be delivered and submitted again,
// unless something else blocks it; jobs that it ended can be retried. The owners
// of the jobs read so. One that was lifted already is a conflict.
func (ad *Admin) LiftBlock(ctx context.Context, by models.Actor, id uuid.UUID) (models.Block, error) {
	js := ad.js
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		b, covered, err := js.blocks.Lift(ctx, id)
		if err != nil {
			return err
		}
		for _, jobID := range covered {
			if err := js.tellFree(ctx, jobID); err != nil {
				return err
			}
		}
		e := by.Did(models.AuditBlockLifted, "block", id.String())
		e.Before = map[string]any{"kind": string(b.Kind), "value": b.Value, "reason": b.Reason}
		return js.records.RecordAudit(ctx, e)
	})
	if err != nil {
		return models.Block{}, err
	}
	return js.blocks.Block(ctx, id)
}

func (js *Jobs) tellFree(ctx context.Context, jobID uuid.UUID) error {
	job, err := js.Lock(ctx, jobID)
	if models.IsNotFound(err) || err == nil && (job.DeleteAt != nil || job.Blocked) {
		return nil
	}
	if err != nil {
		return err
	}
	return js.timeline.Add(ctx, timeline.Of(job, models.EventState, models.Because(models.ReasonUnblocked)))
}

// Blocks returns a page of the blocks, newest first, and the cursor of the next.
func (ad *Admin) Blocks(ctx context.Context, f models.BlockFilter) ([]models.Block, string, error) {
	return ad.js.blocks.List(ctx, f)
}

// EnforceBlocks completes what whoever added a block did not come to do: it marks
// what the block covers, tells the owners and has open jobs stop. It returns how
// many jobs it told.
func (w *Worker) EnforceBlocks(ctx context.Context) (int, error) {
	js := w.js
	unmarked, err := js.blocks.Unmarked(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range unmarked {
		if err := js.blocks.Mark(ctx, id); err != nil {
			return 0, err
		}
	}
	return js.tellBlocked(ctx, nil)
}

// tellPage is how many marks are read at once.
const tellPage = 500

// tellBlocked tells the owners of jobs that the block covers, or any block if id
// is nil, and asks the jobs that are open to stop.
func (js *Jobs) tellBlocked(ctx context.Context, id *uuid.UUID) (told int, err error) {
	var after blocks.Untold
	for {
		page, err := js.blocks.UntoldMarks(ctx, id, after, tellPage)
		if err != nil || len(page) == 0 {
			return told, err
		}
		for _, m := range page {
			err := js.db.Tx(ctx, func(ctx context.Context) error { return js.tellOne(ctx, m) })
			if err != nil {
				return told, err
			}
			told++
		}
		after = page[len(page)-1]
	}
}

func (js *Jobs) tellOne(ctx context.Context, m blocks.Untold) error {
	job, err := js.Lock(ctx, m.JobID)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	first, err := js.blocks.NoteTold(ctx, m)
	if err != nil || !first {
		return err
	}
	if dropped, err := js.dropBlocked(ctx, &job); err != nil || dropped || job.DeleteAt != nil {
		return err
	}
	blocked := models.ProblemBlockedContent.Reason(nil)
	switch {
	case m.Path != "":
		return js.timeline.Add(ctx, timeline.Of(job, models.EventState, models.Because(models.ReasonFileBlocked, "path", m.Path)))
	case job.State.Terminal():
		return js.timeline.Add(ctx, timeline.Of(job, models.EventState, blocked))
	case job.Unattended(): // nobody would answer
		return js.Move(ctx, &job, models.JobChange{
			To: models.StateFailed, Problem: models.ProblemBlockedContent, Reason: blocked, ReleaseSlot: true,
		}, models.EventState)
	default:
		return js.ask(ctx, &job, models.Ask{Act: models.ActionStop})
	}
}
