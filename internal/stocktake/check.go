package stocktake

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// CheckOptions bound a check of the stored files.
type CheckOptions struct {
	Percent int64
	Floor   int64
}

// CheckResult is what a check found and did.
type CheckResult struct {
	Checked int64
	Lost    int64
	Found   int64
	Refused int64
	Paused  models.StoragePause
}

// Check looks for the object of every stored file: it marks files whose object
// is gone, too short or another one, and takes the mark off those that are back.
// Both come in the order of the keys, so one listing is enough. In another bucket
// than the database's own it marks nothing.
func (t *Taker) Check(ctx context.Context, o CheckOptions) (CheckResult, error) {
	c := check{Taker: t}
	var err error
	if c.res.Paused, err = t.Pause(ctx); err != nil || c.res.Paused == models.PauseOtherBucket {
		return c.res, err
	}
	state, err := t.Store.StorageState(ctx)
	if err != nil {
		return c.res, err
	}
	total, err := t.Store.CountStoredFiles(ctx)
	if err != nil {
		return c.res, err
	}
	if o.Percent > 0 && !state.CheckAll {
		c.limit = share(total, o.Percent, o.Floor)
	}
	if err := c.look(ctx); err != nil {
		return c.res, err
	}
	if c.limit > 0 && int64(len(c.lost)) > c.limit {
		c.res.Refused = int64(len(c.lost))
		t.Log.ErrorContext(ctx, "a check would mark too many files as lost; none is marked until an administrator confirms it",
			"lost", c.res.Refused, "files", total)
		c.lost = nil
	}
	if err := c.mark(ctx); err != nil {
		return c.res, err
	}
	return c.res, t.Store.Checked(ctx, c.res.Refused)
}

// check is one run.
type check struct {
	*Taker
	limit int64 // 0 is none
	rows  []models.File
	last  models.File
	done  bool // there are no more rows

	suspects    []models.File // whose object was not in the listing as it should be
	lost, found []models.File
	res         CheckResult

	// list takes the files without an object instead of lost; it may be nil.
	list func(ctx context.Context, gone []models.File) error
}

// look goes through objects and rows side by side.
func (c *check) look(ctx context.Context) error {
	err := c.Bucket.List(ctx, jobsPrefix, func(o objstore.Object) error {
		for {
			f, ok, err := c.next(ctx)
			if err != nil || !ok || f.Key() > o.Key {
				return err
			}
			c.rows = c.rows[1:]
			c.res.Checked++
			if f.Key() == o.Key {
				return c.compare(ctx, f, same(f, o))
			}
			if err := c.compare(ctx, f, false); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return fmt.Errorf("list objects: %w", err)
	}
	for {
		f, ok, err := c.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			return c.confirm(ctx)
		}
		c.rows = c.rows[1:]
		c.res.Checked++
		if err := c.compare(ctx, f, false); err != nil {
			return err
		}
	}
}

// next returns the row that follows, without taking it.
func (c *check) next(ctx context.Context) (models.File, bool, error) {
	if len(c.rows) == 0 && !c.done {
		rows, err := c.Store.FilesToCheck(ctx, c.last, batch)
		if err != nil {
			return models.File{}, false, fmt.Errorf("list files: %w", err)
		}
		if c.rows, c.done = rows, len(rows) == 0; !c.done {
			c.last = rows[len(rows)-1]
		}
	}
	if c.done {
		return models.File{}, false, nil
	}
	return c.rows[0], true, nil
}

func (c *check) compare(ctx context.Context, f models.File, there bool) error {
	switch {
	case there && f.State == models.FileLost && c.list == nil:
		c.found = append(c.found, f)
	case !there && f.State == models.FileStored:
		if c.suspects = append(c.suspects, f); len(c.suspects) >= batch {
			return c.confirm(ctx)
		}
	}
	return nil
}

// confirm asks for each suspect by name: a listing may be older than its row.
// Once there are too many it stops asking: all of them are refused.
func (c *check) confirm(ctx context.Context) error {
	gone := make([]bool, len(c.suspects))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(width)
	for i, f := range c.suspects {
		if c.limit > 0 && int64(len(c.lost)) > c.limit {
			gone[i] = true
			continue
		}
		g.Go(func() error {
			o, err := c.Bucket.Head(gctx, f.Key())
			gone[i] = models.IsNotFound(err) || err == nil && !same(f, o)
			if models.IsNotFound(err) {
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("look for object: %w", err)
	}
	var lost []models.File
	for i, f := range c.suspects {
		if gone[i] {
			lost = append(lost, f)
		}
	}
	c.suspects = c.suspects[:0]
	if c.list == nil {
		c.lost = append(c.lost, lost...)
		return nil
	}
	if len(lost) == 0 {
		return nil
	}
	return c.list(ctx, lost)
}

// same reports whether the object is the one of the row.
func same(f models.File, o objstore.Object) bool {
	return f.Size == o.Size && (f.ETag == "" || strings.Trim(f.ETag, `"`) == strings.Trim(o.ETag, `"`))
}

func (c *check) mark(ctx context.Context) error {
	for _, m := range []struct {
		files []models.File
		as    func(context.Context, uuid.UUID, []uuid.UUID) (int64, error)
		count *int64
	}{{c.lost, c.Store.MarkLost, &c.res.Lost}, {c.found, c.Store.MarkFound, &c.res.Found}} {
		for len(m.files) > 0 {
			job := m.files[0].JobID
			var ids []uuid.UUID
			for len(m.files) > 0 && m.files[0].JobID == job {
				ids, m.files = append(ids, m.files[0].ID), m.files[1:]
			}
			n, err := m.as(ctx, job, ids)
			if err != nil {
				return fmt.Errorf("mark files of job %s: %w", job, err)
			}
			*m.count += n
		}
	}
	if c.res.Lost > 0 {
		c.Log.WarnContext(ctx, "files are lost: storage no longer has their objects", "files", c.res.Lost)
	}
	return nil
}
