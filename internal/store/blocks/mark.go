package blocks

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Mark marks everything that the block covers of what is here, at once. From
// then on nothing of it is delivered. Doing it again changes nothing.
func (bl *Blocks) Mark(ctx context.Context, id uuid.UUID) error {
	return bl.db.Tx(ctx, func(ctx context.Context) error {
		// A block that is lifted meanwhile must see these marks where it frees jobs.
		if err := bl.db.ShareLock(ctx, postgres.LockBlocks, ""); err != nil {
			return err
		}
		var b models.Block
		err := bl.db.Row(ctx, &b, "lock block", `select * from blocks where id = ? for update`, id)
		if err != nil || b.LiftedAt != nil || b.MarkedAt != nil {
			return err
		}
		switch b.Kind {
		case models.BlockHash:
			err = bl.markHash(ctx, b)
		case models.BlockURL:
			err = bl.markAddresses(ctx, b)
		case models.BlockFile:
			err = bl.markFiles(ctx, b)
		}
		if err != nil {
			return err
		}
		now := bl.db.Now()
		b.MarkedAt = &now
		return postgres.Translate(bl.db.Conn(ctx).Model(&b).Select("marked_at").UpdateColumns(&b).Error, "mark what is blocked")
	})
}

func (bl *Blocks) markHash(ctx context.Context, b models.Block) error {
	_, err := bl.db.Exec(ctx, "mark jobs of hash", `
		with covered as (update jobs set blocked = true where info_hash_v1 = @hash or info_hash_v2 = @hash returning id)
		insert into block_marks (block_id, job_id) select @block, id from covered on conflict do nothing`,
		map[string]any{"hash": b.Value, "block": b.ID})
	return err
}

// markAddresses compares in Go, by the rules that refuse new jobs; the database
// only finds the jobs whose host ends like the pattern's.
func (bl *Blocks) markAddresses(ctx context.Context, b models.Block) error {
	pattern, err := source.ParseURLPattern(b.Value)
	if err != nil {
		return err
	}
	var rows []struct {
		ID        uuid.UUID
		SourceURI string
	}
	err = bl.db.Rows(ctx, &rows, "look for jobs of host", `
		select id, source_uri from jobs
		where source_kind = 'url' and reverse(lower(substring(source_uri from '^https{0,1}://([^/:\x3f#]+)'))) like reverse(?) || '%'`, b.Host)
	if err != nil {
		return err
	}
	var covered []uuid.UUID
	for _, r := range rows {
		if pattern.Matches(r.SourceURI) {
			covered = append(covered, r.ID)
		}
	}
	_, err = bl.db.Exec(ctx, "mark jobs of addresses", `
		with covered as (update jobs set blocked = true where id = any(@jobs) returning id)
		insert into block_marks (block_id, job_id) select @block, id from covered on conflict do nothing`,
		map[string]any{"jobs": postgres.Array[uuid.UUID](covered), "block": b.ID})
	return err
}

// markFiles marks the file, and those in its place in other jobs of its torrent.
func (bl *Blocks) markFiles(ctx context.Context, b models.Block) error {
	_, err := bl.db.Exec(ctx, "mark files", `
		with covered as (
			update files f set blocked = true from jobs j where j.id = f.job_id
				and (f.id = cast(@file as uuid) or f.idx = @idx and (j.info_hash_v1 = @v1 or j.info_hash_v2 = @v2))
			returning f.id, f.job_id)
		insert into block_marks (block_id, job_id, file_id) select @block, job_id, id from covered on conflict do nothing`,
		map[string]any{"file": b.Value, "idx": b.Idx, "v1": b.InfoHashV1, "v2": b.InfoHashV2, "block": b.ID})
	return err
}

// MarkNew marks those of the job's new files that are blocked in its torrent.
func (bl *Blocks) MarkNew(ctx context.Context, job models.Job) error {
	if len(hashesOf(job)) == 0 {
		return nil
	}
	_, err := bl.db.Exec(ctx, "mark new files", `
		with covered as (
			update files f set blocked = true from blocks b
			where f.job_id = @job and b.kind = 'file' and b.lifted_at is null and b.idx = f.idx
				and (b.info_hash_v1 = @v1 or b.info_hash_v2 = @v2)
			returning b.id as block_id, f.id)
		insert into block_marks (block_id, job_id, file_id, told_at) select block_id, @job, id, @now from covered on conflict do nothing`,
		map[string]any{"job": job.ID, "v1": job.InfoHashV1, "v2": job.InfoHashV2, "now": bl.db.Now()})
	return err
}

// Unmarked returns the blocks in force whose marks are still missing: whoever
// added them died in between.
func (bl *Blocks) Unmarked(ctx context.Context) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := bl.db.Rows(ctx, &out, "look for blocks without marks",
		`select id from blocks where marked_at is null and lifted_at is null order by id`)
	return out, err
}

// Untold is a mark whose job's owner does not know yet.
type Untold struct {
	BlockID, JobID uuid.UUID
	Path           string // of the blocked file; empty if it is the whole job
}

// UntoldMarks returns marks whose job's owner does not know yet: of one block, or of
// all if id is nil. At most limit, in the order of blocks and jobs, after the
// given mark.
func (bl *Blocks) UntoldMarks(ctx context.Context, id *uuid.UUID, after Untold, limit int) ([]Untold, error) {
	var out []Untold
	err := bl.db.Rows(ctx, &out, "look for marks to tell", `
		select m.block_id, m.job_id, coalesce(f.path, '') as path from block_marks m left join files f on f.id = m.file_id
		where m.told_at is null and (cast(@block as uuid) is null or m.block_id = @block) and (m.block_id, m.job_id) > (@afterBlock, @afterJob)
		order by m.block_id, m.job_id limit @limit`,
		map[string]any{"block": id, "afterBlock": after.BlockID, "afterJob": after.JobID, "limit": limit})
	return out, err
}

// NoteTold records that the owner of the mark's job knows. It reports false when
// that was so before.
func (bl *Blocks) NoteTold(ctx context.Context, m Untold) (bool, error) {
	n, err := bl.db.Exec(ctx, "note that owner knows", `
		update block_marks set told_at = ? where block_id = ? and job_id = ? and told_at is null`, bl.db.Now(), m.BlockID, m.JobID)
	return n == 1, err
}
