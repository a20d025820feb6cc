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
		b, err := bl.lock(ctx, id)
		if err != nil || b.LiftedAt != nil || b.MarkedAt != nil {
			return err
		}
		// No job comes to be covered from now on: those that were let through were
		// visible before the block was.
		jobs, err := bl.covered(ctx, b)
		if err != nil {
			return err
		}
		if err := bl.lockJobs(ctx, jobs); err != nil {
			return err
		}
		// A block that is lifted meanwhile must see these marks where it frees jobs.
		if err := bl.db.ShareLock(ctx, postgres.LockBlocks, ""); err != nil {
			return err
		}
		if b.Kind == models.BlockFile {
			err = bl.markFiles(ctx, b, jobs)
		} else {
			err = bl.markJobs(ctx, b, jobs)
		}
		if err != nil {
			return err
		}
		now := bl.db.Now()
		b.MarkedAt = &now
		return postgres.Translate(bl.db.Conn(ctx).Model(&b).Select("marked_at").UpdateColumns(&b).Error, "mark what is blocked")
	})
}

// lock locks a block against a lift or a mark beside this one. Marks can still
// refer to it.
func (bl *Blocks) lock(ctx context.Context, id uuid.UUID) (b models.Block, err error) {
	err = bl.db.Row(ctx, &b, "lock block", `select * from blocks where id = ? for no key update`, id)
	return b, err
}

// lockJobs locks jobs in the order of their ids. It comes after the lock of a
// block and before LockBlocks.
func (bl *Blocks) lockJobs(ctx context.Context, jobs []uuid.UUID) error {
	_, err := bl.db.Exec(ctx, "lock jobs of block", `
		select from jobs where id = any(?) order by id for update`, postgres.Array[uuid.UUID](jobs))
	return err
}

// covered returns the jobs that the block covers, or that have a file which it
// covers.
func (bl *Blocks) covered(ctx context.Context, b models.Block) (jobs []uuid.UUID, err error) {
	switch b.Kind {
	case models.BlockHash:
		err = bl.db.Rows(ctx, &jobs, "look for jobs of hash",
			`select id from jobs where info_hash_v1 = @hash or info_hash_v2 = @hash`, map[string]any{"hash": b.Value})
	case models.BlockURL:
		jobs, err = bl.jobsOfAddresses(ctx, b)
	case models.BlockFile:
		err = bl.db.Rows(ctx, &jobs, "look for jobs of file", `
			select job_id from files where id = cast(@file as uuid)
			union
			select f.job_id from jobs j join files f on f.job_id = j.id and f.idx = @idx
			where j.info_hash_v1 = @v1 or j.info_hash_v2 = @v2`,
			map[string]any{"file": b.Value, "idx": b.Idx, "v1": b.InfoHashV1, "v2": b.InfoHashV2})
	}
	return jobs, err
}

// jobsOfAddresses compares in Go, by the rules that refuse new jobs; the database
// only finds the jobs whose host ends like the pattern's.
func (bl *Blocks) jobsOfAddresses(ctx context.Context, b models.Block) (jobs []uuid.UUID, err error) {
	pattern, err := source.ParseURLPattern(b.Value)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID      uuid.UUID
		Address string
	}
	err = bl.db.Rows(ctx, &rows, "look for jobs of host", `
		select id, source_uri as address from jobs
		where source_kind = 'url' and reverse(lower(substring(source_uri from '^https{0,1}://([^/:\x3f#]+)'))) like reverse(@host) || '%'
		union all
		select id, origin_uri from jobs
		where origin_uri <> '' and reverse(lower(substring(origin_uri from '^https{0,1}://([^/:\x3f#]+)'))) like reverse(@host) || '%'`,
		map[string]any{"host": b.Host})
	for _, r := range rows {
		if pattern.Matches(r.Address) {
			jobs = append(jobs, r.ID)
		}
	}
	return jobs, err
}

func (bl *Blocks) markJobs(ctx context.Context, b models.Block, jobs []uuid.UUID) error {
	_, err := bl.db.Exec(ctx, "mark jobs", `
		with covered as (update jobs set blocked = true where id = any(@jobs) returning id)
		insert into block_marks (block_id, job_id) select @block, id from covered on conflict do nothing`,
		map[string]any{"jobs": postgres.Array[uuid.UUID](jobs), "block": b.ID})
	return err
}

// markFiles marks the file, and those in its place in other jobs of its torrent.
func (bl *Blocks) markFiles(ctx context.Context, b models.Block, jobs []uuid.UUID) error {
	_, err := bl.db.Exec(ctx, "mark files", `
		with covered as (
			update files set blocked = true
			where job_id = any(@jobs) and (id = cast(@file as uuid) or idx = @idx and job_id in (
				select id from jobs where id = any(@jobs) and (info_hash_v1 = @v1 or info_hash_v2 = @v2)))
			returning id, job_id)
		insert into block_marks (block_id, job_id, file_id) select @block, job_id, id from covered on conflict do nothing`,
		map[string]any{
			"jobs": postgres.Array[uuid.UUID](jobs), "file": b.Value, "idx": b.Idx, "v1": b.InfoHashV1, "v2": b.InfoHashV2, "block": b.ID,
		})
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
