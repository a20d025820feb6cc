package backup

import (
	"context"
	"fmt"
	"strings"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// Bucket is where the objects are.
type Bucket interface {
	Generation(ctx context.Context) (models.Generation, error)
	List(ctx context.Context, prefix string, fn func(objstore.Object) error) error
}

const (
	jobsPrefix = "jobs/" // of all keys of jobs
	examples   = 10      // keys that a comparison names
)

// Comparison is what the bucket has of what a backup lists.
type Comparison struct {
	Bucket  models.StoragePause `json:"bucket"`  // empty if the bucket is as old as the backup; why deletion will pause otherwise
	Same    Amount              `json:"same"`    // there, as the rows know them
	Gone    Amount              `json:"gone"`    // in the backup's list alone, or another object by now
	Unknown Amount              `json:"unknown"` // in the bucket alone: newer than the backup, or orphans
	Missing []string            `json:"missing"` // keys of the first that are gone
}

// Compare goes through the list and the bucket side by side, both in the order
// of the keys, and keeps neither in memory.
func (b *Backup) Compare(ctx context.Context, bucket Bucket) (c Comparison, err error) {
	c.Missing = []string{}
	says, err := bucket.Generation(ctx)
	if err != nil {
		return c, fmt.Errorf("read the bucket's generation: %w", err)
	}
	c.Bucket = against(b.Expects, says)
	listed, stop := pull(func(fn func(objstore.Object) error) error { return bucket.List(ctx, jobsPrefix, fn) })
	defer func() { _ = stop() }()
	next, there := listed()
	err = b.EachObject(func(o Object) error {
		for there && next.Key < o.Key {
			c.Unknown.add(next.Size)
			next, there = listed()
		}
		if !there || next.Key != o.Key {
			c.gone(o)
			return nil
		}
		if next.Size != o.Size || o.ETag != "" && strings.Trim(next.ETag, `"`) != o.ETag {
			c.gone(o)
		} else {
			c.Same.add(o.Size)
		}
		next, there = listed()
		return nil
	})
	for err == nil && there {
		c.Unknown.add(next.Size)
		next, there = listed()
	}
	if failed := stop(); failed != nil {
		return c, fmt.Errorf("list the bucket: %w", failed)
	}
	return c, err
}

func (c *Comparison) gone(o Object) {
	c.Gone.add(o.Size)
	if len(c.Missing) < examples {
		c.Missing = append(c.Missing, o.Key)
	}
}

// against compares what the database expects with what the bucket says, as the
// sweeps will.
func against(expects, says models.Generation) models.StoragePause {
	s := models.StorageState{}
	if expects != (models.Generation{}) {
		s.BucketID, s.Generation = &expects.BucketID, &expects.Value
	}
	return s.Against(says)
}
