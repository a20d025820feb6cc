package activities

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"longhaul/models"
)

// expireBatch is how many jobs expire before their objects are removed.
const expireBatch = 100

// QuotaStore is what maintaining quotas needs from the database.
type QuotaStore interface {
	AnnounceExpiry(ctx context.Context) (int64, error)
	ExpireJobs(ctx context.Context, limit int) ([]uuid.UUID, error)
	RollUp(ctx context.Context) (int64, error)
	ReconcileQuota(ctx context.Context) (models.QuotaDrift, error)
}

// QuotaObjects is what expiry needs from object storage.
type QuotaObjects interface {
	DeletePrefix(ctx context.Context, prefix string) error
}

// Pauses says why nothing may be removed automatically, empty if it may.
type Pauses interface {
	Pause(ctx context.Context) (models.StoragePause, error)
}

// Quota maintains what accounts use of their plans. Everything in it may run at
// any time, and repeatedly.
type Quota struct {
	Store   QuotaStore
	Objects QuotaObjects
	Pauses  Pauses
	Drifted func(models.QuotaDrift) // called for every repair; may be nil
}

// ExpireFiles announces when files expire and removes expired ones: rows first,
// then objects. The orphan sweep finds objects left behind by an attempt that
// ended in between.
func (a *Quota) ExpireFiles(ctx context.Context) (ExpireResult, error) {
	res, err := a.expire(ctx)
	return res, border(ctx, err)
}

func (a *Quota) expire(ctx context.Context) (res ExpireResult, err error) {
	stop := beat(ctx)
	defer stop()
	if res.Announced, err = a.Store.AnnounceExpiry(ctx); err != nil {
		return res, err
	}
	// Restored rows may have an older date than the owner was promised since.
	if res.Paused, err = a.Pauses.Pause(ctx); err != nil || res.Paused != "" {
		return res, err
	}
	for {
		ids, err := a.Store.ExpireJobs(ctx, expireBatch)
		for _, id := range ids {
			res.Expired++
			if err := a.Objects.DeletePrefix(ctx, jobPrefix(id)); err != nil {
				return res, fmt.Errorf("remove objects: %w", err)
			}
		}
		if err != nil || len(ids) < expireBatch {
			return res, err
		}
	}
}

// RollUpUsage writes the daily figures of all accounts.
func (a *Quota) RollUpUsage(ctx context.Context) (RollUpResult, error) {
	n, err := a.Store.RollUp(ctx)
	return RollUpResult{Days: n}, border(ctx, err)
}

// RepairQuota compares what accounts use with what is stored for them.
func (a *Quota) RepairQuota(ctx context.Context) (DriftResult, error) {
	d, err := a.Store.ReconcileQuota(ctx)
	if a.Drifted != nil && d != (models.QuotaDrift{}) {
		a.Drifted(d)
	}
	return DriftResult(d), border(ctx, err)
}
