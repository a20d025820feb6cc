// Package blocks keeps what content is refused here, and marks what of it is
// stored or on its way. Marks stand on jobs and files as "blocked", where
// everything that delivers looks.
//
// It tells nobody and stops nothing; the jobs do.
package blocks

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Blocks keeps the blocks.
type Blocks struct {
	db *postgres.DB
}

// New returns the blocks of the database.
func New(db *postgres.DB) *Blocks { return &Blocks{db: db} }

// Refuse refuses a job whose content is blocked. Within a transaction that
// writes the job it makes sure that a block which is added meanwhile sees the
// job, or is seen here.
func (bl *Blocks) Refuse(ctx context.Context, job models.Job) error {
	if err := bl.db.ShareLock(ctx, postgres.LockBlocks, ""); err != nil {
		return err
	}
	blocked, err := bl.Blocked(ctx, hashesOf(job), job.Address())
	if err == nil && blocked {
		return models.Fault(models.ProblemBlockedContent, "This content is blocked here.")
	}
	return err
}

// Blocked reports whether one of the info hashes, or the address, is blocked. The
// address may be empty.
func (bl *Blocks) Blocked(ctx context.Context, hashes []string, address string) (bool, error) {
	var patterns []string
	if hosts := source.HostsOf(address); hosts != nil {
		err := bl.db.Rows(ctx, &patterns, "look up blocked addresses",
			`select value from blocks where kind = 'url' and lifted_at is null and host = any(?)`, postgres.Array[string](hosts))
		if err != nil {
			return false, err
		}
	}
	for _, text := range patterns {
		if p, err := source.ParseURLPattern(text); err == nil && p.Matches(address) {
			return true, nil
		}
	}
	if len(hashes) == 0 {
		return false, nil
	}
	var blocked bool
	err := bl.db.Row(ctx, &blocked, "look up blocked hashes", `
		select exists (select from blocks where kind = 'hash' and lifted_at is null and value = any(?))`, postgres.Array[string](hashes))
	return blocked, err
}

// Add writes a block. One in force for the same content takes its place, and
// added is false. It waits until every job that Refuse let through is visible.
func (bl *Blocks) Add(ctx context.Context, b models.Block) (out models.Block, added bool, err error) {
	err = bl.db.Tx(ctx, func(ctx context.Context) error {
		if err := bl.db.Lock(ctx, postgres.LockBlocks, ""); err != nil {
			return err
		}
		err := bl.db.Row(ctx, &out, "look for block", `
			select * from blocks where kind = ? and value = ? and lifted_at is null`, b.Kind, b.Value)
		if !models.IsNotFound(err) {
			return err
		}
		b.ID, b.CreatedAt = bl.db.NewID(), bl.db.Now()
		out, added = b, true
		return postgres.Translate(bl.db.Conn(ctx).Create(&out).Error, "add block")
	})
	return out, added, err
}

// Lift takes the block out of force and frees what nothing else blocks. It returns
// the block and the jobs that it covered. One that is not in force is a conflict.
func (bl *Blocks) Lift(ctx context.Context, id uuid.UUID) (b models.Block, covered []uuid.UUID, err error) {
	err = bl.db.Tx(ctx, func(ctx context.Context) error {
		if b, err = bl.lock(ctx, id); err != nil {
			return err
		}
		var jobs []uuid.UUID
		err := bl.db.Rows(ctx, &jobs, "look for jobs of block", `select job_id from block_marks where block_id = ?`, id)
		if err != nil {
			return err
		}
		if err := bl.lockJobs(ctx, jobs); err != nil {
			return err
		}
		if err := bl.db.Lock(ctx, postgres.LockBlocks, ""); err != nil {
			return err
		}
		if b.LiftedAt != nil {
			return models.Errorf(models.CodeConflict, "This block was lifted already.")
		}
		now := bl.db.Now()
		b.LiftedAt = &now
		if err := postgres.Translate(bl.db.Conn(ctx).Model(&b).Select("lifted_at").UpdateColumns(&b).Error, "lift block"); err != nil {
			return err
		}
		var marks []mark
		err = bl.db.Rows(ctx, &marks, "remove marks", `delete from block_marks where block_id = ? returning job_id, file_id`, id)
		if err != nil {
			return err
		}
		for _, m := range marks {
			covered = append(covered, m.JobID)
		}
		return bl.free(ctx, marks)
	})
	return b, covered, err
}

// mark is a job, or one file of it, that a block covers.
type mark struct {
	JobID  uuid.UUID
	FileID *uuid.UUID
}

// free has the jobs and files say again whether something blocks them.
func (bl *Blocks) free(ctx context.Context, marks []mark) error {
	var jobs, files []uuid.UUID
	for _, m := range marks {
		if m.FileID == nil {
			jobs = append(jobs, m.JobID)
		} else {
			files = append(files, *m.FileID)
		}
	}
	_, err := bl.db.Exec(ctx, "free jobs", `
		update jobs j set blocked = exists (select from block_marks m where m.job_id = j.id and m.file_id is null)
		where id = any(?)`, postgres.Array[uuid.UUID](jobs))
	if err != nil {
		return err
	}
	_, err = bl.db.Exec(ctx, "free files", `
		update files f set blocked = exists (select from block_marks m where m.file_id = f.id)
		where id = any(?)`, postgres.Array[uuid.UUID](files))
	return err
}

func hashesOf(job models.Job) []string {
	var out []string
	for _, h := range []*string{job.InfoHashV1, job.InfoHashV2} {
		if h != nil {
			out = append(out, *h)
		}
	}
	return slices.Compact(out)
}
